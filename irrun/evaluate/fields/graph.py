"""Fields ready to compute: each node is looked at once, when it is first reached."""

from collections import Counter
from typing import NamedTuple

from irrun.errors import IrrunError
from irrun.errors.expressions import IdOutOfRange
from irrun.errors.fields import FieldCycle, member_at_fault
from irrun.evaluate.fields.constancy import Constancy
from irrun.evaluate.fields.nodes import FieldCompiler, FieldFunction
from irrun.evaluate.fields.ops import needed_fields
from irrun.evaluate.graphs import Cycle, depth_first
from irrun.ir.tables import Tables


class ReadyField(NamedTuple):
    """A node with all that is known of it beforehand."""

    field: int
    function: FieldFunction
    is_constant: bool
    """It has the same elements in every frame."""
    is_lasting: bool
    """It is computed once: it is constant, or has a memory, which moves once in a frame."""


class FieldGraph:
    """The nodes of one program that can be reached from the fields that were asked for."""

    def __init__(self, tables: Tables, compiler: FieldCompiler) -> None:
        self._nodes = tables.field_nodes
        self._compiler = compiler
        self._constancy = Constancy(tables)
        users = Counter(o for node in self._nodes for o in set(needed_fields(node)))
        self.kept = {field for field, count in users.items() if count > 1}
        """Fields that are kept when a field that needs them is computed: several need them, they
        are asked for, or will be, they have a memory, or what needs them changes and they do not.
        """
        self.ready: dict[int, ReadyField] = {}
        """Nodes by id; with a node all that it needs is here too, and none needs itself."""

    def reach(self, field_id: int) -> None:
        """Make a field that is asked for ready, and all that it needs.

        Raises:
            IdOutOfRange: IR412, the field or an operand does not exist.
            FieldCycle: IR439, a field needs itself.
            Trap: A node can never be computed.
        """
        if field_id not in self.ready:
            functions: dict[int, FieldFunction] = {}

            def next_operand(current: int, cursors: list[int]) -> int | None:
                if current not in functions:
                    functions[current] = self._function(current)
                operands, at = functions[current].operands, cursors[-1]
                while at < len(operands) and operands[at] in self.ready:
                    at += 1
                cursors[-1] = at
                return operands[at] if at < len(operands) else None

            try:
                depth_first(
                    field_id, self._check, next_operand, lambda i: self._add(i, functions[i])
                )
            except Cycle as cycle:
                raise FieldCycle(cycle=cycle.text) from None
        self.kept.add(field_id)

    def is_constant(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame."""
        return self._constancy.field(field_id)

    def _add(self, i: int, function: FieldFunction) -> None:
        is_constant, has_memory = self._constancy.field(i), self._constancy.has_memory(i)
        self.ready[i] = ReadyField(i, function, is_constant, is_constant or has_memory)
        if has_memory:
            self.kept.add(i)
        if not is_constant:
            self.kept.update(o for o in function.operands if self.ready[o].is_constant)

    def _function(self, i: int) -> FieldFunction:
        try:
            return self._compiler.compile(i)
        except IrrunError as error:
            raise placed(error, i) from None

    def _check(self, field_id: int) -> None:
        if field_id >= len(self._nodes):
            raise IdOutOfRange(
                what="field", id=field_id, table="fields.nodes", size=len(self._nodes)
            )


def placed(error: IrrunError, field_id: int) -> IrrunError:
    """Return an error with the place of a field in the program."""
    return error.at(path=f"$.fields.nodes[{field_id}]{member_at_fault(error)}")

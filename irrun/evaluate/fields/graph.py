"""Fields ready to compute: each node is looked at once, when it is first reached."""

from collections import Counter
from typing import NamedTuple

from irrun.errors import IrrunError
from irrun.errors.expressions import IdOutOfRange
from irrun.errors.fields import FieldCycle, member_at_fault
from irrun.evaluate.depth_first import Cycle, depth_first
from irrun.evaluate.fields.constancy import Constancy
from irrun.evaluate.fields.nodes import FieldCompiler, FieldFunction
from irrun.evaluate.fields.ops import needed_fields
from irrun.ir.tables import Tables


class ReadyField(NamedTuple):
    """A node with all that is known of it beforehand."""

    field: int
    function: FieldFunction
    is_constant: bool
    """It has the same elements in every frame."""
    has_memory: bool
    """It keeps something from frame to frame, so it is computed only once in a frame."""
    forgets: tuple[int, ...]
    """Operands that no other field needs."""


class FieldGraph:
    """The nodes of one program that can be reached from the fields that were asked for."""

    def __init__(self, tables: Tables, compiler: FieldCompiler) -> None:
        self._nodes = tables.field_nodes
        self._compiler = compiler
        self._constancy = Constancy(tables)
        self._functions: dict[int, FieldFunction] = {}
        self._users = Counter(o for node in self._nodes for o in set(needed_fields(node)))
        self.ready: dict[int, ReadyField] = {}
        """Nodes by id; with a node all that it needs is here too, and none needs itself."""
        self.roots: set[int] = set()
        """Fields that were asked for, or will be: the others must not forget them."""

    def reach(self, field_id: int) -> None:
        """Make a field and all that it needs ready.

        Raises:
            IdOutOfRange: IR412, the field or an operand does not exist.
            FieldCycle: IR439, a field needs itself.
            Trap: A node can never be computed.
        """
        if field_id not in self.ready:
            try:
                depth_first(field_id, self._check, self._next_operand, self._make_ready)
            except Cycle as cycle:
                raise FieldCycle(cycle=cycle.text) from None
        self.roots.add(field_id)

    def is_constant(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame."""
        return self._constancy.field(field_id)

    def _next_operand(self, current: int, cursors: list[int]) -> int | None:
        operands, at = self._function(current).operands, cursors[-1]
        while at < len(operands) and operands[at] in self.ready:
            at += 1
        cursors[-1] = at
        return operands[at] if at < len(operands) else None

    def _make_ready(self, i: int) -> None:
        function, constancy = self._functions[i], self._constancy
        forgets = tuple(
            o for o in function.operands if self._users[o] == 1 and not constancy.has_memory(o)
        )
        self.ready[i] = ReadyField(
            i, function, constancy.field(i), constancy.has_memory(i), forgets
        )

    def _function(self, i: int) -> FieldFunction:
        found = self._functions.get(i)
        if found is None:
            try:
                found = self._functions[i] = self._compiler.compile(i)
            except IrrunError as error:
                raise placed(error, i) from None
        return found

    def _check(self, field_id: int) -> None:
        if field_id >= len(self._nodes):
            raise IdOutOfRange(
                what="field", id=field_id, table="fields.nodes", size=len(self._nodes)
            )


def placed(error: IrrunError, field_id: int) -> IrrunError:
    """Return an error with the place of a field in the program."""
    return error.at(path=f"$.fields.nodes[{field_id}]{member_at_fault(error)}")

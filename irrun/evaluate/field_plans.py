"""In which order fields are computed: worked out once for each field that somebody asks for."""

from collections import Counter
from typing import NamedTuple

from irrun.errors import IrrunError
from irrun.errors.expressions import IdOutOfRange
from irrun.errors.fields import FieldCycle
from irrun.evaluate.constancy import Constancy
from irrun.evaluate.depth_first import Cycle, depth_first
from irrun.evaluate.field_nodes import FieldCompiler, FieldFunction
from irrun.evaluate.field_ops import needed_fields
from irrun.ir.tables import Tables


class PlannedField(NamedTuple):
    """A node in its place, with all that is known of it beforehand."""

    field: int
    function: FieldFunction
    is_constant: bool
    """It has the same elements in every frame."""
    has_memory: bool
    """It keeps something from frame to frame, so it is computed only once in a frame."""
    forgets: tuple[int, ...]
    """Operands that nothing else needs."""


class FieldPlan(NamedTuple):
    """What has to be computed for a field, operands first."""

    fields: tuple[PlannedField, ...]
    moving: tuple[PlannedField, ...]
    """Those that are not constant."""

    @property
    def is_constant(self) -> bool:
        """True if the field that was asked for has the same elements in every frame."""
        return self.fields[-1].is_constant


class FieldPlans:
    """Plans of one program, each made when its field is first asked for."""

    def __init__(self, tables: Tables, compiler: FieldCompiler) -> None:
        self._nodes = tables.field_nodes
        self._compiler = compiler
        self._constancy = Constancy(tables)
        self._functions: dict[int, FieldFunction] = {}
        self._plans: dict[int, FieldPlan] = {}
        self._users = Counter(o for node in self._nodes for o in set(needed_fields(node)))
        self._roots: set[int] = set()

    def plan(self, field_id: int) -> FieldPlan:
        """Return what has to be computed for a field.

        Raises:
            IdOutOfRange: IR412, the field or an operand does not exist.
            FieldCycle: IR439, a field needs itself.
            Trap: A node can never be computed.
        """
        found = self._plans.get(field_id)
        if found is not None:
            return found
        if field_id not in self._roots:
            # The others must not forget it from now on.
            self._roots.add(field_id)
            self._plans.clear()
        fields = tuple(self._planned(i) for i in self._in_order(field_id))
        plan = FieldPlan(fields, tuple(field for field in fields if not field.is_constant))
        self._plans[field_id] = plan
        return plan

    def is_constant(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame."""
        return self._constancy.field(field_id)

    def _in_order(self, root: int) -> list[int]:
        order: dict[int, None] = {}

        def next_operand(current: int, cursors: list[int]) -> int | None:
            operands, at = self._function(current).operands, cursors[-1]
            while at < len(operands) and operands[at] in order:
                at += 1
            cursors[-1] = at
            return operands[at] if at < len(operands) else None

        try:
            depth_first(root, self._check, next_operand, order.setdefault)
        except Cycle as cycle:
            raise FieldCycle(cycle=cycle.text) from None
        return list(order)

    def _planned(self, i: int) -> PlannedField:
        function, constancy = self._functions[i], self._constancy
        forgets = tuple(
            o
            for o in function.operands
            if self._users[o] == 1 and o not in self._roots and not constancy.has_memory(o)
        )
        return PlannedField(i, function, constancy.field(i), constancy.has_memory(i), forgets)

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
    return error.at(path=f"$.fields.nodes[{field_id}]")

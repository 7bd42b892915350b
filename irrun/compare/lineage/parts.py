"""What an expression is made of: its own data with references as names, and its operands.

One description serves both uses: expressions with equal parts are the same, and where two differ
their parts say how.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from irrun.compare.lineage.plain import plain
from irrun.errors import Invalid
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.state.index import CellIndex
from irrun.ir.constants import FIELD_ORDER, SIGNAL_ORDER, ConstPlace
from irrun.ir.documents import record_members
from irrun.ir.expressions.fields import FieldNode, MapField, ZipField
from irrun.ir.expressions.functions import KernelFn, OpcodeFn
from irrun.ir.expressions.signals import SignalCombine, StatefulParams, StatefulSignal
from irrun.ir.tables import Tables
from irrun.ir.types import StateStorage, TypeDesc, as_index, kind_of

Table = Literal["signal", "field", "event", "chain"]


class Ref(NamedTuple):
    """A reference to an expression."""

    table: Table
    id: int

    @property
    def text(self) -> str:
        """The expression by its number."""
        return f"{self.table} {self.id}"


class Data(NamedTuple):
    """Data of an expression, with references as names."""

    shown: Any
    const_id: int | None = None
    """Set for a constant's value."""


Part = Data | tuple[Ref, ...]
Parts = Mapping[str, Part]
"""Wire field -> data or operands."""

DANGLING: Final = "nothing (there is no such constant)"


class Names:
    """What the references of one program are called.

    Args:
        tables: The program's tables.
        slot: Names a slot.
        cells: The names of the state cells, in the order of the layout.
    """

    def __init__(self, tables: Tables, slot: Callable[[int], str], cells: Sequence[str]) -> None:
        self.tables = tables
        self.slot = slot
        self.rows: Mapping[Table, tuple[Any, ...]] = {
            "signal": tables.signal_nodes,
            "field": tables.field_nodes,
            "event": tables.event_nodes,
            "chain": tables.chains,
        }
        self._leaves: dict[Any, Data] = {}
        self._cells, self._names_of_cells = CellIndex(tables.state_layout.cells), cells

    def text_data(self, key: Any, text: Callable[[], str]) -> Data:
        """Return a text as a leaf, the same one for the same key: there are many nodes."""
        found = self._leaves.get(key)
        if found is None:
            found = self._leaves[key] = Data(text())
        return found

    def constant(self, const_id: int, order: tuple[ConstPlace, ...]) -> Any:
        """Return a constant's value as JSON data, found in the order of its consumer."""
        try:
            return plain(self.tables.constants.resolve(const_id, order).value)
        except Invalid:
            return DANGLING

    def bus(self, index: int) -> str:
        """Return a bus's id."""
        buses = self.tables.buses.buses
        return buses[index].id if index < len(buses) else f"bus {index}"

    def node(self, index: int) -> str:
        """Return a node's id."""
        nodes = self.tables.nodes.nodes
        return nodes[index].id if index < len(nodes) else f"node {index}"

    def state(self, state_id: str | int) -> str:
        """Return the name of the cell that a state id means."""
        found = self._cells.of_id(state_id)
        return f"state id {state_id}" if found is None else self._names_of_cells[found]

    def element(self, storage: StateStorage, index: int) -> str:
        """Return the name of a state element that is given by its raw index."""
        found = self._cells.at(storage, index)
        if not found:
            return f"{storage}[{index}]"
        offset = self.tables.state_layout.cells[found[0]].offset
        return f"{self._names_of_cells[found[0]]}[{index - offset}]"


def parts_of(names: Names, ref: Ref) -> Parts | None:
    """Return the parts of an expression by wire field, `kind` first; None if there is none."""
    table = names.rows[ref.table]
    if ref.id >= len(table):
        return None
    node = table[ref.id]
    if ref.table == "chain":
        kind = names.text_data("chain", lambda: "chain")
        return {"kind": kind, "steps": Data([_chain_step(names, step) for step in node.steps])}
    cls = type(node)
    parts: dict[str, Part] = {"kind": names.text_data(cls, lambda: kind_of(node))}
    for attribute, field in zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True):
        value = getattr(node, attribute)
        if value is not None:
            parts[field] = _part(names, ref, node, field, value)
    if "params" in parts:
        parts.update(_operands_in_params(node))
    return parts


def _operands_in_params(node: Any) -> Parts:
    """Return the signals that parameters name."""
    if isinstance(node, StatefulSignal) and node.trigger is not None:
        return {"params.trigger": (Ref("signal", node.trigger),)}
    if isinstance(node, MapField | ZipField) and node.params:
        found = {key: signal_slot(value) for key, value in node.params.items()}
        return {f"params.{k}": (Ref("signal", i),) for k, i in found.items() if i is not None}
    return {}


def signal_slot(value: Any) -> int | None:
    """Return the signal that a parameter of a field names (ir-schema 11.4)."""
    return as_index(value.get("signalSlot")) if isinstance(value, dict) else None


_OPERANDS: Final = frozenset(
    {"src", "a", "b", "cond", "t", "f", "input", "terms", "sources", "inputSlots"}
)
"""Wire fields that hold ids of the expression's own table."""


def _part(names: Names, ref: Ref, node: Any, field: str, value: Any) -> Part:
    if field == "type":
        return _type(names, value)
    if field in _OPERANDS:
        if isinstance(value, tuple):
            return tuple(Ref(ref.table, i) for i in value)
        return (Ref(ref.table, value),)
    match field:
        case "fn" | "predicate":
            return names.text_data(value, lambda: function_text(value))
        case "constId":
            order = SIGNAL_ORDER if ref.table == "signal" else FIELD_ORDER
            return Data(names.constant(value, order), value)
        case "slot" | "domainSlot":
            return Data(names.slot(value))
        case "sig":
            return (Ref("signal", value),)
        case "chain":
            return (Ref("chain", value),)
        case "busIndex":
            return Data(names.bus(value))
        case "stateId":
            return Data(names.state(value))
        case "params" if isinstance(value, StatefulParams):
            return Data(_stateful_params(names, value))
        case "params" if isinstance(node, FieldNode):
            return Data(_field_params(value))
        case "combine" if not isinstance(value, SignalCombine):
            return Data(value.mode)
        case _:
            return Data(plain(value))


def _type(names: Names, desc: TypeDesc) -> Data:
    if desc.semantics is not None or desc.unit is not None:
        return Data(plain(desc))
    return names.text_data(desc, desc.text)


def function_text(fn: OpcodeFn | KernelFn) -> str:
    """Return a function by its name."""
    if isinstance(fn, KernelFn):
        return f"kernel {fn.kernel_id}"
    return opcode_text(fn.opcode)


def opcode_text(number: int) -> str:
    """Return an opcode by name and number."""
    row = OPCODES.get(number)
    return f"opcode {number}" if row is None else f"{row.name} (opcode {number})"


def _stateful_params(names: Names, params: StatefulParams) -> dict[str, Any]:
    """Return the parameters; the trigger is an operand and not among them."""
    members = {k: plain(v) for k, v in record_members(params).items() if k != "trigger"}
    if params.state_offset is not None:
        at = params.state_offset
        members["stateOffset"] = [names.element("f64", at), names.element("i32", at)]
    if params.was_triggered_state_id is not None:
        members["wasTriggeredStateId"] = names.state(params.was_triggered_state_id)
    return members


def _field_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters; signals among them are operands."""
    return {key: plain(value) for key, value in params.items() if signal_slot(value) is None}


def _chain_step(names: Names, step: Any) -> dict[str, Any]:
    """Return a step of a chain; the constant `paramsId` is read by nothing."""
    members = {k: plain(v) for k, v in record_members(step).items() if k != "paramsId"}
    if "fn" in members:
        members["fn"] = function_text(step.fn)
    if "stateOffset" in members:
        members["stateOffset"] = names.element("f64", step.state_offset)
    return members

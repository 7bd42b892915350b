"""Records of a program as JSON data in which references are names and not numbers."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from irrun.compare.lineage.parts import Ref
from irrun.compare.lineage.plain import keyed, member_path, plain
from irrun.compare.lineage.side import Side
from irrun.ir.constants import SILENT_ORDER
from irrun.ir.expressions.fields import field_id_of
from irrun.ir.values import FieldRef, value_from_document
from irrun.steps import AnyStep
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.signal_eval import SignalEval
from irrun.steps.kinds.time_derive import TimeDerive

Roots = dict[str, Ref]
"""Wire path -> the expression that is used there."""

_TIMES: Final = frozenset({"tModelMs", "phase01", "wrapEvent", "progress01"})
"""Members of timeDerive's `out`, which are slots."""


def step_document(side: Side, step: AnyStep) -> tuple[dict[str, Any], Roots]:
    """Return a step as JSON data with names, and the expressions that it uses.

    Publishers are keyed by their id, the outputs of a signalEval are left out: they are compared
    by slot. A time model that only repeats the program's is left out too.
    """
    members = plain(step)
    roots: Roots = {}
    if isinstance(step, SignalEval):
        del members["outputs"]
    if isinstance(step, Materialize) and step.materialization.field_id is not None:
        del members["materialization"]["fieldExprId"]
        roots["materialization.fieldExprId"] = Ref("field", step.materialization.field_id)
    if isinstance(step, TimeDerive):
        if step.time_model == side.program.time_model:
            del members["timeModel"]
        members["out"] = {
            key: side.slot(slot) if key in _TIMES else slot for key, slot in members["out"].items()
        }
    return _named(side, members, "", roots), roots


def used_expressions(side: Side) -> Iterator[Ref]:
    """Yield every expression that steps and initial slot values name."""
    for use in (use for step in side.program.steps for use in step.uses()):
        if use.of in ("signal", "field", "chain"):
            yield Ref(use.of, use.row)
    for value in map(value_from_document, side.program.initial_slot_values.values()):
        field = field_id_of(value.expr_id) if isinstance(value, FieldRef) else None
        if field is not None:
            yield Ref("field", field)


def named(side: Side, value: Any) -> Any:
    """Return JSON data with references as names."""
    return _named(side, value, "", {})


def _named(side: Side, value: Any, path: str, roots: Roots) -> Any:
    if isinstance(value, Mapping):
        found = {}
        for key, item in value.items():
            inner = member_path(path, key)
            if key == "transform" and isinstance(item, Mapping):
                roots[inner] = Ref("chain", item["chainId"])
                continue
            if key == "publishers":
                item = keyed(item, lambda row: str(row["publisherId"]))
            name = "constant" if key == "constId" else key
            found[name] = _member(side, key, item, inner, roots)
        return found
    if isinstance(value, list):
        return [_named(side, item, f"{path}[{i}]", roots) for i, item in enumerate(value)]
    return value


def _member(side: Side, key: str, value: Any, path: str, roots: Roots) -> Any:
    """Return a member's value: a name if its key says that it is a reference."""
    names = side.names
    if key in ("slot", "slots") or key.endswith(("Slot", "Slots")):
        if isinstance(value, list):
            return [side.slot(slot) if isinstance(slot, int) else slot for slot in value]
        return side.slot(value) if isinstance(value, int) else value
    match key:
        case "nodeIndex":
            return names.node(value)
        case "busIndex":
            return names.bus(value)
        case "constId" | "defaultValueConstId":
            return names.constant(value, SILENT_ORDER)
        case "stateReads" | "stateWrites":
            return [names.state(state_id) for state_id in value]
        case "stateId":
            return names.state(value)
        case _:
            return _named(side, value, path, roots)

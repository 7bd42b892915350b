"""Give everything that has only a number another number, leaving the program what it is."""

from collections.abc import Callable, Mapping
from typing import Any

from program_builder import Document

Number = Callable[[int], int]

_OPERANDS = ("src", "a", "b", "cond", "t", "f", "input", "terms", "sources", "sig")
_TIMES = ("tModelMs", "phase01", "wrapEvent", "progress01")


def permutation(order: list[int]) -> Number:
    """Return the renumbering that moves entry i to place `order[i]`; others stay."""
    return lambda i: order[i] if i < len(order) else i


def moved(rows: list[Any], number: Number) -> list[Any]:
    """Return rows with each in its new place."""
    found = [None] * len(rows)
    for i, row in enumerate(rows):
        found[number(i)] = row
    return found


def renumber_slots(doc: Document, number: Number) -> Document:
    """Return the program with other slot numbers."""
    new: Document = _slots(doc, number, "")
    schedule = new["schedule"]
    schedule["initialSlotValues"] = {
        str(number(int(k))): v for k, v in (schedule.get("initialSlotValues") or {}).items()
    }
    deps = schedule["deps"]
    for name in ("slotProducerStep", "slotConsumers"):
        deps[name] = {str(number(int(k))): v for k, v in deps[name].items()}
    deps["busDependsOnSlots"] = {
        k: [number(s) for s in v] for k, v in deps["busDependsOnSlots"].items()
    }
    deps["busProvidesSlot"] = {k: number(v) for k, v in deps["busProvidesSlot"].items()}
    return new


def _slots(value: Any, number: Number, key: str) -> Any:
    is_slot = key in ("slot", "slots", *_TIMES) or key.endswith(("Slot", "Slots"))
    is_slot = is_slot and key != "signalSlot"  # a signal id, whatever its name (ir-schema 11.4)
    if isinstance(value, Mapping):
        return {k: _slots(v, number, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_slots(item, number, key) for item in value]
    return number(value) if is_slot and type(value) is int else value


def renumber_signals(doc: Document, number: Number) -> Document:
    """Return the program with its signals in another order."""
    new: Document = _mapped(doc, {"sigId": number, "signalSlot": number})
    table = new.get("signalTable")
    if table is not None:
        rows = [_row(node, number) for node in table["nodes"]]
        table["nodes"] = moved(rows, number)
    for field in new["fields"]["nodes"]:
        if "sig" in field:
            field["sig"] = number(field["sig"])
    return new


def _row(node: Document, number: Number) -> Document:
    new = {k: _ids(v, number) if k in _OPERANDS else v for k, v in node.items()}
    if isinstance(new.get("params"), dict) and "trigger" in new["params"]:
        new["params"] = new["params"] | {"trigger": number(new["params"]["trigger"])}
    return new


def _ids(value: Any, number: Number) -> Any:
    return [number(i) for i in value] if isinstance(value, list) else number(value)


def renumber_fields(doc: Document, number: Number) -> Document:
    """Return the program with its fields in another order."""
    new: Document = _mapped(doc, {"fieldExprId": lambda i: str(number(int(i)))})
    nodes = new["fields"]["nodes"]
    keep = ("sig",)
    rows = [
        {k: _ids(v, number) if k in _OPERANDS and k not in keep else v for k, v in node.items()}
        for node in nodes
    ]
    new["fields"]["nodes"] = moved(rows, number)
    return new


def renumber_constants(doc: Document, number: Number) -> Document:
    """Return the program with its constants in another order; all must be in the json pool."""
    same = {"constId": number, "defaultValueConstId": number, "initialConstId": number}
    new: Document = _mapped(doc, same)
    pool = new["constants"]
    pool["json"] = moved(pool["json"], number)
    directory = [entry | {"idx": number(entry["idx"])} for entry in pool.get("constIndex", [])]
    pool["constIndex"] = moved(directory, number)
    for node in new["nodes"]["nodes"]:
        if node.get("opcodeId", 0) == 0:
            node["compilerTag"] = number(node.get("compilerTag", 0))
    return new


def renumber_chains(doc: Document, number: Number) -> Document:
    """Return the program with its transform chains in another order."""
    new: Document = _mapped(doc, {"chainId": number, "chain": number})
    if new.get("transforms"):
        new["transforms"]["chains"] = moved(new["transforms"]["chains"], number)
    return new


def _mapped(value: Any, numbers: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Return JSON data with the members of these names renumbered, at any depth."""
    if isinstance(value, Mapping):
        return {
            k: numbers[k](v) if k in numbers and isinstance(v, int | str) else _mapped(v, numbers)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_mapped(item, numbers) for item in value]
    return value

"""Tables in another order: operands may come after what needs them, ids say nothing."""

import re
from collections.abc import Callable
from typing import Any, Final

from program_builder import Document

from .source import Source

_OPERANDS: Final = ("src", "a", "b", "cond", "t", "f", "input", "terms", "inputSlots")
_DIGITS: Final = re.compile(r"\d+\Z")

Number = Callable[[int], int]


def shuffle_signals(document: Document, source: Source) -> None:
    """Put the signals of a program into any order; ids that no signal has stay as they are."""
    table = document["signalTable"]
    new, rows = _shuffled(source, table["nodes"])
    for node in rows:
        _renumber(node, _OPERANDS, new)
        _renumber(node.get("params") or {}, ("trigger",), new)
    table["nodes"] = rows
    for field in document["fields"]["nodes"]:
        _renumber(field, ("sig",), new)
        for value in (field.get("params") or {}).values():
            if isinstance(value, dict):
                _renumber(value, ("signalSlot",), new)
    for step in document["schedule"]["steps"]:
        for output in step.get("outputs", ()):
            _renumber(output, ("sigId",), new)


def shuffle_fields(document: Document, source: Source) -> None:
    """Put the fields of a program into any order."""
    table = document["fields"]
    new, rows = _shuffled(source, table["nodes"])
    for node in rows:
        _renumber(node, _OPERANDS, new)
    table["nodes"] = rows
    handles = [v for v in document["schedule"]["initialSlotValues"].values() if _is_handle(v)]
    plans = [s["materialization"] for s in document["schedule"]["steps"] if "materialization" in s]
    for record, member in [(h, "exprId") for h in handles] + [(p, "fieldExprId") for p in plans]:
        record[member] = _DIGITS.sub(lambda found: str(new(int(found[0]))), record[member])


def _is_handle(value: Any) -> bool:
    return isinstance(value, dict) and value.get("kind") == "fieldExpr"


def _shuffled(source: Source, rows: list[Document]) -> tuple[Number, list[Document]]:
    """Return rows in another order, and where each one went."""
    order = source.shuffled(range(len(rows)))
    place = {old: i for i, old in enumerate(order)}
    return lambda i: place.get(i, i), [rows[old] for old in order]


def _renumber(record: Document, members: tuple[str, ...], new: Number) -> None:
    for member in members:
        value = record.get(member)
        if isinstance(value, list):
            record[member] = [new(i) for i in value]
        elif isinstance(value, int):
            record[member] = new(value)

"""A change in words."""

import json
from typing import Any

from irrun.compare.diff.change import Change

_LONGEST = 120


def sentence(change: Change) -> str:
    """Return a change as a clause: `constant 3 of signal 4 was 1, is 2`."""
    if change.field.startswith("publishers") and change.action == "moved":
        return _order(change)
    subject = _subject(change)
    match change.action:
        case "added":
            return f"{subject} is only in B: {shown(change.after)}"
        case "removed":
            return f"{subject} is only in A: {shown(change.before)}"
        case "moved":
            return f"{subject} moved: was {shown(change.before)}, is {shown(change.after)}"
        case _ if change.table == "state" and change.field == "initial value":
            before, after = shown(change.before), shown(change.after)
            return f"{change.item} starts from {after} instead of {before}"
        case _:
            return f"{subject} was {shown(change.before)}, is {shown(change.after)}"


def _subject(change: Change) -> str:
    if change.table == "program" and change.item in ("header", "unknown field"):
        return change.field
    item = f"the initial value {change.place}" if change.table == "initial values" else change.place
    if not change.field:
        return item
    field = {"fn": "function"}.get(change.field, change.field)
    return f"{field} of {item}"


def _order(change: Change) -> str:
    before, after = change.before, change.after
    different = [i for i in range(len(before)) if before[i] != after[i]]
    if len(different) == 2:
        first, second = (before[i] for i in different)
        what = "" if change.affects_run else " in the list, which changes nothing"
        return f"publishers {first} and {second} of {change.item} swapped order{what}"
    orders = f"was {', '.join(before)}, is {', '.join(after)}"
    return f"the order of the publishers of {change.item} {orders}"


def shown(value: Any) -> str:
    """Return JSON data on one line, shortened; what is absent is nothing."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."

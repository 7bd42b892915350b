"""JSON paths such as `$.schedule.steps[3].outSlot`."""

import re
from typing import Any, Final

Path = tuple[Any, str | int] | None
"""A path as (path of the parent, key or index); None is the whole document."""

_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*\Z")
_PARTS: Final = re.compile(r"\.([\w$]+)|\[(\d+)\]|\[(\"(?:[^\"\\]|\\.)*\")\]|\[(\.\.\.)\]")


def path_text(path: Path) -> str:
    """Return a linked path as text."""
    parts: list[str] = []
    while path is not None:
        path, key = path
        parts.append(step_text(key))
    return "$" + "".join(reversed(parts))


def step_text(key: str | int) -> str:
    """Return one step of a path: `.name`, `[3]` or `["any text"]`."""
    if isinstance(key, int):
        return f"[{key}]"
    if _NAME.match(key):
        return f".{key}"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def path_keys(text: str) -> list[str | int | None]:
    """Return the keys of a path text; None stands for msgspec's `[...]`, any key of a map."""
    keys: list[str | int | None] = []
    for name, index, quoted, any_key in _PARTS.findall(text):
        if name:
            keys.append(name)
        elif index:
            keys.append(int(index))  # exact: an index
        elif quoted:
            keys.append(quoted[1:-1].replace('\\"', '"').replace("\\\\", "\\"))
        elif any_key:
            keys.append(None)
    return keys

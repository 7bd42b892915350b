"""Programs in which everything that can be called something is called something hostile."""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cli.samples import bundled

PAYLOAD: Final = (
    "\x1b[31mX\x1b]0;title\x07\x9b2J\u202eltr\u2066\u200b[red]r[/red][link=http://x]l[/link][/]\0"
    "\r\n::error file=x::forged%0A\x7f\u2028\ufeff\U0001f468\u200d\U0001f469"
    "##[warning]x##vso[y]z\n::z::"
)
"""What is appended to each name."""
_NAMES: Final = frozenset(
    {"id", "patchId", "compileId", "cameraId", "defaultCameraId", "meshId", "label", "publisherId",
     "stateId", "nodeId", "role", "deps", "elementIds"}
)  # fmt: skip
_TABLES: Final = frozenset({"cameraIdToIndex", "meshIdToIndex"})
"""Members whose keys are names, where they are objects."""


def hostile_copy(name: str, payload: str = PAYLOAD) -> dict[str, Any]:
    """Return the document of a bundled program with something hostile at the end of each name."""
    document = json.loads(Path(bundled(name, "json")).read_text("utf-8"))
    found: dict[str, Any] = _renamed(document, payload)
    labels = {step["id"]: f"label{payload}" for step in found["schedule"]["steps"]}
    found["meta"] = {"names": {"nodes": {}, "buses": {}, "steps": labels}, "sourceMap": {}}
    found[f"unknown{payload}"] = {payload: payload}
    return found


def _renamed(value: Any, payload: str, key: str = "") -> Any:
    if isinstance(value, list):
        return [_renamed(item, payload, key) for item in value]
    if isinstance(value, dict):
        tail = payload if key in _TABLES else ""
        return {name + tail: _renamed(item, payload, name) for name, item in value.items()}
    return value + payload if isinstance(value, str) and key in _NAMES else value


def is_command(line: str) -> bool:
    """True for a line that GitHub or Azure would take for a command, known to them or not."""
    return re.match(r"\s*::[\w-]+( .*)?::|.*##\w*\[", line) is not None


def dangers(text: str) -> Iterator[str]:
    """Yield what in an output could act on a terminal or a log, each with its line."""
    for line in text.split("\n"):
        bad = sorted({c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")})
        if bad:
            yield f"{bad} in {line!a}"
        if is_command(line):
            yield f"a command: {line!a}"

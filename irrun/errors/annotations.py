"""Annotations: what a log says to GitHub, as commands of its own lines."""

from collections.abc import Sequence
from typing import Literal

from irrun.errors.showing import SENTENCE, shown

Level = Literal["error", "warning", "notice"]


def annotation(
    level: Level, title: str, lines: Sequence[str], *, file: str, line: int | None = None
) -> str:
    """Return a workflow command; nothing in its texts can end it, or begin another."""
    place = "" if line is None else f",line={line}"
    text = _escaped("\n".join(shown(each, SENTENCE) for each in lines))
    return f"::{level} file={_property(file)}{place},title={_property(title)}::{text}"


def _property(text: str) -> str:
    return _escaped(shown(text, SENTENCE)).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\n", "%0A")

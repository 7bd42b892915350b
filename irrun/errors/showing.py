"""Texts as they are shown: of a program, made safe for a terminal, a log, a report.

Names, ids and labels come from whoever wrote the program, and file names from whoever made the
folder. Shown as they are, they could move the cursor, turn the line around, begin a line of
their own, be a command to the CI service that reads the log, or fill the screen.
"""

import re
import string
from collections.abc import Iterable
from typing import Any, Final

NAME: Final = 160
"""Most characters that are shown of a name."""
SENTENCE: Final = 1000
"""Most characters that are shown of what names are a part of."""
_LONGEST: Final = 64
"""Characters of a name that are compared with others."""
_NOTE: Final = 40
"""Room for the words that say how much was left out."""

# Written out rather than asked of `unicodedata`, which is another one in each Python.
_LOW: Final = r"\x00-\x1f"
_UNSAFE: Final = (
    r"\x7f-\x9f"  # controls
    r"\u2028-\u202e\u2066-\u2069\u200e\u200f\u061c"  # separators of lines, directions
    r"\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    r"\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # what is not seen
    r"\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # no characters
)
# An emoji may ask for its colours (U+FE0F); anywhere else that sign is not seen.
_COLOURS: Final = r"(?<![\u2000-\u32ff\U0001f000-\U0001faff])\ufe0f"
# Commands of GitHub (::word:: at the beginning of a line) and Azure (##vso[ anywhere). A table may
# break a line at any place, so :: is not left before what can be the word of a command.
_WORDS: Final = (
    "error|warning|notice|debug|group|endgroup|echo|stop-commands|add-mask|add-path|set-env|"
    "set-output|save-state|(?:add|remove)-matcher"
)
_AZURE: Final = r"\#(?=\#\w*\[)"
_GITHUB: Final = rf"\A:(?=:)|:(?=:(?:(?i:{_WORDS})\b|[\w-]+(?:::|[ ])))"

_IN_TEXT: Final = re.compile(f"[{_LOW}{_UNSAFE}]|{_COLOURS}|{_GITHUB}|{_AZURE}")
_IN_JSON: Final = re.compile(f"[{_UNSAFE}\\ufe0f]|{_AZURE}")
"""JSON has its own escapes for the low controls, and line feeds between its members."""


def shown(text: str, most: int = NAME) -> str:
    r"""Return a text on one line, not too long, with nothing in it but what is seen.

    What is not safe is written as an escape: `\n`, `\x1b`, `\u202e`. Of a text of more than
    `most` characters the beginning is shown, and how many were left out. What is safe and short
    is returned as it is, and so is what this function has returned.
    """
    safe = _IN_TEXT.sub(_escape, text[: most + 1])
    if len(safe) <= most:
        return safe
    kept = room = most - _NOTE
    while len(safe := _IN_TEXT.sub(_escape, text[:kept])) > room:
        kept = kept * room // len(safe)
    return f"{safe}... ({len(text) - kept:,} more characters)"


def json_shown(text: str) -> str:
    """Return JSON text in which characters that are not safe to show are written as escapes.

    It means the same, and it can be encoded even where a text holds half of a surrogate pair.
    """
    # Most is plain, and the search takes longer than the three looks.
    is_plain = text.isascii() and "\x7f" not in text and "##" not in text
    return text if is_plain else _IN_JSON.sub(_json_escape, text)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name that was probably meant, if one is near enough."""
    from difflib import get_close_matches

    found = get_close_matches(name[:_LONGEST], known, n=1)
    return found[0] if found else None


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 slot`, `1,200 slots`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {many or one + 's'}"


class _Shown(string.Formatter):
    """Fills templates; what is filled in is safe to show."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return shown(super().format_field(value, format_spec), SENTENCE)


fill: Final = _Shown().vformat
"""Fill a template of `str.format`: `fill(template, (), facts)`; each fact is made safe."""


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in ":#":
        return f"\\x{ord(char):02x}"
    return char.encode("unicode_escape").decode()


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))

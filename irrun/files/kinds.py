"""What a file is, told from its name and its content: enough to see what must not be lost."""

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from irrun.limits import FILE_BYTES

if TYPE_CHECKING:
    from gzip import GzipFile

Kind = Literal["program", "golden", "settings"]

GOLDEN_SUFFIX: Final = ".golden"
PENDING_SUFFIX: Final = ".golden.new"
GOLDEN_SIGN: Final = b'"goldenVersion"'
"""What irrun's goldens begin with; other tools have files of this suffix too."""
SETTINGS_FILES: Final = ("irrun.toml", "pyproject.toml")

BELONGS: Final = re.compile(r"\.(?:[0-9a-f]{12}\.npz|\d+\.[0-9a-f]{12}\.png|\d+\.diff\.png)")
"""What follows a golden's name in the names of the files that belong to it. So those of
`bus.golden.new` are not those of `bus.golden`."""
_BELONGING: Final = re.compile(rf".+\.golden(?:\.new)?{BELONGS.pattern}")

_HEAD: Final = 256
_BLANK: Final = b" \t\r\n"
_PIECE: Final = 1 << 20
_OVERLAP: Final = 64
"""What is looked for may stand across the border of two pieces."""
_GZIP: Final = b"\x1f\x8b"
_SAVED_RUN: Final = re.compile(rb'\A\{\s*"(?:format"\s*:\s*"irrun-|record"\s*:\s*"header")')
_SIGN: Final = re.compile(b"irVersion")
_MEMBER: Final = re.compile(rb'"irVersion"\s*:|\xa9irVersion')
"""The member of a program, in JSON and in MessagePack."""


def kind_of_name(name: str) -> Kind | None:
    """Return what a name alone says of a file that is there."""
    plain = PurePath(name).name
    if plain in SETTINGS_FILES:
        return "settings"
    if plain.endswith((GOLDEN_SUFFIX, PENDING_SUFFIX)) or _BELONGING.fullmatch(plain):
        return "golden"
    return None


def kind_of_content(file: BinaryIO) -> Kind | None:
    """Return what a file holds: a program, a golden, or something else.

    Raises:
        OSError: It cannot be read.
    """
    head = _beginning(file)
    if head.startswith(_GZIP):
        return _kind_of_packed(file)
    if GOLDEN_SIGN in head:
        return "golden"
    return "program" if _may_be_program(head) and _holds(_MEMBER, head, file) else None


def _kind_of_packed(file: BinaryIO) -> Kind | None:
    import gzip
    import zlib

    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as content:
            head = _beginning(content)
            return "program" if _may_be_program(head) and _holds(_MEMBER, head, content) else None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return None  # whatever it was, it is lost already


def _beginning(file: "BinaryIO | GzipFile") -> bytes:
    """Return the first bytes that are not all blank."""
    while (head := file.read(_HEAD)) and not head.strip(_BLANK):
        pass
    return head


def seems_program(file: BinaryIO) -> bool:
    """True if a file that is not compressed mentions what next to nothing but a program does.

    Damaged programs do, too. `kind_of_content` is stricter.

    Raises:
        OSError: It cannot be read.
    """
    return _holds(_SIGN, b"", file)


def _holds(pattern: re.Pattern[bytes], head: bytes, file: "BinaryIO | GzipFile") -> bool:
    """True if the rest of a file holds a sign, in as much of it as a program can have."""
    for _ in range(FILE_BYTES.value // _PIECE + 1):
        if pattern.search(head):
            return True
        piece = file.read(_PIECE)
        if not piece:
            return False
        head = head[-_OVERLAP:] + piece
    return False


def _may_be_program(head: bytes) -> bool:
    """True for the beginning of a JSON object or of a MessagePack map that is no saved run."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)
    if not text or _SAVED_RUN.match(text):
        return False
    return text[0] == ord("{") or 0x80 <= text[0] <= 0x8F or text[0] in (0xDE, 0xDF, 0xD4)

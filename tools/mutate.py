"""Broken and hostile program files, made of sound ones: for fuzzing."""

import gzip
import json
import marshal
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import msgpack

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAMS: Final = ROOT / "programs"

LARGEST_SEED: Final = 16_000
"""Bytes."""

Document = Any
Place = tuple[Any, Any]
"""A list or record, and the index or key of one of its members."""
Change = Callable[[Document, Place, Random], None]

STRANGE: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2, 7, 255, 2**31, 2**31 - 1, -(2**31), 2**53, 2**63, 2**64 - 1,
    -(2**63), 10**6, 10**7, 1 << 24, 0.5, -0.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"),
    "", "x", "0", "-1", "NaN", "Infinity", "\x00", "\u202e", "é" * 50, "kind", [], {}, [[]],
    {"kind": "const"}, {"kind": "domain", "count": 10**9}, {"type": "Buffer", "data": [256]},
    {"type": "Float64Array", "data": [1]}, {"0": 1, "2": 3}, [None], [{}],
)  # fmt: skip


STRANGE_NUMBERS: Final = tuple(value for value in STRANGE if type(value) in (int, float))


def seeds(*folders: Path) -> list[Document]:
    """Return the small programs of folders, by default the bundled ones: many mutants say more."""
    found = [
        path.read_bytes()
        for folder in folders or (PROGRAMS,)
        for path in sorted(folder.glob("*.json"))
    ]
    return [json.loads(data) for data in found if len(data) <= LARGEST_SEED]


class TooDeep(Exception):
    """Something nested so deep is not changed further."""


def copied(document: Document) -> Document:
    """Return a copy, however deep the caller's stack is."""
    try:
        return marshal.loads(marshal.dumps(document))
    except ValueError:
        raise TooDeep from None


def depth(document: Document) -> int:
    """Return how many lists and records are in each other."""
    deepest, todo = 0, [(document, 1)]
    while todo:
        holder, level = todo.pop()
        deepest = max(deepest, level)
        for value in holder.values() if isinstance(holder, dict) else holder:
            if isinstance(value, dict | list):
                todo.append((value, level + 1))
    return deepest


def places(document: Document) -> list[Place]:
    """Return every place of a document."""
    found: list[Place] = []
    todo = [document]
    while todo:
        holder = todo.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                todo.append(holder[key])
    return found


# --- Changes of the document ------------------------------------------------------------------


def drop(document: Document, place: Place, random: Random) -> None:
    """Leave something out."""
    holder, key = place
    del holder[key]


def duplicate(document: Document, place: Place, random: Random) -> None:
    """Have an entry of a list twice, or a member under another name."""
    holder, key = place
    if isinstance(holder, list):
        holder.insert(random.randrange(len(holder) + 1), copied(holder[key]))
    else:
        holder[f"{key}{random.randrange(3)}"] = copied(holder[key])


def retype(document: Document, place: Place, random: Random) -> None:
    """Put something else there."""
    holder, key = place
    holder[key] = copied(random.choice(STRANGE))


def borrow(document: Document, place: Place, random: Random) -> None:
    """Put a part of another place there: an index of another table, another kind of node."""
    holder, key = place
    other, name = random.choice(places(document))
    if other[name] is not holder:
        holder[key] = copied(other[name])


def swap(document: Document, place: Place, random: Random) -> None:
    """Swap two entries of one list, or two members of one record."""
    holder, key = place
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    other = random.choice(keys)
    holder[key], holder[other] = holder[other], holder[key]


def nudge(document: Document, place: Place, random: Random) -> None:
    """Change a number a little: the neighbouring index, offset, size, opcode."""
    holder, key = place
    value = holder[key]
    if isinstance(value, int | float) and not isinstance(value, bool):
        holder[key] = value + random.choice((-1, 1, 2, 100))


def renumber(document: Document, place: Place, random: Random) -> None:
    """Let a number be a strange one."""
    found = [p for p in places(document) if type(p[0][p[1]]) in (int, float)]
    if found:
        holder, key = random.choice(found)
        holder[key] = random.choice(STRANGE_NUMBERS)


def reindex(document: Document, place: Place, random: Random) -> None:
    """Let one index be another one of the program, or a number beyond all tables."""
    found = [p for p in places(document) if type(p[0][p[1]]) is int]
    if found:
        holder, key = random.choice(found)
        other, name = random.choice(found)
        holder[key] = random.choice((other[name], other[name], 99, 10**6, 1 << 40))


def nest(document: Document, place: Place, random: Random) -> None:
    """Wrap something in many lists or records."""
    holder, key = place
    value = holder[key]
    for _ in range(random.choice((3, 150, 300, 900))):
        value = [value] if random.randrange(2) else {"a": value}
    holder[key] = value


def lengthen(document: Document, place: Place, random: Random) -> None:
    """Make a text or a list long."""
    holder, key = place
    value = holder[key]
    if isinstance(value, str):
        holder[key] = value + "long " * random.choice((100, 20_000))
    elif isinstance(value, list) and value:
        holder[key] = value * random.choice((3, 50))


CHANGES: Final = (
    drop, duplicate, retype, borrow, swap, nudge, nudge, reindex, reindex, reindex, reindex,
    renumber, nest, lengthen,
)  # fmt: skip
MILD: Final = (swap, nudge, reindex, reindex, renumber, renumber)
"""Changes that leave most programs such that they can be loaded."""


# --- Changes of the bytes ---------------------------------------------------------------------


def truncated(data: bytes, random: Random) -> bytes:
    """Break off somewhere."""
    return data[: random.randrange(len(data) + 1)]


def flipped(data: bytes, random: Random) -> bytes:
    """Flip some bits."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def spliced(data: bytes, random: Random) -> bytes:
    """Repeat, move or leave out a piece."""
    first, last = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
    piece = data[first : min(last, first + 200)]
    at = random.randrange(len(data) + 1)
    return random.choice((data[:first] + data[last:], data[:at] + piece + data[at:]))


BOMBS: Final = (
    b"\xdd\xff\xff\xff\xff",  # a list of 2^32 - 1
    b"\xdf\xff\xff\xff\xff",  # a map of as many
    b"\xc6\xff\xff\xff\xff",  # as many bytes
    b"\xdb\x7f\xff\xff\xff",  # a long text
    b"\x91" * 2000,
    b"\x81\xa1a" * 2000,
    b"\xc9\x7f\xff\xff\xff\x74\x08",  # a huge typed array
    b"\xc7\x09\x74\x08\x00\x00\x00\x00\x00\x00\xf8\x7f",
    b"\xd6\xff\xff\xff\xff\xff",  # a timestamp
    b"\xd4\x72\x40",  # records
    b"\xc1",
    b"[" * 5000,
    b'{"a":' * 5000,
    b"1" * 5000,
    b"1e" + b"9" * 50,
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"\\ud800"',
    b"\x00",
)


def bombed(data: bytes, random: Random) -> bytes:
    """Put something nasty into the middle, or in place of what is there."""
    at = random.randrange(len(data) + 1)
    bomb = random.choice(BOMBS)
    return data[:at] + bomb + data[at + random.choice((0, len(bomb))) :]


def zipped(data: bytes, random: Random) -> bytes:
    """Compress, and perhaps damage that."""
    packed = gzip.compress(data + b" " * random.choice((0, 0, 1 << 20)), mtime=0)
    return random.choice((packed, truncated(packed, random), flipped(packed, random)))


BYTES: Final = (truncated, flipped, flipped, spliced, bombed, zipped)


def mutant(documents: list[Document], random: Random) -> bytes:
    """Return one broken program; the same for the same random numbers."""
    document = copied(random.choice(documents))
    is_mild = random.randrange(2) == 0
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 8))):
        change: Change = random.choice(MILD if is_mild else CHANGES)
        found = places(document)
        if not found:
            continue
        try:
            change(document, random.choice(found), random)
        except TooDeep:
            break
    data = _encoded(document, random)
    if not is_mild and random.randrange(2) == 0:
        for _ in range(random.choice((1, 1, 2))):
            data = random.choice(BYTES)(data, random)
    return data


DEEPEST: Final = 400
"""Levels that both encoders manage from anywhere."""


def _encoded(document: Document, random: Random) -> bytes:
    packs = random.randrange(2) == 0
    if depth(document) > DEEPEST:
        return random.choice((b"[", b'{"a":', b"\x91", b"\x81\xa1a")) * 3000
    if packs:
        try:
            packed: bytes = msgpack.packb(document)
            return packed
        except OverflowError:
            pass  # an integer that MessagePack does not have
    return json.dumps(document).encode("utf-8", "surrogatepass")

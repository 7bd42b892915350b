"""The opcode table says what the specification's tables say."""

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from program.documents import SPEC

from irrun.evaluate.operations.opcodes import OPCODES

SEMANTICS: Final = SPEC.with_name("runtime-semantics.md")


class Row(NamedTuple):
    """One row of the table of ir-schema section 13."""

    number: int
    name: str
    category: str
    arity: int
    signature: str


def cells_of(path: Path, heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    _, _, section = path.read_text("utf-8").partition(f"\n{heading}")
    lines = [line for line in re.split(r"\n## ", section)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


ROWS: Final = [
    Row(int(number), name, category, int(arity), signature)
    for number, name, category, arity, _, signature, *_ in cells_of(SPEC, "## 13. Opcodes")
]


def test_the_table_of_the_format_reference_is_whole() -> None:
    """The reference states the number of its rows."""
    assert "74 opcodes." in SPEC.read_text("utf-8")
    assert len(ROWS) == 74


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}-{row.name}")
def test_an_opcode_is_what_the_format_reference_says(row: Row) -> None:
    opcode = OPCODES[row.number]

    assert (opcode.number, opcode.name, opcode.category, opcode.arity) == row[:4]


def test_there_are_no_other_opcodes() -> None:
    assert sorted(OPCODES) == [row.number for row in ROWS]
    assert len({opcode.name for opcode in OPCODES.values()}) == len(ROWS)


_WORDS: Final = frozenset({"number", "vec2", "color", "camera", "mesh", "domain"})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}-{row.name}")
def test_an_opcodes_operands_and_result_are_those_of_its_signature(row: Row) -> None:
    """Names of operands, such as `value` and `low`, stand for numbers."""
    operands, _, result = row.signature.partition("→")
    once, _, twice = operands.partition("\u00d72")  # a multiplication sign
    operands = f"{once}, {once}{twice}" if "\u00d7" in operands else operands
    named = [word.strip() for word in operands.split(",") if word.strip()]
    wanted = [word if word in _WORDS or " " in word else "number" for word in named]

    opcode = OPCODES[row.number]

    assert list(opcode.operands) == wanted
    # A constant yields whatever it is.
    assert opcode.result == ("any" if row.number == 0 else result.strip())


# ---- Where an opcode can be executed: runtime-semantics, appendix C ----

PLACES: Final = ("Sm", "Sz", "N", "Fm", "Fz", "Vz")


def _numbers(text: str) -> list[int]:
    """Return the opcode numbers of `0`, `100, 101` or `210-212, 214`."""
    numbers: list[int] = []
    for part in text.split(", "):
        first, _, last = part.partition("-")
        numbers += [n for n in range(int(first), int(last or first) + 1) if n in OPCODES]
    return numbers


def _executable() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for ids, _, *cells in cells_of(SEMANTICS, "## Appendix C."):
        for place, cell in zip(PLACES, cells, strict=True):
            some, _, _ = cell.rpartition(":")
            for number in _numbers(some or ids) if cell else ():
                found.setdefault(number, set()).add(place)
    return found


EXECUTABLE: Final = _executable()


@pytest.mark.parametrize("number", OPCODES)
def test_an_opcode_can_be_executed_where_the_semantics_say(number: int) -> None:
    """An empty cell, or no row, is an error when it is evaluated there."""
    assert OPCODES[number].places == EXECUTABLE.get(number, set())

"""Opcodes: what each computes in each place, and the places where it has no meaning.

Values are those of runtime-semantics 0.3, 7.2 and appendix A.1; the places are appendix C.
"""

import math
import re
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import pytest
from support.conformance_vectors import Approx, difference

from irrun.errors.expressions import OpcodeNotAllowed
from irrun.evaluate.operations.opcodes import OPCODES, Place, formula_in, opcode_in

SPEC: Final = Path(__file__).parents[3] / "docs" / "spec" / "runtime-semantics.md"
SCHEMA: Final = Path(__file__).parents[3] / "docs" / "spec" / "ir-schema.md"

NAN, INF, PI = math.nan, math.inf, math.pi

Column = Literal["Sm", "Sz", "N"]
COLUMNS: Final[tuple[Column, ...]] = ("Sm", "Sz", "N")


def v(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def c(r: float, g: float, b: float, a: float) -> dict[str, float]:
    return {"r": r, "g": g, "b": b, "a": a}


class Row(NamedTuple):
    """One application of an opcode, which gives one value in each of some places."""

    places: str
    opcode: int
    operands: tuple[Any, ...]
    expected: Any
    approx: Approx | None = None


def unary(opcode: int, *pairs: tuple[Any, Any], places: str = "Sm N") -> list[Row]:
    return [Row(places, opcode, (x,), expected) for x, expected in pairs]


def near(opcode: int, *pairs: tuple[float, float], places: str = "Sm N") -> list[Row]:
    return [Row(places, opcode, (x,), expected, "f64") for x, expected in pairs]


def binary(opcode: int, *triples: tuple[Any, Any, Any], places: str = "Sz N") -> list[Row]:
    return [Row(places, opcode, (a, b), expected) for a, b, expected in triples]


HUGE: Final = 1.7976931348623157e308

ROWS: Final = [
    # Transcendental functions: exact at the edges, approximate elsewhere.
    *unary(110, (0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (NAN, NAN)),
    *near(110, (1.0, 0.8414709848078965), (PI / 2, 1.0), (-1.0, -0.8414709848078965)),
    *unary(111, (0.0, 1.0), (-0.0, 1.0), (INF, NAN), (-INF, NAN), (NAN, NAN)),
    *near(111, (1.0, 0.5403023058681398), (PI, -1.0)),
    *unary(112, (0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (NAN, NAN)),
    *near(112, (1.0, 1.5574077246549023), (-1.0, -1.5574077246549023)),
    *unary(113, (0.0, 0.0), (-0.0, -0.0), (1.0000000000000002, NAN), (-2.0, NAN), (NAN, NAN)),
    *near(113, (1.0, PI / 2), (-1.0, -PI / 2), (0.5, 0.5235987755982989)),
    *unary(114, (1.0, 0.0), (1.0000000000000002, NAN), (-INF, NAN), (NAN, NAN)),
    *near(114, (-1.0, PI), (0.5, 1.0471975511965979)),
    *unary(115, (0.0, 0.0), (-0.0, -0.0), (NAN, NAN)),
    *near(115, (INF, PI / 2), (-INF, -PI / 2), (1.0, PI / 4)),
    # Rounding and sign.
    *unary(120, (-3.0, 3.0), (3.0, 3.0), (-0.0, 0.0), (-INF, INF), (NAN, NAN)),
    *unary(121, (1.5, 1.0), (-1.5, -2.0), (-0.0, -0.0), (0.5, 0.0), (-1e-20, -1.0)),
    *unary(121, (INF, INF), (-INF, -INF), (NAN, NAN), (1e300, 1e300), (-7.0, -7.0)),
    *unary(122, (-0.5, -0.0), (0.2, 1.0), (-1.5, -1.0), (-0.0, -0.0), (0.0, 0.0), (1e-20, 1.0)),
    *unary(122, (INF, INF), (-INF, -INF), (NAN, NAN), (-1e300, -1e300)),
    *unary(123, (-0.5, -0.0), (-0.4, -0.0), (0.5, 1.0), (1.5, 2.0), (2.5, 3.0), (-1.5, -1.0)),
    *unary(123, (-2.5, -2.0), (0.49999999999999994, 0.0), (4503599627370495.5, 4503599627370496.0)),
    *unary(123, (-0.0, -0.0), (0.0, 0.0), (INF, INF), (-INF, -INF), (NAN, NAN), (-0.6, -1.0)),
    *unary(124, (-0.25, 0.75), (-1e-20, 1.0), (INF, NAN), (-INF, NAN), (-0.0, 0.0), (3.0, 0.0)),
    *unary(124, (2.75, 0.75), (NAN, NAN)),
    *unary(125, (-0.0, -0.0), (0.0, 0.0), (NAN, NAN), (-3.0, -1.0), (INF, 1.0), (-INF, -1.0)),
    *unary(125, (5e-324, 1.0), (-5e-324, -1.0)),
    # Arithmetic.
    *binary(100, (1.0, 2.0, 3.0), (0.1, 0.2, 0.30000000000000004), (-0.0, -0.0, -0.0)),
    *binary(100, (-0.0, 0.0, 0.0), (INF, -INF, NAN), (HUGE, HUGE, INF), (NAN, 1.0, NAN)),
    *binary(101, (1.0, 3.0, -2.0), (1.0, 1.0, 0.0), (-0.0, 0.0, -0.0), (INF, INF, NAN)),
    *binary(101, (-0.0, -0.0, 0.0), (1.0, NAN, NAN)),
    *binary(102, (3.0, 0.1, 0.30000000000000004), (0.0, INF, NAN), (-1.0, 0.0, -0.0)),
    *binary(102, (-0.0, -2.0, 0.0), (1e308, 10.0, INF), (NAN, 0.0, NAN)),
    *binary(103, (1.0, 4.0, 0.25), (-1.0, INF, -0.0), (INF, INF, NAN), (1.0, NAN, NAN)),
    *binary(103, (1e308, 1e-308, INF), (0.0, -2.0, -0.0), (1.0, 5e-324, INF)),
    *binary(103, (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (1.0, -0.0, 0.0), (0.0, 0.0, 0.0), places="Sz"),
    *binary(103, (NAN, 0.0, 0.0), (-INF, -0.0, 0.0), places="Sz"),
    *binary(103, (1.0, 0.0, INF), (-1.0, 0.0, -INF), (1.0, -0.0, -INF), places="N Fz"),
    *binary(103, (0.0, 0.0, NAN), (NAN, 0.0, NAN), (-INF, -0.0, INF), places="N Fz"),
    *binary(104, (5.0, -3.0, 2.0), (-5.0, 3.0, -2.0), (-6.0, 3.0, -0.0), (6.0, -3.0, 0.0)),
    *binary(104, (5.5, 3.0, 2.5), (1.0, INF, 1.0), (-1.0, -INF, -1.0), (INF, 2.0, NAN)),
    *binary(104, (-INF, INF, NAN), (1.0, NAN, NAN), (NAN, 2.0, NAN), (-0.0, 3.0, -0.0)),
    *binary(104, (5.0, 0.0, 0.0), (-5.0, -0.0, 0.0), (NAN, 0.0, 0.0), places="Sz"),
    *binary(104, (5.0, 0.0, NAN), (-5.0, -0.0, NAN), (0.0, 0.0, NAN), places="N Fz"),
    *binary(105, (2.0, 10.0, 1024.0), (1.0, NAN, NAN), (NAN, 0.0, 1.0), (NAN, -0.0, 1.0)),
    *binary(105, (1.0, INF, NAN), (1.0, -INF, NAN), (-1.0, INF, NAN), (-1.0, -INF, NAN)),
    *binary(105, (-8.0, 1 / 3, NAN), (0.0, -1.0, INF), (-0.0, -3.0, -INF), (-0.0, -2.0, INF)),
    *binary(105, (-0.0, -0.5, INF), (-0.0, 3.0, -0.0), (2.0, 1024.0, INF), (-2.0, 1025.0, -INF)),
    *binary(105, (-2.0, 1024.0, INF), (0.5, INF, 0.0), (2.0, -INF, 0.0), (-INF, 3.0, -INF)),
    *binary(105, (-INF, -3.0, -0.0), (NAN, 1.0, NAN), (0.0, 0.0, 1.0)),
    # The first operand of atan2 is y.
    *binary(116, (0.0, 1.0, 0.0), (-0.0, 1.0, -0.0), (0.0, 0.0, 0.0), (NAN, 1.0, NAN)),
    Row("Sz N", 116, (1.0, 2.0), 0.4636476090008061, "f64"),
    Row("Sz N", 116, (0.0, -0.0), PI, "f64"),
    Row("Sz N", 116, (-0.0, -1.0), -PI, "f64"),
    Row("Sz N", 116, (INF, -INF), 2.356194490192345, "f64"),
    *binary(130, (1.0, 2.0, 1.0), (NAN, 1.0, NAN), (1.0, NAN, NAN), (-0.0, 0.0, -0.0)),
    *binary(130, (0.0, -0.0, -0.0), (INF, -INF, -INF), (2.0, -3.0, -3.0)),
    *binary(131, (1.0, 2.0, 2.0), (1.0, NAN, NAN), (NAN, -INF, NAN), (-0.0, 0.0, 0.0)),
    *binary(131, (0.0, -0.0, 0.0), (INF, -INF, INF), (-2.0, -3.0, -2.0)),
    # Shaping. Operands are (value, low, high), (a, b, t), (edge, x), (edge0, edge1, x).
    Row("N", 132, (5.0, 0.0, 10.0), 5.0),
    Row("N", 132, (-5.0, 0.0, 10.0), 0.0),
    Row("N", 132, (15.0, 0.0, 10.0), 10.0),
    Row("N", 132, (5.0, 10.0, 0.0), 0.0),
    Row("N", 132, (NAN, 0.0, 1.0), NAN),
    Row("N", 132, (0.5, NAN, 1.0), NAN),
    Row("N", 132, (-0.0, 0.0, 1.0), 0.0),
    Row("N", 133, (0.0, 10.0, 0.25), 2.5),
    Row("N", 133, (0.0, 10.0, 2.0), 20.0),
    Row("N", 133, (5.0, 5.0, -1.0), 5.0),
    Row("N", 133, (1.0, INF, 0.0), NAN),
    *binary(134, (0.5, 0.5, 1.0), (NAN, 1.0, 1.0), (1.0, NAN, 1.0), (1.0, 0.0, 0.0)),
    *binary(134, (0.0, -0.0, 1.0), (0.5, 0.49999999999999994, 0.0)),
    Row("N", 135, (1.0, 1.0, 0.5), 0.0),
    Row("N", 135, (1.0, 1.0, 1.0), NAN),
    Row("N", 135, (1.0, 1.0, 2.0), 1.0),
    Row("N", 135, (1.0, 0.0, 0.25), 0.84375),
    Row("N", 135, (0.0, 1.0, -3.0), 0.0),
    Row("N", 135, (0.0, 1.0, 0.25), 0.15625),
    Row("N", 135, (0.0, 1.0, NAN), NAN),
    # Vectors.
    *binary(200, (v(1.0, 2.0), v(0.1, -2.0), v(1.1, 0.0))),
    *binary(200, (v(-0.0, INF), v(-0.0, 1.0), v(-0.0, INF))),
    *binary(201, (v(1.0, 2.0), v(0.5, 3.0), v(0.5, -1.0))),
    *binary(201, (v(INF, -0.0), v(INF, 0.0), v(NAN, -0.0))),
    *binary(202, (v(3.0, 2.0), v(0.1, -3.0), v(0.30000000000000004, -6.0))),
    *binary(203, (v(1.0, 6.0), v(4.0, -3.0), v(0.25, -2.0))),
    *binary(203, (v(1.0, 0.0), v(0.0, 0.0), v(INF, NAN))),
    *binary(204, (v(1.0, -2.0), 0.5, v(0.5, -1.0)), (v(0.0, 1.0), INF, v(NAN, INF))),
    *binary(210, (v(1.0, 2.0), v(3.0, 4.0), 11.0), (v(INF, 0.0), v(1.0, INF), NAN)),
    *unary(211, (v(3.0, 4.0), 5.0), (v(-0.0, 0.0), 0.0), (v(NAN, 1.0), NAN)),
    # The squares overflow and underflow: the length is no hypot.
    *unary(211, (v(1e200, 1.0), INF), (v(3e-200, 4e-200), 0.0)),
    *unary(212, (v(3.0, 4.0), v(0.6000000000000001, 0.8)), (v(0.0, 0.0), v(0.0, 0.0))),
    *unary(212, (v(-0.0, -0.0), v(0.0, 0.0))),
    *unary(212, (v(NAN, 1.0), v(0.0, 0.0))),
    *unary(212, (v(INF, 1.0), v(NAN, 0.0))),
    Row("Sz N", 213, (v(1.0, 0.0), PI / 2), v(6.123233995736766e-17, 1.0), "f64"),
    Row("Sz N", 213, (v(0.0, 1.0), PI / 2), v(-1.0, 6.123233995736766e-17), "f64"),
    Row("Sz N", 213, (v(2.0, -3.0), 0.0), v(2.0, -3.0)),
    *unary(214, (v(1.0, 0.0), 0.0), (v(0.0, 0.0), 0.0), (v(1.0, -0.0), -0.0)),
    Row("Sm N", 214, (v(0.0, 2.0),), PI / 2, "f64"),
    Row("Sm N", 214, (v(-1.0, -0.0),), -PI, "f64"),
    # Colours: red, green and grey sit where 17.2 puts them.
    Row("N", 300, (c(0.0, 0.5, 1.0, 0.0), c(1.0, 0.5, 0.0, 1.0), 0.25), c(0.25, 0.5, 0.75, 0.25)),
    Row("N", 300, (c(0.0, 0.0, 0.0, 0.0), c(1.0, 1.0, 1.0, 1.0), 2.0), c(2.0, 2.0, 2.0, 2.0)),
    *unary(301, (c(0.0, 1.0, 0.5, 0.25), c(1.0, 0.0, 0.0, 0.25))),
    *unary(301, (c(1.0, 1.0, 0.5, 1.0), c(1.0, 0.0, 0.0, 1.0))),
    *unary(301, (c(0.7, 0.0, 0.5, 1.0), c(0.5, 0.5, 0.5, 1.0))),
    Row("Sm N", 301, (c(1 / 3, 1.0, 0.5, 1.0),), c(0.0, 1.0, 0.0, 1.0)),
    Row("Sm N", 301, (c(0.5, 2.0, 0.25, 1.0),), c(0.0, 0.5, 0.5, 1.0)),
    *unary(302, (c(1.0, 0.0, 0.0, 0.5), c(0.0, 1.0, 0.5, 0.5))),
    *unary(302, (c(0.2, 0.2, 0.2, 1.0), c(0.0, 0.0, 0.2, 1.0))),
    Row("Sm N", 302, (c(0.0, 1.0, 0.0, 1.0),), c(1 / 3, 1.0, 0.5, 1.0), "f64"),
    Row("Sm N", 302, (c(1.0, 0.0, 1.0, 1.0),), c(5 / 6, 1.0, 0.5, 1.0), "f64"),
    Row("Sm N", 302, (c(1.0, 0.5, 0.75, 1.0),), c(11 / 12, 1.0, 0.75, 1.0), "f64"),
    Row("N", 303, (c(1.0, 0.0, 0.0, 0.5), 1.5), c(0.0, 1.0, 1.0, 0.5)),
    Row("N", 303, (c(1.0, 0.0, 0.0, 1.0), -1.0), c(1.0, 0.0, 0.0, 1.0)),
    Row("N", 304, (c(1.0, 0.0, 0.0, 0.5), 0.5), c(0.5, 0.0, 0.0, 0.5)),
    Row("N", 304, (c(1.0, 0.0, 0.0, 1.0), 9.0), c(1.0, 1.0, 1.0, 1.0)),
    Row("N", 305, (c(1.0, 0.0, 0.0, 0.5), 0.5), c(0.75, 0.25, 0.25, 0.5)),
    Row("N", 305, (c(0.75, 0.25, 0.25, 1.0), 9.0), c(1.0, 0.0, 0.0, 1.0)),
    # Chain steps as nodes.
    *binary(800, (2.0, -3.0, -6.0), (0.0, INF, NAN), places="N"),
    *binary(801, (2.0, -3.0, -1.0), (-0.0, -0.0, -0.0), places="N"),
    *unary(802, (0.3, 0.3), (-1.0, 0.0), (2.0, 1.0), (-0.0, 0.0), (NAN, NAN), places="N"),
    *binary(803, (0.3, 0.25, 0.25), (0.375, 0.25, 0.5), (-0.375, 0.25, -0.25), places="N"),
    *binary(803, (0.3, 0.1, 0.30000000000000004), (1.0, 0.0, NAN), (1.0, NAN, NAN), places="N"),
    *unary(804, (0.3, 0.3), (-1.0, 0.0), (2.0, 1.0), (-0.0, 0.0), (NAN, NAN), places="N"),
]  # fmt: skip


def name_of(row: Row) -> str:
    shown = ", ".join(str(tuple(o.values()) if isinstance(o, dict) else o) for o in row.operands)
    return f"{row.opcode} {OPCODES[row.opcode].name}({shown})"


APPLIED: Final = [
    pytest.param(place, row, id=f"{place} {name_of(row)}")
    for row in ROWS
    for place in row.places.split()
]


@pytest.mark.parametrize(("place", "row"), APPLIED)
def test_value(place: Place, row: Row) -> None:
    """An opcode gives the value of the semantics in that place, down to the sign of zero."""
    got = formula_in(row.opcode, place).scalar(*row.operands)

    assert difference(got, row.expected, row.approx) is None


@pytest.mark.parametrize(("place", "row"), APPLIED)
def test_result_is_a_double(place: Place, row: Row) -> None:
    """Results are doubles through and through, so that the next operation sees doubles."""
    got = formula_in(row.opcode, place).scalar(*row.operands)

    members = got.values() if isinstance(got, dict) else [got]
    assert {type(member) for member in members} == {float}


# --- Where opcodes can stand: appendix C ----------------------------------------------------


def ids_in(text: str) -> set[int]:
    """Read `10-14` or `210-212, 214`."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def allowed_in(cell: str, ids: set[int]) -> set[int]:
    """Return which of a row's opcodes a cell allows: `211, 212: i` names some, blank none."""
    if not cell:
        return set()
    named = re.fullmatch(r"([\d, -]+):.*", cell)
    return ids_in(named[1]) if named else ids


def appendix_c() -> dict[Column, set[int]]:
    """Return the opcodes that appendix C allows in each of the columns S1, S2 and N."""
    _, _, appendix = SPEC.read_text("utf-8").partition("\n## Appendix C.")
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in appendix.splitlines()
        if re.match(r"\| \d", line)
    ]
    assert len(table) >= 26
    found: dict[Column, set[int]] = {column: set() for column in COLUMNS}
    for ids_text, _name, *cells in table:
        ids = ids_in(ids_text)
        for column, cell in zip(COLUMNS, cells[:3], strict=True):
            found[column] |= allowed_in(cell, ids)
    return found


def opcodes_of_the_format() -> set[int]:
    """Return every opcode number of the format reference (ir-schema 13)."""
    _, _, section = SCHEMA.read_text("utf-8").partition("\n## 13. Opcodes")
    table, _, _ = section.partition("\nNotes.")
    return {int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}


UNKNOWN: Final = (-1, 1, 15, 99, 106, 117, 126, 136, 205, 215, 306, 406, 512, 805, 10**9)
ALLOWED: Final = appendix_c()
EVERY: Final = sorted(opcodes_of_the_format() | set(UNKNOWN))
CELLS: Final = [pytest.param(n, place, id=f"{n} {place}") for n in EVERY for place in COLUMNS]


def test_appendix_c_was_read() -> None:
    """The table says what a reader sees in some of its cells."""
    assert 110 in ALLOWED["Sm"]
    assert {211, 212, 214} <= ALLOWED["Sm"]
    assert not {210, 213, 300, 303} & ALLOWED["Sm"]
    assert {100, 103, 132, 134, 210, 213} <= ALLOWED["Sz"]
    assert not {0, 110, 133, 135, 211, 301} & ALLOWED["Sz"]
    assert {0, 10, 14, 133, 203, 305, 405, 804} <= ALLOWED["N"]
    assert not {510, 511, 600} & ALLOWED["N"]


def test_every_opcode_of_the_format_is_known() -> None:
    """The opcode table has exactly the opcodes of the format reference."""
    assert OPCODES.keys() == opcodes_of_the_format()


@pytest.mark.parametrize(("number", "place"), CELLS)
def test_place_of_an_opcode(number: int, place: Column) -> None:
    """An opcode stands exactly where appendix C lets it; elsewhere it is IR410 and named."""
    if number in ALLOWED[place]:
        assert opcode_in(number, place).number == number
        return
    for look_up in (opcode_in, formula_in):
        with pytest.raises(OpcodeNotAllowed) as caught:
            look_up(number, place)
        assert caught.value.code == "IR410"
        assert caught.value.facts["opcode"] == number


def test_clamp_is_no_function_of_two_signals() -> None:
    """Opcode 132 stands at a zip only as one half of a nested pair; alone it has no formula."""
    with pytest.raises(OpcodeNotAllowed) as caught:
        formula_in(132, "Sz")

    assert caught.value.facts["opcode"] == 132


WITHOUT_FORMULA: Final = {0, 10, 11, 12, 13, 14, 400, 401, 402, 403, 404, 405}
"""Node opcodes that need more than operands: constants, time, state."""


def test_every_formula_has_a_row() -> None:
    """No opcode is without a value here in a place where it can be computed from operands."""
    seen = {(place, row.opcode) for row in ROWS for place in row.places.split()}
    expected = {(place, number) for place in COLUMNS for number in ALLOWED[place]}
    expected -= {("Sz", 132)} | {("N", number) for number in WITHOUT_FORMULA}

    assert seen - {("Fz", 103), ("Fz", 104)} == expected

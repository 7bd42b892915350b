"""Array forms give the bits of the scalar forms, for every element (design.md section 11)."""

import inspect
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.examples import examples

from irrun.evaluate import colors
from irrun.evaluate.fields import colors as color_arrays
from irrun.evaluate.fields import hash_ids
from irrun.evaluate.fields.chains import FieldChains
from irrun.evaluate.fields.elements import COMPONENTS, MEMBERS, ElementKind, Elements, value_of
from irrun.evaluate.fields.hash_ids import hash01, units_of_indices, units_of_texts
from irrun.evaluate.operations import array_formulas, formulas
from irrun.evaluate.operations.array_formulas import quantize
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.operations.transforms import EASINGS, array_form
from irrun.ir.expressions.transforms import CastOp
from irrun.numerics import arrays as elementwise
from irrun.numerics import convert, scalar, transcendental
from irrun.numerics.arrays import color_bytes
from irrun.runtime.runtime import Runtime

HARD: Final = (
    0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.5, 1.0, -1.0, 0.49999999999999994, 5e-324, -5e-324, 1e-40,
    4503599627370495.5, 2.0**53, 2.0**31, -(2.0**31), 2.0**32, 4294967295.9, 1e20, -1e20, 1e308,
    math.pi, math.inf, -math.inf, math.nan, 2.0**128 - 2.0**103, 3.4028235e38, 255.5, 1e-8,
)  # fmt: skip
NUMBERS = st.floats() | st.sampled_from(HARD)


def bits(number: float) -> bytes:
    """Return a number's bits; all NaN are one."""
    return struct.pack("<d", math.nan if math.isnan(number) else number)


def assert_same(got: Any, expected: Sequence[float]) -> None:
    """Check numbers bit for bit."""
    assert [bits(float(x)) for x in np.asarray(got).tolist()] == [bits(float(x)) for x in expected]


def scalar_functions() -> list[Any]:
    """Return each function of numbers that has an array form of the same name."""
    modules = (scalar, transcendental)
    return [
        pytest.param(f, id=name)
        for module in modules
        for name, f in inspect.getmembers(module, inspect.isfunction)
        if f.__module__.startswith("irrun.numerics") and hasattr(elementwise, name)
    ]


def call(function: Callable[..., float], rows: Sequence[tuple[float, ...]]) -> list[float]:
    """Apply a function to each row."""
    return [function(*row) for row in rows]


@pytest.mark.parametrize("function", scalar_functions())
@examples(20, long=120)
@given(data=st.data())
def test_every_operation(function: Callable[..., float], data: st.DataObject) -> None:
    """All operations of the seam, over hard and random numbers."""
    arity = len(inspect.signature(function).parameters)
    rows = data.draw(st.lists(st.tuples(*[NUMBERS] * arity), max_size=6))

    columns = [np.array([row[i] for row in rows], dtype=np.float64) for i in range(arity)]
    got = getattr(elementwise, function.__name__)(*columns)

    assert got.dtype == np.float64
    assert_same(got, call(function, rows))


def test_no_operation_of_the_seam_is_left_out() -> None:
    """What opcodes and chains use of the scalar modules has an array form."""
    used = {
        row.formula.scalar for row in OPCODES.values() if row.category == "math" and row.formula
    }
    names = {f.__name__ for f in used if f.__module__.startswith("irrun.numerics")}

    assert len(names) > 15
    assert [name for name in sorted(names) if not hasattr(elementwise, name)] == []


@given(st.lists(NUMBERS, max_size=8))
def test_conversions(numbers: list[float]) -> None:
    """Rounding to float32, and wrapping to integers."""
    array = np.array(numbers, dtype=np.float64)

    assert_same(elementwise.to_f32_array(array), [convert.to_f32(x) for x in numbers])
    assert elementwise.to_u32_array(array).tolist() == [convert.to_u32(x) for x in numbers]
    assert elementwise.to_i32_array(array).tolist() == [convert.to_i32(x) for x in numbers]


def test_conversions_of_hard_numbers() -> None:
    """The same over all hard numbers, in every run."""
    test_conversions.hypothesis.inner_test(list(HARD))  # type: ignore[attr-defined]


def test_a_sum_goes_from_left_to_right() -> None:
    """Nothing is reassociated."""
    numbers = [1e16, 1.0, 1.0, -1e16, 0.1]
    expected = 0.0
    for number in numbers:
        expected = expected + number

    assert elementwise.total(np.array(numbers)) == expected


OPCODE_NUMBERS = [
    number
    for number, row in OPCODES.items()
    if row.formula is not None and set(row.operands) == {"number"} and row.category == "math"
]


@pytest.mark.parametrize("number", OPCODE_NUMBERS, ids=lambda number: OPCODES[number].name)
@examples(20, long=120)
@given(data=st.data())
def test_every_opcode_of_numbers(number: int, data: st.DataObject) -> None:
    """The array form of an opcode's formula, for every opcode that computes with numbers."""
    row = OPCODES[number]
    assert row.formula is not None
    rows = data.draw(st.lists(st.tuples(*[NUMBERS] * row.arity), max_size=5))

    columns = [np.array([r[i] for r in rows], dtype=np.float64) for i in range(row.arity)]
    with np.errstate(all="ignore"):
        got = array_form(row.formula)(*columns)

    assert_same(got, call(row.formula.scalar, rows))


VECTORS = st.tuples(NUMBERS, NUMBERS)


@pytest.mark.parametrize("number", [200, 201, 202, 203, 204])
@given(a=VECTORS, b=VECTORS)
def test_every_opcode_of_vectors(
    number: int, a: tuple[float, float], b: tuple[float, float]
) -> None:
    """The vec2 opcodes that fields have."""
    formula = OPCODES[number].formula
    assert formula is not None
    records = [dict(zip("xy", v, strict=True)) for v in (a, b)]
    second: Any = b[0] if number == 204 else records[1]
    expected = formula.scalar(records[0], second)

    right: Any = np.array([b[0]]) if number == 204 else np.array([b])
    with np.errstate(all="ignore"):
        got = array_form(formula)(np.array([a]), right)

    assert_same(got[0], [expected["x"], expected["y"]])


@given(v=VECTORS, angle=NUMBERS)
def test_rotation(v: tuple[float, float], angle: float) -> None:
    """Vectors turned by an angle in radians."""
    expected = formulas.vec2_rotate({"x": v[0], "y": v[1]}, angle)
    with np.errstate(all="ignore"):
        got = array_formulas.vec2_rotate(np.array([v]), angle)

    assert_same(got[0], [expected["x"], expected["y"]])


@pytest.mark.parametrize("curve", range(len(EASINGS)), ids=[easing.name for easing in EASINGS])
@given(t=st.floats(0, 1) | st.just(math.nan))
def test_easing(curve: int, t: float) -> None:
    """Every easing curve."""
    formula = EASINGS[curve].curve

    assert_same(array_form(formula)(np.array([t])), [formula.scalar(t)])


@given(NUMBERS, NUMBERS)
def test_quantize(x: float, size: float) -> None:
    """Rounding to a multiple, of any size."""
    with np.errstate(all="ignore"):
        got = quantize(np.array([x]), size)

    assert_same(got, [formulas.quantize(x, size)])


# --- Colours --------------------------------------------------------------------------------

CHANNELS = st.floats(-0.5, 1.5) | st.sampled_from((0.0, -0.0, 0.5, 1.0, 1 / 3))


@pytest.mark.parametrize("name", ["hsl_to_rgb", "rgb_to_hsl"])
@given(channels=st.tuples(CHANNELS, CHANNELS, CHANNELS, CHANNELS))
@example(channels=(0.5, -0.5, 0.0, 1.0))
@example(channels=(1.5, 0.5, 1.0, 1.0))
def test_hsl(name: str, channels: tuple[float, ...]) -> None:
    """Both conversions of colours."""
    expected = getattr(colors, name)(colors.color(*channels))
    with np.errstate(all="ignore"):
        got = getattr(color_arrays, name)(np.array([channels]))

    assert_same(got[0], list(expected.values()))


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def test_colour_bytes(channels: tuple[float, ...]) -> None:
    """Clamp, multiply, round half up; NaN gives 0 (section 10.8, written out)."""
    r, g, b, a = (scalar.clamp_b(channel, 0.0, 1.0) for channel in channels)
    wanted = [scalar.round_half_up((c * a) * 255) for c in (r, g, b)]
    wanted.append(scalar.round_half_up(a * 255))

    got = color_bytes(np.array([channels]))[0]

    assert got.tolist() == [0 if x != x else int(x) for x in wanted]


# --- Hashes of ids --------------------------------------------------------------------------


def naive_hash(text: str, seed: float) -> float:
    """Return the hash of one id, one code unit at a time, in doubles."""
    h = seed
    encoded = text.encode("utf-16-le", "surrogatepass")
    for i in range(0, len(encoded), 2):
        unit = float(encoded[i] + 256 * encoded[i + 1])
        shifted = float(convert.to_i32(float(convert.to_i32(h) * 32)))
        h = float(convert.to_i32((shifted - h) + unit))
        product = (int(h) * 0x5BD1E995) & 0xFFFFFFFF
        folded = product ^ (product >> 15)
        h = float(folded - (1 << 32) if folded >= 1 << 31 else folded)
    return scalar.fract((h * 12.9898 + 78.233) * 43758.5453)


HASHES = [
    ("0", 0, 0.4375), ("1", 0, 0.5), ("2", 0, 0.46875), ("3", 0, 0.625), ("9", 0, 0.25),
    ("10", 0, 0.75), ("99", 0, 0.125), ("0", 42, 0.8125), ("1", 42, 0.5), ("2", 42, 0.25),
    ("3", 42, 0.25), ("0", 0.5, 0.875), ("0", -1, 0.40625), ("0", 10000000000, 0.75),
    ("a", 7, 0.625), ("row-0-col-0", 7, 0.71875), ("", 7, 0.5366204809397459),
    ("\u00e9", 7, 0.875), ("\U0001f600", 0, 0.5),
]  # fmt: skip
"""Appendix A.6."""


@pytest.mark.parametrize(("text", "seed", "expected"), HASHES)
def test_hashes_of_the_semantics(text: str, seed: float, expected: float) -> None:
    """The table of appendix A.6."""
    assert hash01(units_of_texts([text]), 1, seed).tolist() == [expected]
    assert naive_hash(text, seed) == expected


@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=8), NUMBERS)
def test_hash_of_any_ids(texts: list[str], seed: float) -> None:
    """Ids of any length and script, lone surrogates too, and any seed; few of a length and many."""
    expected = [naive_hash(text, seed) for text in texts]
    with np.errstate(all="ignore"):
        few = hash01(units_of_texts(texts), len(texts), seed)
        many = hash01(units_of_texts(64 * texts), 64 * len(texts), seed)

    assert_same(few, expected)
    assert_same(many, 64 * expected)


def test_a_long_id_is_no_array_for_each_of_its_code_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor are many ids of lengths of their own: a document may be one text of many megabytes."""

    def mixed(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(hash_ids, "_mixed", mixed)
    texts = ["x" * length for length in range(1, 300)]
    hash01(units_of_texts(texts), len(texts), 0)


def test_hash_of_indices() -> None:
    """An element without an id goes by its index in decimal."""
    texts = [str(i) for i in range(1234)]

    got = hash01(units_of_indices(0, 1234), 1234, 3.75)
    assert_same(got, hash01(units_of_texts(texts), 1234, 3.75).tolist())
    tail = hash01([*units_of_texts(texts[:95]), *units_of_indices(95, 1234)], 1234, 3.75)
    assert_same(tail, got.tolist())


# --- Chains ---------------------------------------------------------------------------------

STEPS: Final = (
    {"kind": "scaleBias", "scale": 3, "bias": -0.5},
    {"kind": "normalize", "mode": "0..1"},
    {"kind": "normalize", "mode": "-1..1"},
    {"kind": "quantize", "step": 0.25},
    *({"kind": "ease", "curveId": i} for i in range(7)),
    *({"kind": "map", "fn": {"kind": "opcode", "opcode": n}} for n in (110, 120, 123, 124, 125)),
)

SHAPES: tuple[ElementKind, ...] = ("number", "vec2", "vec3", "vec4", "color")


def chains_of(*chains: Sequence[Any]) -> Runtime:
    """Return a runtime of a program that has the chains."""
    b = ProgramBuilder("chains")
    b.doc["transforms"] = {"chains": [{"steps": list(steps)} for steps in chains]}
    return Runtime(b.program())


def after(runtime: Runtime, kind: ElementKind, rows: Sequence[Sequence[float]]) -> Elements:
    """Return elements after chain 0."""
    data = np.array(rows, dtype=np.float64)
    elements = Elements(kind, data[:, 0] if kind == "number" else data)
    chains: FieldChains = runtime.evaluators.fields.chains
    return chains.run(0, elements, len(rows), "a test")


def record(kind: ElementKind, row: Sequence[float]) -> Any:
    """Return one element as the scalar chains take it."""
    return row[0] if kind == "number" else dict(zip(MEMBERS[kind], row, strict=True))


@pytest.mark.parametrize("kind", SHAPES)
@examples(15, long=100)
@given(data=st.data())
def test_chains(kind: ElementKind, data: st.DataObject) -> None:
    """Any chain of steps on numbers, over any shape, is the scalar chain for every element."""
    steps = data.draw(st.lists(st.sampled_from(STEPS), max_size=4))
    rows = data.draw(st.lists(st.tuples(*[NUMBERS] * COMPONENTS[kind]), min_size=1, max_size=4))
    runtime = chains_of(steps)

    got = after(runtime, kind, rows)

    chain = runtime.evaluators.chains.chain(0, "a test")
    expected = [chain(record(kind, row)) for row in rows]
    flat = [n for value in expected for n in (value.values() if kind != "number" else [value])]
    assert_same(got.data.reshape(-1), flat)


CASTS: list[tuple[CastOp, ElementKind]] = [
    ("numberToVec2", "number"), ("vec2ToNumber", "vec2"), ("colorToVec3", "color"),
    ("vec3ToColor", "vec3"), ("numberToBool", "number"), ("boolToNumber", "number"),
    ("hslToRGB", "color"), ("rgbToHSL", "color"),
]  # fmt: skip


@pytest.mark.parametrize(("op", "kind"), CASTS)
@examples(15, long=100)
@given(data=st.data())
def test_casts(op: CastOp, kind: ElementKind, data: st.DataObject) -> None:
    """Every cast, for every element."""
    row = data.draw(st.tuples(*[CHANNELS] * COMPONENTS[kind]))
    runtime = chains_of([{"kind": "cast", "op": op}])

    got = value_of(after(runtime, kind, [row]), 0)

    expected = runtime.evaluators.chains.chain(0, "a test")(record(kind, row))
    as_list = [v if isinstance(v, float) else [*v.values()] for v in (got, expected)]
    assert_same(np.ravel(as_list[0]), np.ravel(as_list[1]).tolist())

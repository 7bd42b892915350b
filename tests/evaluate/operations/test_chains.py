"""Transform chains at signals: every kind of step, shapes, memory (runtime-semantics 6.6, 17.2)."""

import math
from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import Document, ProgramBuilder, opcode
from support.conformance_vectors import difference
from support.examples import examples

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    BadOperand,
    IdOutOfRange,
    KernelNotRunnable,
    OpcodeNotAllowed,
    StateOutOfRange,
    UnknownCurve,
)
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf
IN, OUT = 5, 10


def program(*steps: Document, chain: int = 0) -> ProgramBuilder:
    """Return a program that sends slot 5 through a chain into slot 10."""
    b = ProgramBuilder("chain")
    b.doc["transforms"] = {"chains": [{"steps": list(steps)}]}
    b.slot(IN, "object")
    b.slot(OUT, "object")
    source = b.signal("inputSlot", slot=IN)
    node = b.signal("transform", src=source, chain=chain)
    b.step("signalEval", "s-out", outputs=[{"sigId": node, "slot": OUT}])
    return b


def through(value: Any, *steps: Document) -> Any:
    """Return what a value becomes."""
    runtime = Runtime(program(*steps).program())
    runtime.values.write(IN, value)
    runtime.run_frame(0.0)
    return runtime.values.peek(OUT)


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


def v(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def c(r: float, g: float, b: float, a: float) -> dict[str, float]:
    return {"r": r, "g": g, "b": b, "a": a}


def scale_bias(scale: float, bias: float) -> Document:
    return {"kind": "scaleBias", "scale": scale, "bias": bias}


def normalize(mode: str) -> Document:
    return {"kind": "normalize", "mode": mode}


def quantize(step: float) -> Document:
    return {"kind": "quantize", "step": step}


def ease(curve: float) -> Document:
    return {"kind": "ease", "curveId": curve}


def mapped(number: int) -> Document:
    return {"kind": "map", "fn": opcode(number)}


def slew(offset: int, rate: float) -> Document:
    return {"kind": "slew", "stateOffset": offset, "rate": rate}


def cast(op: str) -> Document:
    return {"kind": "cast", "op": op}


# --- Steps on numbers -----------------------------------------------------------------------

NUMBERS = [
    pytest.param(3.0, scale_bias(2, 1), 7.0, id="scaleBias"),
    pytest.param(0.1, scale_bias(3, 0.1), 0.4, id="scaleBias rounds after each operation"),
    pytest.param(INF, scale_bias(0, 1), NAN, id="scaleBias of an infinity"),
    pytest.param(-0.0, scale_bias(1, 0), 0.0, id="scaleBias of minus zero"),
    pytest.param(-0.5, normalize("0..1"), 0.0, id="normalize clamps below"),
    pytest.param(0.25, normalize("0..1"), 0.25, id="normalize does not rescale"),
    pytest.param(1.5, normalize("0..1"), 1.0, id="normalize clamps above"),
    pytest.param(-0.0, normalize("0..1"), 0.0, id="normalize makes minus zero zero"),
    pytest.param(NAN, normalize("0..1"), NAN, id="normalize NaN"),
    pytest.param(-1.5, normalize("-1..1"), -1.0, id="normalize both ways, below"),
    pytest.param(-0.0, normalize("-1..1"), -0.0, id="normalize both ways, minus zero"),
    pytest.param(1.5, normalize("-1..1"), 1.0, id="normalize both ways, above"),
    pytest.param(0.3, quantize(0.25), 0.25, id="quantize"),
    pytest.param(0.375, quantize(0.25), 0.5, id="quantize half up"),
    pytest.param(-0.375, quantize(0.25), -0.25, id="quantize negative half up"),
    pytest.param(0.3, quantize(0.1), 0.30000000000000004, id="quantize by a tenth"),
    pytest.param(1.0, quantize(0), NAN, id="quantize by 0"),
    pytest.param(0.4, quantize(-0.25), 0.5, id="quantize by a negative step"),
    pytest.param(-2.5, mapped(123), -2.0, id="map round"),
    pytest.param(-1e-20, mapped(124), 1.0, id="map fract"),
    pytest.param(-0.0, mapped(125), -0.0, id="map sign"),
    pytest.param(INF, mapped(110), NAN, id="map sin"),
    pytest.param(0.5, cast("numberToBool"), 0.0, id="numberToBool at a half"),
    pytest.param(0.5000000000000001, cast("numberToBool"), 1.0, id="numberToBool above a half"),
    pytest.param(-3.0, cast("numberToBool"), 0.0, id="numberToBool below zero"),
    pytest.param(NAN, cast("numberToBool"), 0.0, id="numberToBool of NaN"),
    pytest.param(0.25, cast("boolToNumber"), 0.25, id="boolToNumber leaves numbers alone"),
]


@pytest.mark.parametrize(("value", "step", "expected"), NUMBERS)
def test_step_on_a_number(value: float, step: Document, expected: float) -> None:
    """A step of a chain computes what its row says, down to the sign of zero."""
    assert same(through(value, step), expected)


def test_an_empty_chain_changes_nothing() -> None:
    """Neither minus zero nor a vector is touched."""
    assert same(through(-0.0), -0.0)
    assert same(through(v(1.0, -0.0)), v(1.0, -0.0))


def test_steps_apply_in_list_order() -> None:
    """The value goes through the steps from left to right."""
    add, double = scale_bias(1, 1), scale_bias(2, 0)

    assert through(3.0, add, double) == 8.0
    assert through(3.0, double, add) == 7.0
    assert through(0.3, scale_bias(10, 0), mapped(123), quantize(2), mapped(120)) == 4.0


EASING: Final = {
    0: (0.25, 0.3, 0.5, 0.75),
    1: (0.0625, 0.09, 0.25, 0.5625),
    2: (0.4375, 0.51, 0.75, 0.9375),
    3: (0.125, 0.18, 0.5, 0.875),
    4: (0.015625, 0.027, 0.125, 0.421875),
    5: (0.578125, 0.657, 0.875, 0.984375),
    6: (0.15625, 0.216, 0.5, 0.84375),
}
"""Appendix A.2: the curves at 0.25, 0.3, 0.5 and 0.75."""


@pytest.mark.parametrize(
    ("curve", "value", "expected"),
    [
        pytest.param(curve, value, expected, id=f"curve {curve} at {value}")
        for curve, row in EASING.items()
        for value, expected in zip((0.25, 0.3, 0.5, 0.75), row, strict=True)
    ],
)
def test_easing_curve(curve: int, value: float, expected: float) -> None:
    """A curve has the values of appendix A.2."""
    assert same(through(value, ease(curve)), expected)


@pytest.mark.parametrize("curve", EASING)
def test_easing_clamps_its_input(curve: int) -> None:
    """Below 0 a curve is where it begins, above 1 where it ends; NaN stays NaN."""
    assert [through(x, ease(curve)) for x in (-5.0, -0.0, 0.0)] == [0.0] * 3
    assert [through(x, ease(curve)) for x in (1.0, 1.5, INF)] == [1.0] * 3
    assert same(through(NAN, ease(curve)), NAN)


# --- Vectors and colours --------------------------------------------------------------------

STRUCTURED = [
    pytest.param(v(1.0, 2.0), scale_bias(2, 1), v(3.0, 5.0), id="scaleBias"),
    pytest.param(v(-1.0, 2.0), normalize("0..1"), v(0.0, 1.0), id="normalize"),
    pytest.param(v(0.3, 0.375), quantize(0.25), v(0.25, 0.5), id="quantize"),
    pytest.param(v(0.25, 0.5), ease(1), v(0.0625, 0.25), id="ease"),
    pytest.param(v(-1.5, 2.5), mapped(123), v(-1.0, 3.0), id="map"),
    pytest.param(
        {"x": 1.0, "y": 2.0, "z": 3.0},
        scale_bias(2, 0),
        {"x": 2.0, "y": 4.0, "z": 6.0},
        id="vec3",
    ),
    pytest.param(c(0.5, 2.0, -1.0, 0.5), normalize("0..1"), c(0.5, 1.0, 0.0, 0.5), id="colour"),
]


@pytest.mark.parametrize(("value", "step", "expected"), STRUCTURED)
def test_step_on_a_vector_or_colour(value: Any, step: Document, expected: Any) -> None:
    """Steps that compute with numbers apply component by component."""
    assert same(through(value, step), expected)


CASTS = [
    pytest.param("numberToVec2", 2.5, v(2.5, 2.5), id="numberToVec2"),
    pytest.param("vec2ToNumber", v(-0.0, 7.0), -0.0, id="vec2ToNumber is the x"),
    pytest.param(
        "colorToVec3", c(0.1, 0.2, 0.3, 0.4), {"x": 0.1, "y": 0.2, "z": 0.3}, id="colorToVec3"
    ),
    pytest.param(
        "vec3ToColor", {"x": 0.1, "y": 0.2, "z": 0.3}, c(0.1, 0.2, 0.3, 1.0), id="vec3ToColor"
    ),
    pytest.param("rgbToHSL", c(1.0, 0.0, 0.0, 0.5), c(0.0, 1.0, 0.5, 0.5), id="rgbToHSL"),
    pytest.param("hslToRGB", c(0.5, 1.0, 0.5, 0.25), c(0.0, 1.0, 1.0, 0.25), id="hslToRGB"),
    pytest.param("hslToRGB", c(-0.5, 9.0, 0.5, 1.0), c(0.0, 1.0, 1.0, 1.0), id="hslToRGB clamps"),
]


@pytest.mark.parametrize(("op", "value", "expected"), CASTS)
def test_cast(op: str, value: Any, expected: Any) -> None:
    """A cast changes the shape as 17.2 says."""
    assert same(through(value, cast(op)), expected)


ROUND_TRIPS = [
    pytest.param(("numberToVec2", "vec2ToNumber"), -2.5, -2.5, id="number and vec2"),
    pytest.param(
        ("vec3ToColor", "colorToVec3"),
        {"x": 1.5, "y": -0.0, "z": 0.1},
        {"x": 1.5, "y": -0.0, "z": 0.1},
        id="vec3 and colour",
    ),
    pytest.param(
        ("colorToVec3", "vec3ToColor"),
        c(0.1, 0.2, 0.3, 0.4),
        c(0.1, 0.2, 0.3, 1.0),
        id="colour and vec3 loses alpha",
    ),
    pytest.param(("numberToBool", "boolToNumber"), 0.7, 1.0, id="number and boolean"),
    pytest.param(
        ("rgbToHSL", "hslToRGB"), c(0.25, 0.5, 0.75, 0.5), c(0.25, 0.5, 0.75, 0.5), id="rgb and hsl"
    ),
]


@pytest.mark.parametrize(("ops", "value", "expected"), ROUND_TRIPS)
def test_casts_there_and_back(ops: Sequence[str], value: Any, expected: Any) -> None:
    """A cast and its counterpart give the value back, but for what the first one drops."""
    assert same(through(value, *map(cast, ops)), expected)


SHAPES: Final[dict[str, Any]] = {
    "number": 0.5,
    "vec2": v(0.5, 0.5),
    "vec3": {"x": 0.5, "y": 0.5, "z": 0.5},
    "vec4": {"x": 0.5, "y": 0.5, "z": 0.5, "w": 0.5},
    "color": c(0.5, 0.5, 0.5, 0.5),
}

TAKES: Final = {
    "numberToVec2": "number",
    "vec2ToNumber": "vec2",
    "colorToVec3": "color",
    "vec3ToColor": "vec3",
    "hslToRGB": "color",
    "rgbToHSL": "color",
    "numberToBool": "number",
    "boolToNumber": "number",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("op", TAKES)
def test_cast_takes_its_own_shape_only(op: str, shape: str) -> None:
    """A cast of any other shape is IR417."""
    if TAKES[op] == shape:
        through(SHAPES[shape], cast(op))
        return
    with pytest.raises(BadOperand) as caught:
        through(SHAPES[shape], cast(op))

    assert caught.value.code == "IR417"


@examples(30, long=200)
@given(st.floats(allow_nan=True), st.lists(st.sampled_from(
    [scale_bias(0.5, -1), normalize("0..1"), normalize("-1..1"), quantize(0.1), ease(3), ease(6),
     mapped(120), mapped(123), mapped(114)]), max_size=5))  # fmt: skip
def test_a_chain_is_its_steps_one_after_another(value: float, steps: list[Document]) -> None:
    """One chain of many steps is many chains of one step, for numbers and for each component."""
    whole = through(value, *steps)
    by_steps = value
    for step in steps:
        by_steps = through(by_steps, step)

    assert same(whole, by_steps)
    assert same(through(v(value, 0.25), *steps), v(whole, through(0.25, *steps)))


# --- Memory ---------------------------------------------------------------------------------


def fed(runtime: Runtime, inputs: Sequence[Any], step_ms: float) -> list[Any]:
    """Run a frame for each input; return the values of the chain."""
    found = []
    for i, value in enumerate(inputs):
        runtime.values.write(IN, value)
        runtime.run_frame(i * step_ms)
        found.append(runtime.values.peek(OUT))
    return found


SLEWED: Final = [0.3934693402873666, 0.6321205588285577, 0.7768698398515701, 0.47119537647602067]
"""Appendix A.3: rate 5, 0.1 s a frame, targets 1, 1, 1, 0."""


@pytest.mark.parametrize("quirks", [False, True], ids=["plain", "quirks"])
def test_slew_on_numbers(quirks: bool) -> None:
    """A slew keeps its number at the raw offset and moves as the signal of the same name."""
    b = program(slew(2, 5))
    b.cell("block", size=4)
    runtime = Runtime(b.program(), fps=10, quirks=quirks)

    assert fed(runtime, [1.0, 1.0, 1.0, 0.0], 100) == SLEWED
    assert runtime.state.f64.tolist() == [0.0, 0.0, SLEWED[-1], 0.0]


def test_slew_follows_the_delta() -> None:
    """Half the time, twice: the same place."""
    runs = []
    for fps, frames in ((10.0, 1), (20.0, 2)):
        b = program(slew(0, 5))
        b.cell("c")
        runs.append(fed(Runtime(b.program(), fps=fps), [1.0] * frames, 1000 / fps)[-1])

    assert runs[0] == SLEWED[0]
    assert runs[1] == pytest.approx(runs[0], rel=1e-14)


def test_slew_starts_from_the_initial_constant() -> None:
    """The memory is a state cell like any other."""
    b = program(slew(0, 0))
    b.cell("c", initialConstId=b.const(3.25, "f64"))

    assert fed(Runtime(b.program()), [100.0], 10) == [3.25]


def test_slew_on_vectors_keeps_a_number_for_each_component() -> None:
    """Component c has its memory at stateOffset + c."""
    b = program(slew(1, 5))
    b.cell("block", size=4)
    runtime = Runtime(b.program(), fps=10)

    got = fed(runtime, [v(1.0, 0.0), v(1.0, 2.0)], 100)

    assert got[0] == v(SLEWED[0], 0.0)
    assert got[1] == v(SLEWED[1], 2 * SLEWED[0])
    assert runtime.state.f64.tolist() == [0.0, SLEWED[1], 2 * SLEWED[0], 0.0]


def test_slew_on_colours_keeps_four_numbers() -> None:
    """Channels lie in the order r, g, b, a."""
    b = program(slew(0, 1e9))
    b.cell("block", size=4)
    runtime = Runtime(b.program(), fps=10)
    fed(runtime, [c(0.1, 0.2, 0.3, 0.4)], 100)

    assert runtime.state.f64.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_components_have_their_place_whatever_the_order_of_the_members() -> None:
    """A record that lists y before x does not swap the memory of the two."""
    b = program(slew(0, 0))
    b.cell("x", initialConstId=b.const(10.0, "f64"))
    b.cell("y", initialConstId=b.const(20.0, "f64"))

    (got,) = fed(Runtime(b.program()), [{"y": 0.0, "x": 0.0}], 10)

    assert (got["x"], got["y"]) == (10.0, 20.0)


def test_a_chain_advances_once_a_frame_for_one_node() -> None:
    """A node that several outputs ask for goes through its chain once."""
    b = program(slew(0, 5))
    b.cell("c")
    b.slot(OUT + 1, "object")
    b.step("signalEval", "s-again", outputs=[{"sigId": 1, "slot": OUT + 1}])
    runtime = Runtime(b.program(), fps=10)

    assert fed(runtime, [1.0, 1.0], 100) == SLEWED[:2]
    assert runtime.values.peek(OUT + 1) == SLEWED[1]


def test_slews_at_two_offsets_keep_apart() -> None:
    """Two slews of one chain each have their own number."""
    b = program(slew(0, 1e9), slew(1, 5))
    b.cell("block", size=2)
    runtime = Runtime(b.program(), fps=10)

    assert fed(runtime, [1.0, 1.0], 100) == SLEWED[:2]
    assert runtime.state.f64.tolist() == [1.0, SLEWED[1]]


OUTSIDE = [
    pytest.param(2, 1.0, 2, id="number"),
    pytest.param(1, v(1.0, 1.0), 2, id="second component"),
    pytest.param(0, c(1.0, 1.0, 1.0, 1.0), 2, id="third channel"),
]


@pytest.mark.parametrize(("offset", "value", "index"), OUTSIDE)
def test_slew_outside_the_state(offset: int, value: Any, index: int) -> None:
    """Memory beyond the array is IR416, which names the element."""
    b = program(slew(offset, 5))
    b.cell("block", size=2)

    with pytest.raises(StateOutOfRange) as caught:
        fed(Runtime(b.program()), [value], 10)

    facts = caught.value.facts
    assert (facts["storage"], facts["index"], facts["size"]) == ("f64", index, 2)


# --- What cannot run ------------------------------------------------------------------------


@pytest.mark.parametrize("chain", [1, 4711])
def test_chain_that_does_not_exist(chain: int) -> None:
    """An unknown chain is IR412, which names id, table and size."""
    with pytest.raises(IdOutOfRange) as caught:
        fed(Runtime(program(chain=chain).program()), [1.0], 10)

    facts = caught.value.facts
    assert (facts["id"], facts["table"], facts["size"]) == (chain, "transforms.chains", 1)


def test_program_without_chains() -> None:
    """Without a table no chain exists; the program still loads."""
    b = program()
    del b.doc["transforms"]

    with pytest.raises(IdOutOfRange) as caught:
        fed(Runtime(b.program()), [1.0], 10)

    assert caught.value.facts["size"] == 0


@pytest.mark.parametrize("curve", [7, 8, 4711])
def test_curve_that_does_not_exist(curve: int) -> None:
    """Curves are 0 to 6; any other is IR420, which names it."""
    with pytest.raises(UnknownCurve) as caught:
        through(0.5, ease(curve))

    assert (caught.value.code, caught.value.facts["curve"]) == ("IR420", curve)


@pytest.mark.parametrize("curve", [-1, 0.5, "1"])
def test_curve_that_is_no_index(curve: Any) -> None:
    """A curve that is no whole number from 0 is not even loaded."""
    with pytest.raises(IrrunError) as caught:
        program(ease(curve)).program()

    assert caught.value.code.startswith("IR1")


@pytest.mark.parametrize("number", [100, 132, 0, 400, 4711])
def test_map_of_an_opcode_without_meaning_there(number: int) -> None:
    """Only the unary opcodes of signals can stand in a chain: IR410 for the rest."""
    with pytest.raises(OpcodeNotAllowed) as caught:
        through(0.5, mapped(number))

    assert caught.value.facts["opcode"] == number


def test_kernel_in_a_chain() -> None:
    """A kernel cannot run in a chain: IR413, which names it."""
    with pytest.raises(KernelNotRunnable) as caught:
        through(0.5, {"kind": "map", "fn": {"kind": "kernel", "kernelId": "map_scale"}})

    assert (caught.value.code, caught.value.facts["kernel"]) == ("IR413", "map_scale")


def test_the_shape_may_change_along_the_chain() -> None:
    """Each step sees what the one before it has made."""
    steps = (cast("numberToVec2"), scale_bias(2, 1), cast("vec2ToNumber"), quantize(2))

    assert through(1.5, *steps) == 4.0


def test_a_chain_that_nothing_uses_may_be_broken() -> None:
    """Chains are looked at when they are used."""
    b = program()
    b.doc["transforms"]["chains"].append({"steps": [ease(99)]})

    assert fed(Runtime(b.program()), [1.5], 10) == [1.5]

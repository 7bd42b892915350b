"""The real executors of the four materialize kinds (runtime-semantics 10.2 and section 11)."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pytest
from program_builder import ProgramBuilder, opcode, type_desc
from support.conformance_vectors import difference
from support.step_samples import SAMPLES

from irrun.errors import IrrunError
from irrun.errors.expressions import BadOperand, MixedPublishers, UnknownMode
from irrun.errors.fields import (
    ListLength,
    MissingColor,
    NotAColor,
    NotAPath,
    OtherTolerance,
    PathTooLong,
)
from irrun.errors.running import BadElementCount, NotADomain, TooManyElements
from irrun.evaluate.scene.flatten import flatten
from irrun.evaluate.scene.paths import CUBIC, LINE, MOVE, QUADRATIC, EncodedPath, encode_path
from irrun.ir.values import Viewport
from irrun.numerics.convert import to_f32
from irrun.runtime.executor import Observer
from irrun.runtime.runtime import Runtime
from irrun.steps.frame import Frame
from irrun.trace.observers import TraceRecorder

NAN, INF = math.nan, math.inf
DOMAIN, SOURCE, OUT = 10, 11, 12


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


def step_over(kind: str, count: Any, source: Any = None, **fields: Any) -> ProgramBuilder:
    """Return a program of the sample step of a kind, with a domain and a source."""
    b = ProgramBuilder(kind)
    b.slot(SOURCE, "object") if source is None else b.initial(SOURCE, source)
    b.initial(DOMAIN, {"kind": "domain", "count": count} if isinstance(count, int) else count)
    b.step(kind, "s", **(SAMPLES[kind] | fields))
    return b


def outs(runtime: Runtime, count: int, first: int = OUT) -> list[Any]:
    """Return what is in the step's out slots."""
    return [runtime.values.peek(first + i) for i in range(count)]


def run(b: ProgramBuilder, frames: int = 1, **options: Any) -> Runtime:
    runtime = Runtime(b.program(), **options)
    for i in range(frames):
        runtime.run_frame(16.0 * i)
    return runtime


# --- Domains --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["materialize", "materializeColor", "materializePath",
                                  "materializeTestGeometry"])  # fmt: skip
@pytest.mark.parametrize(
    ("domain", "problem"),
    [
        ({"kind": "domain", "count": -1}, BadElementCount),
        ({"kind": "domain", "count": 2.5}, BadElementCount),
        ({"kind": "domain", "count": 1e9}, TooManyElements),
        ("#fff", NotADomain),
        ([1, 2], NotADomain),
    ],
)
def test_what_is_no_domain(kind: str, domain: Any, problem: type[IrrunError]) -> None:
    """The error names slot and value."""
    b = step_over(kind, domain, "#fff")
    b.field("const", constId=b.const(1))
    with pytest.raises(problem) as caught:
        run(b)

    assert caught.value.where.slot == DOMAIN
    assert str(caught.value.where.field).endswith("domainSlot")


# --- materializeTestGeometry ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "x", "y"),
    [
        (5, [340, 400, 460, 340, 400], [240, 240, 240, 300, 300]),
        (1, [400], [300]),
        (4, [370, 430, 370, 430], [270, 270, 330, 330]),
        (0, [], []),
    ],
)
def test_grid(count: int, x: list[float], y: list[float]) -> None:
    """Centred on 800 x 600, 60 apart, radius 15 (11.3)."""
    got = outs(run(step_over("materializeTestGeometry", count)), 3, 11)

    assert [array.tolist() for array in got] == [x, y, [15.0] * count]
    assert {array.dtype.name for array in got} == {"float32"}


# --- materializeColor -----------------------------------------------------------------------

COLORS = [
    pytest.param({"r": 2, "g": -1, "b": 0.1, "a": 0.5}, [2, -1, to_f32(0.1), 0.5], id="as given"),
    pytest.param({"r": 1, "g": 0, "b": 0}, [1, 0, 0, 1], id="without alpha"),
    pytest.param("#ff0000", [1, 0, 0, 1], id="text"),
    pytest.param(0.25, [0.25] * 4, id="number"),
]


@pytest.mark.parametrize(("source", "expected"), COLORS)
def test_color(source: Any, expected: list[float]) -> None:
    """One colour for all elements: straight, neither clamped nor quantised (11.1)."""
    got = outs(run(step_over("materializeColor", 3, source)), 4)

    assert [array.tolist() for array in got] == [[channel] * 3 for channel in expected]
    assert {array.dtype.name for array in got} == {"float32"}


def test_colors_one_to_an_element() -> None:
    """A list has a colour for each element; lists of numbers inside are channels."""
    source = ["#ff0000", 0.5, [0, 1, 0, 0.25], {"r": 0, "g": 0, "b": 1}]
    r, g, b, a = outs(run(step_over("materializeColor", 4, source)), 4)

    assert r.tolist() == [1, 0.5, 0, 0]
    assert g.tolist() == [0, 0.5, 1, 0]
    assert b.tolist() == [0, 0.5, 0, 1]
    assert a.tolist() == [1, 0.5, 0.25, 1]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (["#fff"], ListLength),
        ([], ListLength),
        ({"x": 1, "y": 2}, NotAColor),
        (["#fff", {"commands": []}], NotAColor),
    ],
)
def test_what_is_no_color(source: Any, problem: type[IrrunError]) -> None:
    """IR437, IR442."""
    with pytest.raises(problem, match="slot 11"):
        run(step_over("materializeColor", 2, source))


def test_missing_color_is_white() -> None:
    """Compiled 3D programs never write the slot: one warning, opaque white; strict refuses."""
    b = step_over("materializeColor", 2)
    runtime = run(b, 3)

    assert [array.tolist() for array in outs(runtime, 4)] == [[1.0, 1.0]] * 4
    assert [type(f) for f in runtime.warnings] == [MissingColor]
    with pytest.raises(MissingColor):
        run(b, strict=True)


def test_color_of_a_field() -> None:
    """A field expression handle is evaluated over the domain; numbers are grey."""
    b = step_over("materializeColor", 2, {"kind": "fieldExpr", "exprId": "field-1"})
    b.field("const", constId=b.const([1, 0]))
    b.field("select", domain="color", cond=0, t=2, f=0)
    b.field("const", domain="color", constId=b.const("#0000ff"))
    r, g, blue, a = outs(run(b), 4)

    assert (r.tolist(), g.tolist(), blue.tolist(), a.tolist()) == ([0, 0], [0, 0], [1, 0], [1, 0])


def test_channels_of_earlier_frames_stay() -> None:
    """What changes is a new array in every frame."""
    b = step_over("materializeColor", 1, {"kind": "fieldExpr", "exprId": "0"})
    b.field("broadcastSig", domain="color", sig=b.signal("timeAbsMs"), domainSlot=DOMAIN)
    runtime = run(b)
    first = runtime.values.peek(OUT)
    runtime.run_frame(7.0)

    assert (first.tolist(), runtime.values.peek(OUT).tolist()) == ([0.0], [7.0])


# --- materializePath ------------------------------------------------------------------------


def m(x: float, y: float) -> dict[str, Any]:
    return {"kind": "M", "x": x, "y": y}


def cubic(*numbers: float) -> dict[str, Any]:
    return {"kind": "C"} | dict(zip(("c1x", "c1y", "c2x", "c2y", "x", "y"), numbers, strict=True))


def quadratic(*numbers: float) -> dict[str, Any]:
    return {"kind": "Q"} | dict(zip(("cx", "cy", "x", "y"), numbers, strict=True))


def path(*commands: dict[str, Any]) -> dict[str, Any]:
    return {"commands": list(commands)}


BOTH = path(m(1, 2), quadratic(3, 4, 5, 6), cubic(1, 1, 2, 2, 3, 3), {"kind": "Z"})
"""Appendix A.10."""


def test_path_of_the_semantics() -> None:
    """One path for two elements, the arrays with their least lengths (A.10)."""
    cmds, params, cmd_start, cmd_len, point_start, point_len = outs(
        run(step_over("materializePath", 2, BOTH)), 6
    )

    assert cmds.tolist() == [0, 2, 3, 4] * 2 + [0] * 56
    assert params.tolist() == [1, 2, 3, 4, 5, 6, 1, 1, 2, 2, 3, 3] * 2 + [0] * 104
    assert [cmd_start.tolist(), cmd_len.tolist()] == [[0, 4], [4, 4]]
    assert [point_start.tolist(), point_len.tolist()] == [[0, 6], [6, 6]]
    names = [a.dtype.name for a in (cmds, params, cmd_start, cmd_len, point_start, point_len)]
    assert names == ["uint16", "float32"] + ["uint32"] * 4


def test_paths_of_fields() -> None:
    """Constants, select and busCombine first and last pass paths through."""
    b = step_over("materializePath", 2, {"kind": "fieldExpr", "exprId": "4"})
    short, long = path(m(1, 1)), BOTH
    b.field("const", domain="path", constId=b.const(short))
    b.field("const", domain="path", constId=b.const([long, short]))
    b.field("const", constId=b.const([1, 0]))
    last = {"mode": "last"}
    b.field("busCombine", domain="path", busIndex=0, terms=[0, 1], combine=last)
    b.field("select", domain="path", cond=2, t=3, f=0)

    assert outs(run(b, 2), 6)[3].tolist() == [4, 1]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("map", {"src": 0, "fn": opcode(120)}),
        ("busCombine", {"busIndex": 0, "terms": [0, 0], "combine": {"mode": "sum"}}),
    ],
)
def test_paths_cannot_be_computed_with(kind: str, fields: dict[str, Any]) -> None:
    """Everything else on path fields is an error."""
    b = step_over("materializePath", 1, {"kind": "fieldExpr", "exprId": "1"})
    b.field("const", domain="path", constId=b.const(BOTH))
    b.field(kind, domain="path", **fields)
    with pytest.raises((BadOperand, UnknownMode)):
        run(b)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("#fff", NotAPath),
        ([BOTH], ListLength),
        ([BOTH, 1], NotAPath),
        (path({"kind": "A"}), NotAPath),
        (path({"kind": "M", "x": 1}), NotAPath),
        (path(1), NotAPath),  # type: ignore[arg-type]
        (None, NotAPath),
    ],
)
def test_what_is_no_path(source: Any, problem: type[IrrunError]) -> None:
    """IR437, IR443, with the slot."""
    with pytest.raises(problem, match="slot 11"):
        run(step_over("materializePath", 2, source))


def test_paths_of_no_elements() -> None:
    """Empty arrays of starts and lengths; the others have their least lengths."""
    got = outs(run(step_over("materializePath", 0, BOTH)), 6)

    assert [len(array) for array in got] == [64, 128, 0, 0, 0, 0]


# --- Flattening -----------------------------------------------------------------------------


def point(x: float, y: float) -> tuple[float, float]:
    return to_f32(x), to_f32(y)


def middle(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Return the point half-way, each operation rounded to float32."""
    return point(to_f32(a[0] + b[0]) / 2, to_f32(a[1] + b[1]) / 2)


def naive_lines(points: list[tuple[float, float]], tolerance: float, depth: int = 0) -> list[Any]:
    """Return the end points of a curve's lines, by recursion, one number at a time."""
    left, right, row = [points[0]], [points[-1]], points
    while len(row) > 1:
        row = [middle(a, b) for a, b in pairwise(row)]
        left.append(row[0])
        right.append(row[-1])
    chord = middle(points[0], points[-1])
    dx, dy = to_f32(left[-1][0] - chord[0]), to_f32(left[-1][1] - chord[1])
    squares = to_f32(to_f32(dx * dx) + to_f32(dy * dy))
    distance = to_f32(math.sqrt(squares)) if squares == squares else NAN
    if distance <= tolerance or depth == 16:
        return [points[-1]]
    return naive_lines(left, tolerance, depth + 1) + naive_lines(right[::-1], tolerance, depth + 1)


CURVES = [
    [(0, 0), (0, 100), (100, 100), (100, 0)],
    [(1.1, 2.2), (300.3, -7), (-50, 400), (5.5, 6.6)],
    [(0, 0), (1, 0), (2, 0), (3, 0)],
    [(10, 10), (10, 10), (10, 10), (10, 10)],
    [(0, 0), (50, 100), (100, 0)],
    [(1e6, 1e6), (1.1e6, 2e6), (3e6, 1e6)],
    [(0, 0), (0, 1), (2, 0)],
]


@pytest.mark.parametrize("numbers", CURVES)
@pytest.mark.parametrize("tolerance", [0.75, 0.375])
def test_curve_is_subdivided(numbers: list[tuple[float, float]], tolerance: float) -> None:
    """Exactly the points of the recursion that the semantics describe."""
    points = [point(*p) for p in numbers]
    code = CUBIC if len(points) == 4 else QUADRATIC
    encoded = EncodedPath(np.array([MOVE, code], np.uint16), np.array(points, np.float32))

    flat = flatten(encoded, tolerance)

    assert flat.points.tolist() == [list(p) for p in (points[0], *naive_lines(points, tolerance))]
    assert flat.codes.tolist() == [MOVE] + [LINE] * (len(flat.points) - 1)


def curve_at(points: Any, t: Any) -> Any:
    """Return points of a curve in doubles."""
    row = [np.asarray(p, dtype=np.float64)[None, :] for p in points]
    while len(row) > 1:
        row = [a + (b - a) * t[:, None] for a, b in pairwise(row)]
    return row[0]


@pytest.mark.parametrize("numbers", CURVES[:2] + CURVES[4:5])
def test_lines_stay_near_their_curve(numbers: list[tuple[float, float]]) -> None:
    """The error is below the tolerance, measured against many points of the curve."""
    code = CUBIC if len(numbers) == 4 else QUADRATIC
    encoded = EncodedPath(np.array([MOVE, code], np.uint16), np.array(numbers, np.float32))
    lines = flatten(encoded, 0.75).points.astype(np.float64)
    true = curve_at(numbers, np.linspace(0, 1, 2001))

    a, b = lines[:-1], lines[1:]
    along = b - a
    t = ((true[:, None] - a) * along).sum(axis=2) / (along * along).sum(axis=1)
    nearest = a + along * np.clip(t, 0, 1)[..., None]
    errors = np.hypot(*np.moveaxis(true[:, None] - nearest, 2, 0)).min(axis=1)

    assert errors.max() <= 0.75


def test_lines_begin_where_the_path_is() -> None:
    """Z returns to the last M; several curves and lines keep their order."""
    commands = [m(0, 0), {"kind": "L", "x": 5, "y": 5}, {"kind": "Z"}, quadratic(0, 90, 90, 0),
                {"kind": "Z"}, m(7, 7), {"kind": "Z"}, cubic(7, 99, 99, 7, 9, 9)]  # fmt: skip
    flat = flatten(encode_path({"commands": commands}, "a test"), 0.75)

    first = naive_lines([(0, 0), (0, 90), (90, 0)], 0.75)
    second = naive_lines([(7, 7), (7, 99), (99, 7), (9, 9)], 0.75)
    points = [(0, 0), (5, 5), *first, (7, 7), *second]
    assert flat.points.tolist() == [list(p) for p in points]
    assert flat.codes.tolist() == [0, 1, 4] + [1] * len(first) + [4, 0, 4] + [1] * len(second)


@pytest.mark.parametrize("bad", [INF, 3.4e38, 1e30])
def test_curves_without_end_end(bad: float) -> None:
    """Points that are not finite are not subdivided; the depth is limited."""
    commands = [m(0, 0), quadratic(bad, 1, 2, 3)]
    flat = flatten(encode_path({"commands": commands}, "a test"), 0.75)

    assert 2 <= len(flat.codes) <= 1 + 2**16
    assert flat.points[-1].tolist() == [2, 3]


def test_too_many_lines_are_refused() -> None:
    """IR444 instead of memory without end."""
    commands = [m(0, 0)] + [quadratic(1e30, 1e30, 0, 0)] * 100
    with pytest.raises(PathTooLong):
        flatten(encode_path({"commands": commands}, "a test"), 0.75)


def flattened(tolerance: float | None, **options: Any) -> Runtime:
    """Return a runtime that has materialized a path with curves."""
    more = {} if tolerance is None else {"flattenTolerancePx": tolerance}
    return run(step_over("materializePath", 2, BOTH, **more), 2, **options)


def test_flattening_is_asked_for() -> None:
    """Without a tolerance curves are kept; with one there are only M, L and Z."""
    assert set(flattened(None).values.peek(OUT).tolist()) == {0, 2, 3, 4}
    assert set(flattened(0.75).values.peek(OUT).tolist()) <= {0, 1, 4}
    assert set(flattened(0.75, quirks=True).values.peek(OUT).tolist()) == {0, 2, 3, 4}


def test_only_one_tolerance_is_legal() -> None:
    """Another one is said and not used; strict refuses it."""
    runtime = flattened(5)

    assert [type(f) for f in runtime.warnings] == [OtherTolerance]
    assert runtime.values.peek(OUT + 1).tolist() == flattened(0.75).values.peek(OUT + 1).tolist()
    with pytest.raises(OtherTolerance):
        flattened(5, strict=True)


def test_the_viewport_s_pixels_count() -> None:
    """Twice as many device pixels, half the tolerance."""
    curve = path(m(0, 0), cubic(0, 100, 100, 100, 100, 0))
    lengths = []
    for dpr in (1.0, 4.0):
        b = step_over("materializePath", 1, curve, flattenTolerancePx=0.75)
        runtime = Runtime(b.program(), viewport=Viewport(800.0, 600.0, dpr))
        runtime.run_frame(0.0)
        lengths.append(int(runtime.values.peek(OUT + 3)[0]))

    points: list[tuple[float, float]] = [(0, 0), (0, 100), (100, 100), (100, 0)]
    assert lengths == [1 + len(naive_lines(points, 0.75 / dpr)) for dpr in (1, 4)]


# --- Field buses ----------------------------------------------------------------------------

CHAIN: Final = {"steps": [{"kind": "scaleBias", "scale": 2, "bias": 1}]}


def field_bus(
    sources: Sequence[Any], mode: str = "sum", domain: str = "number", chains: Sequence[Any] = ()
) -> ProgramBuilder:
    """Return a program whose bus of fields feeds materializeColor; chain 0 is on the first."""
    b = step_over("materializeColor", 2, None)
    b.doc["schedule"]["steps"] = []
    b.doc["transforms"] = {"chains": list(chains)}
    rows = []
    for i, source in enumerate(sources):
        b.initial(20 + i, source)
        row: dict[str, Any] = {"publisherId": f"p{i}", "enabled": True, "sortKey": i}
        through = {"transform": {"chainId": 0}} if chains and i == 0 else {}
        rows.append(row | {"srcSlot": 20 + i} | through)
    b.step("busEval", "s-bus", busIndex=b.bus("bus", mode, domain, "field"), outSlot=SOURCE,
           publishers=rows, combine={"mode": mode}, silent={"kind": "zero"},
           busType=type_desc(domain, "field"))  # fmt: skip
    return b


def field_ref(field: int) -> dict[str, Any]:
    return {"kind": "fieldExpr", "exprId": str(field)}


def test_bus_of_field_expressions() -> None:
    """Combined when they are materialized; a publisher's chain is applied to each element."""
    b = field_bus([field_ref(0), field_ref(1)], chains=[CHAIN])
    b.field("const", constId=b.const([0.25, 0.5]))
    b.field("const", domain="color", constId=b.const({"r": 1, "g": 0, "b": 0, "a": 1}))
    b.step("materializeColor", "s", **SAMPLES["materializeColor"])
    r, g, *_ = outs(run(b), 4)

    assert (r.tolist(), g.tolist()) == ([2.5, 3.0], [1.5, 2.0])


def buffer_document(components: int, *numbers: float) -> dict[str, Any]:
    fmt = {"components": components, "elementType": "f32"}
    return {"kind": "buffer", "data": list(numbers), "format": fmt}


def test_bus_of_buffers_with_a_cast() -> None:
    """A chain may change what the elements of a buffer are."""
    cast = {"steps": [{"kind": "cast", "op": "numberToVec2"}]}
    b = field_bus([buffer_document(1, 1, 2), buffer_document(2, 10, 20, 30, 40)], "sum", "vec2",
                  [cast])  # fmt: skip
    got = run(b).values.peek(SOURCE)

    assert (got.components, got.data.tolist()) == (2, [11, 21, 32, 42])


def test_slew_of_a_field_publisher_moves_once_a_frame() -> None:
    """Two steps that materialize what the bus holds see the same elements."""
    half = {"steps": [{"kind": "slew", "stateOffset": 0, "rate": 1.0}]}
    b = field_bus([field_ref(0)], "last", chains=[half])
    b.cell("memory", size=2)
    b.field("const", constId=b.const([1, 2]))
    b.step("materializeColor", "s1", **SAMPLES["materializeColor"])
    other = {f"out{c}Slot": 30 + i for i, c in enumerate("RGBA")}
    b.step("materializeColor", "s2", **(SAMPLES["materializeColor"] | other))
    runtime = run(b)

    moved = 1 - math.exp(-1 / 60)
    assert runtime.state.f64.tolist() == pytest.approx([moved, 2 * moved])
    assert runtime.values.peek(OUT).tolist() == runtime.values.peek(30).tolist()


def test_chain_of_a_publisher_that_is_no_field() -> None:
    """IR417 names the publisher; without a chain IR422 names the bus."""
    with pytest.raises(BadOperand, match="publisher p0"):
        run(field_bus([5], chains=[CHAIN]))
    with pytest.raises(MixedPublishers):
        run(field_bus([5]))


# --- The trace ------------------------------------------------------------------------------


def test_details_tell_which_fields_were_evaluated() -> None:
    """Once each, with what they hold; constants only in the first frame."""
    b = ProgramBuilder("details")
    b.domain(DOMAIN, 2)
    b.field("const", constId=b.const([1, 2]))
    b.field("broadcastSig", sig=b.signal("timeAbsMs"), domainSlot=DOMAIN)
    b.field("zip", a=0, b=1, fn=opcode(100))
    plan = SAMPLES["materialize"]["materialization"] | {"fieldExprId": "2"}
    b.step("materialize", "s", materialization=plan)
    recorder = TraceRecorder([0, 1], details=True)
    run(b, 2, observers=[recorder])

    told = [[d.text for d in trace.steps[0].details] for trace in recorder.traces]
    changing = [
        "signal 0 timeAbsMs",
        "field 1 broadcastSig signal 0",
        "field 2 zip add of 0, 1",
    ]
    assert told[0] == [changing[0], "field 0 const constant 0", *changing[1:]]
    assert told[1] == changing
    last = recorder.traces[1].steps[0].details[-1].value
    assert last.data.tolist() == [17.0, 18.0]


# --- Slots ----------------------------------------------------------------------------------


class Touches(Observer):
    """Keeps the slots that steps read and write."""

    def __init__(self) -> None:
        self.reads: list[int] = []
        self.writes: list[int] = []

    def frame_start(self, frame: Frame) -> None:
        """Listen to the whole frame."""
        frame.listen(
            lambda slot, value: self.reads.append(slot),
            lambda slot, value: self.writes.append(slot),
        )


@pytest.mark.parametrize("kind", ["materialize", "materializeColor", "materializePath",
                                  "materializeTestGeometry"])  # fmt: skip
def test_exactly_the_declared_slots_are_touched(kind: str) -> None:
    """What the layout, the trace and the validator derive from accesses is what happens."""
    b = step_over(kind, 2, BOTH if kind == "materializePath" else "#fff")
    b.initial(40, 3)
    signal = b.signal("inputSlot", slot=40)
    b.field("broadcastSig", sig=signal, domainSlot=DOMAIN)
    touches = Touches()
    runtime = run(b, observers=[touches])

    (planned,) = runtime.plan
    for mode, touched in (("read", touches.reads), ("write", touches.writes)):
        assert touched == [a.slot for a in planned.accesses if a.mode == mode and not a.weak]


def test_what_was_handed_out_is_never_changed() -> None:
    """Arrays of real steps cannot be written to: they may be shared between frames."""
    for kind, source in (("materializeColor", "#fff"), ("materializePath", BOTH)):
        runtime = run(step_over(kind, 2, source))
        assert not any(array.flags.writeable for array in outs(runtime, 4))

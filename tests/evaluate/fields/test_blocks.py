"""A block of frames: every result is, bit for bit, that of each of its frames (section 10)."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final, get_args

import numpy as np
import pytest
from program_builder import Document, ProgramBuilder, opcode

from irrun.errors.expressions import BadOperand
from irrun.evaluate.buses.combine import ARITHMETIC, CHOICES
from irrun.evaluate.fields.chains import FieldChains
from irrun.evaluate.fields.combine import COMBINABLE, combine_elements
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.elements import (
    COMPONENTS,
    COMPONENTWISE,
    MEMBERS,
    NUMBERS,
    ElementKind,
    Elements,
    as_kind,
    in_doubles,
    objects,
    of_frame,
    seen,
    spread,
    uniform,
    value_of,
)
from irrun.evaluate.fields.evaluator import FieldEvaluator
from irrun.evaluate.fields.formats import BufferTarget, stored
from irrun.evaluate.fields.nodes import FieldCompiler, FieldFunction
from irrun.evaluate.fields.ops import BY_KERNEL, SIGNAL_OPS, FieldOp, map_op
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.held import Held
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.expressions.functions import OpcodeFn
from irrun.ir.expressions.transforms import CastOp
from irrun.ir.time_model import ResolvedTime
from irrun.ir.values import Array, Buffer
from irrun.numerics import arrays, single
from irrun.runtime.runtime import Runtime

F, N = 3, 29
"""Frames of a block, and elements of a domain."""

HARD: Final = (
    0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.5, 1.0, -1.0, 0.49999999999999994, 5e-324, -5e-324, 1e-40,
    2.0**53, 2.0**31, -(2.0**31), 1e20, 1e308, math.pi, math.inf, -math.inf, math.nan, 3.4028235e38,
    255.5, 1e-8, 0.1, 0.3, 17.25, 300.0, -720.5,
)  # fmt: skip

LAYOUTS: Final[Mapping[str, tuple[int, ...]]] = {
    "frames and elements": (F, N),
    "frames": (F, 1),
    "elements": (N,),
    "elements, an axis of one frame": (1, N),
    "all alike": (1,),
}
"""Shapes that the data of a field may have, without its components."""

TEXTS: Final = ("red", "#f80", "#80808080", "rgb(1, 2, 3)", "")


def kernel(name: str) -> Document:
    """Return a function reference by name."""
    return {"kind": "kernel", "kernelId": name}


@pytest.fixture(autouse=True)
def any_numbers() -> Iterator[None]:
    """Let NumPy not warn of infinities and NaN, as evaluators do."""
    with np.errstate(all="ignore"):
        yield


class Signals:
    """Signals by id, in one frame or as columns."""

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}

    def evaluate(self, signal_id: int) -> Any:
        """Return a signal's value."""
        return self.values[signal_id]


class Maker:
    """Makes operands that are hard to compute with: the same for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._pick = np.random.default_rng(seed)

    def numbers(self, *shape: int) -> Array:
        """Return doubles."""
        hard = self._pick.choice(np.array(HARD), shape)
        return np.where(self._pick.random(shape) < 0.5, hard, self._pick.normal(0, 2, shape))

    def elements(self, kind: ElementKind, layout: str) -> Elements:
        """Return elements of a kind."""
        shape = LAYOUTS[layout]
        if kind in COMPONENTS:
            return Elements(kind, self.numbers(*shape, *_components(kind)))
        size = math.prod(shape)
        if kind == "string":
            values: list[Any] = [TEXTS[i] for i in self._pick.integers(0, len(TEXTS), size)]
        else:
            values = [{"commands": [i]} for i in range(size)]
        return Elements(kind, objects(kind, values).data.reshape(shape))


def _components(kind: ElementKind) -> tuple[int, ...]:
    return () if kind in NUMBERS else (COMPONENTS[kind],)


def assert_same_bits(got: Array, expected: Array) -> None:
    """Check type, shape and every bit; all NaN are one."""
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    if got.dtype == object:
        assert got.tolist() == expected.tolist()
        return
    one, other = (np.ascontiguousarray(arrays.one_nan_copy(a)) for a in (got, expected))
    assert one.tobytes() == other.tobytes()


def rows(elements: Elements, frame: int, count: int = N) -> Array:
    """Return the elements of a frame, one to each."""
    return spread(of_frame(elements, frame).data, count, elements.axis)


def assert_frame_by_frame(block: Elements, single: Callable[[int], Elements]) -> None:
    """Check a block against its frames."""
    for frame in range(F):
        alone = single(frame)
        assert block.kind == alone.kind
        assert_same_bits(rows(block, frame), rows(alone, 0))


def check_frame_by_frame(function: Callable[..., Elements], *operands: Elements) -> None:
    """Check what a function makes of blocks."""
    assert_frame_by_frame(
        function(*operands),
        lambda frame: function(*(of_frame(e, frame) for e in operands)),
    )


class World:
    """A program with one field more, its functions, and signals as they are asked for."""

    def __init__(self) -> None:
        self.b = ProgramBuilder("blocks")
        self.signals = Signals()
        self.columns: dict[int, Any] = {}
        self._runtime: Runtime | None = None

    @property
    def runtime(self) -> Runtime:
        """The program, running; nothing can be added any more."""
        if self._runtime is None:
            self._runtime = Runtime(self.b.program())
        return self._runtime

    def parameter(self, column: Any) -> dict[str, int]:
        """Add a signal that has a value in each frame; return it as a parameter."""
        self.columns[len(self.columns)] = column
        return {"signalSlot": len(self.columns) - 1}

    def compiled(self, kind: str, domain: str, **fields: Any) -> FieldFunction:
        """Add a field, and return its function."""
        field = self.b.field(kind, domain=domain, **fields)
        evaluators = self.runtime.evaluators
        signals: Any = self.signals
        compiler = FieldCompiler(
            self.b.program(), signals, evaluators.fields.chains, evaluators.env
        )
        return compiler.compile(field)

    def domain(self) -> FieldDomain:
        """Return a domain."""
        return self.runtime.evaluators.fields.domain(N)

    def enter(self, frame: int | None = None) -> None:
        """Let signals have the values of a frame, or be columns."""
        self.signals.values = {i: at(column, frame) for i, column in self.columns.items()}

    def check(self, function: FieldFunction, operands: Sequence[Elements]) -> None:
        """Check a function over a block against its frames, in all of its forms."""
        self._check(function.compute, [in_doubles(seen(e)) for e in operands])
        if function.single is not None:
            self._check(function.single, [seen(e) for e in operands])

    def _check(self, compute: Any, operands: Sequence[Elements]) -> None:
        self.enter()
        block = compute(self.domain(), operands)

        def alone(frame: int) -> Elements:
            self.enter(frame)
            found = compute(self.domain(), [of_frame(e, frame) for e in operands])
            assert isinstance(found, Elements)
            return found

        assert_frame_by_frame(block, alone)


def at(column: Any, frame: int | None) -> Any:
    """Return a signal's value in a frame, or as it is over the block."""
    if isinstance(column, dict):
        return {name: at(member, frame) for name, member in column.items()}
    return column if frame is None or isinstance(column, float) else float(column[frame])


# --- Maps -----------------------------------------------------------------------------------

MAPS: Final[Mapping[str, tuple[Document, FieldOp]]] = {
    **{name: (kernel(name), op) for name, op in BY_KERNEL.items()},
    **{
        f"opcode {number}": (opcode(number), map_op(OpcodeFn(opcode=number)))
        for number, row in OPCODES.items()
        if "Fm" in row.places
    },
}
EVERY_MAP: Final = [(name, kind) for name, (_, op) in MAPS.items() for kind in sorted(op.results)]


def source_kind(op: FieldOp, kind: ElementKind) -> ElementKind:
    """Return what elements a map takes."""
    return "number" if op.shape == "number to vec2" else kind


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("name", "kind"), EVERY_MAP)
def test_map_whose_parameters_are_columns(name: str, kind: ElementKind, layout: str) -> None:
    make, world, (document, op) = Maker(1), World(), MAPS[name]
    names = [name for name in op.params if name != "op"]
    some = {"op": "min"} if "op" in op.params else {}
    params = some | {name: world.parameter(make.numbers(F)) for name in names}
    function = world.compiled("map", kind, src=0, fn=document, params=params)

    world.check(function, [make.elements(source_kind(op, kind), layout)])


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name, kind in EVERY_MAP if len(MAPS[name][1].params) > 1]
)
def test_map_with_one_parameter_that_is_a_column(name: str, kind: ElementKind) -> None:
    document, op = MAPS[name]
    for moving in op.params:
        make, world = Maker(2), World()
        if moving == "op":
            continue
        params = {
            name: "max" if name == "op"
            else world.parameter(make.numbers(F)) if name == moving
            else 0.75
            for name in op.params
        }  # fmt: skip
        function = world.compiled("map", kind, src=0, fn=document, params=params)
        for layout in LAYOUTS:
            world.check(function, [make.elements(source_kind(op, kind), layout)])


@pytest.mark.parametrize("kind", sorted(COMPONENTWISE))
@pytest.mark.parametrize("op", SIGNAL_OPS)
def test_zip_with_a_signal(op: str, kind: ElementKind) -> None:
    make, world = Maker(3), World()
    params = {"signal": world.parameter(make.numbers(F)), "op": op}
    function = world.compiled("map", kind, src=0, fn=kernel("zipSignal"), params=params)

    for layout in LAYOUTS:
        world.check(function, [make.elements(kind, layout)])


def test_a_parameter_that_is_a_vector_is_refused_as_in_a_frame() -> None:
    messages = []
    for value in ({"x": np.zeros(F), "y": np.zeros(F)}, {"x": 0.0, "y": 0.0}):
        world = World()
        params = {"k": world.parameter(value)}
        function = world.compiled("map", "number", src=0, fn=kernel("scale"), params=params)
        world.enter()
        with pytest.raises(BadOperand) as caught:
            function.compute(world.domain(), [uniform("number", 1.0)])
        messages.append(str(caught.value))

    assert messages[0] == messages[1]
    assert "a vec2" in messages[0]


# --- Zips, selects, broadcasts, combinations --------------------------------------------------

EVERY_ZIP: Final = [
    pytest.param(number, kind, id=f"{row.name} of {kind}")
    for number, row in OPCODES.items()
    for kind in sorted(COMPONENTWISE)
    if ("Fz" if kind in NUMBERS else "Vz") in row.places
    and (row.category != "vec" or kind == "vec2")
]
PAIRS: Final = list(product(LAYOUTS, repeat=2))


@pytest.mark.parametrize(("number", "kind"), EVERY_ZIP)
def test_zip(number: int, kind: ElementKind) -> None:
    world = World()
    function = world.compiled("zip", kind, a=0, b=0, fn=opcode(number))
    second: ElementKind = "number" if number == 204 else kind

    for i, (one, other) in enumerate(PAIRS):
        make = Maker(i)
        world.check(function, [make.elements(kind, one), make.elements(second, other)])


def test_zip_of_a_vector_and_a_number() -> None:
    world, make = World(), Maker(4)
    function = world.compiled("zip", "color", a=0, b=0, fn=opcode(100))

    for one, other in PAIRS:
        world.check(function, [make.elements("number", one), make.elements("color", other)])


EVERY_KIND: Final[tuple[ElementKind, ...]] = get_args(ElementKind)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_select(kind: ElementKind) -> None:
    world = World()
    function = world.compiled("select", kind, cond=0, t=0, f=0)

    for i, layouts in enumerate(product(LAYOUTS, repeat=3)):
        make = Maker(i)
        kinds: tuple[ElementKind, ...] = ("number", kind, kind)
        world.check(function, [*map(make.elements, kinds, layouts)])


RECORDS: Final[tuple[ElementKind, ...]] = ("vec2", "vec3", "vec4", "color")


@pytest.mark.parametrize("kind", [*sorted(NUMBERS), *RECORDS])
def test_broadcast_of_a_number(kind: ElementKind) -> None:
    world = World()
    world.parameter(Maker(5).numbers(F))

    world.check(world.compiled("broadcastSig", kind, sig=0, domainSlot=0), [])


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("moving", ["all components", "one component"])
def test_broadcast_of_a_vector(kind: ElementKind, moving: str) -> None:
    make, world = Maker(6), World()
    value: dict[str, Any] = {name: make.numbers(F) for name in MEMBERS[kind]}
    if moving == "one component":
        value = {name: 0.25 if i else column for i, (name, column) in enumerate(value.items())}
    world.parameter(value)

    world.check(world.compiled("broadcastSig", kind, sig=0, domainSlot=0), [])


@pytest.mark.parametrize("mode", [*ARITHMETIC, *CHOICES])
@pytest.mark.parametrize("kind", sorted(COMBINABLE))
def test_combine(kind: ElementKind, mode: str) -> None:
    def combined(*terms: Elements) -> Elements:
        return combine_elements(mode, terms, kind, "a test")

    for i, layouts in enumerate(product(LAYOUTS, repeat=3)):
        make = Maker(i)
        for terms in range(4):
            operands = [make.elements(kind, layout) for layout in layouts[:terms]]
            check_frame_by_frame(combined, *operands)
            check_frame_by_frame(combined, *map(seen, operands))


# --- Chains ---------------------------------------------------------------------------------

STEPS: Final[Mapping[str, dict[str, Any]]] = {
    "scaleBias": {"kind": "scaleBias", "scale": 3, "bias": -0.5},
    "0..1": {"kind": "normalize", "mode": "0..1"},
    "-1..1": {"kind": "normalize", "mode": "-1..1"},
    "quantize": {"kind": "quantize", "step": 0.25},
    **{f"ease {i}": {"kind": "ease", "curveId": i} for i in range(7)},
    **{
        row.name: {"kind": "map", "fn": opcode(number)}
        for number, row in OPCODES.items()
        if "Sm" in row.places and row.operands == ("number",)
    },
}
SLEWS: Final = (
    {"kind": "slew", "rate": 2.5, "stateOffset": 1},
    {"kind": "scaleBias", "scale": 0.5, "bias": 1},
    {"kind": "slew", "rate": 0.5, "stateOffset": 201},
)
CASTS: Final[Mapping[CastOp, ElementKind]] = {
    "numberToVec2": "number", "vec2ToNumber": "vec2", "colorToVec3": "color", "vec3ToColor": "vec3",
    "numberToBool": "number", "boolToNumber": "number", "hslToRGB": "color", "rgbToHSL": "color",
}  # fmt: skip


def chain_of(*steps: dict[str, Any]) -> Runtime:
    """Return a program with one chain, and enough memory."""
    b = ProgramBuilder("chains")
    b.doc["transforms"] = {"chains": [{"steps": list(steps)}]}
    b.cell("slews", size=400, initialConstId=b.const([0.5 + i for i in range(400)]))
    return Runtime(b.program())


def chains(runtime: Runtime) -> FieldChains:
    """Return what runs chains over fields."""
    return runtime.evaluators.fields.chains


@pytest.mark.parametrize("kind", ["number", *RECORDS])
@pytest.mark.parametrize("name", STEPS)
def test_step_of_a_chain(name: str, kind: ElementKind) -> None:
    runner = chains(chain_of(STEPS[name]))

    for layout in LAYOUTS:
        elements = Maker(7).elements(kind, layout)
        check_frame_by_frame(lambda e: runner.run(0, e, N, "a test"), elements)


@pytest.mark.parametrize("op", CASTS)
def test_cast(op: CastOp) -> None:
    runner = chains(chain_of({"kind": "cast", "op": op}))

    for layout in LAYOUTS:
        elements = Maker(8).elements(CASTS[op], layout)
        check_frame_by_frame(lambda e: runner.run(0, e, N, "a test"), elements)


def test_colours_of_the_circle() -> None:
    """Both conversions, where every sector of the hue occurs."""
    hue, rest = np.linspace(-0.5, 1.5, F * N).reshape(F, N), np.full((F, N), 0.4)
    elements = Elements("color", np.stack([hue, rest, rest, rest], axis=-1))
    runner = chains(
        chain_of({"kind": "cast", "op": "hslToRGB"}, {"kind": "cast", "op": "rgbToHSL"})
    )

    check_frame_by_frame(lambda e: runner.run(0, e, N, "a test"), elements)


DELTAS: Final = np.array([0.1, 0.0, 0.025])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["number", "vec2", "vec3", "vec4", "color"])
def test_slew_goes_through_the_frames_and_leaves_its_memory_as_the_last_one(
    kind: ElementKind, layout: str
) -> None:
    one, other = chain_of(*SLEWS), chain_of(*SLEWS)
    for block in range(2):
        elements = Maker(block).elements(kind, layout)
        columns: Any = DELTAS
        one.evaluators.env.time = ResolvedTime(0.0, 0.0, delta_sec=columns)
        together = chains(one).run(0, elements, N, "a test")

        def alone(frame: int, elements: Elements = elements) -> Elements:
            other.evaluators.env.time = ResolvedTime(0.0, 0.0, delta_sec=float(DELTAS[frame]))
            return chains(other).run(0, of_frame(elements, frame), N, "a test")

        assert together.frames == F
        assert_frame_by_frame(together, alone)
        assert_same_bits(np.asarray(one.state.view("f64")), np.asarray(other.state.view("f64")))


@pytest.mark.parametrize(("domain", "components"), [("number", 1), ("vec2", 2), ("color", 4)])
def test_chain_over_a_buffer(domain: str, components: int) -> None:
    runner = chains(chain_of(STEPS["scaleBias"], STEPS["0..1"]))
    data = arrays.to_f32_array(Maker(9).numbers(F, N * components))

    block = runner.run_buffer(0, Buffer(data, components, "f32"), domain, "a test")

    for frame in range(F):
        alone = Buffer(data[frame], components, "f32")
        after = runner.run_buffer(0, alone, domain, "a test")
        assert_same_bits(block.data[frame], after.data)


# --- Formats --------------------------------------------------------------------------------

FORMATS: Final = [
    *((1, element) for element in ("f32", "f64", "i32", "u32", "u8")),
    *((k, element) for k in (2, 3, 4) for element in ("f32", "f64", "i32", "u8")),
    (16, "f32"),
]


def fits(kind: ElementKind, components: int, element: str) -> bool:
    """True if a kind can be stored in a format."""
    if (components, element) == (4, "u8"):
        return kind in (*NUMBERS, "color", "string")
    if kind == "string":
        return (components, element) == (4, "f32")
    if kind in NUMBERS:
        return components < 16
    return components in (COMPONENTS.get(kind), 3 if kind == "color" else 0)


EVERY_FORMAT: Final = [
    pytest.param(kind, *form, quirks, id=f"{kind} as {form[0]} x {form[1]}{' quirks' * quirks}")
    for kind in EVERY_KIND
    for form in FORMATS
    for quirks in (False, True)
    if fits(kind, *form) and not (quirks and kind == "string" and form == (4, "f32"))
]


@pytest.mark.parametrize(("kind", "components", "element", "quirks"), EVERY_FORMAT)
def test_format(kind: ElementKind, components: int, element: str, quirks: bool) -> None:
    target = BufferTarget(components, element, "0", 0)
    for layout, shape in LAYOUTS.items():
        elements = Maker(10).elements(kind, layout)

        block = stored(elements, N, target, quirks=quirks)

        assert not block.data.flags.writeable
        frames = shape[:-1]
        assert block.data.shape == (*frames, N * block.components)
        for frame in range(F):
            alone = stored(of_frame(elements, frame), N, target, quirks=quirks)
            found = block.data[frame % frames[0]] if frames else block.data
            assert_same_bits(found, alone.data)


# --- Elements -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_value_of_an_element_in_a_frame(kind: ElementKind, layout: str) -> None:
    elements = seen(Maker(11).elements(kind, layout))

    for frame, index in product(range(F), (0, N - 1)):
        alone = value_of(of_frame(elements, frame), index)
        assert repr(value_of(elements, index, frame)) == repr(alone)


def test_texts_of_a_block_are_colours() -> None:
    elements = Maker(12).elements("string", "frames and elements")

    check_frame_by_frame(lambda e: as_kind(e, "color", "a test"), elements)


# --- The operations below -------------------------------------------------------------------

FUNCTIONS: Final[Mapping[str, tuple[Callable[..., Array], int]]] = {
    **{name: (getattr(arrays, name), 1) for name in (
        "sin", "cos", "tan", "asin", "acos", "atan", "exp", "tanh", "log", "sqrt", "sign", "fract",
        "floor", "ceil", "round_half_up", "to_f32_array", "to_i32_array", "to_u32_array",
    )},
    **{name: (getattr(arrays, name), 2) for name in (
        "atan2", "power", "remainder", "divide", "minimum", "maximum",
    )},
    **{name: (getattr(arrays, name), 3) for name in ("clamp_a", "clamp_b")},
}  # fmt: skip
SINGLES: Final[Mapping[str, int]] = {
    "absolute": 1, "ceil": 1, "floor": 1, "fract": 1, "negate": 1, "round_half_up": 1, "sign": 1,
    "sqrt": 1, "add": 2, "divide": 2, "maximum": 2, "minimum": 2, "multiply": 2, "remainder": 2,
    "step": 2, "subtract": 2,
}  # fmt: skip


def check_any_shape(function: Callable[..., Array], operands: Sequence[Array]) -> None:
    """Check a function of arrays, broadcast against each other, by their numbers in a row."""
    shape = np.broadcast_shapes(*(a.shape for a in operands))
    got = function(*operands)
    expected = function(*(np.broadcast_to(a, shape).reshape(-1) for a in operands))

    assert got.shape == shape
    assert_same_bits(np.ascontiguousarray(got).reshape(-1), expected)


SHAPES: Final[Mapping[int, Sequence[Sequence[tuple[int, ...]]]]] = {
    1: [((3, 1000),), ((3, 1000, 2),), ((3, 0),)],
    2: [((3, 1000), (1000,)), ((3, 1), (1000,)), ((1000, 2), (3, 1, 2)), ((3, 1), (0,))],
    3: [((3, 1000), (3, 1), (1,)), ((1000,), (3, 1), (3, 1000))],
}
"""Shapes of operands, with more numbers than one block of them."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_take_any_shape(name: str) -> None:
    function, arity = FUNCTIONS[name]
    for shapes in SHAPES[arity]:
        check_any_shape(function, [Maker(i).numbers(*shape) for i, shape in enumerate(shapes)])


@pytest.mark.parametrize("name", SINGLES)
def test_functions_of_float32_take_any_shape(name: str) -> None:
    function = getattr(single, name)
    for shapes in SHAPES[SINGLES[name]]:
        numbers = (Maker(i).numbers(*shape) for i, shape in enumerate(shapes))
        check_any_shape(function, [arrays.to_f32_array(a) for a in numbers])


@pytest.mark.parametrize("shape", [(3, 1000, 4), (3000, 4), (3, 0, 4)])
def test_colours_are_quantised_in_any_shape(shape: tuple[int, ...]) -> None:
    colors = Maker(13).numbers(*shape)

    assert_same_bits(
        arrays.color_bytes(colors).reshape(-1, 4), arrays.color_bytes(colors.reshape(-1, 4))
    )


# --- All together ---------------------------------------------------------------------------


def graph(b: ProgramBuilder, signal: int) -> list[int]:
    """Return fields of several kinds: a number, a vector, a colour."""
    moving = {"signalSlot": signal}

    def mapped(src: int, name: str, domain: str = "number", **params: Any) -> int:
        return b.field("map", domain=domain, src=src, fn=kernel(name), params=params)

    index = b.field("map", src=0, fn=opcode(511), params={})
    along = mapped(index, "scale", k=0.1)
    wave = mapped(along, "sin", k=moving)
    spun = mapped(wave, "jitterVec2", "vec2", phase=moving, amount=3, frequency=2)
    placed = mapped(spun, "vec2Rotate", "vec2", centerX=1, centerY=moving, angle=moving)
    chosen = b.field("select", cond=wave, t=along, f=wave)
    time = b.field("broadcastSig", sig=signal, domainSlot=0)
    total = b.field(
        "busCombine", busIndex=0, terms=[chosen, time, wave], combine={"mode": "average"}
    )
    color = b.field("broadcastSig", domain="color", sig=signal, domainSlot=0)
    shade = b.field("zip", domain="color", a=color, b=total, fn=opcode(102))
    return [total, placed, shade]


def test_fields_that_are_made_of_fields() -> None:
    world = World()
    world.parameter(np.array([0.1, -2.5, math.pi]))
    fields = graph(world.b, 0)
    targets = [(1, "f64"), (2, "f32"), (4, "u8")]
    program, runtime = world.b.program(), world.runtime

    def buffers() -> list[Array]:
        signals: Any = world.signals
        env, cache = runtime.evaluators.env, FrameCache(program, Held())
        evaluator = FieldEvaluator(program, signals, CellFinder(runtime.state), cache, env)
        domain = evaluator.domain(N)
        return [
            evaluator.buffer(field, domain, 0, BufferTarget(*form, str(field), 0)).data
            for field, form in zip(fields, targets, strict=True)
        ]

    world.enter()
    together = buffers()

    for frame in range(F):
        world.enter(frame)
        for block, alone in zip(together, buffers(), strict=True):
            assert_same_bits(block[frame], alone)

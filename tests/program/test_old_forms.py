"""Spellings of the older design documents are read as the new ones (ir-schema 14.3)."""

import json
from typing import Any, Final, NamedTuple

import pytest
from program.documents import as_json, as_msgpack, refusal, value_at
from program_builder import Document, ProgramBuilder

from irrun.errors import Severity
from irrun.program.canonical import encode
from irrun.program.program import Program
from irrun.program.reading.codec import loads
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.render_assemble import RenderAssemble


def with_step(kind: str, **fields: Any) -> Document:
    """Return a document whose second step is of one kind."""
    b = ProgramBuilder("old")
    b.time(0, 1)
    b.step(kind, "s-old", **fields)
    return b.document()


def old_notes(program: Program) -> list[str | None]:
    """Return where old forms were read, and fail on any other remark."""
    assert {(note.code, note.severity) for note in program.notes} <= {("IR155", Severity.NOTE)}
    return [note.where.path for note in program.notes]


AT: Final = "$.schedule.steps[1]"

# ---- materialize ----


def plan(**fields: Any) -> Document:
    """Return what both forms of a materialization have."""
    return {"id": "mat", "domainSlot": 5, "outBufferSlot": 6} | fields


class Layout(NamedTuple):
    """An old layout and the format that it means."""

    old: Any
    components: int
    element: str


LAYOUTS: Final = {
    "scalar": Layout({"kind": "scalar", "elementType": "f64"}, 1, "f64"),
    "scalar-integer": Layout({"kind": "scalar", "elementType": "i32"}, 1, "i32"),
    "vec2": Layout({"kind": "vec2"}, 2, "f32"),
    "vec3": Layout({"kind": "vec3"}, 3, "f32"),
    "vec4": Layout({"kind": "vec4"}, 4, "f32"),
    "vec2-is-always-single": Layout({"kind": "vec2", "elementType": "f64"}, 2, "f32"),
    "color-bytes": Layout({"kind": "colorRGBA", "elementType": "u8"}, 4, "u8"),
    "color-singles": Layout({"kind": "colorRGBA", "elementType": "f32"}, 4, "f32"),
    "bare-word": Layout("vec3", 3, "f32"),
}


@pytest.mark.parametrize("row", LAYOUTS.values(), ids=LAYOUTS)
def test_an_old_materialization_is_read_as_the_new_one(row: Layout) -> None:
    old = plan(expr="4", layout=row.old, cacheKey={"kind": "perFrame"})
    fmt = {"components": row.components, "elementType": row.element}
    new = plan(fieldExprId="4", format=fmt, policy="perFrame")

    program = loads(as_json(with_step("materialize", materialization=old)))

    assert program == loads(as_json(with_step("materialize", materialization=new)))
    assert old_notes(program) == [AT]
    step = program.steps[1]
    assert isinstance(step, Materialize)
    assert step.materialization.field_id == 4


@pytest.mark.parametrize("row", LAYOUTS.values(), ids=LAYOUTS)
def test_an_old_materialization_is_written_in_the_new_form(row: Layout) -> None:
    program = loads(
        as_json(with_step("materialize", materialization=plan(expr="4", layout=row.old)))
    )

    written = json.loads(encode(program, "json"))

    found = value_at(written, f"{AT}.materialization")
    assert found.keys() == plan(fieldExprId="", format={}, policy="").keys()
    assert loads(as_json(written)) == program
    assert loads(as_json(written)).notes == ()


NO_LAYOUTS: Final[dict[str, Any]] = {
    "custom": "custom",
    "custom-record": {"kind": "custom", "stride": 12},
    "unknown": {"kind": "vec5"},
    "no-kind": {},
    "number": 2,
    "list": ["vec2"],
    "kind-is-a-list": {"kind": ["vec2"]},
    "kind-is-a-record": {"kind": {"kind": "vec2"}},
}


@pytest.mark.parametrize("layout", NO_LAYOUTS.values(), ids=NO_LAYOUTS)
def test_other_layouts_are_refused_at_their_place(layout: Any) -> None:
    old = plan(expr="4", layout=layout)

    error = refusal(as_json(with_step("materialize", materialization=old)))

    assert (error.code, error.where.path) == ("IR111", f"{AT}.materialization.layout")
    assert "colorRGBA" in error.facts["expected"]


@pytest.mark.parametrize(
    ("fields", "code", "name"),
    [
        ({"layout": {"kind": "vec2"}}, "IR110", "fieldExprId"),
        ({"expr": "4", "layout": {"kind": "scalar", "elementType": "f16"}}, "IR111", None),
        ({"expr": "4"}, "IR110", None),
    ],
    ids=["no-expr", "unknown-element", "no-layout"],
)
def test_an_old_materialization_must_be_whole(
    fields: Document, code: str, name: str | None
) -> None:
    error = refusal(as_json(with_step("materialize", materialization=plan(**fields))))

    assert error.code == code
    assert str(error.where.path).startswith(f"{AT}.materialization")
    if name is not None:
        assert error.facts["name"] == name


def test_undefined_members_of_the_new_form_do_not_make_an_old_form_new() -> None:
    """ir-schema 19.3: in MessagePack undefined members are there, with nil (W5)."""
    old = plan(expr="4", layout={"kind": "vec2"})
    undefined = {"format": None, "fieldExprId": None, "policy": None}

    program = loads(as_msgpack(with_step("materialize", materialization=old | undefined)))

    assert program == loads(as_msgpack(with_step("materialize", materialization=old)))


# ---- busEval ----


def bus(silent: Document) -> Document:
    """Return a bus step with one silent value."""
    return {
        "busIndex": 0,
        "outSlot": 3,
        "publishers": [],
        "combine": {"mode": "sum"},
        "silent": silent,
        "busType": {"world": "signal", "domain": "number"},
    }


def test_the_silent_value_typed_zero_is_zero() -> None:
    typed = {"kind": "typedZero", "type": {"world": "signal", "domain": "number"}}

    program = loads(as_json(with_step("busEval", **bus(typed))))

    assert program == loads(as_json(with_step("busEval", **bus({"kind": "zero"}))))
    assert old_notes(program) == [AT]
    assert value_at(json.loads(encode(program, "json")), f"{AT}.silent") == {"kind": "zero"}


def test_typed_zero_is_no_silent_value_of_an_event_bus() -> None:
    event_bus = bus({"kind": "typedZero"})

    program = loads(as_json(with_step("eventBusEval", **event_bus)))

    assert [(note.code, note.where.path) for note in program.notes] == [("IR150", f"{AT}.silent")]


@pytest.mark.parametrize("kind", ["zero", "default", "const"])
def test_the_new_silent_values_are_no_old_form(kind: str) -> None:
    program = loads(as_json(with_step("busEval", **bus({"kind": kind, "constId": 0}))))

    step = program.steps[1]
    assert isinstance(step, BusEval)
    assert step.silent.kind == kind
    assert program.notes == ()


# ---- renderAssemble ----

OLD_RENDER: Final[Document] = {"rootNodeIndex": 0, "outSlot": 2}


def render_program(*, before: int | None, after: int | None = None) -> Program:
    """Load an old renderAssemble of slot 2, with steps that write some slot around it."""
    b = ProgramBuilder("old")
    b.time(0, 1)
    b.const(1)
    b.node("n", 0, 0)
    if before is not None:
        b.step(
            "nodeEval", "s-before", nodeIndex=0, inputSlots=[], outputSlots=[before], phase="render"
        )
    b.step("renderAssemble", "s-render", **OLD_RENDER)
    if after is not None:
        b.step(
            "nodeEval", "s-after", nodeIndex=0, inputSlots=[], outputSlots=[after], phase="render"
        )
    b.output(2)
    return loads(b.bytes())


def the_render(program: Program) -> RenderAssemble:
    """Return the program's renderAssemble step."""
    (step,) = (step for step in program.steps if isinstance(step, RenderAssemble))
    return step


def accesses(program: Program) -> list[tuple[str, int, str]]:
    """Return mode, slot and field of what the renderAssemble step touches."""
    return [(a.mode, a.slot, a.field) for a in the_render(program).accesses(program)]


def test_an_old_render_step_passes_on_what_an_earlier_step_wrote() -> None:
    program = render_program(before=2)

    assert accesses(program) == [("read", 2, "outSlot")]
    assert old_notes(program) == ["$.schedule.steps[2]"]
    written = value_at(json.loads(encode(program, "json")), "$.schedule.steps[2]")
    assert OLD_RENDER.items() <= written.items()
    assert "outFrameSlot" not in written


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, None), (3, None), (None, 2)],
    ids=["nobody-writes", "another-slot-is-written", "written-only-afterwards"],
)
def test_an_old_render_step_that_nothing_feeds_writes_the_frame(
    before: int | None, after: int | None
) -> None:
    program = render_program(before=before, after=after)

    assert accesses(program) == [("write", 2, "outFrameSlot")]
    at = f"$.schedule.steps[{1 if before is None else 2}]"
    assert old_notes(program) == [at]
    written = value_at(json.loads(encode(program, "json")), at)
    assert written["outFrameSlot"] == 2
    assert OLD_RENDER.keys().isdisjoint(written)


@pytest.mark.parametrize("before", [2, None])
def test_an_old_render_step_comes_back_from_both_encodings(before: int | None) -> None:
    program = render_program(before=before)

    assert loads(encode(program, "json")) == program
    assert loads(encode(program, "msgpack")) == program


def test_the_second_old_render_step_passes_on_the_first_ones_frame() -> None:
    b = ProgramBuilder("old")
    b.step("renderAssemble", "s-first", **OLD_RENDER)
    b.step("renderAssemble", "s-second", **OLD_RENDER)

    program = loads(b.bytes())

    modes = [[(a.mode, a.slot) for a in step.accesses(program)] for step in program.steps]
    assert modes == [[("write", 2)], [("read", 2)]]


def test_an_old_render_step_needs_no_root() -> None:
    program = loads(as_json(with_step("renderAssemble", outSlot=2)))

    assert accesses(program) == [("write", 2, "outFrameSlot")]


BOTH: Final[dict[str, Document]] = {
    "both-slots": {"outSlot": 2, "outFrameSlot": 2},
    "root-and-frame": {"rootNodeIndex": 0, "outFrameSlot": 2},
    "batches": OLD_RENDER | {"instance2dBatches": []},
    "paths": OLD_RENDER | {"pathBatches": []},
    "list-slot": OLD_RENDER | {"instance2dListSlot": 4},
    "path-list-slot": OLD_RENDER | {"pathBatchListSlot": 4},
    "all": OLD_RENDER | {"instance2dBatches": [], "outFrameSlot": 2},
}


@pytest.mark.parametrize("fields", BOTH.values(), ids=BOTH)
def test_both_spellings_at_once_are_refused(fields: Document) -> None:
    error = refusal(as_json(with_step("renderAssemble", **fields)))

    assert (error.code, error.where.path) == ("IR115", AT)
    named = set(f"{error.facts['old']}, {error.facts['new']}".split(", "))
    assert named == fields.keys()


def test_undefined_members_of_the_other_spelling_do_not_count() -> None:
    """W5: nil is absent."""
    old = OLD_RENDER | {"outFrameSlot": None, "instance2dBatches": None, "pathBatches": None}
    new = {"outFrameSlot": 2, "rootNodeIndex": None, "outSlot": None}

    assert accesses(loads(as_msgpack(with_step("renderAssemble", **old)))) == [
        ("write", 2, "outFrameSlot")
    ]
    assert loads(as_msgpack(with_step("renderAssemble", **new))).notes == ()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"rootNodeIndex": 0}, "outSlot"),
        ({"pathBatches": []}, "outFrameSlot"),
        ({}, "outFrameSlot"),
    ],
)
def test_a_render_step_needs_a_slot_in_either_spelling(fields: Document, name: str) -> None:
    error = refusal(as_json(with_step("renderAssemble", **fields)))

    assert (error.code, error.where.path) == ("IR110", AT)
    assert error.facts["name"] == name


@pytest.mark.parametrize("name", ["outSlot", "rootNodeIndex"])
@pytest.mark.parametrize("value", [-1, 0.5, "2"])
def test_the_old_spelling_is_checked_like_the_new_one(name: str, value: object) -> None:
    error = refusal(as_json(with_step("renderAssemble", **(OLD_RENDER | {name: value}))))

    assert (error.code, error.where.path) == ("IR111", f"{AT}.{name}")


def test_an_unknown_field_of_an_old_step_keeps_its_place() -> None:
    program = loads(as_json(with_step("renderAssemble", **OLD_RENDER, extra=[1])))

    assert sorted(note.code for note in program.notes) == ["IR150", "IR155"]
    assert value_at(json.loads(encode(program, "json")), f"{AT}.extra") == [1]

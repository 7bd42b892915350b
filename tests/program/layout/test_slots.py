"""Slot metadata: the rule of runtime-semantics 5.4, its reasons, and the packing."""

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder, type_desc
from support.conformance_vectors import PROGRAMS, cases, program_of
from support.examples import examples
from support.step_samples import (
    SAMPLES,
    instance_batch,
    materialization,
    path_batch,
    program_with,
    publisher,
    tables,
)

from irrun.errors import Severity
from irrun.errors.program import (
    OffsetTooLarge,
    SlotMetaContradiction,
    SlotsOverlap,
    StorageOverridden,
)
from irrun.ir.types import STORAGES, Storage
from irrun.limits import SLOT_OFFSET
from irrun.program.layout import Layout, derive_layout
from irrun.program.reading.codec import load

Build = Callable[[ProgramBuilder], object]


def layout_of(build: Build) -> Layout:
    """Return the layout of what a builder is told to build."""
    b = tables()
    build(b)
    return derive_layout(b.program())


def sample(kind: str, step_id: str = "s", **changes: Any) -> Build:
    """Return what adds the sample step of a kind."""
    return lambda b: b.step(kind, step_id, **(SAMPLES[kind] | changes))


def both(*builds: Build) -> Build:
    """Return what builds one after another."""
    return lambda b: [build(b) for build in builds]


# --- What a step kind says about its slots --------------------------------------------------


class Kind(NamedTuple):
    name: str
    kind: str
    numbers: list[int]
    """Slots that become f64."""
    objects: list[int]
    """Slots that become object."""
    changes: dict[str, Any] = {}  # noqa: RUF012 -- never changed


def bus_of(domain: str, world: str = "signal") -> dict[str, Any]:
    return {"busType": type_desc(domain, world)}


KINDS = [
    Kind("timeDerive", "timeDerive", [10, 11, 12, 13, 14], []),
    Kind("signalEval", "signalEval", [10, 11], []),
    Kind("nodeEval", "nodeEval", [10, 11, 12], []),
    Kind("busEval", "busEval", [10, 11, 12], []),
    Kind("busEval of vectors", "busEval", [], [10, 11, 12], bus_of("vec2")),
    Kind("busEval of colours", "busEval", [], [10, 11, 12], bus_of("color")),
    Kind("busEval of fields", "busEval", [], [10, 11, 12], bus_of("number", "field")),
    Kind("eventBusEval", "eventBusEval", [], [10, 11, 12]),
    Kind("materialize, domain by 5.4", "materialize", [], [10, 11]),
    Kind("materializeColor", "materializeColor", [], [10, 11, 12, 13, 14, 15]),
    Kind("materializePath", "materializePath", [], [10, 11, 12, 13, 14, 15, 16, 17]),
    Kind("materializeTestGeometry", "materializeTestGeometry", [], [10, 11, 12, 13]),
    Kind("renderAssemble, instances", "renderAssemble", [14], [10, 11, 12, 13, 15]),
    Kind(
        "renderAssemble, instances that know their count", "renderAssemble", [14], [11, 12, 13, 15],
        {"instance2dBatches": [instance_batch(count=3)]},
    ),
    Kind(
        "renderAssemble, paths", "renderAssemble", [], [10, 15, 21, 22, 23, 24, 25, 26],
        {"instance2dBatches": None, "pathBatches": [path_batch()]},
    ),
    Kind(
        "renderAssemble, style of paths", "renderAssemble", [],
        [15, 21, 22, 23, 24, 25, 26, 31, 32, 33, 34],
        {
            "instance2dBatches": [],
            "pathBatches": [
                path_batch(
                    count=2, fillColorSlot=31, strokeColorSlot=32, strokeWidthSlot=33,
                    opacitySlot=34,
                )
            ],
        },
    ),
    Kind(
        "renderAssemble, list slots", "renderAssemble", [], [10, 11, 15],
        {"instance2dBatches": [], "instance2dListSlot": 10, "pathBatchListSlot": 11},
    ),
    Kind("CameraEval", "CameraEval", [], [10]),
    Kind("MeshMaterialize", "MeshMaterialize", [], [10]),
    Kind(
        "Instances3DProjectTo2D", "Instances3DProjectTo2D", [],
        [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20], {"rotationSlot": 19, "scaleSlot": 20},
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", KINDS, ids=lambda row: row.name)
def test_storage_follows_the_role_in_the_step(row: Kind) -> None:
    """Without slotMeta each slot gets f64 or object by what its step does with it (5.1, 5.4)."""
    layout = derive_layout(program_with(row.kind, **row.changes))

    found = {meta.slot: meta.storage for meta in layout.slots}
    numbers: dict[int, Storage] = dict.fromkeys(row.numbers, "f64")
    assert found == numbers | dict.fromkeys(row.objects, "object")


def test_every_kind_with_evidence_has_a_row() -> None:
    """Only debugProbe says nothing about its slots."""
    assert {row.kind for row in KINDS} == SAMPLES.keys() - {"debugProbe"}


class Other(NamedTuple):
    name: str
    build: Build
    slot: int
    storage: Storage
    source: str


def node(opcode: int, **changes: Any) -> Build:
    """Return what adds a node and the nodeEval step s that evaluates it."""

    def build(b: ProgramBuilder) -> None:
        index = b.node("n", opcode, 2, **changes)
        b.step("nodeEval", "s", **(SAMPLES["nodeEval"] | {"nodeIndex": index}))

    return build


def node_const(value: Any) -> Build:
    """Return what adds a node with a constant, evaluated into slot 12."""

    def build(b: ProgramBuilder) -> None:
        index = b.node("n", 0, 0, compilerTag=b.const(value))
        fields = {"nodeIndex": index, "inputSlots": [], "outputSlots": [12], "phase": "preBus"}
        b.step("nodeEval", "s", **fields)

    return build


def signal_into(slot: int, domain: str = "number", world: str = "signal") -> Build:
    """Return what adds a constant signal and the step sig that writes it to a slot."""

    def build(b: ProgramBuilder) -> None:
        sig = b.signal("const", domain=domain, constId=b.const(1))
        b.doc["signalTable"]["nodes"][sig]["type"]["world"] = world
        b.step("signalEval", "sig", outputs=[{"sigId": sig, "slot": slot}])

    return build


def hidden_signal_read(b: ProgramBuilder) -> None:
    b.signal("inputSlot", slot=33)
    b.step("signalEval", "s", outputs=[{"sigId": 2, "slot": 10}])


def hidden_field_reads(b: ProgramBuilder) -> None:
    sig = b.signal("inputSlot", slot=33)
    field = b.field("broadcastSig", sig=sig, domainSlot=34)
    plan = materialization(fieldExprId=str(field))
    b.step("materialize", "s", materialization=plan)


OTHERS = [
    Other("initial number", lambda b: b.initial(5, 2.5), 5, "f64", "initialSlotValues[5]"),
    Other("initial boolean", lambda b: b.initial(5, True), 5, "f64", "initialSlotValues[5]"),
    Other("initial domain", lambda b: b.domain(5, 3), 5, "object", "initialSlotValues[5]"),
    Other("initial text", lambda b: b.initial(5, "x"), 5, "object", "initialSlotValues[5]"),
    Other("initial list", lambda b: b.initial(5, []), 5, "object", "initialSlotValues[5]"),
    Other("initial record", lambda b: b.initial(5, {"x": 1}), 5, "object", "initialSlotValues[5]"),
    Other("initial null", lambda b: b.initial(5, None), 5, "object", "initialSlotValues[5]"),
    Other("output frame", lambda b: b.output(5), 5, "object", "outputs[0].slot"),
    Other("output of any kind", lambda b: b.output(5, kind="debug"), 5, "f64", "outputs[0].slot"),
    Other("probe alone", sample("debugProbe"), 10, "f64", "s.probe.slots[0]"),
    Other("node with vector result", node(200), 12, "object", "s.outputSlots[0]"),
    Other("node with vector operand", node(210), 10, "object", "s.inputSlots[0]"),
    Other("node with number result", node(210), 12, "f64", "s.outputSlots[0]"),
    Other("node with number constant", node_const(3), 12, "f64", "s.outputSlots[0]"),
    Other("node with vector constant", node_const({"x": 1, "y": 2}), 12, "object",
          "s.outputSlots[0]"),
    Other("node with unknown opcode", node(999), 12, "f64", "s.outputSlots[0]"),
    Other("vector signal", signal_into(5, "vec2"), 5, "object", "sig.outputs[0].slot"),
    Other("colour signal", signal_into(5, "color"), 5, "object", "sig.outputs[0].slot"),
    Other("phase signal", signal_into(5, "phase01"), 5, "f64", "sig.outputs[0].slot"),
    Other("hidden read of a signal", hidden_signal_read, 33, "f64",
          "s -> signalTable.nodes[2].slot"),
    Other("hidden read through a field", hidden_field_reads, 33, "f64",
          "s -> signalTable.nodes[2].slot"),
    Other("domain of a broadcast", hidden_field_reads, 34, "object",
          "s -> fields.nodes[1].domainSlot"),
]  # fmt: skip


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.name)
def test_storage_and_source_without_slot_meta(row: Other) -> None:
    """The decision names the piece of evidence that decided it (design.md section 5)."""
    meta = layout_of(row.build)[row.slot]

    assert (meta.storage, meta.source) == (row.storage, row.source)
    assert not meta.declared


# --- slotMeta and evidence together ---------------------------------------------------------


class Declared(NamedTuple):
    """Slot 10 as slotMeta[0] declares it, and what the rest of the program says."""

    name: str
    storage: Storage
    domain: str
    world: str
    build: Build
    got: Storage
    source: str
    against: list[str] = []  # noqa: RUF012 -- never changed


def nothing(b: ProgramBuilder) -> None:
    """Build nothing more."""


DOMAIN_READ = sample("materialize")
NUMBER_WRITE = signal_into(10)

DECLARED = [
    Declared("f64 number", "f64", "number", "signal", nothing, "f64", "slotMeta[0]"),
    Declared("f32 number", "f32", "number", "signal", nothing, "f32", "slotMeta[0]"),
    Declared("i32 boolean", "i32", "boolean", "signal", nothing, "i32", "slotMeta[0]"),
    Declared("u32 trigger", "u32", "trigger", "signal", nothing, "u32", "slotMeta[0]"),
    Declared("f64 timeMs", "f64", "timeMs", "signal", nothing, "f64", "slotMeta[0]"),
    Declared("f64 phase01", "f64", "phase01", "signal", nothing, "f64", "slotMeta[0]"),
    Declared("f32 unit01 scalar", "f32", "unit01", "scalar", nothing, "f32", "slotMeta[0]"),
    Declared("object", "object", "number", "signal", nothing, "object", "slotMeta[0]"),
    Declared("object, numbers written", "object", "number", "signal", NUMBER_WRITE, "object",
             "slotMeta[0]", ["sig.outputs[0].slot"]),
    Declared("number, written", "f32", "number", "signal", NUMBER_WRITE, "f32", "slotMeta[0]"),
    Declared("vector type", "f64", "vec2", "signal", nothing, "object",
             "slotMeta[0].type signal:vec2", ["slotMeta[0]"]),
    Declared("colour type", "f64", "color", "signal", nothing, "object",
             "slotMeta[0].type signal:color", ["slotMeta[0]"]),
    Declared("text type", "u32", "string", "scalar", nothing, "object",
             "slotMeta[0].type scalar:string", ["slotMeta[0]"]),
    Declared("event world", "f64", "trigger", "event", nothing, "object",
             "slotMeta[0].type event:trigger", ["slotMeta[0]"]),
    Declared("field world", "f32", "number", "field", nothing, "object",
             "slotMeta[0].type field:number", ["slotMeta[0]"]),
    Declared("special world", "i32", "number", "special", nothing, "object",
             "slotMeta[0].type special:number", ["slotMeta[0]"]),
    Declared("event world, numbers written", "f64", "trigger", "event", NUMBER_WRITE, "object",
             "slotMeta[0].type event:trigger", ["slotMeta[0]", "sig.outputs[0].slot"]),
    Declared("domain reader", "f64", "number", "signal", DOMAIN_READ, "object",
             "s.materialization.domainSlot", ["slotMeta[0]"]),
    Declared("domain reader, numbers written", "f64", "number", "signal",
             both(NUMBER_WRITE, DOMAIN_READ), "object", "s.materialization.domainSlot",
             ["slotMeta[0]", "sig.outputs[0].slot"]),
    Declared("initial handle", "f64", "number", "signal", lambda b: b.domain(10, 3), "object",
             "initialSlotValues[10]", ["slotMeta[0]"]),
    Declared("initial number", "f32", "number", "signal", lambda b: b.initial(10, 3), "f32",
             "slotMeta[0]"),
    Declared("initial boolean", "f64", "number", "signal", lambda b: b.initial(10, True), "f64",
             "slotMeta[0]"),
    Declared("initial handle before its reader", "f64", "number", "signal",
             both(DOMAIN_READ, lambda b: b.domain(10, 3)), "object", "initialSlotValues[10]",
             ["slotMeta[0]"]),
    Declared("writer before readers", "f64", "number", "signal",
             both(sample("renderAssemble", "r"), sample("CameraEval", "c")), "object",
             "c.outSlot", ["slotMeta[0]"]),
    Declared("probe", "f32", "number", "signal", sample("debugProbe"), "f32", "slotMeta[0]"),
    Declared("output frame", "f64", "number", "signal", lambda b: b.output(10), "object",
             "outputs[0].slot", ["slotMeta[0]"]),
]  # fmt: skip


def declared(row: Declared) -> Layout:
    """Return the layout of a row, with slot 10 at offset 0 of its storage."""
    return layout_of(
        both(
            lambda b: b.slot(10, row.storage, 0, domain=row.domain, world=row.world),
            row.build,
        )
    )


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.name)
def test_storage_source_and_objections_with_slot_meta(row: Declared) -> None:
    """SlotMeta holds unless the slot must hold more than a number; who objects is kept (5.4)."""
    meta = declared(row)[10]

    assert (meta.storage, meta.source) == (row.got, row.source)
    assert [evidence.at for evidence in meta.against] == row.against
    assert meta.declared


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.name)
def test_overridden_storage_is_reported_and_nothing_else(row: Declared) -> None:
    """Exactly the slots whose declared storage was overridden get a warning (IR250)."""
    found = [f for f in declared(row).findings if isinstance(f, StorageOverridden)]

    if row.storage == row.got:
        assert found == []
        return
    (finding,) = found
    assert (finding.severity, finding.strict_error) == (Severity.WARNING, False)
    assert (finding.facts["slot"], finding.facts["declared"]) == (10, row.storage)
    assert finding.where.slot == 10


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.name)
def test_type_of_a_declared_slot_is_kept(row: Declared) -> None:
    """The declared type stays, also where the storage is overridden."""
    assert declared(row)[10].type.text() == f"{row.world}:{row.domain}"


def test_all_evidence_is_kept_in_order() -> None:
    """slotMeta, initial value, accesses in schedule order, outputs: each with its origin."""
    meta = layout_of(
        both(
            lambda b: b.slot(10),
            lambda b: b.initial(10, 1),
            NUMBER_WRITE,
            sample("debugProbe"),
            lambda b: b.output(10, kind="debug"),
        )
    )[10]

    assert [(e.origin, e.at) for e in meta.evidence] == [
        ("slotMeta", "slotMeta[0]"),
        ("initialSlotValues", "initialSlotValues[10]"),
        ("access", "sig.outputs[0].slot"),
        ("access", "s.probe.slots[0]"),
        ("output", "outputs[0].slot"),
    ]


def test_probe_is_no_evidence() -> None:
    """Probing a buffer does not make it a number, and speaks neither for nor against (5.4)."""
    layout = layout_of(both(sample("materialize"), sample("debugProbe", "p")))

    assert [layout[slot].storage for slot in (10, 11)] == ["object", "object"]
    assert [layout[slot].against for slot in (10, 11)] == [(), ()]


# --- Offsets --------------------------------------------------------------------------------


def test_derived_slots_fill_the_holes() -> None:
    """Slots without an offset of their own get the lowest free ones, by slot number."""
    layout = layout_of(
        both(
            lambda b: b.slot(50, offset=1),
            lambda b: b.slot(51, offset=3),
            sample("timeDerive"),
        )
    )

    offsets = {meta.slot: meta.offset for meta in layout.slots}
    assert offsets == {10: 0, 11: 2, 12: 4, 13: 5, 14: 6, 50: 1, 51: 3}


def test_overridden_slot_moves_and_leaves_its_offset_free() -> None:
    """A promoted slot gets an object offset; a derived slot may take the old number offset."""
    layout = layout_of(
        both(
            lambda b: b.slot(20, "object", 0, domain="domain", world="special"),
            lambda b: b.slot(10, "f64", 0),
            DOMAIN_READ,
            signal_into(60),
        )
    )

    assert (layout[10].storage, layout[10].offset, layout[10].moved) == ("object", 1, True)
    assert (layout[60].storage, layout[60].offset, layout[60].moved) == ("f64", 0, False)
    assert (layout[20].offset, layout[20].moved) == (0, False)


def test_promoted_slot_that_keeps_its_offset_has_not_moved() -> None:
    """`moved` is about the offset, not about the storage."""
    layout = layout_of(both(lambda b: b.slot(10, "f64", 0), lambda b: b.domain(10, 3)))

    assert (layout[10].storage, layout[10].offset, layout[10].moved) == ("object", 0, False)


def test_slots_are_listed_by_number() -> None:
    """The list is ascending, whatever the order of slotMeta, and looked up by number."""
    layout = layout_of(lambda b: b.slots(9, 2, 40, 7))

    assert [meta.slot for meta in layout.slots] == [2, 7, 9, 40]
    assert layout[40].offset == 2
    assert layout.by_slot[9].offset == 0


def test_sizes_bytes_and_holes() -> None:
    """Sizes are largest offset + 1, bytes follow from them, holes are what no slot uses."""
    layout = layout_of(
        both(
            lambda b: b.slot(1, "f64", 2),
            lambda b: b.slot(2, "f32", 0),
            lambda b: b.slot(3, "u32", 4),
            lambda b: b.slot(4, "u32", 1),
            lambda b: b.slot(5, "object", 1, domain="domain", world="special"),
        )
    )

    assert layout.sizes == {"f64": 3, "f32": 1, "i32": 0, "u32": 5, "object": 2}
    assert layout.bytes == 3 * 8 + 1 * 4 + 5 * 4 + 2 * 8
    assert [layout.holes(storage) for storage in STORAGES] == [(0, 1), (), (), (0, 2, 3), (0,)]


def test_program_without_slots() -> None:
    """No slots: nothing to lay out, nothing to report."""
    layout = derive_layout(ProgramBuilder("empty").program())

    assert (layout.slots, layout.bytes, layout.findings) == ((), 0, ())
    assert set(layout.sizes.values()) == {0}


# --- Errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "refused"),
    [(SLOT_OFFSET.value - 1, False), (SLOT_OFFSET.value, True), (2**53 - 1, True)],
)
def test_offset_beyond_the_limit(offset: int, refused: bool) -> None:
    """An offset that would need a huge array is an error, and no array gets that size (IR210)."""
    layout = layout_of(lambda b: b.slot(7, "i32", offset))

    if not refused:
        assert (layout.errors(), layout.sizes["i32"]) == ((), SLOT_OFFSET.value)
        return
    (error,) = layout.errors()
    assert isinstance(error, OffsetTooLarge)
    assert error.facts == {
        "slot": 7,
        "offset": offset,
        "storage": "i32",
        "limit": SLOT_OFFSET.value - 1,
    }
    assert layout.sizes["i32"] == 1


def test_huge_slot_number_needs_no_huge_array() -> None:
    """Storage goes by offset: a slot number may be as large as it likes."""
    layout = layout_of(lambda b: b.initial(2**50, 1))

    assert layout.sizes["f64"] == 1
    assert layout.errors() == ()


@pytest.mark.parametrize(
    ("second", "contradicts"),
    [
        pytest.param({}, False, id="the same again"),
        pytest.param({"storage": "f32"}, True, id="another storage"),
        pytest.param({"offset": 5}, True, id="another offset"),
        pytest.param({"type": type_desc("timeMs")}, True, id="another type"),
    ],
)
def test_two_entries_for_one_slot(second: dict[str, Any], contradicts: bool) -> None:
    """Entries may repeat each other but not differ; the error names both places (IR211)."""

    def build(b: ProgramBuilder) -> None:
        b.slots(3, 7)
        b.doc["slotMeta"].append(b.doc["slotMeta"][1] | second)

    layout = layout_of(build)

    if not contradicts:
        assert layout.findings == ()
        return
    (error,) = layout.errors()
    assert isinstance(error, SlotMetaContradiction)
    assert error.facts == {"slot": 7, "first": 1, "second": 2}
    assert (error.where.path, error.where.slot) == ("$.slotMeta[2]", 7)


def test_two_slots_at_one_place() -> None:
    """Slots that share storage and offset are an error that names both and the place (IR212)."""
    layout = layout_of(both(lambda b: b.slot(9, "u32", 4), lambda b: b.slot(3, "u32", 4)))

    (error,) = layout.errors()
    assert isinstance(error, SlotsOverlap)
    assert error.facts == {"first": 3, "second": 9, "storage": "u32", "offset": 4}


def test_equal_offsets_of_two_storages_are_apart() -> None:
    """The same offset in another storage is another place."""
    layout = layout_of(both(lambda b: b.slot(9, "u32", 4), lambda b: b.slot(3, "i32", 4)))

    assert layout.findings == ()


def test_promoted_slot_shares_no_place() -> None:
    """Two slots of one declared place are apart once one of them is promoted."""
    layout = layout_of(
        both(lambda b: b.slot(10, "f64", 0), lambda b: b.slot(3, "f64", 0), DOMAIN_READ)
    )

    assert layout.errors() == ()
    assert [layout[slot].storage for slot in (3, 10)] == ["f64", "object"]


def test_every_shared_place_is_reported() -> None:
    """Three slots at one place are two errors, each against the first."""
    layout = layout_of(lambda b: [b.slot(slot, "f64", 0) for slot in (5, 1, 3)])

    assert [(e.facts["first"], e.facts["second"]) for e in layout.errors()] == [(1, 3), (1, 5)]


# --- What holds for every program -----------------------------------------------------------


class Row(NamedTuple):
    """A slotMeta entry."""

    slot: int
    storage: Storage
    offset: int
    domain: str


ROWS = st.lists(
    st.builds(
        Row,
        st.integers(0, 12),
        st.sampled_from(STORAGES),
        st.integers(0, 8),
        st.sampled_from(["number", "number", "phase01", "vec2"]),
    ),
    max_size=6,
    unique_by=(lambda row: row.slot, lambda row: (row.storage, row.offset)),
)

MENTIONS = st.lists(
    st.tuples(
        st.sampled_from(["number", "events", "domain", "initial", "handle", "probe"]),
        st.integers(0, 16),
    ),
    max_size=8,
)


def mention(b: ProgramBuilder, name: str, what: str, slot: int) -> None:
    """Add a step or an initial value that names a slot."""
    match what:
        case "number":
            b.step("signalEval", name, outputs=[{"sigId": 0, "slot": slot}])
        case "events":
            publishers = {"publishers": [publisher(slot)], "outSlot": 17}
            b.step("eventBusEval", name, **(SAMPLES["eventBusEval"] | publishers))
        case "domain":
            plan = materialization(domainSlot=slot, outBufferSlot=18)
            b.step("materialize", name, materialization=plan)
        case "initial":
            b.initial(slot, 1.5)
        case "handle":
            b.domain(slot, 2)
        case _:
            b.step("debugProbe", name, probe={"id": name, "slots": [slot], "mode": "value"})


def random_layout(rows: list[Row], mentions: list[tuple[str, int]]) -> Layout:
    """Return the layout of a program with slotMeta entries and things that name slots."""
    b = tables("random")
    for row in rows:
        b.slot(row.slot, row.storage, row.offset, domain=row.domain)
    for i, (what, slot) in enumerate(mentions):
        mention(b, f"s{i}", what, slot)
    return derive_layout(b.program())


@examples(40, long=300)
@given(ROWS, MENTIONS)
def test_packing(rows: list[Row], mentions: list[tuple[str, int]]) -> None:
    """Own offsets stay, nobody shares a place, the rest is packed without a gap."""
    layout = random_layout(rows, mentions)
    own = {row.slot: row for row in rows}

    places = [(meta.storage, meta.offset) for meta in layout.slots]
    assert len(set(places)) == len(places)
    assert layout.errors() == ()
    for storage in STORAGES:
        here = [meta for meta in layout.slots if meta.storage == storage]
        kept = {m.slot: m.offset for m in here if m.slot in own and own[m.slot].storage == storage}
        assert kept == {slot: own[slot].offset for slot in kept}
        free = (i for i in itertools.count() if i not in kept.values())
        given_out = [meta.offset for meta in here if meta.slot not in kept]
        assert given_out == list(itertools.islice(free, len(given_out)))
        assert layout.sizes[storage] == max((meta.offset + 1 for meta in here), default=0)


@examples(30, long=200)
@given(ROWS, MENTIONS)
def test_every_slot_has_a_reason(rows: list[Row], mentions: list[tuple[str, int]]) -> None:
    """Every slot that is mentioned has a meta, whose source is a piece of its evidence."""
    layout = random_layout(rows, mentions)

    assert {row.slot for row in rows} | {slot for _, slot in mentions} <= set(layout.by_slot)
    for meta in layout.slots:
        assert any(meta.source.startswith(evidence.at) for evidence in meta.evidence)
        assert set(meta.against) <= set(meta.evidence)
        assert all(evidence.wants != meta.storage for evidence in meta.against)
        assert meta.declared is any(row.slot == meta.slot for row in rows)


@examples(25, long=200)
@given(ROWS, MENTIONS, st.randoms(use_true_random=False))
def test_order_of_slot_meta_does_not_matter(
    rows: list[Row], mentions: list[tuple[str, int]], random: Any
) -> None:
    """The same entries in another order give the same storages and offsets."""
    shuffled = random.sample(rows, len(rows))

    first, second = random_layout(rows, mentions), random_layout(shuffled, mentions)

    assert [(m.slot, m.storage, m.offset) for m in first.slots] == [
        (m.slot, m.storage, m.offset) for m in second.slots
    ]


@examples(25, long=200)
@given(ROWS, MENTIONS)
def test_object_storage_is_never_given_up(rows: list[Row], mentions: list[tuple[str, int]]) -> None:
    """A slot that holds a handle, events or a domain is an object slot, whoever else names it."""
    layout = random_layout(rows, mentions)
    must = {slot for what, slot in mentions if what in ("events", "domain")}
    must |= {slot for slot, value in _last_initials(mentions).items() if value == "handle"}
    must |= {row.slot for row in rows if row.storage == "object" or row.domain == "vec2"}

    named = {row.slot for row in rows} | {slot for _, slot in mentions}
    assert {slot for slot in named if layout[slot].storage == "object"} == must


def _last_initials(mentions: list[tuple[str, int]]) -> dict[int, str]:
    """Return which initial value each slot ends up with."""
    return {slot: what for what, slot in mentions if what in ("initial", "handle")}


# --- Real programs --------------------------------------------------------------------------

PROGRAM_NAMES: list[str | None] = [*sorted(path.name for path in PROGRAMS.glob("*.json"))] or [None]


@pytest.mark.parametrize("name", PROGRAM_NAMES)
def test_compiled_programs_lay_out(name: str | None) -> None:
    """Programs of real patches: every slot has a source, nothing is wrong, domains are objects."""
    if name is None:
        pytest.skip("no folder shared/conformance/programs beside the checkout")
    program = load(PROGRAMS / name)
    layout = derive_layout(program)

    assert layout.errors() == ()
    assert all(meta.source for meta in layout.slots)
    assert {layout[slot].storage for slot in program.initial_slot_values} == {"object"}


@pytest.mark.parametrize(
    "topic", ["bus", "eventbus", "nodes", "signals", "stateful", "transforms", "time"]
)
def test_slots_of_the_conformance_vectors_have_places(topic: str) -> None:
    """Every slot that the vectors expect a value of is in the layout, at its own offset."""
    for case in cases(topic):
        program = program_of(case)
        layout = derive_layout(program)

        assert layout.errors() == ()
        assert {int(slot) for slot in case["expect"][0]["slots"]} <= set(layout.by_slot)
        for entry in program.slot_meta:
            meta = layout[entry.slot]
            assert meta.storage in (entry.storage, "object")
            assert meta.storage != entry.storage or meta.offset == entry.offset

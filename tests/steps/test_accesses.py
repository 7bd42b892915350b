"""Which slots each step kind touches, in order (ir-schema 14.3, 14.4)."""

import importlib
import pkgutil
from typing import Any, NamedTuple, get_args

import pytest
from program_builder import ProgramBuilder, opcode, type_desc
from support.step_samples import (
    SAMPLES,
    instance_batch,
    materialization,
    only_step,
    path_batch,
    program_with,
    publisher,
    tables,
)

import irrun.steps
from irrun.ir.types import kind_of
from irrun.ir.values import ValueClass
from irrun.steps import KINDS, AnyStep
from irrun.steps.base import Access, Mode, Step, class_of_type

Touch = tuple[int, Mode, ValueClass, str]
"""Slot, mode, class and field of an access."""


def touches(accesses: list[Access]) -> list[Touch]:
    return [(a.slot, a.mode, a.expects, a.field) for a in accesses]


def accesses_of(b: ProgramBuilder) -> list[Access]:
    """Return the accesses of a program's last step."""
    program = b.program()
    return list(program.steps[-1].accesses(program))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_can_be_carried_out(kind: type[Step]) -> None:
    """None is left with what stands for that."""
    assert (kind.run, kind.prepare) != (Step.run, Step.prepare)


# --- The smallest step of each kind ---------------------------------------------------------

EXPECTED: dict[str, list[Touch]] = {
    "timeDerive": [
        (10, "write", "number", "tAbsMsSlot"),
        (11, "write", "number", "out.tModelMs"),
        (12, "write", "number", "out.phase01"),
        (13, "write", "number", "out.wrapEvent"),
        (14, "write", "number", "out.progress01"),
    ],
    "signalEval": [
        (10, "write", "number", "outputs[0].slot"),
        (11, "write", "number", "outputs[1].slot"),
    ],
    "nodeEval": [
        (10, "read", "number", "inputSlots[0]"),
        (11, "read", "number", "inputSlots[1]"),
        (12, "write", "number", "outputSlots[0]"),
    ],
    "busEval": [
        (10, "read", "number", "publishers[0].srcSlot"),
        (11, "read", "number", "publishers[1].srcSlot"),
        (12, "write", "number", "outSlot"),
    ],
    "eventBusEval": [
        (10, "read", "events", "publishers[0].srcSlot"),
        (11, "read", "events", "publishers[1].srcSlot"),
        (12, "write", "events", "outSlot"),
    ],
    "materialize": [
        (10, "read", "domain", "materialization.domainSlot"),
        (11, "write", "buffer", "materialization.outBufferSlot"),
    ],
    "materializeColor": [
        (10, "read", "domain", "domainSlot"),
        (11, "read", "color", "colorExprSlot"),
        (12, "write", "buffer", "outRSlot"),
        (13, "write", "buffer", "outGSlot"),
        (14, "write", "buffer", "outBSlot"),
        (15, "write", "buffer", "outASlot"),
    ],
    "materializePath": [
        (10, "read", "domain", "domainSlot"),
        (11, "read", "path", "pathExprSlot"),
        (12, "write", "buffer", "outCmdsSlot"),
        (13, "write", "buffer", "outParamsSlot"),
        (14, "write", "buffer", "outCmdStartSlot"),
        (15, "write", "buffer", "outCmdLenSlot"),
        (16, "write", "buffer", "outPointStartSlot"),
        (17, "write", "buffer", "outPointLenSlot"),
    ],
    "materializeTestGeometry": [
        (10, "read", "domain", "domainSlot"),
        (11, "write", "buffer", "outXSlot"),
        (12, "write", "buffer", "outYSlot"),
        (13, "write", "buffer", "outRadiusSlot"),
    ],
    "renderAssemble": [
        (10, "read", "domain", "instance2dBatches[0].domainSlot"),
        (11, "read", "buffer", "instance2dBatches[0].posXYSlot"),
        (12, "read", "buffer", "instance2dBatches[0].sizeSlot"),
        (13, "read", "buffer", "instance2dBatches[0].colorRGBASlot"),
        (14, "read", "number", "instance2dBatches[0].opacitySlot"),
        (15, "write", "frame", "outFrameSlot"),
    ],
    "debugProbe": [
        (10, "read", "any", "probe.slots[0]"),
        (11, "read", "any", "probe.slots[1]"),
    ],
    "CameraEval": [(10, "write", "camera", "outSlot")],
    "MeshMaterialize": [(10, "write", "mesh", "outSlot")],
    "Instances3DProjectTo2D": [
        (10, "read", "domain", "domainSlot"),
        (11, "read", "camera", "cameraEvalSlot"),
        (12, "read", "buffer", "positionSlot"),
        (13, "read", "buffer", "colorRSlot"),
        (14, "read", "buffer", "colorGSlot"),
        (15, "read", "buffer", "colorBSlot"),
        (16, "read", "buffer", "colorASlot"),
        (17, "read", "buffer", "radiusSlot"),
        (18, "write", "instances", "outSlot"),
    ],
}


@pytest.mark.parametrize(("kind", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_accesses_of_the_smallest_step(kind: str, expected: list[Touch]) -> None:
    """A kind declares exactly these accesses, in the order in which they happen."""
    program = program_with(kind)

    assert touches(list(only_step(program).accesses(program))) == expected


def test_every_kind_has_a_row() -> None:
    """No kind is left out of the table."""
    assert EXPECTED.keys() == KINDS.keys() == SAMPLES.keys()


# --- Other forms ----------------------------------------------------------------------------


class Form(NamedTuple):
    name: str
    kind: str
    changes: dict[str, Any]
    expected: list[Touch]


BATCH = "pathBatches[0]"
FRAME: Touch = (15, "write", "frame", "outFrameSlot")

FORMS = [
    Form(
        "timeDerive, required outs only", "timeDerive", {"out": {"tModelMs": 11}},
        EXPECTED["timeDerive"][:2],
    ),
    Form(
        "timeDerive, one slot for two values", "timeDerive",
        {"tAbsMsSlot": 10, "out": {"tModelMs": 10}},
        [(10, "write", "number", "tAbsMsSlot"), (10, "write", "number", "out.tModelMs")],
    ),
    Form("signalEval, no outputs", "signalEval", {"outputs": []}, []),
    Form(
        "signalEval, unknown signal", "signalEval", {"outputs": [{"sigId": 99, "slot": 10}]},
        [(10, "write", "number", "outputs[0].slot")],
    ),
    Form(
        "nodeEval, no node", "nodeEval", {"nodeIndex": 99},
        [
            (10, "read", "any", "inputSlots[0]"),
            (11, "read", "any", "inputSlots[1]"),
            (12, "write", "number", "outputSlots[0]"),
        ],
    ),
    Form(
        "nodeEval, more slots than operands", "nodeEval",
        {"inputSlots": [10, 11, 12], "outputSlots": [13, 14]},
        [
            (10, "read", "number", "inputSlots[0]"),
            (11, "read", "number", "inputSlots[1]"),
            (12, "read", "any", "inputSlots[2]"),
            (13, "write", "number", "outputSlots[0]"),
            (14, "write", "number", "outputSlots[1]"),
        ],
    ),
    Form(
        "busEval, disabled publisher", "busEval",
        {"publishers": [publisher(10, enabled=False), publisher(11)]},
        [(11, "read", "number", "publishers[1].srcSlot"), (12, "write", "number", "outSlot")],
    ),
    Form(
        "busEval, no publisher", "busEval", {"publishers": []},
        [(12, "write", "number", "outSlot")],
    ),
    Form(
        "busEval of vectors", "busEval",
        {"publishers": [publisher(10)], "busType": type_desc("vec2")},
        [(10, "read", "vector", "publishers[0].srcSlot"), (12, "write", "vector", "outSlot")],
    ),
    Form(
        "busEval of fields", "busEval",
        {"publishers": [publisher(10)], "busType": type_desc("number", "field")},
        [(10, "read", "buffer", "publishers[0].srcSlot"), (12, "write", "buffer", "outSlot")],
    ),
    Form(
        "eventBusEval, disabled publisher", "eventBusEval",
        {"publishers": [publisher(10), publisher(11, enabled=False)]},
        [(10, "read", "events", "publishers[0].srcSlot"), (12, "write", "events", "outSlot")],
    ),
    Form(
        "materialize, field id without a number", "materialize",
        {"materialization": materialization(fieldExprId="none")}, EXPECTED["materialize"],
    ),
    Form(
        "materialize, unknown field", "materialize",
        {"materialization": materialization(fieldExprId="99")}, EXPECTED["materialize"],
    ),
    Form(
        "renderAssemble, count given", "renderAssemble",
        {"instance2dBatches": [instance_batch(count=3)]}, EXPECTED["renderAssemble"][1:],
    ),
    Form(
        "renderAssemble, negative count", "renderAssemble",
        {"instance2dBatches": [instance_batch(count=-1)]}, EXPECTED["renderAssemble"],
    ),
    Form(
        "renderAssemble, paths", "renderAssemble",
        {"instance2dBatches": None, "pathBatches": [path_batch()]},
        [
            (10, "read", "domain", f"{BATCH}.domainSlot"),
            (21, "read", "buffer", f"{BATCH}.cmdsSlot"),
            (22, "read", "buffer", f"{BATCH}.paramsSlot"),
            (23, "read", "buffer", f"{BATCH}.cmdStartSlot"),
            (24, "read", "buffer", f"{BATCH}.cmdLenSlot"),
            (25, "read", "buffer", f"{BATCH}.pointStartSlot"),
            (26, "read", "buffer", f"{BATCH}.pointLenSlot"),
            FRAME,
        ],
    ),
    Form(
        "renderAssemble, styled paths that know their count", "renderAssemble",
        {
            "instance2dBatches": None,
            "pathBatches": [
                path_batch(
                    count=1, fillColorSlot=31, strokeColorSlot=32, strokeWidthSlot=33,
                    opacitySlot=34,
                )
            ],
        },
        [
            (21, "read", "buffer", f"{BATCH}.cmdsSlot"),
            (22, "read", "buffer", f"{BATCH}.paramsSlot"),
            (23, "read", "buffer", f"{BATCH}.cmdStartSlot"),
            (24, "read", "buffer", f"{BATCH}.cmdLenSlot"),
            (25, "read", "buffer", f"{BATCH}.pointStartSlot"),
            (26, "read", "buffer", f"{BATCH}.pointLenSlot"),
            (31, "read", "buffer", f"{BATCH}.fillColorSlot"),
            (32, "read", "buffer", f"{BATCH}.strokeColorSlot"),
            (33, "read", "buffer", f"{BATCH}.strokeWidthSlot"),
            (34, "read", "buffer", f"{BATCH}.opacitySlot"),
            FRAME,
        ],
    ),
    Form(
        "renderAssemble, two batches", "renderAssemble",
        {"instance2dBatches": [instance_batch(count=1), instance_batch(count=1, posXYSlot=41)]},
        [
            *EXPECTED["renderAssemble"][1:5],
            (41, "read", "buffer", "instance2dBatches[1].posXYSlot"),
            (12, "read", "buffer", "instance2dBatches[1].sizeSlot"),
            (13, "read", "buffer", "instance2dBatches[1].colorRGBASlot"),
            (14, "read", "number", "instance2dBatches[1].opacitySlot"),
            FRAME,
        ],
    ),
    Form(
        "renderAssemble, list slots under batches", "renderAssemble",
        {"instance2dListSlot": 30, "pathBatches": [path_batch(count=1)], "pathBatchListSlot": 31},
        [
            *EXPECTED["renderAssemble"][:5],
            *((slot, "read", "buffer", f"{BATCH}.{field}") for slot, field in (
                (21, "cmdsSlot"), (22, "paramsSlot"), (23, "cmdStartSlot"), (24, "cmdLenSlot"),
                (25, "pointStartSlot"), (26, "pointLenSlot"),
            )),
            FRAME,
        ],
    ),
    Form(
        "Instances3DProjectTo2D, rotation and scale", "Instances3DProjectTo2D",
        {"rotationSlot": 19, "scaleSlot": 20},
        [
            *EXPECTED["Instances3DProjectTo2D"][:3],
            (19, "read", "buffer", "rotationSlot"),
            (20, "read", "buffer", "scaleSlot"),
            *EXPECTED["Instances3DProjectTo2D"][3:],
        ],
    ),
    Form(
        "debugProbe, a slot twice", "debugProbe",
        {"probe": {"id": "p", "slots": [10, 10], "mode": "trace"}},
        [(10, "read", "any", "probe.slots[0]"), (10, "read", "any", "probe.slots[1]")],
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
def test_accesses_of_other_forms(row: Form) -> None:
    """Optional fields, counts and disabled publishers decide which slots are touched."""
    program = program_with(row.kind, **row.changes)

    assert touches(list(only_step(program).accesses(program))) == row.expected


@pytest.mark.parametrize("empty", [[], None], ids=["empty", "missing"])
def test_list_slots_are_read_where_nothing_is_embedded(empty: list[Any] | None) -> None:
    """The legacy list slots count only if the embedded list is missing or empty."""
    program = program_with(
        "renderAssemble",
        instance2dBatches=empty,
        pathBatches=empty,
        instance2dListSlot=30,
        pathBatchListSlot=31,
    )
    found = [(a.slot, a.mode, a.field) for a in only_step(program).accesses(program)]

    assert found == [
        (30, "read", "instance2dListSlot"),
        (31, "read", "pathBatchListSlot"),
        (15, "write", "outFrameSlot"),
    ]


@pytest.mark.parametrize(
    ("is_fed", "expected"),
    [
        pytest.param(True, (10, "read", "any", "outSlot"), id="an earlier step writes the slot"),
        pytest.param(False, (10, "write", "frame", "outFrameSlot"), id="nobody does"),
    ],
)
def test_old_form_of_render_assemble(is_fed: bool, expected: Touch) -> None:
    """The old form passes a frame through, or writes one where no step feeds it."""
    b = tables()
    if is_fed:
        b.step("signalEval", "s-sig", outputs=[{"sigId": 0, "slot": 10}])
    b.step("renderAssemble", "s", rootNodeIndex=0, outSlot=10)

    assert touches(accesses_of(b)) == [expected]


# --- Hidden reads ---------------------------------------------------------------------------


def test_signal_eval_reads_the_slots_that_its_signals_name() -> None:
    """Every inputSlot node that an output can reach is a read, once, before the writes."""
    b = tables()
    ids = [b.signal("inputSlot", slot=slot) for slot in (30, 31, 32, 33, 34)]
    mapped = b.signal("map", src=ids[0], fn=opcode(120))
    zipped = b.signal("zip", a=mapped, b=ids[1], fn=opcode(100))
    held = b.signal(
        "stateful", op="sampleHold", stateId="h", input=zipped, params={"trigger": ids[2]}
    )
    chosen = b.signal("select", cond=held, t=ids[3], f=ids[0])
    b.step("signalEval", "s", outputs=[{"sigId": chosen, "slot": 10}])

    found = accesses_of(b)
    assert [access.slot for access in found if access.hidden] == [30, 31, 32, 33]
    assert touches(found) == [
        (30, "read", "number", f"signalTable.nodes[{ids[0]}].slot"),
        (31, "read", "number", f"signalTable.nodes[{ids[1]}].slot"),
        (32, "read", "number", f"signalTable.nodes[{ids[2]}].slot"),
        (33, "read", "number", f"signalTable.nodes[{ids[3]}].slot"),
        (10, "write", "number", "outputs[0].slot"),
    ]


def test_signal_eval_reads_its_own_outputs_only_inside() -> None:
    """A slot that the step itself writes is no read from outside (ir-schema 14.4)."""
    b = tables()
    own = b.signal("inputSlot", slot=10)
    b.step("signalEval", "s", outputs=[{"sigId": 0, "slot": 10}, {"sigId": own, "slot": 11}])

    assert touches(accesses_of(b)) == [
        (10, "write", "number", "outputs[0].slot"),
        (11, "write", "number", "outputs[1].slot"),
    ]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("number", "number"), ("trigger", "number"), ("vec2", "vector"), ("vec4", "vector"),
        ("color", "color"), ("string", "number"),
    ],
)  # fmt: skip
def test_signal_eval_writes_the_class_of_its_signal(domain: str, expected: ValueClass) -> None:
    """A signal is a number unless it is declared to be a vector or a colour."""
    b = tables()
    sig = b.signal("const", domain=domain, constId=b.const(1))
    b.step("signalEval", "s", outputs=[{"sigId": sig, "slot": 10}])

    (access,) = accesses_of(b)
    assert access.expects == expected


def test_cycle_of_signals_ends() -> None:
    """Signals that need themselves do not keep the analysis from ending."""
    b = tables()
    sig = len(b.doc["signalTable"]["nodes"])
    read = b.signal("inputSlot", slot=30) + 1
    b.signal("zip", a=read, b=sig, fn=opcode(100))
    b.step("signalEval", "s", outputs=[{"sigId": read, "slot": 10}])

    assert [access.slot for access in accesses_of(b)] == [30, 10]


def test_materialize_reads_what_its_field_asks_for() -> None:
    """Domains of other broadcasts are named weakly; signal slots are read."""
    b = tables()
    sigs = [b.signal("inputSlot", slot=slot) for slot in (30, 31, 32)]
    first = b.field("broadcastSig", sig=sigs[0], domainSlot=10)
    second = b.field("broadcastSig", sig=sigs[1], domainSlot=40)
    b.field("broadcastSig", sig=sigs[2], domainSlot=41)
    both = b.field("zip", a=first, b=second, fn=opcode(100))
    b.step("materialize", "s", materialization=materialization(fieldExprId=f"field-{both}"))
    found = accesses_of(b)

    assert touches(found) == [
        (10, "read", "domain", "materialization.domainSlot"),
        (40, "read", "domain", f"fields.nodes[{second}].domainSlot"),
        (30, "read", "number", f"signalTable.nodes[{sigs[0]}].slot"),
        (31, "read", "number", f"signalTable.nodes[{sigs[1]}].slot"),
        (11, "write", "buffer", "materialization.outBufferSlot"),
    ]
    assert [access.slot for access in found if access.weak] == [40]
    assert [access.slot for access in found if access.hidden] == [40, 30, 31]


def test_materialize_reads_the_slots_of_signal_parameters() -> None:
    """A parameter that names a signal asks for the slots of that signal."""
    b = tables()
    sig = b.signal("inputSlot", slot=30)
    field = b.field("map", src=0, fn=opcode(110), params={"k": {"signalSlot": sig}, "a": 2})
    b.step("materialize", "s", materialization=materialization(fieldExprId=field))

    assert (30, "read", "number", f"signalTable.nodes[{sig}].slot") in touches(accesses_of(b))


# --- Classes --------------------------------------------------------------------------------


class NodeRow(NamedTuple):
    name: str
    opcode: int
    inputs: list[ValueClass]
    output: ValueClass


NODE_ROWS = [
    NodeRow("add", 100, ["number", "number"], "number"),
    NodeRow("vec2Add", 200, ["vector", "vector"], "vector"),
    NodeRow("vec2Scale", 204, ["vector", "number"], "vector"),
    NodeRow("vec2Dot", 210, ["vector", "vector"], "number"),
    NodeRow("colorShiftHue", 303, ["color", "number"], "color"),
    NodeRow("unknown", 999, ["any", "any"], "number"),
]


@pytest.mark.parametrize("row", NODE_ROWS, ids=lambda row: row.name)
def test_node_eval_has_the_classes_of_its_opcode(row: NodeRow) -> None:
    """Operands and result of the opcode say what the slots hold."""
    b = tables()
    index = b.node("n", row.opcode, 2)
    b.step("nodeEval", "s", **(SAMPLES["nodeEval"] | {"nodeIndex": index}))

    assert [access.expects for access in accesses_of(b)] == [*row.inputs, row.output]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(3.5, "number", id="number"),
        pytest.param(True, "number", id="boolean"),
        pytest.param({"x": 1, "y": 2}, "vector", id="vector"),
        pytest.param("#ffffff", "color", id="colour"),
        pytest.param("text", "any", id="text"),
    ],
)
def test_constant_node_has_the_class_of_its_constant(value: Any, expected: ValueClass) -> None:
    """Opcode 0 yields whatever the constant is."""
    b = tables()
    b.node("n", 0, 0, compilerTag=b.const(value))
    b.step("nodeEval", "s", nodeIndex=1, inputSlots=[], outputSlots=[12], phase="preBus")

    (access,) = accesses_of(b)
    assert access.expects == expected


def test_dangling_constant_node_counts_as_a_number() -> None:
    """Looking at the slots does not fail where evaluation will."""
    b = tables()
    b.node("n", 0, 0, compilerTag=99)
    b.step("nodeEval", "s", nodeIndex=1, inputSlots=[], outputSlots=[12], phase="preBus")

    (access,) = accesses_of(b)
    assert access.expects == "number"


class Takes(NamedTuple):
    """What a reader accepts: the kind, the field, and all classes besides `any`."""

    kind: str
    field: str
    classes: set[ValueClass]


TAKES = [
    Takes("nodeEval", "inputSlots[0]", {"number"}),
    Takes("eventBusEval", "publishers[0].srcSlot", {"events"}),
    Takes("materialize", "materialization.domainSlot", {"domain", "number"}),
    Takes("materializeColor", "colorExprSlot", {"color", "field", "number"}),
    Takes("materializePath", "pathExprSlot", {"path", "field"}),
    Takes("renderAssemble", "instance2dBatches[0].posXYSlot", {"buffer", "instances"}),
    Takes("renderAssemble", "instance2dBatches[0].sizeSlot", {"buffer", "number", "instances"}),
    Takes(
        "renderAssemble", "instance2dBatches[0].colorRGBASlot",
        {"buffer", "number", "color", "instances"},
    ),
    Takes("renderAssemble", "instance2dBatches[0].opacitySlot", {"number", "buffer"}),
    Takes("Instances3DProjectTo2D", "cameraEvalSlot", {"camera"}),
    Takes("Instances3DProjectTo2D", "positionSlot", {"buffer"}),
    Takes("Instances3DProjectTo2D", "radiusSlot", {"buffer", "number"}),
    Takes("debugProbe", "probe.slots[0]", set(get_args(ValueClass)) - {"any"}),
]  # fmt: skip


@pytest.mark.parametrize("row", TAKES, ids=lambda row: f"{row.kind}.{row.field}")
def test_classes_that_a_reader_takes(row: Takes) -> None:
    """Readers take the classes that ir-schema 14.3 lists, and what has no class."""
    program = program_with(row.kind)
    access = next(a for a in only_step(program).accesses(program) if a.field == row.field)

    assert {c for c in get_args(ValueClass) if access.takes(c)} == row.classes | {"any"}


def test_only_probes_are_no_evidence() -> None:
    """Every other kind's accesses say what its slots hold."""
    for kind in SAMPLES:
        program = program_with(kind)
        evidence = {access.evidence for access in only_step(program).accesses(program)}
        assert evidence == {kind != "debugProbe"}, kind


@pytest.mark.parametrize(
    ("domain", "world", "expected"),
    [
        ("number", "signal", "number"),
        ("phase01", "scalar", "number"),
        ("vec3", "signal", "vector"),
        ("quat", "scalar", "vector"),
        ("color", "signal", "color"),
        ("trigger", "event", "events"),
        ("vec2", "event", "events"),
        ("vec2", "field", "buffer"),
        ("domain", "special", "domain"),
        ("path", "special", "path"),
        ("camera", "special", "camera"),
        ("mesh", "special", "mesh"),
        ("string", "signal", "any"),
        ("number", "special", "any"),
        ("renderTree", "special", "any"),
    ],
)
def test_class_of_a_declared_type(domain: str, world: str, expected: ValueClass) -> None:
    """World first, then domain."""
    b = tables()
    b.slot(10, domain=domain, world=world)

    assert class_of_type(b.program().slot_meta[0].type) == expected


# --- The registry ---------------------------------------------------------------------------


def subclasses(cls: type[Step]) -> set[type[Step]]:
    """Return all classes below one, at any depth."""
    return {cls for direct in cls.__subclasses__() for cls in (direct, *subclasses(direct))}


def test_every_kind_is_listed() -> None:
    """A step class defined in any module of the package is part of the union."""
    for module in pkgutil.walk_packages(irrun.steps.__path__, "irrun.steps."):
        importlib.import_module(module.name)

    defined = {cls for cls in subclasses(Step) if cls.__module__.startswith("irrun.steps")}
    assert defined == set(get_args(AnyStep))


def test_kinds_are_found_by_their_wire_name() -> None:
    """Fourteen kinds, each under its own `kind`."""
    assert len(KINDS) == len(get_args(AnyStep)) == 14
    assert {kind: kind_of(cls) for kind, cls in KINDS.items()} == {kind: kind for kind in KINDS}


def test_each_kind_has_a_file_of_its_own() -> None:
    """Adding a step kind is adding one file."""
    assert len({cls.__module__ for cls in KINDS.values()}) == len(KINDS)

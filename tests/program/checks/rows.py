"""One row for each diagnostic: a small program that has it, and the same one without it."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from program_builder import ProgramBuilder, cyclic, finite, opcode, type_desc

from irrun.errors import IrrunError, expressions, fields, loading, program, running, scene
from irrun.errors.checks.incomplete import ChecksIncomplete
from irrun.errors.checks.schedule import (
    BatchCount,
    DependencyCycle,
    DependencyIndexDiffers,
    DuplicateStepId,
    IgnoredBatchList,
    LateDependency,
    PhaseOrder,
    SelfDependency,
    TimeStepMisplaced,
    UnknownCacheName,
    UnknownDependency,
)
from irrun.errors.checks.slots import (
    DuplicateSlotMeta,
    NeverRead,
    ReadBeforeWrite,
    SlotsNotDeclared,
    SparseStorage,
    UnusedSlotMeta,
)
from irrun.errors.checks.state import (
    DuplicateStableKey,
    DuplicateStateId,
    StateSizeDiffers,
    UnknownStateId,
    UnusedCell,
)
from irrun.errors.checks.tables import (
    BadDuration,
    BusContradiction,
    BusNotInTable,
    DuplicateId,
    DuplicateOutput,
    IdTableDiffers,
    TimeNotProduced,
    UnknownNameInMeta,
)
from irrun.errors.checks.values import (
    ChainTypeFlow,
    ConstantInOtherPool,
    NanSortKey,
    NodeArity,
    NonFiniteConstant,
    NonFiniteNumber,
    OperandTypeMismatch,
)
from irrun.limits import SLOT_OFFSET, STATE_SIZE

Build = Callable[[ProgramBuilder], object]
"""Adds to a sound program: a cyclic clock at slots 0 to 3, and signal 0 written to slot 4."""


NAN, INF = math.nan, math.inf


class Row(NamedTuple):
    """A problem, and what brings it about."""

    problem: type[IrrunError]
    path: str | None
    """The expected JSON path."""
    message: str
    """The expected sentence."""
    wrong: Build
    right: Build
    severity: str | None = None
    """If it is another one than the class's own: the same problem where no frame is sure to
    meet it."""


def sound(time_model: Any = None) -> ProgramBuilder:
    """Return a program that nothing is wrong with."""
    model = cyclic(2000) if time_model is None else time_model
    b = ProgramBuilder("sound", model)
    b.time(0, 1, phase01=2, wrapEvent=3)
    b.slots(0, 1, 2, 3, 4)
    b.signal("timeModelMs", domain="timeMs")
    b.step("signalEval", "s-sig", outputs=[{"sigId": 0, "slot": 4}])
    b.output(4, "value", "debug")
    return b


def nothing(b: ProgramBuilder) -> None:
    """Change nothing."""


def put(b: ProgramBuilder, path: str, value: Any) -> None:
    """Set a member of the document, such as `schedule.steps.0.id`."""
    holder: Any = b.doc
    *parents, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    for key in parents:
        holder = holder[key]
    holder[last] = value


def put_output(slot: int, name: str = "frame", kind: str = "renderFrame") -> Build:
    """Return what adds an output."""

    def build(b: ProgramBuilder) -> None:
        b.output(slot, name, kind)

    return build


def setting(path: str, value: Any) -> Build:
    """Return what sets one member of the document."""
    return lambda b: put(b, path, value)


def together(*builds: Build) -> Build:
    """Return what does several things."""
    return lambda b: [build(b) for build in builds]


# --- Expressions ------------------------------------------------------------------------------


def evaluated(make: Callable[[ProgramBuilder], int]) -> Build:
    """Return what makes a signal and evaluates it into slot 5, an output."""

    def build(b: ProgramBuilder) -> None:
        b.slot(5)
        b.step("signalEval", "s-more", outputs=[{"sigId": make(b), "slot": 5}])
        b.output(5, "more", "debug")

    return build


def signal(kind: str, **fields: Any) -> Build:
    """Return what makes a signal and evaluates it."""
    return evaluated(lambda b: b.signal(kind, **fields))


def constant(value: Any) -> Build:
    """Return what makes a constant signal and evaluates it."""
    return evaluated(lambda b: b.signal_const(value))


def mapped(number: int) -> Build:
    """Return what puts the clock through an opcode."""
    return signal("map", src=0, fn=opcode(number))


def stateful(cell_size: int = 1, **params: Any) -> Build:
    """Return what integrates over a cell."""

    def build(b: ProgramBuilder) -> None:
        b.cell("s", size=cell_size)
        fields = {"params": params} if params else {}
        signal("stateful", op="integrate", stateId="s", input=0, **fields)(b)

    return build


def delay(cell_size: int, frames: float = 2) -> Build:
    """Return what delays by frames, over a cell."""
    return with_memory("delayFrames", cell_size, delayFrames=frames)


def with_memory(op: str, cell_size: int = 4, **params: Any) -> Build:
    """Return what puts the clock through a stateful operation, over a cell."""

    def build(b: ProgramBuilder) -> None:
        b.cell("s", size=cell_size)
        signal("stateful", op=op, stateId="s", input=0, params=params)(b)

    return build


def sample_hold(**params: Any) -> Build:
    """Return what samples the clock."""

    def build(b: ProgramBuilder) -> None:
        b.cell("s", size=2)
        signal("stateful", op="sampleHold", stateId="s", input=0, params=params)(b)

    return build


def chain(*steps: Any, **fields: Any) -> Build:
    """Return what puts the clock through a chain."""

    def build(b: ProgramBuilder) -> None:
        number = type_desc()
        row = {"steps": list(steps), "fromType": number, "toType": number, "cost": "cheap"}
        b.doc["transforms"] = {"chains": [row | fields]}
        signal("transform", src=0, chain=0)(b)

    return build


def slewing(b: ProgramBuilder) -> None:
    """Add a chain with a memory."""
    b.doc["transforms"] = {"chains": [{"steps": [{"kind": "slew", "rate": 1, "stateOffset": 0}]}]}


SCALE = {"kind": "scaleBias", "scale": 2, "bias": 0}


def materialized(*nodes: Any, field: str = "0", components: int = 1, element: str = "f32") -> Build:
    """Return what makes fields and materializes one over a domain of 3."""

    def build(b: ProgramBuilder) -> None:
        for node in nodes:
            node(b)
        b.slot(10, "object", domain="domain", world="special")
        b.slot(11, "object", world="field")
        b.domain(10, 3)
        form = {"components": components, "elementType": element}
        b.step("materialize", "s-mat", materialization={
            "id": "mat", "fieldExprId": field, "domainSlot": 10, "outBufferSlot": 11,
            "format": form, "policy": "perFrame"})  # fmt: skip
        b.output(11, "buffer", "debug")

    return build


def field(kind: str, *, domain: str = "number", **fields: Any) -> Build:
    """Return what adds a field."""
    return lambda b: b.field(kind, domain=domain, **fields)


def const_field(value: Any, domain: str = "number") -> Build:
    """Return what adds a constant field."""

    def build(b: ProgramBuilder) -> None:
        b.doc["constants"]["json"].append(value)
        b.field("const", domain=domain, constId=len(b.doc["constants"]["json"]) - 1)

    return build


# --- Steps ------------------------------------------------------------------------------------


def node(
    number: int,
    *inputs: int,
    declared: int | None = None,
    tag: int | None = None,
    **fields: Any,
) -> Build:
    """Return what adds a node and a step for it, with slot 5 for its result."""

    def build(b: ProgramBuilder) -> None:
        count = len(inputs) if declared is None else declared
        tagged = {} if tag is None else {"compilerTag": tag}
        index = b.node("node-n", number, count, **tagged)
        b.slot(5)
        more = {"inputSlots": list(inputs), "outputSlots": [5], "phase": "preBus"}
        b.step("nodeEval", "s-node", **({"nodeIndex": index} | more | fields))
        b.output(5, "more", "debug")

    return build


def bus(mode: str = "sum", *, publishers: Any = None, silent: Any = None, **fields: Any) -> Build:
    """Return what adds a bus and its step, with slot 6 for its value."""

    def build(b: ProgramBuilder) -> None:
        index = b.bus("bus-b", "sum")
        b.slot(6)
        more = {"busIndex": index, "outSlot": 6, "combine": {"mode": mode}}
        more |= {"publishers": [publisher()] if publishers is None else publishers}
        more |= {"silent": silent or {"kind": "zero"}, "busType": type_desc()}
        b.step("busEval", "s-bus", **(more | fields))
        b.output(6, "bus", "debug")

    return build


def publisher(name: str = "pub", key: float = 0, slot: int = 4, **fields: Any) -> dict[str, Any]:
    """Return a publisher."""
    row = {"publisherId": name, "enabled": True, "sortKey": key, "srcSlot": slot}
    return row | fields


def writes_slot_4(b: ProgramBuilder) -> None:
    """Add a second writer of slot 4."""
    b.step("signalEval", "s-again", outputs=[{"sigId": 0, "slot": 4}])


def late_writer(b: ProgramBuilder) -> None:
    """Read slot 7 in a bus, and write it after that."""
    bus(publishers=[publisher(slot=7)])(b)
    b.slot(7)
    b.step("signalEval", "s-late", outputs=[{"sigId": 0, "slot": 7}])


def early_writer(b: ProgramBuilder) -> None:
    """Write slot 7, and read it in a bus after that."""
    b.slot(7)
    b.step("signalEval", "s-early", outputs=[{"sigId": 0, "slot": 7}])
    bus(publishers=[publisher(slot=7)])(b)


def drawn_too_early(b: ProgramBuilder) -> None:
    """Draw what only the next step makes."""
    render()(b)
    steps = b.doc["schedule"]["steps"]
    steps[2], steps[3] = steps[3], steps[2]


def dead_slot(b: ProgramBuilder) -> None:
    """Write a slot that nothing reads."""
    b.slot(7)
    b.step("signalEval", "s-dead", outputs=[{"sigId": 0, "slot": 7}])


def buffer_into_bus(b: ProgramBuilder) -> None:
    """Let a number bus take a buffer."""
    materialized(const_field(1))(b)
    bus(publishers=[publisher(slot=11)])(b)


def cell(**fields: Any) -> Build:
    """Return what adds a cell that a signal integrates over."""

    def build(b: ProgramBuilder) -> None:
        b.cell("s", **fields)
        signal("stateful", op="integrate", stateId="s", input=0)(b)

    return build


def pool_constant(pool: str, value: Any = 1) -> Build:
    """Return what gives a cell an initial constant of a pool."""

    def build(b: ProgramBuilder) -> None:
        cell(initialConstId=b.const(value, pool))(b)

    return build


def clamps(count: int) -> Build:
    """Return what chooses a clamp whose bounds are a clamp, and so on, so many of them in all."""

    def make(b: ProgramBuilder) -> int:
        bounds = 0
        for _ in range(count):
            bounds = b.signal("zip", a=0, b=bounds, fn=opcode(132))
        return b.signal("select", cond=0, t=bounds, f=0)

    return evaluated(make)


def two_cells(stateId: str = "t", **changes: Any) -> Build:
    """Return what adds two cells of one node, both used, the second one changed."""

    def build(b: ProgramBuilder) -> None:
        b.cell("s", nodeId="n", role="held")
        b.cell(stateId, **({"nodeId": "n", "role": "last"} | changes))
        signal("stateful", op="integrate", stateId="s", input=0)(b)

    return build


def render(count: int = 0, **fields: Any) -> Build:
    """Return what draws the instances of a domain of 3."""

    def build(b: ProgramBuilder) -> None:
        materialized(const_field({"x": 0, "y": 0}, "vec2"), components=2)(b)
        batch = {"kind": "instance2d", "count": count, "domainSlot": 10, "posXYSlot": 11,
                 "sizeSlot": 4, "colorRGBASlot": 4, "opacitySlot": 4}  # fmt: skip
        b.slot(12, "object", domain="renderTree", world="special")
        step = {"instance2dBatches": [batch], "pathBatches": []}
        b.step("renderAssemble", "s-render", outFrameSlot=12, **(step | fields))
        b.output(12)

    return build


PROJECTION = {"kind": "perspective", "near": 0.1, "far": 100, "fovYRad": 1}
CAMERA = {
    "id": "cam",
    "handedness": "right",
    "forwardAxis": "-Z",
    "upAxis": "+Y",
    "projection": PROJECTION,
    "pose": {
        "position": {"x": 0, "y": 0, "z": 1},
        "orientation": {"x": 0, "y": 0, "z": 0, "w": 1},
    },
    "ndcToScreen": {"origin": "center", "yAxis": "down"},
}


def camera(name: str = "cam", table: Any = None, *more: Any, **changes: Any) -> Build:
    """Return what evaluates a camera; `changes` are made to the only one of the table."""

    def build(b: ProgramBuilder) -> None:
        index = {"cam": 0} if table is None else table
        cameras = [CAMERA | changes, *more]
        b.doc["cameras"] = {"cameras": cameras, "cameraIdToIndex": index}
        b.slot(12, "object", domain="camera", world="special")
        b.step("CameraEval", "s-cam", cameraId=name, outSlot=12)
        b.output(12, "camera", "debug")

    return build


def mesh(sides: int) -> Build:
    """Return what materializes a prism."""

    def build(b: ProgramBuilder) -> None:
        recipe = {
            "profile": {"kind": "ngon", "sides": sides, "radius": 1},
            "extrude": {"kind": "linear", "depth": 1, "cap": "both"},
        }
        row = {"id": "m", "recipe": recipe, "attributes": {"normals": True, "uvs": False},
               "winding": "CCW", "indexed": True, "indexType": "u16"}  # fmt: skip
        b.doc["meshes"] = {"meshes": [row], "meshIdToIndex": {"m": 0}}
        b.slot(12, "object", domain="mesh", world="special")
        b.step("MeshMaterialize", "s-mesh", meshId="m", outSlot=12)
        b.output(12, "mesh", "debug")

    return build


def step(index: int, **fields: Any) -> Build:
    """Return what changes members of a step."""
    return lambda b: b.doc["schedule"]["steps"][index].update(fields)


def names(table: str, **entries: str) -> Build:
    """Return what names things."""
    return lambda b: b.doc["meta"]["names"][table].update(entries)


def time_out(**out: int) -> Build:
    """Return what changes the slots of timeDerive."""
    return lambda b: b.doc["schedule"]["steps"][0]["out"].update(out)


def model(document: Any) -> Build:
    """Return what changes the time model in both places; what it lacks is not named."""

    def build(b: ProgramBuilder) -> None:
        b.doc["timeModel"] = document
        first = b.doc["schedule"]["steps"][0]
        first["timeModel"] = document
        if document["kind"] != "cyclic":
            first["out"] = {"tModelMs": 1}

    return build


SIG = "$.signalTable.nodes[1]"
MORE = "$.schedule.steps[2]"

EXPRESSIONS = [
    Row(expressions.IdOutOfRange, f"{SIG}.src",
        "signal 7 does not exist: signalTable.nodes has 2 entries",
        signal("map", src=7, fn=opcode(120)), signal("map", src=0, fn=opcode(120))),
    Row(expressions.IdOutOfRange, "$.signalTable.nodes[2].f",
        "signal 7 does not exist: signalTable.nodes has 3 entries",
        evaluated(lambda b: b.signal("select", cond=b.signal_const(1), t=0, f=7)),
        evaluated(lambda b: b.signal("select", cond=b.signal_const(1), t=0, f=0)), "warning"),
    Row(expressions.IdOutOfRange, f"{MORE}.outputs[0].sigId",
        "signal 9 does not exist: signalTable.nodes has 1 entries",
        evaluated(lambda b: 9), evaluated(lambda b: 0)),
    Row(expressions.IdOutOfRange, f"{SIG}.chain", "chain 3 does not exist: transforms.chains has 0 "
        "entries", signal("transform", src=0, chain=3), chain(SCALE)),
    Row(expressions.IdOutOfRange, f"{MORE}.nodeIndex", "node 4 does not exist: nodes.nodes has 1 "
        "entries", node(120, 4, nodeIndex=4), node(120, 4)),
    Row(expressions.IdOutOfRange, f"{MORE}.materialization.fieldExprId",
        "field 8 does not exist: fields.nodes has 1 entries",
        materialized(const_field(1), field="8"), materialized(const_field(1))),
    Row(expressions.IdOutOfRange, "$.fields.nodes[0].sig",
        "signal 8 does not exist: signalTable.nodes has 1 entries",
        materialized(field("broadcastSig", sig=8, domainSlot=10)),
        materialized(field("broadcastSig", sig=0, domainSlot=10))),
    Row(expressions.IdOutOfRange, f"{MORE}.publishers[0].transform.chainId",
        "chain 2 does not exist: transforms.chains has 0 entries",
        bus(publishers=[publisher(transform={"chainId": 2})]), bus()),
    Row(expressions.SignalCycle, "$.signalTable.nodes[1]", "these signals need each other: 1 -> 1",
        signal("map", src=1, fn=opcode(120)), signal("map", src=0, fn=opcode(120))),
    Row(fields.FieldCycle, "$.fields.nodes[0]", "these fields need each other: 0 -> 1 -> 0",
        materialized(field("map", src=1, fn=opcode(120)), field("map", src=0, fn=opcode(120))),
        materialized(field("map", src=1, fn=opcode(120)), const_field(1))),
    Row(expressions.OpcodeNotAllowed, SIG, "opcode 133 (lerp) cannot be used as a function of one "
        "signal", mapped(133), mapped(120)),
    Row(expressions.OpcodeNotAllowed, SIG, "opcode 999 (unknown) cannot be used as a function of "
        "one signal", mapped(999), mapped(120)),
    Row(expressions.OpcodeNotAllowed, SIG, "opcode 132 (clamp) cannot be used as a function of two "
        "signals, except as a clamp whose bounds are a clamp", clamps(3), clamps(2), "warning"),
    Row(expressions.OpcodeNotAllowed, "$.nodes.nodes[0].opcodeId", "opcode 700 (renderInstances2D) "
        "cannot be used as a node", node(700), node(120, 4)),
    Row(expressions.OpcodeNotAllowed, "$.fields.nodes[0]", "opcode 100 (add) cannot be used as a "
        "function of one field",
        materialized(field("map", src=1, fn=opcode(100)), const_field(1)),
        materialized(field("map", src=1, fn=opcode(120)), const_field(1))),
    Row(expressions.KernelNotRunnable, SIG, "kernel `reduce_sum` cannot run as a signal: the field "
        "that it reduces is not in the data",
        signal("map", src=0, fn={"kind": "kernel", "kernelId": "reduce_sum"}), mapped(120)),
    Row(expressions.KernelNotRunnable, "$.fields.nodes[0]", "kernel `map_spin` cannot run as a "
        "function of one field: no such operation",
        materialized(field("map", src=1, fn={"kind": "kernel", "kernelId": "map_spin"}),
                     const_field(1)),
        materialized(field("map", src=1, fn={"kind": "kernel", "kernelId": "map_neg"}),
                     const_field(1))),
    Row(expressions.ClosureNotRunnable, SIG, "signal 1 is the closure bridge `host`, which cannot "
        "run from data", signal("closureBridge", closureId="host", inputSlots=[]), mapped(120)),
    Row(expressions.MissingParameter, SIG, "signal 1 (sampleHold) needs the parameter `trigger`",
        sample_hold(), sample_hold(trigger=0)),
    Row(expressions.MissingParameter, "$.fields.nodes[0]", "field 0 needs the parameter "
        "`centerY`",
        materialized(field("map", domain="vec2", src=1, params={"centerX": 0, "angle": 0},
                           fn={"kind": "kernel", "kernelId": "map_vec2Rotate"}),
                     const_field({"x": 0, "y": 0}, "vec2"), components=2),
        materialized(field("map", domain="vec2", src=1,
                           params={"centerX": 0, "centerY": 0, "angle": 0},
                           fn={"kind": "kernel", "kernelId": "map_vec2Rotate"}),
                     const_field({"x": 0, "y": 0}, "vec2"), components=2)),
    Row(expressions.UnknownMode, f"{SIG}.combine.mode", "`median` is no combine mode for a bus of "
        "signals",
        together(bus(), signal("busCombine", busIndex=0, terms=[0, 0],
                               combine={"mode": "median"})),
        together(bus(), signal("busCombine", busIndex=0, terms=[0, 0], combine={"mode": "sum"}))),
    Row(OperandTypeMismatch, "$.signalTable.nodes[2].src",
        "signal 2 takes a number, but signal 1 is declared color",
        evaluated(lambda b: b.signal("map", fn=opcode(120), src=b.signal(
            "const", domain="color", constId=b.const("#fff")))),
        evaluated(lambda b: b.signal("map", fn=opcode(120), src=b.signal_const(1)))),
    Row(OperandTypeMismatch, f"{SIG}.type",
        "the declaration of signal 1 takes a vec2, but its function is declared number",
        evaluated(lambda b: b.signal("map", domain="vec2", src=0, fn=opcode(120))), mapped(120)),
    Row(OperandTypeMismatch, "$.fields.nodes[0].src",
        "field 0 takes a number, but field 1 is declared vec2",
        materialized(field("map", src=1, fn=opcode(120)),
                     const_field({"x": 0, "y": 0}, "vec2")),
        materialized(field("map", src=1, fn=opcode(120)), const_field(1))),
    Row(expressions.UnknownCurve, "$.transforms.chains[0].steps[0]", "easing curve 9 does not "
        "exist; curves are 0 to 6", chain({"kind": "ease", "curveId": 9}),
        chain({"kind": "ease", "curveId": 6})),
    Row(ChainTypeFlow, "$.transforms.chains[0].steps[1]",
        "chain 0: step 1 (colorToVec3) takes color, but gets number",
        chain(SCALE, {"kind": "cast", "op": "colorToVec3"}), chain(SCALE)),
    Row(ChainTypeFlow, "$.transforms.chains[0].toType",
        "chain 0: toType takes number, but gets vec2",
        chain({"kind": "cast", "op": "numberToVec2"}), chain(SCALE)),
]  # fmt: skip

CONSTANTS = [
    Row(program.ConstantNotFound, SIG, "constant 5 has no number, vector or colour in json, "
        "constIndex, f64 (sizes: json 0, f64 0, f32 0, i32 0, constIndex 0)",
        signal("const", constId=5), constant(1)),
    Row(program.ConstantNotFound, "$.fields.nodes[0].constId", "constant 5 has no value in json, "
        "constIndex (sizes: json 0, f64 0, f32 0, i32 0, constIndex 0)",
        materialized(field("const", constId=5)), materialized(const_field(1))),
    Row(program.ConstantNotFound, "$.nodes.nodes[0].compilerTag", "constant 5 has no value in "
        "constIndex, f64, json (sizes: json 0, f64 0, f32 0, i32 0, constIndex 0)",
        node(0, tag=5), together(lambda b: b.const(1), node(0, tag=0))),
    Row(program.ConstantNotFound, f"{MORE}.silent", "constant 5 has no value in f64, constIndex, "
        "json (sizes: json 1, f64 0, f32 0, i32 0, constIndex 1)",
        bus(publishers=[], silent={"kind": "const", "constId": 5}),
        bus(publishers=[], silent={"kind": "const", "constId": 0})),
    Row(program.ConstantNotFound, "$.buses.buses[0].defaultValueConstId", "constant 5 has no "
        "value in json, f64, constIndex (sizes: json 1, f64 0, f32 0, i32 0, constIndex 1)",
        together(bus(), setting("buses.buses.0.defaultValueConstId", 5)), bus(), "warning"),
    Row(program.ConstIndexOutOfPool, "$.constants.constIndex[0]",
        "constIndex[0] names f32, but f32 has 0 entries".replace("f32,", "f32[3],"),
        setting("constants.constIndex", [{"k": "f32", "idx": 3}]), nothing, "warning"),
    Row(program.ConstIndexOutOfPool, "$.stateLayout.cells[0].initialConstId",
        "constIndex[0] names f64[3], but f64 has 0 entries",
        together(setting("constants.constIndex", [{"k": "f64", "idx": 3}]),
                 cell(initialConstId=0)), pool_constant("f64")),
    Row(expressions.UnusableConstant, SIG, "constant 0 is a list, which cannot be a number, vector "
        "or colour", constant([1]), constant(1)),
    Row(expressions.UnusableConstant, "$.fields.nodes[0].constId", "constant 0 is a text, which "
        "cannot be a vec2",
        materialized(const_field("left", "vec2"), components=2),
        materialized(const_field({"x": 0, "y": 0}, "vec2"), components=2)),
    Row(expressions.NullConstant, SIG, "constant 0 is null and is taken as NaN",
        constant(None), constant(1)),
    Row(expressions.BadHexDigit, SIG, "the colour text '#12zz56' has digits that are not "
        "hexadecimal",
        evaluated(lambda b: b.signal("const", domain="color", constId=b.const("#12zz56"))),
        evaluated(lambda b: b.signal("const", domain="color", constId=b.const("#123456")))),
    Row(NonFiniteConstant, f"{SIG}.constId", "constant 0 is Infinity, and signal 1 uses it",
        constant(float("inf")), constant(1)),
    Row(ConstantInOtherPool, "$.stateLayout.cells[0].initialConstId",
        "constant 0 is in pool json, but state cell s wants f64",
        pool_constant("json"), pool_constant("f64")),
]  # fmt: skip

SCALED = {"kind": "kernel", "kernelId": "map_scale"}

FIELDS = [
    Row(fields.UnsupportedField, "$.fields.nodes[0]", "field 0 is of type field:mesh; no elements "
        "of that type can be computed", materialized(const_field(1, "mesh")),
        materialized(const_field(1))),
    Row(expressions.BadOperand, "$.fields.nodes[0]", "field 0 needs a field of vec2, got a field "
        "of number",
        materialized(field("map", src=1, fn=opcode(213), params={"angle": 1}), const_field(1)),
        materialized(field("map", src=1, fn=opcode(120)), const_field(1))),
    Row(fields.BadParameter, "$.fields.nodes[0].params.k", "the parameter `k` of field 0 is a "
        "text; a finite number is needed",
        materialized(field("map", src=1, fn=SCALED, params={"k": "fast"}), const_field(1)),
        materialized(field("map", src=1, fn=SCALED, params={"k": 2}), const_field(1))),
    Row(fields.NotAColor, "$.fields.nodes[0].constId", "constant 0 is an object with x, which "
        "cannot be a colour",
        materialized(const_field({"x": 1}, "color"), components=4, element="u8"),
        materialized(const_field("#ff8800", "color"), components=4, element="u8")),
    Row(fields.NotAPath, "$.fields.nodes[0].constId", "constant 0 is a number, which is no path",
        const_field(5, "path"), const_field({"commands": []}, "path"), "warning"),
]  # fmt: skip

SLOTS = [
    Row(program.TwoWriters, f"{MORE}.outputs[0].slot", "slot 4 is written by s-sig and by s-again: "
        "the second write traps", writes_slot_4, nothing, "error"),
    Row(ReadBeforeWrite, f"{MORE}.publishers[0].srcSlot",
        "s-bus reads slot 7, which s-late writes later in the frame", late_writer, early_writer),
    Row(ReadBeforeWrite, f"{MORE}.inputSlots[0]",
        "s-node reads slot 6, which s-bus writes later in the frame",
        together(node(120, 6), bus()), together(bus(), node(120, 6, phase="postBus"))),
    Row(running.ReadUnwritten, f"{MORE}.publishers[0].srcSlot", "slot 7 is read but nothing has "
        "ever written it; the read yields 0", bus(publishers=[publisher(slot=7)]), bus()),
    Row(running.ReadUnwritten, "$.outputs[1].slot", "slot 7 is read but nothing has ever written "
        "it; the read yields nothing",
        put_output(7), put_output(4, "again", "debug")),
    Row(running.ReadUnwritten, f"{MORE}.materialization.domainSlot", "slot 12 is read but nothing "
        "has ever written it; the read yields nothing",
        together(materialized(const_field(1)),
                 setting("schedule.steps.2.materialization.domainSlot", 12)),
        materialized(const_field(1)), "error"),
    Row(running.ReadUnwritten, "$.outputs[0].slot", "slot 7 is read but nothing has ever written "
        "it; the read yields nothing",
        setting("outputs.0", {"id": "frame", "kind": "renderFrame", "slot": 7}), render(),
        "error"),
    Row(ReadBeforeWrite, f"{MORE}.instance2dBatches[0].posXYSlot",
        "s-render reads slot 11, which s-mat writes later in the frame", drawn_too_early,
        render(), "error"),
    Row(NeverRead, f"{MORE}.outputs[0].slot", "slot 7 is written by s-dead, but nothing "
        "reads it", dead_slot, nothing),
    Row(program.ClassConflict, "$.schedule.steps[3].publishers[0].srcSlot", "slot 11: "
        "s-mat.materialization.outBufferSlot gives buffer, but s-bus.publishers[0].srcSlot takes "
        "number", buffer_into_bus, materialized(const_field(1))),
    Row(program.ClassConflict, "$.outputs[1].slot", "slot 4: s-sig.outputs[0].slot gives number, "
        "but outputs[1].slot takes frame", put_output(4), render()),
    Row(program.StorageOverridden, "$.slotMeta[5]", "slot 10 is f64 by slotMeta but is stored as "
        "object, because its initial value is a domain",
        together(lambda b: b.slot(10), lambda b: b.domain(10, 3), put_output(10, "d", "debug")),
        together(lambda b: b.slot(10, "object", domain="domain", world="special"),
                 lambda b: b.domain(10, 3), put_output(10, "d", "debug"))),
    Row(program.SlotsOverlap, "$.slotMeta[5]", "slots 4 and 5 both live at f64[4]",
        lambda b: b.slot(5, offset=4), lambda b: b.slot(5)),
    Row(program.OffsetTooLarge, "$.slotMeta[5]", "slot 5 has offset 1048576 in f64; the limit is "
        "1048575", lambda b: b.slot(5, offset=SLOT_OFFSET.value), lambda b: b.slot(5)),
    Row(program.SlotMetaContradiction, "$.slotMeta[5]", "slotMeta[4] and slotMeta[5] describe slot "
        "4 differently", lambda b: b.slot(4, "f32"), nothing),
    Row(DuplicateSlotMeta, "$.slotMeta[5]", "slotMeta[4] and slotMeta[5] both describe slot "
        "4", lambda b: b.slot(4, offset=4), nothing),
    Row(SlotsNotDeclared, "$.slotMeta", "slotMeta has no entry for 1 of 5 slots: 4",
        lambda b: b.doc["slotMeta"].pop(), nothing),
    Row(UnusedSlotMeta, "$.slotMeta", "slotMeta has entries for 1 slots that nothing uses: "
        "9", lambda b: b.slot(9), nothing),
    Row(SparseStorage, "$.slotMeta", "995 of the 1000 elements of f64 are used by no slot",
        setting("slotMeta.4.offset", 999), nothing),
    Row(DuplicateOutput, "$.outputs[1].id", "outputs[0] and outputs[1] are both called "
        "`value`", put_output(4, "value", "debug"),
        put_output(4, "more", "debug")),
]  # fmt: skip

SLOTS += [
    Row(program.TwoWriters, f"{MORE}.outputs[1].slot", "slot 7 is written by s-dead and by s-dead: "
        "the second write traps",
        together(dead_slot, step(2, outputs=[{"sigId": 0, "slot": 7}] * 2)), dead_slot, "error"),
    Row(running.BadElementCount, "$.schedule.initialSlotValues.10", "the domain in slot 10 has "
        "count 2.5: a whole number from 0 is needed",
        together(materialized(const_field(1)),
                 lambda b: b.initial(10, {"kind": "domain", "count": 2.5})),
        materialized(const_field(1))),
    Row(running.TooManyElements, "$.schedule.initialSlotValues.10", "slot 10 asks for 99999999 "
        "elements; the limit is 16777216",
        together(materialized(const_field(1)), lambda b: b.domain(10, 99999999)),
        materialized(const_field(1))),
]  # fmt: skip

STATE = [
    Row(program.CellOutside, "$.stateLayout.cells[0]", "state cell s needs f64[0..3], but f64Size "
        "is 2", together(cell(size=4), setting("stateLayout.f64Size", 2)), cell(size=4)),
    Row(program.CellsOverlap, "$.stateLayout.cells[1]", "state cells s and t share f64[0..0]",
        together(two_cells(), setting("stateLayout.cells.1.offset", 0)), two_cells()),
    Row(program.StateTooLarge, "$.stateLayout.f64Size", "stateLayout.f64Size is 1048577; the "
        "limit is 1048576", setting("stateLayout.f64Size", STATE_SIZE.value + 1), nothing),
    Row(program.DanglingInitial, "$.stateLayout.cells[0].initialConstId", "state cell s: initial "
        "constant 9 does not exist; it counts as absent", cell(initialConstId=9),
        pool_constant("f64")),
    Row(DuplicateStateId, "$.stateLayout.cells[1].stateId", "cells[0] and cells[1] both "
        "have the state id s", two_cells(stateId="s"), two_cells()),
    Row(DuplicateStableKey, "$.stateLayout.cells[1].role", "cells[0] and cells[1] share the "
        "key `n:held`", two_cells(role="held"), two_cells()),
    Row(StateSizeDiffers, "$.stateLayout.f64Size", "f64Size is 4, but its cells end at 1",
        together(cell(), setting("stateLayout.f64Size", 4)), cell()),
    Row(UnusedCell, "$.stateLayout.cells[0]", "state cell s is used by no step",
        lambda b: b.cell("s"), cell()),
    Row(UnusedCell, "$.stateLayout.cells[0]", "state cell s is used by no step",
        together(lambda b: b.cell("s"), slewing, lambda b: b.field("transform", src=0, chain=0)),
        together(lambda b: b.cell("s"), slewing, signal("transform", src=0, chain=0))),
    Row(expressions.StateNotFound, SIG, "integrate has no usable state: the layout has no cell "
        "absent",
        signal("stateful", op="integrate", stateId="absent"), cell()),
    Row(expressions.StateNotFound, SIG, "delayFrames has no usable state: cell s has 1 elements, a "
        "ring of 3 is needed", delay(1), delay(3)),
    Row(expressions.StateOutOfRange, SIG, "signal 1 uses f64[5], but that state array has 1 "
        "elements",
        stateful(stateOffset=5), stateful(stateOffset=0)),
    Row(expressions.StateOffsetContradiction, SIG, "signal 1: stateOffset is 1, but cell s is at 0",
        stateful(2, stateOffset=1), stateful(2, stateOffset=0)),
    Row(UnknownStateId, f"{MORE}.stateWrites[0]", "s-node names the state cell acc, which "
        "the layout does not have",
        node(120, 4, stateWrites=["acc"]),
        together(lambda b: b.cell("acc"), node(120, 4, stateWrites=["acc"]))),
    Row(expressions.NodeWithoutState, MORE, "node node-n (slew) names no state cell; it yields its "
        "first input unchanged", node(404, 4, 4),
        together(lambda b: b.cell("acc"), node(404, 4, 4, stateWrites=["acc"]))),
]  # fmt: skip

SCHEDULE = [
    Row(DuplicateStepId, f"{MORE}.id", "steps[1] and steps[2] are both called s-sig",
        together(bus(), step(2, id="s-sig")), bus()),
    Row(program.StepIndexDiffers, "$.schedule.stepIdToIndex", "schedule.stepIdToIndex says 4 for "
        "step s-time, the list says 0", setting("schedule.stepIdToIndex.s-time", 4), nothing),
    Row(UnknownDependency, "$.schedule.steps[1].deps[0]", "s-sig depends on s-x, which does "
        "not exist", step(1, deps=["s-x"]), nothing),
    Row(LateDependency, "$.schedule.steps[1].deps[0]", "s-sig depends on s-bus, which comes "
        "later", together(bus(), step(1, deps=["s-bus"]), step(2, deps=[])), bus()),
    Row(SelfDependency, "$.schedule.steps[1].deps[0]", "s-sig depends on itself, which has "
        "no effect", step(1, deps=["s-sig"]), nothing),
    Row(DependencyCycle, "$.schedule.steps[1]", "these steps need each other: s-sig -> "
        "s-bus -> s-sig", together(bus(), step(1, deps=["s-bus"])), bus()),
    Row(TimeStepMisplaced, "$.schedule.steps[1]", "timeDerive step s-time is not the first "
        "step", lambda b: b.doc["schedule"]["steps"].reverse(), nothing),
    Row(TimeStepMisplaced, "$.schedule.steps", "the schedule has no timeDerive step",
        lambda b: b.doc["schedule"]["steps"].pop(0), nothing),
    Row(TimeStepMisplaced, MORE, "the schedule has 2 timeDerive steps: s-time, s-two",
        lambda b: b.time(7, 8, "s-two"), nothing),
    Row(PhaseOrder, "$.schedule.steps[3].phase", "s-node is of phase preBus, but comes "
        "after the bus step s-bus", together(bus(), node(120, 4)),
        together(node(120, 4), bus())),
    Row(UnknownCacheName, "$.schedule.caching.stepCache", "the hint names the step s-x, "
        "which the program does not have",
        setting("schedule.caching.stepCache", {"s-x": {"kind": "perFrame"}}),
        setting("schedule.caching.stepCache", {"s-sig": {"kind": "perFrame"}})),
    Row(UnknownCacheName, "$.schedule.caching.stepCache", "the hint names the slot 77, "
        "which the program does not have",
        setting("schedule.caching.stepCache", {"s-sig": {
            "kind": "untilInvalidated", "deps": [{"kind": "slot", "slot": 77}]}}),
        setting("schedule.caching.stepCache", {"s-sig": {
            "kind": "untilInvalidated", "deps": [{"kind": "slot", "slot": 4}]}})),
    Row(DependencyIndexDiffers, "$.schedule.deps.slotProducerStep",
        "deps.slotProducerStep says s-time for slot 4, the steps say s-sig",
        setting("schedule.deps.slotProducerStep", {"4": "s-time"}),
        setting("schedule.deps.slotProducerStep", {"4": "s-sig"})),
    Row(NodeArity, f"{MORE}.inputSlots", "node node-n (lerp) has 2 inputs, but the opcode "
        "takes 3", node(133, 4, 4), node(133, 4, 4, 4)),
    Row(NodeArity, f"{MORE}.inputSlots", "node node-n (abs) has 1 inputs, but inputCount is "
        "2", node(120, 4, declared=2), node(120, 4)),
]  # fmt: skip

BUSES = [
    Row(BusNotInTable, f"{MORE}.busIndex", "bus 3 is not in buses.buses, which has 1 "
        "entries", bus(busIndex=3), bus()),
    Row(BusContradiction, f"{MORE}.combine.mode", "the mode of bus bus-b is max in the "
        "step and sum in the table", bus("max"), bus()),
    Row(expressions.UnknownMode, f"{MORE}.combine.mode", "`first` is no combine mode for a bus of "
        "number", bus("first"), bus()),
    Row(expressions.UnknownMode, "$.buses.buses[0].combine.mode", "`median` is no combine mode for "
        "bus bus-b", together(bus(), setting("buses.buses.0.combine.mode", "median")), bus(),
        "warning"),
    Row(expressions.MissingParameter, f"{MORE}.silent", "a silent value of kind const needs the "
        "parameter `constId`", bus(publishers=[], silent={"kind": "const"}), bus(publishers=[])),
    Row(expressions.PublishersOutOfOrder, f"{MORE}.publishers", "publishers are listed as b, a and "
        "combined as a, b", bus(publishers=[publisher("b", 1), publisher("a", 0)]),
        bus(publishers=[publisher("a", 0), publisher("b", 1)])),
    Row(expressions.PublishersOutOfOrder, f"{MORE}.publishers", "publishers are listed as c, b, a "
        "and combined as a, c, b",
        bus(publishers=[publisher("c", 2), publisher("b", NAN), publisher("a", 1)]),
        bus(publishers=[publisher("a", 1), publisher("c", 2), publisher("b", NAN)])),
    Row(NanSortKey, f"{MORE}.publishers[1].sortKey", "the sortKey of publisher b is NaN, "
        "which sorts behind all numbers", bus(publishers=[publisher("a"), publisher("b", NAN)]),
        bus(publishers=[publisher("a"), publisher("b", INF), publisher("c", NAN, enabled=False)])),
]  # fmt: skip

NUMBERS = [
    Row(fields.BadParameter, f"{SIG}.params.delayFrames", "the parameter `delayFrames` of "
        "delayFrames is Infinity; a number of frames is needed", delay(4, INF), delay(4, -INF)),
    Row(fields.BadParameter, f"{SIG}.params.delayFrames", "the parameter `delayFrames` of "
        "delayFrames is NaN; a number of frames is needed", delay(4, NAN), delay(4, 2.5)),
    Row(fields.BadParameter, f"{SIG}.params.delayFrames", "the parameter `delayFrames` of "
        "delayFrames is 1e+308; a number of frames is needed", delay(4, 1e308), delay(4, -1e308)),
    Row(fields.BadParameter, f"{SIG}.params.delayMs", "the parameter `delayMs` of delayMs is NaN; "
        "a number of milliseconds is needed", with_memory("delayMs", delayMs=NAN, bufferSize=4),
        with_memory("delayMs", delayMs=INF, bufferSize=4)),
    Row(NonFiniteNumber, f"{SIG}.params.delayMs", "delayMs is Infinity",
        with_memory("delayMs", delayMs=INF, bufferSize=4),
        with_memory("delayMs", delayMs=1e308, bufferSize=4)),
    Row(NonFiniteNumber, f"{SIG}.params.divisions", "divisions is NaN",
        with_memory("pulseDivider", divisions=NAN), with_memory("pulseDivider", divisions=0)),
    Row(NonFiniteNumber, f"{SIG}.params.attack", "attack is -Infinity",
        with_memory("envelopeAD", attack=-INF), with_memory("envelopeAD", attack=-1)),
    Row(NonFiniteNumber, "$.transforms.chains[0].steps[0].step", "step is NaN",
        chain({"kind": "quantize", "step": NAN}), chain({"kind": "quantize", "step": 0})),
    Row(NonFiniteNumber, "$.timeModel.periodMs", "periodMs is Infinity",
        model(cyclic(INF)), model(cyclic(1e308))),
]  # fmt: skip

OTHERS = [
    Row(running.BadPeriod, "$.timeModel.periodMs", "the cyclic time model has period 0.0; model "
        "time, phase and wrap event are 0", model(cyclic(0)), nothing),
    Row(BadDuration, "$.timeModel.durationMs", "durationMs is 0.0, and should be above 0",
        model(finite(0)), model(finite(100))),
    Row(program.TimeModelsDiffer, "$.schedule.steps[0].timeModel", "the step's time model differs "
        "from the program's, which is used", step(0, timeModel=cyclic(7)), nothing),
    Row(running.AliasedTimeSlots, "$.schedule.steps[0].out.phase01", "slot 1 is named for "
        "out.tModelMs and out.phase01; it holds out.phase01", time_out(phase01=1), nothing),
    Row(TimeNotProduced, "$.schedule.steps[0].out.progress01", "slot 9 is named for "
        "progress01, which cyclic time does not have", time_out(progress01=9), nothing),
    Row(scene.UnknownSceneId, f"{MORE}.cameraId", "there is no camera `eye`: known are cam",
        camera("eye"), camera()),
    Row(scene.UnknownSceneId, "$.defaultCameraId", "there is no camera `eye`: known are cam",
        together(camera(), setting("defaultCameraId", "eye")),
        together(camera(), setting("defaultCameraId", "cam")), "warning"),
    Row(IdTableDiffers, "$.cameras.cameraIdToIndex", "cameraIdToIndex says 1 for `cam`, the "
        "list says 0", camera(table={"cam": 1}), camera()),
    Row(DuplicateId, "$.cameras.cameras[1].id", "cameras has two entries called `cam`",
        camera("cam", None, CAMERA), camera()),
    Row(DuplicateId, "$.nodes.nodes[1].id", "nodes.nodes has two entries called `node-n`",
        together(node(120, 4), lambda b: b.node("node-n", 120, 1)), node(120, 4)),
    Row(scene.BadCamera, "$.cameras.cameras[0].projection.near", "projection.near of camera "
        "`cam` is 0; it must be above 0", camera(projection=PROJECTION | {"near": 0}), camera()),
    Row(scene.SkewedOrientation, "$.cameras.cameras[0].pose.orientation", "the orientation of "
        "camera `cam` has length 2; it is used as it is",
        camera(pose={"position": {"x": 0, "y": 0, "z": 1},
                     "orientation": {"x": 0, "y": 0, "z": 0, "w": 2}}), camera()),
    Row(scene.BadMesh, "$.meshes.meshes[0].recipe", "mesh `m` cannot be built: a profile of 2 "
        "points has no area; 3 are needed", mesh(2), mesh(3)),
    Row(scene.MeshSimplified, "$.meshes.meshes[0].recipe.bevel", "mesh `m`: its bevel is left "
        "out", together(mesh(3), setting("meshes.meshes.0.recipe.bevel", {"size": 1,
                                                                          "segments": 1})),
        mesh(3)),
    Row(fields.BadFieldId, f"{MORE}.materialization.fieldExprId", "`size` names no "
        "field: it neither begins nor ends with a field id",
        materialized(const_field(1), field="size"),
        materialized(const_field(1))),
    Row(fields.FormatMismatch, f"{MORE}.materialization.format", "field 0 has number elements, "
        "which cannot be stored as 16 x u8 in slot 11",
        materialized(const_field(1), components=16, element="u8"),
        materialized(const_field(1))),
    Row(fields.FormatMismatch, f"{MORE}.materialization.format", "field 0 has vec2 elements, "
        "which cannot be stored as 1 x f32 in slot 11",
        materialized(const_field({"x": 0, "y": 0}, "vec2")),
        materialized(const_field({"x": 0, "y": 0}, "vec2"), components=2)),
    Row(BatchCount, "$.schedule.steps[3].instance2dBatches[0].count", "the batch has count "
        "5, but the domain in slot 10 has 3 elements", render(count=5), render(count=3)),
    Row(IgnoredBatchList, "$.schedule.steps[3].instance2dListSlot", "instance2dListSlot is "
        "ignored, because the step has batches of its own", render(instance2dListSlot=9),
        render()),
    Row(UnknownNameInMeta, "$.meta.names.steps", "meta.names.steps has an entry for `s-x`, "
        "which is no step of the program", names("steps", **{"s-x": "Old"}), nothing),
    Row(UnknownNameInMeta, "$.meta.names.nodes", "meta.names.nodes has an entry for `n-x`, "
        "which is no node of the program", names("nodes", **{"n-x": "Old"}), nothing),
]  # fmt: skip

SCHEMA = [
    Row(loading.MissingField, "$", "required field `seed` is missing",
        lambda b: b.doc.pop("seed"), nothing),
    Row(loading.WrongType, "$.schedule.steps[1].outputs[0].sigId", "expected a whole "
        "number from 0, got the text 'one'",
        setting("schedule.steps.1.outputs.0.sigId", "one"), nothing),
    Row(loading.UnknownKind, "$.signalTable.nodes[0].kind", "`mapp` is not a kind of signal "
        "expression", setting("signalTable.nodes.0.kind", "mapp"), nothing),
    Row(loading.UnsupportedVersion, "$.irVersion", "irVersion is 2; irrun reads version 1",
        setting("irVersion", 2), nothing),
    Row(loading.BadTypedArray, "$.constants.f64", "cannot read the typed array: element 0 is not "
        "a number: 'x'", setting("constants.f64", ["x"]), nothing),
    Row(loading.KeyCollision, "$.schedule.initialSlotValues", "two keys of this map both mean 7",
        setting("schedule.initialSlotValues", {"7": 1, "07": 2}),
        setting("schedule.initialSlotValues", {"7": 1})),
    Row(loading.ConflictingForms, "$.schedule.steps[3]", "the step has both spellings: outSlot and "
        "instance2dBatches, pathBatches, outFrameSlot", render(outSlot=4), render()),
    Row(loading.UnknownField, "$.seeed", "unknown field `seeed` is kept but has no effect",
        setting("seeed", 1), nothing),
    Row(loading.NullNumber, "$.constants.f64[0]", "null is read as NaN (1 in all): JSON has no NaN "
        "and no infinities", setting("constants.f64", [None]), setting("constants.f64", [1])),
    Row(loading.SpecialNumberText, "$.seed", "the text 'Infinity' is read as a number (1 in all)",
        setting("seed", "Infinity"), nothing),
    Row(loading.AbsentTable, "$", "`stateLayout` is absent and counts as empty",
        lambda b: b.doc.pop("stateLayout"), nothing),
    Row(loading.IncompleteChain, "$.transforms.chains[0]", "the chain has no `cost`; it is read "
        "all the same", chain(SCALE, cost=None), chain(SCALE)),
    Row(loading.OldForm, "$.outputs[0].kind", "the old form of output kind (`renderCmds`) is read "
        "as the new one", setting("outputs.0.kind", "renderCmds"), nothing),
    Row(ChecksIncomplete, None, "what the tables say to each other could not be checked: "
        "the document is not as the schema says", lambda b: b.doc.pop("seed"), nothing),
]  # fmt: skip

ROWS = [
    *EXPRESSIONS,
    *CONSTANTS,
    *FIELDS,
    *SLOTS,
    *STATE,
    *SCHEDULE,
    *BUSES,
    *NUMBERS,
    *OTHERS,
    *SCHEMA,
]

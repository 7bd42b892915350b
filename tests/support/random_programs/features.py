"""What is in a program, by name: what a set of random programs is measured by."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, get_args

from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.operations.transforms import EASINGS
from irrun.evaluate.reachable import reachable_signals
from irrun.ir.buses import CombineSpec
from irrun.ir.expressions.fields import BroadcastField, ConstField, Field, MapField, ZipField
from irrun.ir.expressions.functions import KernelFn, PureFn
from irrun.ir.expressions.signals import (
    BusCombineSignal,
    InputSlotSignal,
    MapSignal,
    SelectSignal,
    Signal,
    StatefulOp,
    StatefulSignal,
    ZipSignal,
)
from irrun.ir.expressions.transforms import CastOp, CastStep, EaseStep, MapStep, TransformStep
from irrun.ir.time_model import CyclicTime
from irrun.ir.types import NUMERIC_DOMAINS, Storage, kind_of
from irrun.program.layout import derive_layout
from irrun.program.layout.uses import Uses
from irrun.program.program import Program
from irrun.steps import KINDS
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.event_bus_eval import EventBusEval
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.node_eval import NodeEval
from irrun.steps.kinds.project_instances import ProjectInstances
from irrun.steps.kinds.render_assemble import RenderAssemble
from irrun.steps.kinds.signal_eval import SignalEval
from irrun.steps.kinds.time_derive import TimeDerive

from .draft import SHAPES
from .fields import NUMBER_KERNELS, VEC2_KERNELS
from .signals import MODES as SIGNAL_MODES
from .steps import EVENT_MODES, VALUE_MODES

_CLAMP: Final = 132


def features(program: Program) -> Counter[str]:
    """Return how often there is what, by name; of expressions, those that steps can reach."""
    reached = Uses(program).reached(range(len(program.steps)))
    found: Counter[str] = Counter()
    for i in reached.signals:
        if i < len(program.signal_nodes):
            found.update(_of_signal(program, program.signal_nodes[i]))
    for i in reached.fields:
        if i < len(program.field_nodes):
            found.update(_of_field(program.field_nodes[i]))
    for chain in program.chains:
        for step in chain.steps:
            found.update(_of_chain_step(step))
    found.update(_of_slots(program, reached.signals))
    found.update(_of_steps(program))
    found.update(_of_time(program))
    return found


def all_features() -> frozenset[str]:
    """Return the names of everything that random programs are to have: read from the tables."""
    return frozenset(_names())


def _names() -> Iterator[str]:
    yield from (f"signal {kind}" for kind in _kinds(get_args(Signal)))
    yield from (f"signal {shape}" for shape in ("number", *SHAPES))
    yield from (f"field {kind}" for kind in _kinds(get_args(Field)))
    yield from (f"elements {kind}" for kind in ELEMENTS)
    yield from (f"step {kind}" for kind in KINDS)
    yield from (f"chain {kind}" for kind in _kinds(get_args(TransformStep)))
    yield from (f"cast {op}" for op in get_args(CastOp))
    yield from (f"ease {i}" for i in range(len(EASINGS)))
    yield from (f"stateful {op}" for op in get_args(StatefulOp))
    yield from (f"{op} in a branch" for op in get_args(StatefulOp))
    yield from (f"{op} at an offset" for op in get_args(StatefulOp))
    yield from (f"{row.name} in {p}" for row in OPCODES.values() for p in row.places)
    kernels = (*NUMBER_KERNELS, *VEC2_KERNELS, "jitterVec2", "hash01ById")
    yield from (f"kernel {name}" for name in kernels)
    yield from (f"signals {mode}" for mode in SIGNAL_MODES)
    yield from (f"fields {mode}" for mode in SIGNAL_MODES)
    yield from (f"bus {mode}" for mode in VALUE_MODES)
    yield from (f"events {mode}" for mode in EVENT_MODES)
    yield from (f"storage {storage}" for storage in get_args(Storage))
    yield from (f"time {name}" for name in ("finite", "loop", "pingpong", "infinite"))
    yield from FORMATS
    yield from MORE


ELEMENTS: Final = (
    "number", "boolean", "vec2", "vec3", "vec4", "quat", "mat4", "color", "string", "path",
)  # fmt: skip
FORMATS: Final = (
    *(f"format {n} x {e}" for n in (1, 2, 3) for e in ("f32", "f64", "i32", "u32", "u8")),
    *(f"format 4 x {e}" for e in ("f32", "f64", "i32", "u32", "u8")),
    "format 16 x f32",
)
MORE: Final = (
    "feedback", "slot that nothing writes", "slot with an initial value", "slot gaps",
    "select over a select", "select with memory", "bus of signals without terms",
    "bus of signals with one term", "domain that changes", "domain with ids",
    "domain with numbers as ids", "time alias", "list constant", "parameter from a signal",
    "shared cell", "initial constant", "silent bus", "publisher chain", "field bus",
    "batch list", "old form of renderAssemble", "text as a signal", "null as a signal",
    "vector in a slot", "default camera", "cells of f64", "cells of f32", "cells of i32",
)  # fmt: skip


def _kinds(classes: Iterable[type]) -> list[str]:
    return [kind_of(cls) for cls in classes]


def _of_fn(fn: PureFn, place: str) -> str:
    if isinstance(fn, KernelFn):
        return f"kernel {fn.kernel_id.removeprefix('map_')}"
    row = OPCODES.get(fn.opcode)
    return f"{fn.opcode if row is None else row.name} in {place}"


def _of_signal(program: Program, node: Signal) -> Iterator[str]:
    yield f"signal {kind_of(node)}"
    yield f"signal {'number' if node.type.domain in NUMERIC_DOMAINS else node.type.domain}"
    match node:
        case MapSignal():
            yield _of_fn(node.fn, "Sm")
        case ZipSignal():
            yield _of_fn(node.fn, "Sz")
        case BusCombineSignal():
            yield f"signals {node.combine.mode}"
            if len(node.terms) < 2:
                yield f"bus of signals {'with one term' if node.terms else 'without terms'}"
        case StatefulSignal():
            yield f"stateful {node.op}"
            if node.params is not None and node.params.state_offset is not None:
                yield f"{node.op} at an offset"
        case SelectSignal(t=t, f=f):
            branches = [program.signal_nodes[i] for i in (t, f) if i < len(program.signal_nodes)]
            if any(isinstance(branch, SelectSignal) for branch in branches):
                yield "select over a select"
            ops = {n.op for n in _below(program, (t, f)) if isinstance(n, StatefulSignal)}
            yield from (f"{op} in a branch" for op in ops)
            if ops:
                yield "select with memory"


def _below(program: Program, roots: Iterable[int]) -> list[Signal]:
    nodes = program.signal_nodes
    return [nodes[i] for i in reachable_signals(program, roots) if i < len(nodes)]


def _of_field(node: Field) -> Iterator[str]:
    yield f"field {kind_of(node)}"
    is_number = node.type.domain in NUMERIC_DOMAINS and node.type.domain != "boolean"
    yield f"elements {'number' if is_number else node.type.domain}"
    match node:
        case MapField():
            yield _of_fn(node.fn, "Fm")
        case ZipField():
            is_flat = node.type.domain in NUMERIC_DOMAINS
            yield _of_fn(node.fn, "Fz" if is_flat else "Vz")
        case ConstField() | BroadcastField():
            pass
        case _:
            combine = getattr(node, "combine", None)
            if isinstance(combine, CombineSpec):
                yield f"fields {combine.mode}"
    if isinstance(node, MapField) and node.signals:
        yield "parameter from a signal"


def _of_chain_step(step: TransformStep) -> Iterator[str]:
    yield f"chain {kind_of(step)}"
    match step:
        case CastStep():
            yield f"cast {step.op}"
        case EaseStep():
            yield f"ease {step.curve_id}"
        case MapStep():
            yield _of_fn(step.fn, "Sm")


def _of_slots(program: Program, signals: Iterable[int]) -> Iterator[str]:
    layout = derive_layout(program)
    yield from (f"storage {meta.storage}" for meta in layout.slots)
    numbers = sorted(meta.slot for meta in layout.slots)
    if numbers and numbers[-1] >= len(numbers):
        yield "slot gaps"
    written = set(program.initial_slot_values)
    reads = [(i, program.signal_nodes[i]) for i in signals if i < len(program.signal_nodes)]
    read = {node.slot for _, node in reads if isinstance(node, InputSlotSignal)}
    for step in program.steps:
        own = {access.slot for access in step.accesses(program) if access.mode == "write"}
        if isinstance(step, SignalEval):
            leaves = _below(program, [output.sig_id for output in step.outputs])
            asked = {n.slot for n in leaves if isinstance(n, InputSlotSignal)}
            yield from ("feedback" for _ in asked & own)
        written |= own
    yield from ("slot that nothing writes" for _ in read - written)
    yield from ("slot with an initial value" for _ in read & set(program.initial_slot_values))
    for value in (program.initial_slot_values.get(slot, 0) for slot in read):
        names = {str: "text as a signal", dict: "vector in a slot", type(None): "null as a signal"}
        if type(value) in names:
            yield names[type(value)]
    cells = [str(n.state_id) for _, n in reads if isinstance(n, StatefulSignal)]
    if len(set(cells)) < len(cells):
        yield "shared cell"
    yield from (f"cells of {cell.storage}" for cell in program.state_layout.cells)
    if any(cell.initial_const_id is not None for cell in program.state_layout.cells):
        yield "initial constant"
    if any(isinstance(value, list) for value in program.constants.json):
        yield "list constant"


def _of_steps(program: Program) -> Iterator[str]:
    initial = program.initial_slot_values
    for step in program.steps:
        yield f"step {kind_of(step)}"
        match step:
            case NodeEval():
                row = OPCODES[program.nodes.nodes[step.node_index].opcode]
                yield f"{row.name} in N"
            case BusEval():
                is_field = step.bus_type.world == "field"
                yield "field bus" if is_field else f"bus {step.combine.mode}"
                if not any(publisher.enabled for publisher in step.publishers):
                    yield "silent bus"
                if any(publisher.transform for publisher in step.publishers):
                    yield "publisher chain"
            case EventBusEval():
                yield f"events {step.combine.mode}"
            case Materialize(materialization=plan):
                yield f"format {plan.format.components} x {plan.format.element_type}"
                handle = initial.get(plan.domain_slot)
                if handle is None:
                    yield "domain that changes"
                elif isinstance(handle, dict):
                    yield from ("domain with ids" for _ in handle.get("elementIds") or ())
                    yield from ("domain with numbers as ids" for _ in handle.get("ids") or ())
            case ProjectInstances() if step.camera_eval_slot == step.domain_slot:
                yield "default camera"
            case RenderAssemble():
                if step.instance2d_list_slot is not None:
                    yield "batch list"
                if step.root_node_index is not None or step.out_slot is not None:
                    yield "old form of renderAssemble"
            case TimeDerive():
                slots = [access.slot for access in step.accesses(program)]
                if len(set(slots)) < len(slots):
                    yield "time alias"


def _of_time(program: Program) -> Iterator[str]:
    model = program.time_model
    yield f"time {model.mode if isinstance(model, CyclicTime) else kind_of(model)}"

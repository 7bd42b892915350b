"""Runtime: the mutable side of one running program (runtime-semantics section 1)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from irrun.errors import IrrunError, Severity
from irrun.errors.rendering import FrameMissing, OutputIsNoFrame
from irrun.errors.showing import shown
from irrun.evaluate.environment import Environment
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.held import Held
from irrun.evaluate.operations.vectors import describe_shape
from irrun.evaluate.scene.cameras import check_viewport
from irrun.evaluate.signals.stateful import initials_by_state_id
from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport, value_from_document
from irrun.program.layout import Layout, derive_layout
from irrun.program.program import Program
from irrun.runtime.clock import Clock
from irrun.runtime.executor import Executors, Observer, plan_schedule, run_schedule
from irrun.runtime.findings import Findings
from irrun.runtime.hot_swap import SwapReport, carry_state, carry_time
from irrun.runtime.state import StateBuffer, initialize_state
from irrun.runtime.values import ValueStore
from irrun.steps.actors import CALLER, INITIAL, OUTPUTS
from irrun.steps.base import PlannedStep
from irrun.steps.frame import Frame

EMPTY_FRAME = RenderFrame(clear=ClearSpec(mode="none"))
"""The result of a program without outputs (section 1.4)."""

DRAWN: Final = frozenset({"renderFrame", "renderTree", "renderCmds"})
"""Kinds of output that hold a render frame."""


class FrameResult(msgspec.Struct, frozen=True):
    """What one frame resulted in."""

    index: int
    t_ms: float
    outputs: Mapping[str, Any]
    """Value of each output by its id; `frame` holds an empty frame if there are no outputs."""
    written: tuple[int, ...]
    """Slots written, in order."""

    def __repr__(self) -> str:
        names = ", ".join(map(shown, self.outputs))
        return f"<FrameResult {self.index} at {self.t_ms:g} ms, outputs: {names}>"


class _Instance(NamedTuple):
    """Everything that belongs to one program while it runs."""

    program: Program
    layout: Layout
    plan: tuple[PlannedStep, ...]
    values: ValueStore
    state: StateBuffer
    cache: FrameCache
    clock: Clock
    evaluators: Evaluators
    frame: Frame
    findings: Findings


def _write_initial_values(program: Program, values: ValueStore) -> None:
    """Write `initialSlotValues`, ascending; they count as written until the first frame."""
    values.actor = INITIAL
    for slot, value in sorted(program.initial_slot_values.items()):  # exact: slots
        values.write(slot, value_from_document(value))
    values.actor = CALLER


class Runtime:
    """One running program: stores, state, cache and clock. Runtimes share nothing mutable.

    Args:
        program: The program to run.
        executors: Whether steps compute (`auto`, `real`) or stubs stand in for them (`stub`).
        fps: Nominal frames per second; gives the delta of the first frame.
        strict: Raise warnings that are errors under strict.
        quirks: Take the reference's values where the semantics keep them apart.
        observers: Look on while frames run.
        viewport: What cameras and projections are for; kept over hot swaps.

    Raises:
        Invalid: IR2xx, the layout has an error.
        BadViewport: IR426.
    """

    def __init__(
        self,
        program: Program,
        *,
        executors: Executors = "auto",
        fps: float = DEFAULT_FPS,
        strict: bool = False,
        quirks: bool = False,
        observers: Sequence[Observer] = (),
        viewport: Viewport = DEFAULT_VIEWPORT,
    ) -> None:
        check_viewport(viewport)
        self.viewport = viewport
        self.strict = strict
        self.quirks = quirks
        self.fps = fps
        self.executors: Executors = executors
        self.observers = tuple(observers)
        self.frame_count = 0
        """Frames begun so far; the index of the running frame is one less."""
        self._use(self._built(program))

    def _built(self, program: Program, known: Iterable[IrrunError] = ()) -> _Instance:
        """Build everything that belongs to one program; an error leaves here with its name."""
        try:
            return self._parts(program, known)
        except IrrunError as error:
            error.at(file=program.name)
            raise

    def _parts(self, program: Program, known: Iterable[IrrunError]) -> _Instance:
        """Build in the order of section 1.1."""
        layout = derive_layout(program)
        for error in layout.errors():
            raise error
        findings = Findings(strict=self.strict, known=known)
        report, quirks = findings.report, self.quirks
        for finding in (*program.notes, *layout.findings):
            report(finding)
        held = Held()
        values = ValueStore(layout.slots, report, held)
        _write_initial_values(program, values)
        initials = None if quirks else initials_by_state_id(program)
        state = initialize_state(
            program.state_layout, program.constants, initials=initials, report=report
        )
        cache = FrameCache(program, held)
        clock = Clock(program.time_model, self.fps, quirks=quirks, report=report)
        env = Environment(
            lambda slot: frame.read(slot), report, nominal_ms=1000 / self.fps, quirks=quirks
        )
        evaluators = Evaluators(program, state, cache, env)
        plan = plan_schedule(program, evaluators, self.executors)
        frame = Frame(program, evaluators, values, self.viewport, report)
        return _Instance(
            program, layout, plan, values, state, cache, clock, evaluators, frame, findings
        )

    def _use(self, instance: _Instance) -> None:
        (
            self.program,
            self.layout,
            self.plan,
            self.values,
            self.state,
            self.cache,
            self.clock,
            self.evaluators,
            self.frame,
            self._findings,
        ) = instance

    def run_frame(self, t_ms: float) -> FrameResult:
        """Run one frame at absolute time `t_ms`.

        If a step fails, slots written so far keep their new values and the next frame starts
        cleanly.

        Raises:
            Trap: IR4xx, with step, slot and frame.
        """
        self.cache.begin_frame()
        self.values.clear()
        self.frame_count += 1
        frame = self.frame
        frame.index = self.frame_count - 1
        frame.env.time = self.clock.tick(t_ms)
        frame.current = None
        frame.probes = []
        self._findings.running = frame
        try:
            for observer in self.observers:
                observer.frame_start(frame)
            run_schedule(frame, self.plan, self.values, self.observers)
            self.values.actor = OUTPUTS
            outputs = self._outputs()
            for observer in self.observers:
                observer.frame_end(frame)
        except IrrunError as error:
            error.at(file=self.program.name)
            raise
        finally:
            self._findings.running = None
            frame.current = None
            self.values.actor = CALLER
        return FrameResult(frame.index, t_ms, outputs, self.values.written)

    def _outputs(self) -> dict[str, Any]:
        if not self.program.outputs:
            return {"frame": EMPTY_FRAME}
        outputs = {output.id: self.values.read(output.slot) for output in self.program.outputs}
        if self.executors != "stub":  # placeholders are of the class that a step declares
            self._check_outputs(outputs)
        return outputs

    def _check_outputs(self, outputs: Mapping[str, Any]) -> None:
        """Look for frames where the kind of an output says that there is one (section 1.4)."""
        for i, output in enumerate(self.program.outputs):
            value = outputs[output.id]
            if output.kind not in DRAWN or is_frame(value):
                continue
            problem = FrameMissing if i == 0 else OutputIsNoFrame
            got = _shown(value)
            error = problem(output=output.id, slot=output.slot, got=got)
            error.at(path=f"$.outputs[{i}].slot", slot=output.slot)
            if i == 0:
                raise error.at(frame=self.frame.index, t_ms=self.frame.time.t_abs_ms)
            self.report(error)

    def hot_swap(self, program: Program) -> SwapReport:
        """Go on with another program: state cells are kept by stable key, time goes on.

        Slot values are not kept; the new program's initial slot values are in place. Nothing
        changes if the new program cannot be set up.

        Raises:
            Invalid: As for a new runtime.
        """
        fresh = self._built(program, known=self.findings)
        cells = carry_state(self.state, fresh.state)
        kept = carry_time(self.clock, fresh.clock)
        fresh.cache.frame_id = self.cache.frame_id
        self._use(fresh)
        return SwapReport(self.frame_count, program.document.patch_id, cells, kept)

    def report(self, finding: IrrunError) -> None:
        """Collect a warning, once for each step and cause; under strict, raise it."""
        self._findings.report(finding)

    def knows(self, finding: IrrunError) -> bool:
        """True if a finding was reported before, and would be dropped."""
        return self._findings.knows(finding)

    @property
    def findings(self) -> Sequence[IrrunError]:
        """Warnings and notes so far, one for each step and cause."""
        return self._findings.all

    @property
    def warnings(self) -> tuple[IrrunError, ...]:
        """The warnings so far, without notes."""
        return tuple(f for f in self.findings if f.severity is Severity.WARNING)


def is_frame(value: Any) -> bool:
    """True for a render frame, also one in the form of a document (section 1.4)."""
    if isinstance(value, Mapping):
        return value.get("version") == 1 and isinstance(value.get("passes"), list | tuple)
    return isinstance(value, RenderFrame)


def _shown(value: Any) -> str:
    """Return at most 100 characters of a value's JSON."""
    if value is None:
        return "nothing"
    return json.dumps(value, default=describe_shape)[:100]

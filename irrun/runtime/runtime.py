"""Runtime: the mutable side of one running program (runtime-semantics section 1)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from irrun.errors import IrrunError, Severity
from irrun.errors.rendering import FrameMissing, OutputIsNoFrame
from irrun.evaluate.environment import Environment
from irrun.evaluate.scene.cameras import check_viewport
from irrun.evaluate.signals.stateful import initials_by_state_id
from irrun.evaluate.vectors import describe_shape
from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport, value_from_document
from irrun.program.layout import Layout, derive_layout
from irrun.program.program import Program
from irrun.runtime.cache import FrameCache
from irrun.runtime.clock import Clock
from irrun.runtime.evaluators import Evaluators
from irrun.runtime.executor import (
    Executors,
    Observer,
    StepFrame,
    place,
    plan_schedule,
    run_schedule,
)
from irrun.runtime.hot_swap import SwapReport, carry_state, carry_time
from irrun.runtime.state import StateBuffer, initialize_state
from irrun.runtime.values import ValueStore
from irrun.steps.kinds.materialize import Materialize

EMPTY_FRAME = RenderFrame(clear=ClearSpec(mode="none"))
"""The result of a program without outputs (section 1.4)."""

_DRAWN: Final = frozenset({"renderFrame", "renderTree", "renderCmds"})
"""Kinds of output that hold a render frame."""


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What one frame resulted in."""

    index: int
    t_ms: float
    outputs: Mapping[str, Any]
    """Value of each output by its id; `frame` holds an empty frame if there are no outputs."""
    written: tuple[int, ...]
    """Slots written, in order."""


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

    program: Program
    layout: Layout
    values: ValueStore
    state: StateBuffer
    cache: FrameCache
    clock: Clock
    frame: StepFrame

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
        self.findings: list[IrrunError] = []
        """Warnings so far, one for each step and cause."""
        self._seen: set[tuple[Any, ...]] = set()
        self.frame_count = 0
        """Frames begun so far; the index of the running frame is one less."""
        self._is_running = False
        self._set_up(program)

    def _set_up(self, program: Program) -> None:
        """Build everything that belongs to one program, in the order of section 1.1."""
        layout = derive_layout(program)
        for error in layout.errors():
            raise error.at(file=program.name)
        plan = plan_schedule(program, self.executors)
        self.program, self.layout, self.plan = program, layout, plan
        for finding in (*program.notes, *layout.findings):
            self.report(finding)
        self.values = ValueStore(layout.slots, self.report)
        self._write_initial_values()
        self.state = initialize_state(
            program.state_layout,
            program.constants,
            initials=None if self.quirks else initials_by_state_id(program),
            report=self.report,
        )
        self.cache = FrameCache(program)
        self.clock = Clock(program.time_model, self.fps, quirks=self.quirks, report=self.report)
        self.env = Environment(
            lambda slot: self.frame.read(slot),
            self.report,
            nominal_ms=1000 / self.fps,
            quirks=self.quirks,
        )
        self.evaluators = Evaluators(program, self.state, self.cache, self.env)
        plans = (s.materialization for s in program.steps if isinstance(s, Materialize))
        self.evaluators.fields.expect(p.field_id for p in plans if p.field_id is not None)
        self.frame = StepFrame(
            program, self.values, self.evaluators, self.report, self.observers, self.viewport
        )

    def _write_initial_values(self) -> None:
        """Write `initialSlotValues`, ascending; they count as written until the first frame."""
        self.values.actor = "initialSlotValues"
        for slot, value in sorted(self.program.initial_slot_values.items()):
            self.values.write(slot, value_from_document(value))
        self.values.actor = "the caller"

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
        frame.time = self.clock.tick(t_ms)
        frame.current = None
        self.evaluators.set_time(frame.time)
        self._is_running = True
        try:
            for observer in self.observers:
                observer.frame_start(frame)
            run_schedule(frame, self.plan, self.values, self.observers)
            self.values.actor = "outputs"
            outputs = self._outputs()
            for observer in self.observers:
                observer.frame_end(frame)
        finally:
            self._is_running = False
            frame.current = None
            self.values.actor = "the caller"
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
            if output.kind not in _DRAWN or is_frame(value):
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
        fresh = Runtime(
            program,
            executors=self.executors,
            fps=self.fps,
            strict=self.strict,
            quirks=self.quirks,
            viewport=self.viewport,
        )
        old_state, old_clock, old_cache = self.state, self.clock, self.cache
        del fresh
        self._seen.clear()  # what was said of the old program may be news of the new one
        self._set_up(program)
        cells = carry_state(old_state, self.state)
        kept = carry_time(old_clock, self.clock)
        self.cache.frame_id = old_cache.frame_id
        return SwapReport(self.frame_count, program.document.patch_id, cells, kept)

    def report(self, finding: IrrunError) -> None:
        """Collect a warning, once for each step and cause; under strict, raise it.

        Notes are collected too; errors are raised by their finders and never come here.
        """
        if self._is_running:
            place(finding, self.frame)
        where = finding.where
        slot = finding.facts.get("slot", where.slot)
        cause = where.path if where.path is not None else str(finding)
        key = (finding.code, where.step, slot, cause if slot is None else None)
        if self.strict and finding.strict_error:
            raise finding.escalate()
        if key in self._seen:
            return
        self._seen.add(key)
        self.findings.append(finding)

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

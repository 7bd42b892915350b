"""Run a program and record what came out."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from irrun import __version__
from irrun.compare.output.document import (
    NO_TOLERANCE,
    Golden,
    GoldenFrame,
    GoldenHeader,
    GoldenPicture,
    GoldenPolicy,
    GoldenProgram,
    GoldenRun,
    GoldenShot,
    GoldenStub,
    GoldenValue,
    KeptArrays,
    frame_digest,
)
from irrun.compare.output.text import value_text
from irrun.compare.output.values import (
    ABSENT,
    GOLDEN_VERSION,
    GoldenVersion,
    ValueRecorder,
    golden_value,
)
from irrun.compare.output.watch import DEFAULT_WATCH, Watched, watched_values
from irrun.errors.golden import PictureNeverHappens
from irrun.errors.rendering import CannotDraw
from irrun.ir.render_frame import RenderFrame
from irrun.numerics.digest import byte_digest
from irrun.program.program import Program
from irrun.render.frames import frame_of
from irrun.runtime.driver import Driver
from irrun.runtime.run import Engine
from irrun.runtime.view import FrameView

_ABSENT_TEXT = value_text(ABSENT)
NOTHING_TO_DRAW = ""
"""Stands for the digest of draw commands where the output holds no frame."""


class RecordPlan(msgspec.Struct, frozen=True):
    """What to run and what to record."""

    run: GoldenRun
    watch: tuple[str, ...] = DEFAULT_WATCH
    buffers: KeptArrays = "sample"
    policy: GoldenPolicy = NO_TOLERANCE
    picture: GoldenPicture | None = None
    """What to draw; without an output, that is the program's first."""
    path: str | None = None
    """The program's path as it is written into the golden."""
    made_by: str | None = None
    swaps: Mapping[int, Program] = msgspec.field(default_factory=dict)
    """The programs of `run.swaps`, by frame."""
    lenient: bool = False
    """Pass over watched names that the program does not have, as a check does: they are gone."""
    engine: Engine = "auto"
    """What computes the frames."""
    version: GoldenVersion = GOLDEN_VERSION
    """How it is recorded: as the golden is that it will be compared with."""
    expected: Sequence[GoldenFrame] = ()
    """The frames that will be compared: what they keep of equal arrays is taken over."""


def record_golden(
    program: Program, plan: RecordPlan, on_frame: Callable[[int], None] | None = None
) -> Golden:
    """Run the frames of a plan and record the watched values after each.

    Raises:
        Invalid: IR2xx, the program cannot run.
        Trap: IR4xx, a step failed; with step, slot and frame.
        UnknownWatch: IR133.
        PictureNeverHappens: IR139, a frame to draw is outside the run.
        CannotDraw: IR483, the output holds no frame; only if the plan is not lenient.
    """
    return _Recording(program, plan, on_frame).golden()


class _Recording:
    def __init__(
        self, program: Program, plan: RecordPlan, on_frame: Callable[[int], None] | None
    ) -> None:
        self._plan = plan
        self._driver = Driver(plan.run.of(program, plan.swaps, plan.engine), on_frame=on_frame)
        self._recorder = ValueRecorder(keep_arrays=plan.buffers == "full", version=plan.version)
        self._infos: dict[str, GoldenValue] = {}
        self._stubs: dict[str, GoldenStub] = {}
        self._now: dict[str, bytes] = {}
        self._frame_texts: dict[str, tuple[RenderFrame, bytes]] = {}
        """Text of the render frame that a value was last, by the value's name."""
        self._watched: Sequence[Watched] = ()
        self._picture = _resolved(plan.picture, program)
        self._drawn = _drawn_frames(self._picture, plan.run.frames)
        self._shown: dict[int, RenderFrame] = {}
        self._shots: list[GoldenShot] = []
        self._watch(self._driver.now)

    def golden(self) -> Golden:
        """Run all frames."""
        frames = [self._frame(frame) for frame in self._driver.frames()]
        return Golden(self._header(), frames, self._recorder.arrays, shown=self._shown)

    def _watch(self, now: FrameView) -> None:
        """Look at the program that is running now; what it does not have is absent from now on."""
        # A program that is swapped in need not have all that the first one has.
        strict = not self._plan.lenient and not self._infos
        slot = self._picture_slot(now)
        # What is drawn is recorded too: where its value is the same, so is the picture.
        wishes = self._plan.watch if slot is None else (*self._plan.watch, str(slot))
        self._watched = watched_values(now, wishes, strict=strict)
        self._infos |= {w.name: w.info for w in self._watched if w.name not in self._infos}
        stubs = [GoldenStub(step=p.step.id, kind=p.step.kind) for p in now.stubs]
        self._stubs |= {stub.step: stub for stub in stubs}

    def _frame(self, frame: FrameView) -> GoldenFrame:
        if frame.swap is not None:
            self._watch(frame)
        if frame.index < len(self._plan.expected):
            for text in self._plan.expected[frame.index].changed.values():
                self._recorder.learn(text)
        new = {w.name: self._text(w, frame) for w in self._watched}
        new |= {name: _ABSENT_TEXT for name in self._now if name not in new}
        changed = {name: text for name, text in new.items() if self._now.get(name) != text}
        self._now = new
        if frame.index in self._drawn:
            self._keep_shown(frame)
        return GoldenFrame(frame.index, frame.time.t_abs_ms, frame_digest(new), changed)

    def _text(self, watched: Watched, frame: FrameView) -> bytes:
        """Return a value's document as text; the very same render frame has the same text."""
        slot = watched.slot
        value = frame.values.peek(slot) if slot is not None and frame.values.has(slot) else None
        if not isinstance(value, RenderFrame):
            return value_text(watched.document(frame, self._recorder))
        known = self._frame_texts.get(watched.name)
        if known is None or known[0] is not value:
            known = value, value_text(watched.document(frame, self._recorder))
            self._frame_texts[watched.name] = known
        return known[1]

    def _picture_slot(self, now: FrameView) -> int | None:
        """Return the slot of the output to draw, in the program that is running."""
        if self._picture is None:
            return None
        return next((o.slot for o in now.program.outputs if o.id == self._picture.output), None)

    def _keep_shown(self, frame: FrameView) -> None:
        """Keep what there is to draw, as it is now."""
        index, values, slot = frame.index, frame.values, self._picture_slot(frame)
        try:
            value = values.peek(slot) if slot is not None and values.has(slot) else None
            self._shown[index] = frame_of(value, values.peek)
        except CannotDraw as error:
            if not self._plan.lenient:
                name = frame.program.name
                raise error.at(frame=index, t_ms=frame.time.t_abs_ms, file=name) from None
            self._shots.append(GoldenShot(frame=index, commands=NOTHING_TO_DRAW))
            return
        text = value_text(golden_value(self._shown[index], version=1))
        self._shots.append(GoldenShot(frame=index, commands=byte_digest(text)))

    def _header(self) -> GoldenHeader:
        plan, program = self._plan, self._driver.run.program
        return GoldenHeader(
            golden_version=plan.version,
            irrun=__version__,
            program=GoldenProgram(
                path=plan.path, patch_id=program.document.patch_id, digest=program.digest
            ),
            run=plan.run,
            watch=plan.watch,
            policy=plan.policy,
            made_by=plan.made_by,
            picture=self._picture
            and msgspec.structs.replace(self._picture, shots=tuple(self._shots)),
            stubs=tuple(self._stubs.values()),
            values=self._infos,
        )


def _resolved(picture: GoldenPicture | None, program: Program) -> GoldenPicture | None:
    """Return what to draw, with the output that is drawn."""
    if picture is None or picture.output is not None:
        return picture
    first = next(iter(program.outputs), None)
    if first is None:
        raise CannotDraw(detail="the program has no output")
    return msgspec.structs.replace(picture, output=first.id)


def _drawn_frames(picture: GoldenPicture | None, frames: int) -> frozenset[int]:
    indices = [] if picture is None else picture.indices(frames)
    for index in indices:
        if index not in range(frames):
            raise PictureNeverHappens(frame=index, last=frames - 1)
    return frozenset(indices)

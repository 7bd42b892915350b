"""Both engines in lockstep: every value of every frame is compared, to the bit."""

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from irrun.errors import IrrunError
from irrun.errors.bugs import EnginesDisagree
from irrun.runtime.block.same import Leaf, first_leaf
from irrun.runtime.state import STATE_ARRAYS
from irrun.runtime.view import FrameView

if TYPE_CHECKING:
    from irrun.runtime.driver import Driver


class Part(NamedTuple):
    """One thing that a frame offers."""

    what: str
    value: Any
    place: dict[str, Any]
    """What of a problem's place it tells."""


class Outcome(NamedTuple):
    """What a run gives when it is asked for its next frame."""

    text: str
    document: dict[str, Any] | None = None
    error: IrrunError | None = None


_FRAME: Final = Outcome("a frame")
_END: Final = Outcome("the end")


class Twin:
    """The interpreter beside a run in blocks.

    Args:
        driver: Goes through the run in blocks where that can be.
        truth: Goes through the same run with the interpreter alone.
    """

    def __init__(self, driver: "Driver", truth: "Driver") -> None:
        self._driver = driver
        self._truth = truth

    def frames(self, walk: Iterator[FrameView]) -> Iterator[FrameView]:
        """Yield the frames of a walk, each compared with the interpreter's.

        Raises:
            EnginesDisagree: IR901.
            IrrunError: What both engines raise.
        """
        truth = self._truth.frames()
        while True:
            expected, got = _outcome(truth), _outcome(walk)
            if expected[:2] != got[:2]:
                self._disagree("what comes next", {}, Leaf("", expected.text, got.text))
            for part, other in zip(parts(self._truth.now), parts(self._driver.now), strict=True):
                self._check(part, other.value)
            if got is _FRAME:
                yield self._driver.now
                continue
            self._check_end()
            if got.error is not None:
                raise got.error
            return

    def report(self, finding: IrrunError) -> None:
        """Collect a warning about what a frame has made, as the run in blocks does."""
        self._truth.report(copy.copy(finding))

    def check_saved(self, saved: bytes) -> None:
        """Compare a saved state with the interpreter's.

        Raises:
            EnginesDisagree: IR901.
        """
        if saved != self._truth.saved_state():
            self._disagree("the saved state", {}, Leaf("", "one", "another"))

    def _check_end(self) -> None:
        """Compare what is left of the runs."""
        found = [[f.document() for f in d.now.findings] for d in (self._truth, self._driver)]
        self._check(Part("the findings", found[0], {}), found[1])
        self._driver.saved_state()

    def _check(self, part: Part, got: Any) -> None:
        leaf = first_leaf(part.value, got)
        if leaf is not None:
            self._disagree(part.what, part.place, leaf)

    def _disagree(self, what: str, place: dict[str, Any], leaf: Leaf) -> NoReturn:
        now = self._truth.now
        error = EnginesDisagree(what=what + leaf.path, expected=leaf.expected, got=leaf.got)
        raise error.at(
            **place, frame=now.index, t_ms=now.time.t_abs_ms, file=now.program.name
        ) from None


def _outcome(walk: Iterator[FrameView]) -> Outcome:
    try:
        return _END if next(walk, None) is None else _FRAME
    except EnginesDisagree:
        raise
    except IrrunError as error:
        return Outcome(f"{error.code} ({error.sentence})", error.document(), error)


def parts(view: FrameView) -> Iterator[Part]:
    """Yield all that a view offers, what is written first in the order of writing."""
    values = view.values
    yield Part("the frame's index", view.index, {})
    yield Part("the frame's time", view.time, {})
    yield Part("the slots that are written", view.written, {})
    for slot in dict.fromkeys((*view.written, *values.slots)):
        place = _place(view, slot)
        yield Part(f"slot {slot}", values.peek(slot), place)
        facts = values.writer_of(slot), values.is_written(slot), values.was_ever_written(slot)
        yield Part(f"the writer of slot {slot}", facts, place)
    for cell in view.program.state_layout.cells:
        yield Part(f"state {cell.key}", view.cell(cell), {"node": cell.node_id})
    for name in STATE_ARRAYS:
        yield Part(f"state {name}", view.array(name), {})
    for output, value in view.outputs.items():
        yield Part(f"output {output}", value, {})
    yield Part("the probes", list(view.probes), {})
    yield Part("the outputs", tuple(view.outputs), {})
    yield Part("the report of the swap", view.swap, {})
    yield Part("how many findings there are", len(view.findings), {})


def _place(view: FrameView, slot: int) -> dict[str, Any]:
    """Return what writes a slot."""
    writer = view.values.writer_of(slot)
    if writer is None or writer.step is None:
        return {"slot": slot}
    step = view.steps[writer.step].step
    return {"slot": slot, "step": step.id, "kind": step.kind, "label": step.label}

"""A golden: what was run and what came out, in memory (its text is in `text.py`)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from irrun.compare.output.tolerance import KINDS, Policy
from irrun.compare.output.values import ABSENT, GOLDEN_VERSION, ArrayStore, GoldenVersion
from irrun.errors.golden import NotAGolden
from irrun.ir.render_frame import RenderFrame
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.types import Index, Record
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.limits import GOLDEN_FRAMES, GOLDEN_PICTURE_SIDE
from irrun.numerics.digest import byte_digest
from irrun.program.program import Program
from irrun.runtime.executor import Executors
from irrun.runtime.run import Engine, Run
from irrun.runtime.times import frame_times

KeptArrays = Literal["sample", "full"]
"""What is kept of arrays: digest and some elements, or all of them."""


class GoldenRecord(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record of a golden file."""


class GoldenProgram(GoldenRecord, frozen=True, kw_only=True):
    """Which program was run."""

    patch_id: str
    digest: str
    """Of its canonical bytes, so the same for both encodings."""
    path: str | None = None
    """From the golden's folder, with forward slashes; absent for a program made by a test."""


class GoldenSwap(GoldenRecord, frozen=True, kw_only=True):
    """A program that was swapped in."""

    frame: Index
    path: str | None = None
    """From the golden's folder; absent for one that only a test can find."""
    digest: str


Side = Annotated[float, Meta(gt=0, le=1e9)]


class GoldenRun(GoldenRecord, frozen=True, kw_only=True):
    """How it was run: either `times`, or `frames`, `fps` and `startMs`."""

    frames: Annotated[int, Meta(ge=1, le=GOLDEN_FRAMES.value)]
    fps: Annotated[float, Meta(gt=0)] = DEFAULT_FPS
    start_ms: float = 0.0
    times: Annotated[tuple[float, ...], Meta(min_length=1)] | None = None
    executors: Executors = "auto"
    reference_quirks: bool = False
    viewport: tuple[Side, Side, Side] | None = None
    """Width, height and dpr of what is drawn on; absent for 1920 x 1080 at 1."""
    swaps: tuple[GoldenSwap, ...] = ()

    @property
    def view(self) -> Viewport:
        """What is drawn on."""
        return DEFAULT_VIEWPORT if self.viewport is None else Viewport(*self.viewport)

    def of(self, program: Program, swaps: Mapping[int, Program], engine: Engine = "auto") -> Run:
        """Return the run of a program; `swaps` are the programs that `self.swaps` names.

        What computes the frames is no part of a golden: all engines give the same.
        """
        return Run(
            program=program,
            times=self.frame_times,
            fps=self.fps,
            executors=self.executors,
            engine=engine,
            quirks=self.reference_quirks,
            viewport=self.view,
            swaps=swaps,
        )

    @property
    def frame_times(self) -> Sequence[float]:
        """Absolute time of each frame in ms."""
        if self.times is not None:
            return self.times
        return frame_times(self.frames, self.fps, self.start_ms)


class GoldenPolicy(GoldenRecord, frozen=True, kw_only=True):
    """The tolerances to compare with, by name of the value; `*` names all others."""

    atol: Mapping[str, float] | None = None
    rtol: Mapping[str, float] | None = None
    ulp: Mapping[str, float] | None = None
    equal_zeros: bool = False

    def policy(self) -> Policy:
        """Return the policy."""
        rules = {kind: rule for kind in KINDS if (rule := getattr(self, kind))}
        return Policy(rules, self.equal_zeros)


NO_TOLERANCE: Final = GoldenPolicy()


class GoldenStub(GoldenRecord, frozen=True, kw_only=True):
    """A step that a stub stood in for."""

    step: str
    kind: str


class GoldenValue(GoldenRecord, frozen=True, kw_only=True):
    """What is known of a recorded value besides its numbers."""

    storage: str
    type: str | None = None
    slot: Index | None = None
    step: str | None = None
    """Id of the step that writes the slot, or updates the state cell."""
    label: str | None = None

    @property
    def is_single(self) -> bool:
        """True if its numbers are float32."""
        return self.storage == "f32"


DEFAULT_SIZE: Final = (480, 270)
"""Pixels that a picture fits into: a quarter of the usual viewport."""

PixelCount = Annotated[int, Meta(ge=1, le=GOLDEN_PICTURE_SIDE.value)]


class PixelThreshold(GoldenRecord, frozen=True, kw_only=True):
    """How far pixels may differ where the draw commands do."""

    channel: Annotated[int, Meta(ge=0, le=255)] = 0
    """The largest difference of a colour channel that still counts as equal."""
    share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """The part of all pixels that may differ by more than that."""


class GoldenShot(GoldenRecord, frozen=True, kw_only=True):
    """One frame of which there is a picture."""

    frame: Index
    commands: str
    """Digest of the draw commands: the render frame with its arrays."""
    file: str | None = None
    """Picture beside the golden; absent if none was drawn."""


class GoldenPicture(GoldenRecord, frozen=True, kw_only=True):
    """What of the run was drawn, and how its pixels are compared."""

    output: str | None = None
    """Id of the output that was drawn."""
    frames: tuple[int, ...] = ()
    """As asked for, negative ones from the end; nothing is first, middle and last."""
    size: tuple[PixelCount, PixelCount] = DEFAULT_SIZE
    """Width and height in pixels."""
    threshold: PixelThreshold | None = None
    """None: draw commands that differ are a difference, whatever the pixels."""
    shots: tuple[GoldenShot, ...] = ()

    def indices(self, frames: int) -> list[int]:
        """Return the frames to draw of a run of so many, ascending; some may be outside of it."""
        asked = self.frames or (0, frames // 2, frames - 1)
        return sorted({index if index >= 0 else frames + index for index in asked})

    @property
    def commands(self) -> dict[int, str]:
        """Digest of the draw commands, by frame."""
        return {shot.frame: shot.commands for shot in self.shots}


class GoldenHeader(GoldenRecord, frozen=True, kw_only=True):
    """Everything but the frames, in the order of the file."""

    golden_version: GoldenVersion = GOLDEN_VERSION
    irrun: str
    """Version that recorded it; for information only."""
    program: GoldenProgram
    run: GoldenRun
    watch: tuple[str, ...]
    policy: GoldenPolicy = NO_TOLERANCE
    made_by: str | None = None
    """The test that made it, if it was a test."""
    buffers: str | None = None
    """File beside the golden that holds whole buffers, if they were recorded."""
    picture: GoldenPicture | None = None
    """Pictures of frames, if they were recorded."""
    stubs: tuple[GoldenStub, ...] = ()
    values: Mapping[str, GoldenValue]
    """The recorded values by name, in the order in which a frame writes them."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the programs that were run, from the golden's folder, as far as it has any."""
        named = (self.program.path, *(swap.path for swap in self.run.swaps))
        return tuple(path for path in named if path is not None)

    @property
    def has_files(self) -> bool:
        """True if all programs are files that are known; else the test that made it knows them."""
        return len(self.paths) == 1 + len(self.run.swaps)

    @property
    def settings(self) -> "GoldenHeader":
        """The header without what only informs: equal settings make equal runs comparable."""
        picture = self.picture
        if picture is not None:
            bare = tuple(msgspec.structs.replace(shot, file=None) for shot in picture.shots)
            picture = msgspec.structs.replace(picture, shots=bare)
        return msgspec.structs.replace(self, irrun="", made_by=None, buffers=None, picture=picture)


class GoldenFrame(msgspec.Struct, frozen=True):
    """One frame: the values that are not what they were in the frame before."""

    index: int
    t_ms: float
    digest: str
    """Of all recorded values of the frame: frames with one digest are equal."""
    changed: Mapping[str, bytes]
    """JSON text of each value that changed, by name."""


class Golden(msgspec.Struct, frozen=True):
    """What was run and what came out."""

    header: GoldenHeader
    frames: Sequence[GoldenFrame]
    arrays: ArrayStore = msgspec.field(default_factory=dict)
    """Whole buffers by digest, if they were recorded."""
    pictures: Mapping[int, bytes] = msgspec.field(default_factory=dict)
    """PNG files by frame, if they were recorded."""
    settings: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """What else decides the values of a saved run, of which a golden's run has nothing."""
    shown: Mapping[int, RenderFrame] = msgspec.field(default_factory=dict)
    """What there is to draw by frame; only of a run that was made just now."""

    def values(self) -> Iterator[tuple[GoldenFrame, Mapping[str, bytes]]]:
        """Yield each frame with the JSON text of all its values."""
        now: dict[str, bytes] = {}
        for frame in self.frames:
            now.update(frame.changed)
            yield frame, now

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the names by which a tolerance may call a value."""
        info = self.header.values.get(name)
        found = [name, *name.split(" ", 1)[1:]]
        if info is not None:
            found += [str(n) for n in (info.slot, info.label, info.step) if n is not None]
        return tuple(dict.fromkeys(found))


def frame_digest(values: Mapping[str, bytes]) -> str:
    """Return the digest of a frame's values; their order does not count."""
    return byte_digest(b"\n".join(f"{name} ".encode() + values[name] for name in sorted(values)))


def decoded(text: bytes | None) -> Any:
    """Return the document of a value's JSON text; nothing there is `ABSENT`.

    Raises:
        NotAGolden: IR130, nested too deeply, or with a number that no double can be: nothing that
            a recording writes.
    """
    if text is None:
        return ABSENT
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        detail = f"a value cannot be read: {text[:40].decode(errors='replace')}..."
        raise NotAGolden(detail=detail) from None

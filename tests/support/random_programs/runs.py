"""Random runs: a program, its times, and now and then everything else that a run may have."""

import copy
import json
from collections.abc import Sequence
from typing import Final

from msgspec import structs
from program_builder import Document

from irrun.errors import IrrunError
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.program import Program
from irrun.program.reading.codec import loads
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times

from .programs import SIZE, TROUBLE, random_document
from .source import Source

MOST_FRAMES: Final = 40
FPS: Final = (60.0, 60.0, 24.0, 30.0, 59.94, 1.0, 1000.0)


def random_program(
    seed: int, size: int = SIZE, *, structured: bool = True, trouble: float = TROUBLE
) -> Program:
    """Return a loaded random program; the arguments are those of `random_document`."""
    return _loaded(random_document(seed, size, structured=structured, trouble=trouble))


def random_run(seed: int, size: int = SIZE) -> Run:
    """Return a run of a random program; the same for the same arguments.

    Some take the reference's values, some are strict, some have stubs, some swap a program in,
    some go on from a saved state.
    """
    source = Source(f"run {seed}")
    quirks = source.chance(0.15)
    document = random_document(seed, size, structured=not quirks)
    fps = source.pick(FPS)
    times = random_times(source, fps)
    run = Run(
        program=_loaded(document),
        times=times,
        fps=fps,
        executors="stub" if source.chance(0.04) else "auto",
        strict=source.chance(0.04),
        quirks=quirks,
        viewport=Viewport(800.0, 600.0, 2.0) if source.chance(0.2) else DEFAULT_VIEWPORT,
    )
    if source.chance(0.12) and len(times) > 1:
        run = _with_swaps(source, run, document, seed)
    if source.chance(0.12) and len(times) > 1:
        run = _resumed(source, run)
    return run


def random_times(source: Source, fps: float) -> Sequence[float]:
    """Return times: regular, irregular, standing still, or going back now and then."""
    count = source.count(1, source.pick((3, 12, 12, MOST_FRAMES)))
    start = source.pick((0.0, 0.0, 0.0, 100.5, -250.0, 1e7))
    kind = source.weighted(
        {"regular": 4, "irregular": 2, "repeated": 1, "jumping": 2, "strange": 0.15}
    )
    if kind == "regular":
        return frame_times(count, fps, start)
    times, t = [], start
    for _ in range(count):
        is_strange = kind == "strange" and source.chance(0.4)
        times.append(source.number() if is_strange else t)
        step = source.pick((1000 / fps, 16.0, 40.0, source.random.uniform(0, 120)))
        if kind == "repeated" and source.chance(0.4):
            step = 0.0
        if kind == "jumping" and source.chance(0.3):
            step = source.pick((-50.0, -1000.0, 700.0, -source.random.uniform(0, 300), 1e5))
        t += step
    return tuple(times)


def _loaded(document: Document) -> Program:
    return loads(json.dumps(document).encode(), name=document["patchId"])


def _with_swaps(source: Source, run: Run, document: Document, seed: int) -> Run:
    """Let a run go on with the same program, a changed one, or quite another."""
    frames = sorted(set(source.some(range(1, len(run.times)), 1, 2)))
    swaps = {}
    for frame in frames:
        match source.weighted({"same": 1, "changed": 3, "other": 2}):
            case "same":
                swaps[frame] = run.program
            case "changed":
                swaps[frame] = _loaded(_changed(source, document))
            case _:
                other = random_document(seed + 10**9, structured=not run.quirks)
                swaps[frame] = _loaded(other)
    return structs.replace(run, swaps=swaps)


def _changed(source: Source, document: Document) -> Document:
    """Return a program with other cells and constants: some state is kept, some begins anew."""
    changed: Document = copy.deepcopy(document)
    layout = changed["stateLayout"]
    for cell in layout["cells"]:
        size = f"{cell['storage']}Size"
        match source.weighted({"same": 4, "larger": 1, "elsewhere": 1, "renamed": 1}):
            case "larger":
                cell["offset"], cell["size"] = layout[size], cell["size"] + 2
                layout[size] += cell["size"]
            case "elsewhere":
                cell["offset"] = layout[size]
                layout[size] += cell["size"]
            case "renamed":
                cell["role"] += "-new"
    pool = changed["constants"]["json"]
    for i, value in enumerate(pool):
        if isinstance(value, float) and source.chance(0.2):
            pool[i] = value + 0.5
    changed["patchId"] += "-changed"
    return changed


def _resumed(source: Source, run: Run) -> Run:
    """Let a run be the second part of one, from a saved state on."""
    done = source.count(1, len(run.times) - 1)
    try:
        driver = Driver(structs.replace(run, times=run.times[:done], engine="frame"))
        for _ in driver.frames():
            pass
    except IrrunError:
        return run
    program = run.program
    for frame, swapped in sorted(run.swaps.items()):
        if frame < done:
            program = swapped
    return structs.replace(
        run, program=program, times=run.times[done:], resume=driver.saved_state()
    )

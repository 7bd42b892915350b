"""Measure fields, a program of instances and the projection: what a picture costs.

Times are of this thread alone, each the least of many runs: what other programs take from the
machine is noise here, and it only ever adds.
"""

from collections.abc import Callable, Iterator
from functools import partial
from time import thread_time
from typing import Any, Final

import numpy as np
from picture_programs import ADD, INDEX, MUL, SIN, SUB, Scene, kernel
from program_builder import Document, opcode

from irrun.evaluate.scene.projection import Bodies, Lens, project
from irrun.ir.values import Viewport
from irrun.program.program import Program
from irrun.runtime.clock import frame_time
from irrun.runtime.runtime import Runtime

Row = tuple[str, str, str, str]
FRAMES_PER_SECOND: Final = 60.0
FRACT, ROUND, CLAMP, MOD, MIN = 124, 123, 132, 104, 130
TURN: Final = 6.283185307179586


def least_seconds(*works: Callable[[], Any], repeats: int = 60) -> list[float]:
    """Return the least time of a call of each, measured in turns."""
    least = [float("inf")] * len(works)
    for _ in range(repeats):
        for i, work in enumerate(works):
            started = thread_time()
            work()
            least[i] = min(least[i], thread_time() - started)
    return least


def frames_of(program: Program, frames: int) -> Callable[[], None]:
    """Return a call that runs so many more frames of a program."""
    runtime = Runtime(program)

    def run() -> None:
        for _ in range(frames):
            runtime.run_frame(frame_time(runtime.frame_count, FRAMES_PER_SECOND))

    run()
    return run


def _sources(scene: Scene) -> tuple[int, int]:
    """Return a field that grows from 0.5 to 10.5, and one of a number that moves."""
    index = scene.map(scene.const(0), opcode(INDEX))
    along = scene.map(index, kernel("map_scale"), k=10 / scene.count)
    return scene.map(along, kernel("map_offset"), k=0.5), scene.spread(scene.phase)


def _ten_operations(scene: Scene) -> int:
    """Return the last of ten operations, of which each uses others: a typical moving value."""
    along, time = _sources(scene)
    moved = scene.both(along, time, ADD)
    scaled = scene.map(moved, kernel("map_scale"), k=0.7)
    part = scene.map(scaled, opcode(FRACT))
    high = scene.map(part, opcode(ROUND))
    low = scene.both(part, high, SUB)
    chosen = scene.b.field("select", cond=high, t=part, f=low)
    limited = scene.map(chosen, opcode(CLAMP), a=0.1, b=0.9)
    weighted = scene.both(limited, part, MUL)
    wave = scene.map(weighted, opcode(SIN), k=TURN)
    terms = [wave, limited, part]
    return scene.b.field("busCombine", busIndex=0, terms=terms, combine={"mode": "sum"})


OPERATIONS: Final = 10


def ten_operations(elements: int) -> Program:
    """Return a program with a field of ten operations over a domain."""
    scene = Scene("bench-ten-operations", elements)
    scene.materialize(_ten_operations(scene))
    return scene.b.program()


def _map(fn: Document, **params: Any) -> Callable[[Scene, int, int], int]:
    return lambda scene, _, moved: scene.map(moved, fn, **params)


def _zip(op: int) -> Callable[[Scene, int, int], int]:
    return lambda scene, along, moved: scene.both(moved, along, op)


def _select(scene: Scene, along: int, moved: int) -> int:
    return scene.b.field("select", cond=along, t=moved, f=along)


def _sum(scene: Scene, along: int, moved: int) -> int:
    terms = [moved, along, moved]
    return scene.b.field("busCombine", busIndex=0, terms=terms, combine={"mode": "sum"})


_SINGLE: Final[dict[str, Callable[[Scene, int, int], int]]] = {
    "add": _zip(ADD),
    "mul": _zip(MUL),
    "div": _zip(103),
    "mod": _zip(MOD),
    "min": _zip(MIN),
    "pow": _zip(105),
    "scale": _map(kernel("map_scale"), k=0.01),
    "floor": _map(opcode(121)),
    "round": _map(opcode(ROUND)),
    "fract": _map(opcode(FRACT)),
    "clamp": _map(opcode(CLAMP), a=0.1, b=0.9),
    "smoothstep": _map(opcode(135), a=0.1, b=0.9),
    "sin": _map(opcode(SIN), k=TURN),
    "exp": _map(kernel("map_exp")),
    "select": _select,
    "sum of 3": _sum,
}
_REPETITIONS: Final = 4
"""Few enough for their results to stay in the processor's cache."""


def repeated(operation: Callable[[Scene, int, int], int] | None, elements: int) -> Program:
    """Return a program that does one operation many times, each of them on the same operands."""
    scene = Scene("bench-operation", elements)
    along, time = _sources(scene)
    moved = scene.both(along, time, ADD)
    made = [operation(scene, along, moved) for _ in range(_REPETITIONS)] if operation else [moved]
    scene.materialize(scene.b.field("busCombine", busIndex=0, terms=made, combine={"mode": "last"}))
    return scene.b.program()


def instances(elements: int) -> Program:
    """Return a program that moves, scales, fades and colours instances on a spiral."""
    scene = Scene("bench-instances", elements)
    index = scene.map(scene.const(0), opcode(INDEX))
    waves = scene.map(index, kernel("map_scale"), k=0.003)
    ring = scene.map(
        waves, kernel("map_jitterVec2"), "vec2",
        phase={"signalSlot": scene.phase}, amount=250, frequency=1,
    )  # fmt: skip
    placed = scene.map(ring, kernel("map_vec2Translate"), "vec2", offsetX=400, offsetY=300)
    outputs = (
        scene.materialize(placed, 2),
        scene.materialize(scene.ripple(waves, 1, 5, 27)),
        scene.materialize(scene.ripple(waves, 2, 0, 1), 4, "u8"),
        scene.materialize(scene.ripple(waves, 1, 0.35, 1)),
    )
    scene.render([scene.instances(*outputs)])
    return scene.b.program()


def _bodies(count: int) -> Bodies:
    """Return instances in a box before the camera, a tenth of them outside its view."""
    pick = np.random.default_rng(1)
    places = pick.uniform(-1.1, 1.1, 3 * count).astype(np.float32)
    return Bodies(places, (1.0, 0.5, 0.25, 1.0), radius=0.1)


_LENSES: Final = {
    "as listed": Lens(np.eye(4).reshape(-1), Viewport(800.0, 600.0)),
    "culled, far first": Lens(
        np.eye(4).reshape(-1), Viewport(800.0, 600.0), culls=True, order="far first"
    ),
}


def _numpy_add(elements: int, calls: int) -> Callable[[], None]:
    """Return additions of doubles by NumPy: what the machine can do at the moment."""
    a, b, out = np.ones(elements), np.ones(elements), np.empty(elements)

    def run() -> None:
        for _ in range(calls):
            np.add(a, b, out=out)

    return run


def _ten_rows() -> Iterator[Row]:
    for elements in (100, 10_000):
        frames = max(1, 20_000 // elements)
        numbers = elements * frames
        whole, add = least_seconds(
            frames_of(ten_operations(elements), frames), _numpy_add(elements, frames)
        )
        what = f"field of {OPERATIONS} operations, {elements:,} elements"
        yield _row(what, whole / (numbers * OPERATIONS), add / numbers)


def _row(what: str, seconds: float, base: float) -> Row:
    against = f"numpy a + b: {base * 1e9:.2f} ns"
    return what, f"{seconds * 1e9:.2f} ns each", against, f"{seconds / base:.1f}"


def _operation_rows(elements: int) -> Iterator[Row]:
    base = repeated(None, elements)
    for name, operation in _SINGLE.items():
        frames = 4
        works = [frames_of(repeated(operation, elements), frames), frames_of(base, frames)]
        done, empty, add = least_seconds(*works, _numpy_add(elements, frames))
        numbers = elements * frames
        seconds = (done - empty) / (numbers * _REPETITIONS)
        yield _row(f"field operation {name}, {elements:,} elements", seconds, add / numbers)


def field_rows() -> Iterator[Row]:
    """Yield (what, time, set against, ratio)."""
    yield from _ten_rows()
    elements = 10_000
    yield from _operation_rows(elements)
    (seconds,) = least_seconds(frames_of(instances(elements), 2))
    per_second = f"{2 / seconds:,.0f} a second"
    yield f"frame of {elements:,} instances", f"{seconds / 2 * 1e3:.2f} ms", "frames", per_second
    bodies = _bodies(elements)
    for order, lens in _LENSES.items():
        work, add = least_seconds(partial(project, bodies, lens), _numpy_add(elements, 1))
        yield _row(f"projection of {elements:,}, {order}", work / elements, add / elements)


if __name__ == "__main__":
    for row in field_rows():
        print(*(f"{cell:<44}" for cell in row))  # noqa: T201

"""What blocks have to get right, each in a small program: circles, branches, traps, warnings.

Each is compared with the interpreter after every frame, and is known to be met in a block.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pytest
from cli.samples import clock
from msgspec.structs import replace
from program_builder import opcode
from support.engines import Held, hold
from support.random_programs import random_run

from irrun.evaluate.operations.opcodes import OPCODES
from irrun.program.reading.codec import loads
from irrun.runtime.driver import Driver
from irrun.runtime.executor import Observer
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times
from irrun.trace.observers import TraceRecorder

NUMBERS: Final = {row.name: number for number, row in OPCODES.items()}
ADD, MUL, SIN, SUB = (opcode(NUMBERS[name]) for name in ("add", "mul", "sin", "sub"))
LENGTHS: Final = (1, 2, 7, 64, None)


class Maker:
    """Makes a program of signals, each of which may be written to a slot of its own."""

    def __init__(self) -> None:
        self.b = clock()
        self.time = self.b.signal("timeAbsMs")

    def const(self, value: Any) -> int:
        return self.b.signal_const(value)

    def zip(self, fn: Any, a: int, b: int) -> int:
        return self.b.signal("zip", a=a, b=b, fn=fn)

    def sum(self, name: str, value: int) -> int:
        self.b.cell(name)
        return self.b.signal("stateful", op="integrate", stateId=name, input=value)

    def late(self, ms: float) -> int:
        """Return a condition that is above 0.5 from a time on."""
        return self.zip(SUB, self.time, self.const(ms))

    def select(self, cond: int, t: int, f: int) -> int:
        return self.b.signal("select", cond=cond, t=t, f=f)

    def slot(self, number: int) -> int:
        """Return a signal that reads a slot, which has a value before the first frame."""
        if all(row["slot"] != number for row in self.b.doc["slotMeta"]):
            self.b.slot(number)
        self.b.initial(number, 1)
        return self.b.signal("inputSlot", slot=number)

    def write(self, **slots: int) -> None:
        """Write signals to slots, by one step: `s2=signal`."""
        outputs = []
        for name, signal in slots.items():
            number = int(name[1:])
            if all(row["slot"] != number for row in self.b.doc["slotMeta"]):
                self.b.slot(number)
            outputs.append({"sigId": signal, "slot": number})
        self.b.step("signalEval", f"s-{len(self.b.doc['schedule']['steps'])}", outputs=outputs)


Make = Callable[[Maker], None]


def run_of(make: Make, frames: int = 40, **settings: Any) -> Run:
    m = Maker()
    make(m)
    return Run(program=loads(m.b.bytes()), times=frame_times(frames), **settings)


# --- Circles ----------------------------------------------------------------------------------


def counter(m: Maker) -> None:
    m.write(s2=m.zip(ADD, m.slot(2), m.const(1)))


def two_that_cross(m: Maker) -> None:
    """Each takes the other's value of the frame before."""
    two, three = m.slot(2), m.slot(3)
    m.write(s2=m.zip(ADD, three, m.const(0.5)), s3=m.zip(MUL, two, m.const(-1.01)))


def state_in_a_circle(m: Maker) -> None:
    m.write(s2=m.sum("acc", m.zip(SUB, m.time, m.slot(2))))


def branch_in_a_circle(m: Maker) -> None:
    """State that moves on only where the circle itself says so."""
    value = m.slot(2)
    m.write(s2=m.select(value, m.const(0.25), m.sum("acc", m.time)))


def beside_a_circle(m: Maker) -> None:
    """A circle that needs columns, and columns that need the circle."""
    wave = m.b.signal("map", src=m.time, fn=SIN)
    m.write(s2=m.zip(ADD, m.slot(2), wave))
    m.write(s3=m.sum("acc", m.slot(2)))


CIRCLES: dict[str, tuple[Make, int]] = {
    "counter": (counter, 1),
    "two that cross": (two_that_cross, 1),
    "state in a circle": (state_in_a_circle, 1),
    "branch in a circle": (branch_in_a_circle, 1),
    "beside a circle": (beside_a_circle, 1),
}


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("name", CIRCLES)
def test_feedback_through_slots_is_the_same(name: str, frames: int | None) -> None:
    make, circles = CIRCLES[name]
    held = hold(run_of(make), frames)

    assert held.difference is None
    assert held.circles == circles
    assert held.in_blocks >= 39


# --- Branches ---------------------------------------------------------------------------------


def state_in_a_branch(m: Maker) -> None:
    m.write(s2=m.select(m.late(200), m.sum("acc", m.time), m.const(-1)))


def state_in_both_branches(m: Maker) -> None:
    swing = m.b.signal("map", src=m.time, fn=SIN)
    m.write(s2=m.select(swing, m.sum("a", m.time), m.sum("b", m.const(1))))


def shared_by_branch_and_all(m: Maker) -> None:
    """A sum that a branch asks for first, and then everybody."""
    total = m.sum("acc", m.time)
    m.write(s2=m.select(m.late(300), total, m.const(0)))
    m.write(s3=total)


def nested(m: Maker) -> None:
    swing = m.b.signal("map", src=m.time, fn=SIN)
    inner = m.select(m.late(100), m.sum("a", m.time), m.const(2))
    m.write(s2=m.select(swing, inner, m.sum("b", m.time)))


BRANCHES: dict[str, Make] = {
    f.__name__: f
    for f in (state_in_a_branch, state_in_both_branches, shared_by_branch_and_all, nested)
}


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("name", BRANCHES)
def test_state_in_a_branch_moves_on_where_it_is_taken(name: str, frames: int | None) -> None:
    held = hold(run_of(BRANCHES[name]), frames)

    assert held.difference is None
    assert held.in_blocks >= 39, held.reasons


def trap_in_a_branch(m: Maker, from_ms: float) -> None:
    broken = m.b.signal("map", src=m.const({"r": 1, "g": 0, "b": 0, "a": 1}), fn=SIN)
    m.write(s2=m.select(m.late(from_ms), broken, m.time))


@pytest.mark.parametrize("frames", LENGTHS)
def test_a_trap_in_a_branch_that_is_never_taken_is_none(frames: int | None) -> None:
    held = hold(run_of(lambda m: trap_in_a_branch(m, 1e6)), frames)

    assert (held.difference, held.error) == (None, "")
    assert held.in_blocks == 39


@pytest.mark.parametrize("frames", LENGTHS)
def test_a_trap_in_a_branch_ends_the_run_in_the_frame_that_takes_it(frames: int | None) -> None:
    held = hold(run_of(lambda m: trap_in_a_branch(m, 300)), frames)

    assert (held.difference, held.error) == (None, "IR417")
    assert held.frames == 19, "frame 19 is the first after 300 ms"
    assert held.in_blocks > 0 or frames == 64, "a block that holds it is thrown away whole"


# --- Warnings ---------------------------------------------------------------------------------


def warns_late(m: Maker) -> None:
    """Slot 9 is read in frames after 300 ms only, and nothing writes it."""
    m.b.slot(9)
    m.write(s2=m.select(m.late(300), m.b.signal("inputSlot", slot=9), m.time))


@pytest.mark.parametrize("frames", LENGTHS)
def test_a_warning_in_the_middle_of_a_block_is_told_in_its_frame(frames: int | None) -> None:
    held = hold(run_of(warns_late), frames)
    assert held.difference is None

    driver = Driver(run_of(warns_late))
    told = [len([f for f in v.findings if f.code == "IR450"]) for v in driver.frames()]
    assert told == [0] * 19 + [1] * 21
    assert 0 < driver.in_blocks < 40


@pytest.mark.parametrize("frames", LENGTHS)
def test_under_strict_the_warning_ends_the_run(frames: int | None) -> None:
    held = hold(run_of(warns_late, strict=True), frames)
    assert (held.difference, held.error, held.frames) == (None, "IR450", 19)


# --- The middle of a block --------------------------------------------------------------------


@pytest.mark.parametrize("asked", [[3], [9, 10, 11], list(range(2, 40, 5)), [39]], ids=str)
@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("make", [counter, nested, shared_by_branch_and_all])
def test_a_state_saved_in_the_middle_of_a_block_is_that_of_its_frame(
    make: Make, frames: int | None, asked: Sequence[int]
) -> None:
    """The run goes on as if nobody had asked; from the saved state it goes on the same."""
    run = run_of(make)
    driver = Driver(replace(run, engine="both"))
    if frames is not None:
        driver.fix_blocks(frames)
    saved = {f.index: driver.saved_state() for f in driver.frames() if f.index in asked}

    assert sorted(saved) == list(asked)
    for frame, state in saved.items():
        rest = replace(run, times=list(run.times)[frame + 1 :], resume=state)
        assert hold(rest, frames).difference is None
    assert driver.saved_state() == ended(replace(run, engine="frame"))


def ended(run: Run) -> bytes:
    driver = Driver(run)
    for _ in driver.frames():
        pass
    return driver.saved_state()


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("at", [1, 2, 9, 20, 39])
def test_a_program_swapped_in_begins_another_block(at: int, frames: int | None) -> None:
    other = run_of(two_that_cross).program
    held = hold(run_of(counter, swaps={at: other}), frames)

    assert held.difference is None
    assert held.in_blocks == 38, "each program's first frame is the interpreter's"


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("wanted", [[5], [1, 2, 3], [0, 39], list(range(0, 40, 2))], ids=str)
def test_frames_that_somebody_traces_are_run_step_by_step(
    wanted: list[int], frames: int | None
) -> None:
    def steps(engine: Any) -> list[Any]:
        recorder = TraceRecorder(wanted, details=True)
        driver = Driver(run_of(nested, engine=engine), [recorder])
        if frames is not None:
            driver.fix_blocks(frames)
        for view in driver.frames():
            assert driver.is_in_block <= (view.index not in wanted)
        looked_at[engine] = driver.looked_at, driver.in_blocks
        return [[(s.planned.step.id, s.details) for s in t.steps] for t in recorder.traces]

    looked_at: dict[str, tuple[int, int]] = {}
    assert steps("both") == steps("frame")
    assert looked_at["both"][0] == len(set(wanted) - {0})
    assert sum(looked_at["both"]) == 39


def test_an_observer_of_all_frames_leaves_none_for_blocks() -> None:
    driver = Driver(run_of(nested), [Observer()])
    for _ in driver.frames():
        assert not driver.is_in_block
    assert (driver.in_blocks, driver.looked_at) == (0, 39)


# --- Refusals ---------------------------------------------------------------------------------


class Refusal(NamedTuple):
    make: Make
    reason: str
    is_planned: bool = False
    """True if the program has blocks, and one of them is given up."""
    settings: Mapping[str, Any] = {}


def uses_state_twice(m: Maker) -> None:
    m.b.cell("one")
    for slot, op in (("s2", "integrate"), ("s3", "slew")):
        m.write(**{slot: m.b.signal("stateful", op=op, stateId="one", input=m.time)})


def deep(m: Maker) -> None:
    found = m.sum("acc", m.time)
    for i in range(70):
        found = m.select(m.late(i), found, m.const(i))
    m.write(s2=found)


def bus_of_colors_and_numbers(m: Maker) -> None:
    """A bus of signals in a branch that is taken late: it cannot combine its terms."""
    color = m.const({"r": 1, "g": 0, "b": 0, "a": 1})
    bus = m.b.signal("busCombine", busIndex=0, terms=[m.time, color], combine={"mode": "sum"})
    m.write(s2=m.select(m.late(300), bus, m.time))


def missing_in_a_branch(m: Maker) -> None:
    m.write(s2=m.select(m.late(300), 99, m.time))


def missing_state_in_a_branch(m: Maker) -> None:
    lost = m.b.signal("stateful", op="integrate", stateId="lost", input=m.time)
    m.write(s2=m.select(m.late(300), lost, m.time))


def missing_chain_in_a_branch(m: Maker) -> None:
    chained = m.b.signal("transform", src=m.time, chain=7)
    m.write(s2=m.select(m.late(300), chained, m.time))


def missing_slot_in_a_branch(m: Maker) -> None:
    m.write(s2=m.select(m.late(300), m.b.signal("inputSlot", slot=77), m.time))


def changes_its_kind(m: Maker) -> None:
    """A slot that is read before it is written holds a number first, and a vector later."""
    m.b.slot(9, "object")
    m.b.initial(9, 1)
    seen = m.b.signal("inputSlot", slot=9)
    m.write(s2=m.select(m.late(1e9), seen, m.time))
    m.write(s9=m.select(m.late(300), m.const({"x": 1, "y": 2}), m.time))


def reads_at_two_moments(m: Maker) -> None:
    """The same signal is asked for in a branch before its slot is written, and in one after."""
    seen = m.slot(9)
    m.write(s2=m.select(m.late(300), seen, m.time))
    m.write(s9=m.time)
    m.write(s3=m.select(m.late(200), seen, m.time))


def delays(m: Maker) -> None:
    m.b.cell("ring", size=4)
    params = {"delayFrames": 3}
    delay = m.b.signal("stateful", op="delayFrames", stateId="ring", input=m.time, params=params)
    m.write(s2=delay)


REFUSALS: dict[str, Refusal] = {
    "kind": Refusal(changes_its_kind, "slot 9 changes what it holds"),
    "moments": Refusal(reads_at_two_moments, "reads slot 9 at two moments", is_planned=True),
    "delay": Refusal(delays, "beside their rings", settings={"quirks": True}),
    "no state": Refusal(missing_state_in_a_branch, "lost", is_planned=True),
    "no chain": Refusal(missing_chain_in_a_branch, "7", is_planned=True),
    "no slot": Refusal(missing_slot_in_a_branch, "77", is_planned=True),
    "no signal": Refusal(missing_in_a_branch, "99", is_planned=True),
    "bus": Refusal(bus_of_colors_and_numbers, "a bus", is_planned=True),
    "deep": Refusal(deep, "nested"),
    "state": Refusal(uses_state_twice, "integrate and slew use the same state"),
    "late warning": Refusal(warns_late, "slot 9", is_planned=True),
    "trap": Refusal(
        lambda m: trap_in_a_branch(m, 300), "the operands of sin do not fit it", is_planned=True
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_not_for_blocks_says_why(name: str) -> None:
    refusal = REFUSALS[name]
    held = hold(run_of(refusal.make, **refusal.settings), 7)

    assert held.difference is None
    assert any(refusal.reason in why for why in (*held.reasons, *held.by_row)), held
    assert (held.in_blocks > 0) is refusal.is_planned


# --- Random programs --------------------------------------------------------------------------


KINDS: Final = (
    "timeDerive", "signalEval", "nodeEval", "busEval", "materialize", "materializeColor",
    "renderAssemble", "CameraEval", "MeshMaterialize", "Instances3DProjectTo2D", "debugProbe",
)  # fmt: skip
"""Kinds of steps that have a form for columns."""


def test_random_programs_meet_columns_circles_rows_and_refusals() -> None:
    """Between them they meet everything that a program can be in blocks; none is never met."""
    met: Counter[str] = Counter()
    for seed in range(240):
        held: Held = hold(random_run(seed), 7)
        assert held.difference is None, seed
        met["columns"] += bool(held.columns)
        met["circles"] += held.circles > 0
        met["rows"] += bool(held.by_row)
        met["refusals"] += bool(held.reasons)
        met["errors"] += bool(held.error)
        met["in blocks"] += held.in_blocks > 0
        met["not in blocks"] += not held.in_blocks
        met.update(f"columns of {kind}" for kind in held.columns)

    wanted = ("columns", "circles", "rows", "refusals", "errors", "in blocks", "not in blocks")
    assert [name for name in wanted if met[name] < 5] == [], met
    assert [kind for kind in KINDS if not met[f"columns of {kind}"]] == [], met


FALLBACKS: Final = (
    # of programs
    "use the same state", "beside their rings",
    # of blocks
    "is read and nothing has written it", "a renderer is given NaN or infinity", " fails: ",
    "takes a number, and is given something else", "the operands of ", "does not exist, or needs",
    "is taken as NaN", "reads slot ", "a select has no branch",
    # of steps
    "a stub stands in for it", "may change from frame to frame", "keeps something from frame to",
    "no form for columns", "is a placeholder of the reference", " has no state",
    "a bus of something else", "of something else than vectors", "it projects nothing",
    "the default camera stands in",
)  # fmt: skip
"""Parts of what is said where a block, a step or a program is not computed in columns."""


@pytest.mark.long
def test_every_way_to_fall_back_is_met_in_random_programs() -> None:
    said: set[str] = set()
    for seed in range(3_000):
        held = hold(random_run(seed), 7)
        assert held.difference is None, seed
        said.update(held.reasons, held.by_row)

    assert [part for part in FALLBACKS if not any(part in why for why in said)] == []

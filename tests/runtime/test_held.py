"""What a program holds is counted as it is, and limited in sum."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from program_builder import ProgramBuilder

from irrun.errors.running import TooMuchHeld
from irrun.evaluate.fields.elements import Elements
from irrun.evaluate.held import Held
from irrun.ir.render_frame import RenderFrame
from irrun.ir.values import Buffer, CameraEval, Instances, MeshBuffer
from irrun.limits import GIVEN, HELD_NUMBERS
from irrun.program.reading.codec import load
from irrun.runtime.clock import frame_time
from irrun.runtime.runtime import Runtime

PROGRAMS = sorted((Path(__file__).parents[2] / "programs").glob("*.json"))


def arrays_in(value: Any) -> list[Any]:
    """Return all arrays of a value, whatever it is."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, Buffer):
        return [value.data]
    if isinstance(value, CameraEval | Instances | MeshBuffer):
        members = [getattr(value, name) for name in value.__struct_fields__]
        return [member for member in members if isinstance(member, np.ndarray)]
    if isinstance(value, RenderFrame):
        return [] if value.buffers is None else list(value.buffers.values())
    return []


def counted_anew(runtime: Runtime) -> int:
    """Return how many numbers a runtime holds, each array once."""
    arrays = [array for value in runtime.values.objects for array in arrays_in(value)]
    for domain in runtime.evaluators.fields._domains._known.values():
        for value in domain.memo.values.values():
            arrays.append(value.data if isinstance(value, Elements | Buffer) else value[1].data)
    return sum({id(array): array.size for array in arrays}.values())


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_what_is_held_is_counted_once(path: Path) -> None:
    """After each frame, in all bundled programs, with real executors and with stubs."""
    for executors in ("auto", "stub"):
        runtime = Runtime(load(path), executors=executors)
        for i in range(3):
            runtime.run_frame(frame_time(i, 60.0))

            assert runtime.cache.held.numbers == counted_anew(runtime)


def materializations(count: int, elements: int) -> ProgramBuilder:
    """Return a program of so many buffers, each of so many elements that change."""
    b = ProgramBuilder("many-buffers")
    b.time(0, 1)
    time = b.signal("timeAbsMs")
    b.domain(2, elements)
    for i in range(count):
        field = b.field("broadcastSig", sig=time, domainSlot=2)
        plan = {
            "id": f"mat-{i}", "fieldExprId": str(field), "domainSlot": 2, "outBufferSlot": 10 + i,
            "format": {"components": 1, "elementType": "f32"}, "policy": "perFrame",
        }  # fmt: skip
        b.step("materialize", f"s-mat-{i}", materialization=plan)
    return b


def test_buffers_are_limited_in_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fits, all of them do not: the step that is too much is named, and what there is."""
    monkeypatch.setitem(GIVEN, HELD_NUMBERS.variable, "4500")
    Runtime(materializations(4, 1000).program()).run_frame(0.0)

    with pytest.raises(TooMuchHeld) as caught:
        Runtime(materializations(5, 1000).program()).run_frame(0.0)

    assert caught.value.facts["limit"] == 4500
    assert 5000 <= caught.value.facts["total"] < 5100
    assert caught.value.where.step == "s-mat-4"
    assert caught.value.exit_code == 4


def test_the_frame_before_counts_until_it_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The buffers of two frames are never all there at once: one is made, one is let go."""
    monkeypatch.setitem(GIVEN, HELD_NUMBERS.variable, "5500")
    runtime = Runtime(materializations(4, 1000).program())

    for i in range(4):
        runtime.run_frame(frame_time(i, 60.0))
        assert 4000 <= runtime.cache.held.numbers < 4100


def test_a_frame_that_was_refused_leaves_nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one meets the same sum, and not a higher one."""
    monkeypatch.setitem(GIVEN, HELD_NUMBERS.variable, "4500")
    runtime = Runtime(materializations(5, 1000).program())
    totals = []
    for i in range(3):
        with pytest.raises(TooMuchHeld) as caught:
            runtime.run_frame(frame_time(i, 60.0))
        totals.append(caught.value.facts["total"])
        assert runtime.cache.held.numbers == counted_anew(runtime)

    assert totals[1] == totals[2]


def test_domains_that_are_out_of_use_are_let_go() -> None:
    """A domain of another size in each frame holds no more than those that are remembered."""
    b = ProgramBuilder("sizes")
    b.time(0, 1)
    b.step("signalEval", "s-size", outputs=[{"sigId": b.signal("timeAbsMs"), "slot": 2}])
    index = b.field(
        "map", src=b.field("const", constId=b.const(3)), fn={"kind": "opcode", "opcode": 110}
    )
    plan = {
        "id": "mat", "fieldExprId": str(index), "domainSlot": 2, "outBufferSlot": 3,
        "format": {"components": 1, "elementType": "f32"}, "policy": "perFrame",
    }  # fmt: skip
    b.step("materialize", "s-mat", materialization=plan)
    runtime = Runtime(b.program())
    for size in range(1, 200):
        runtime.run_frame(float(size))

        assert runtime.cache.held.numbers == counted_anew(runtime)
    assert len(runtime.evaluators.fields._domains._known) < 100


def test_arrays_are_counted_by_identity() -> None:
    """One held twice counts once, until nobody holds it."""
    held, one, two = Held(), np.zeros(3), np.zeros(3)
    held.hold_all([one, two])
    held.hold(one)

    assert held.numbers == 6
    held.release(one)
    assert held.numbers == 6
    held.release(one)
    held.release(two)
    assert held.numbers == 0


def test_what_is_refused_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a part of it."""
    monkeypatch.setitem(GIVEN, HELD_NUMBERS.variable, "5")
    held = Held()

    with pytest.raises(TooMuchHeld):
        held.hold_all([np.zeros(3), np.zeros(3)])

    assert held.numbers == 0
    held.hold(np.zeros(5))

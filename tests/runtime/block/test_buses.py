"""A bus in blocks gives what it gives frame by frame, down to the sign of zero."""

import pytest
from cli.samples import clock
from program_builder import opcode
from support.engines import hold

from irrun.runtime.run import Run
from irrun.runtime.times import frame_times

MUL = 102


@pytest.mark.parametrize("publishers", [1, 2, 3])
@pytest.mark.parametrize("mode", ["sum", "average", "min", "max", "product", "last", "layer"])
def test_publishers_of_minus_zero_are_combined_alike(mode: str, publishers: int) -> None:
    """0 + -0 is 0: a sum of one term is a sum, unlike a signal's bus of one term."""
    b = clock()
    time = b.signal("timeAbsMs")
    minus = b.signal("zip", a=time, b=b.signal_const(-0.0), fn=opcode(MUL))
    rows = []
    for k in range(publishers):
        b.slot(10 + k)
        b.step("signalEval", f"s-{k}", outputs=[{"sigId": minus, "slot": 10 + k}])
        rows.append({"publisherId": f"p{k}", "enabled": True, "sortKey": k, "srcSlot": 10 + k})
    b.slot(20)
    bus = b.bus("values", mode)
    b.step(
        "busEval", "s-bus", busIndex=bus, outSlot=20, publishers=rows, combine={"mode": mode},
        silent={"kind": "zero"}, busType={"world": "signal", "domain": "number"},
    )  # fmt: skip

    held = hold(Run(program=b.program(), times=frame_times(6)), 4)

    assert held.difference is None
    assert held.in_blocks > 0
    assert not held.by_row

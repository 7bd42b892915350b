"""Large programs: no recursion, and no time that grows faster than the program."""

from compare.diff.programs import both_run, program
from program_builder import ProgramBuilder, opcode

from irrun.compare.diff.data.structure import compare_programs
from irrun.program.program import Program


def chain(length: int, bottom: float) -> Program:
    """A chain of unary signals over a constant."""
    b = ProgramBuilder("chain")
    b.slots(0, 1, 2)
    b.time(0, 1)
    signal = b.signal_const(bottom)
    for _ in range(length):
        signal = b.signal("map", src=signal, fn=opcode(120))
    b.step("signalEval", "s-sig", outputs=[{"sigId": signal, "slot": 2}])
    b.output(2, "out", "debug")
    return program(b.doc)


def test_a_deep_chain() -> None:
    """The difference is at the very bottom, and is found there."""
    (change,) = compare_programs(chain(5_000, 1), chain(5_000, 2)).changes

    assert (change.item, change.before, change.after) == ("constant 0 of signal 0", 1, 2)
    assert change.reached_by == ("s-sig.outputs[0]",)


def test_the_cause_in_a_deep_chain() -> None:
    """Also the way from the output to the bottom is no recursion."""
    found = both_run(chain(2_500, 1), chain(2_500, 2), [0, 10])

    assert found.cause is not None
    assert found.cause.reasons == ("constant 0 of signal 0 of s-sig.outputs[0] was 1, is 2",)


def grid(rows: int, number: float) -> Program:
    """Rows of two signals that both use both of the row before: 2^rows ways through them."""
    b = ProgramBuilder("grid")
    b.slots(0, 1, 2)
    b.time(0, 1)
    a, c = b.signal_const(number), b.signal_const(1)
    for _ in range(rows):
        a, c = (b.signal("zip", a=a, b=c, fn=opcode(code)) for code in (130, 131))
    b.step("signalEval", "s-sig", outputs=[{"sigId": a, "slot": 2}])
    return program(b.doc)


def test_many_ways_to_one_expression() -> None:
    """Each pair of expressions is compared once."""
    (change,) = compare_programs(grid(500, 1), grid(500, 2)).changes

    assert change.item == "constant 0 of signal 0"


def outputs(count: int, number: float) -> Program:
    """Many outputs that share one long chain."""
    b = ProgramBuilder("outputs")
    b.slots(0, 1)
    b.time(0, 1)
    signal = b.signal_const(number)
    for _ in range(count):
        signal = b.signal("map", src=signal, fn=opcode(120))
    rows = [{"sigId": i, "slot": 2 + i} for i in range(count)]
    b.step("signalEval", "s-sig", outputs=rows)
    return program(b.doc)


def test_many_outputs_over_one_chain() -> None:
    """The way back from one output does not walk those of all others."""
    found = both_run(outputs(200, 1), outputs(200, 2), [0, 10])

    assert found.cause is not None
    assert found.cause.origin is not None
    assert found.cause.origin.value.name == "s-sig.outputs[0].slot"
    assert found.runs is not None
    assert len(found.runs.divergences) == 200

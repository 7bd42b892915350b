"""From a recorded output that differs back to the earliest recorded value that does."""

from program_builder import ProgramBuilder, opcode

from irrun.compare.lineage.behind import Behind, behind
from irrun.compare.output.compare import compare_goldens
from irrun.compare.output.document import GoldenRun
from irrun.compare.output.record import RecordPlan, record_golden

ADD, MUL = 100, 102


def chain(factor: float = 1.0, start: float = 0.0) -> ProgramBuilder:
    """Time goes through slot 2 and a memory into slot 3, and from there into the output."""
    b = ProgramBuilder("chain")
    b.slots(0, 1, 2, 3, 4)
    b.cell("acc", nodeId="n", role="acc", initialConstId=b.const(start, "f64"))
    t = b.signal("timeModelMs", domain="timeMs")
    scaled = b.signal("zip", a=t, b=b.signal_const(factor), fn=opcode(MUL))
    total = b.signal("stateful", op="integrate", input=b.signal("inputSlot", slot=2), stateId="acc")
    last = b.signal("zip", a=b.signal("inputSlot", slot=3), b=scaled, fn=opcode(ADD))
    b.time(0, 1)
    b.step("signalEval", "s-scaled", outputs=[{"sigId": scaled, "slot": 2}])
    b.step("signalEval", "s-total", outputs=[{"sigId": total, "slot": 3}])
    b.step("signalEval", "s-last", outputs=[{"sigId": last, "slot": 4}])
    b.output(4, "last", "debug")
    return b


def found(before: ProgramBuilder, after: ProgramBuilder, *watch: str) -> Behind | None:
    """Record one program, run the other, and follow what differs back."""
    plan = RecordPlan(GoldenRun(frames=5), watch=watch)
    golden, program = record_golden(before.program(), plan), after.program()
    got = record_golden(program, plan)
    return behind(program, compare_goldens(golden, got).values, got.header.values)


def test_nothing_is_behind_what_is_the_same() -> None:
    assert found(chain(), chain(), "all") is None


def test_the_earliest_value_and_the_way_to_the_output() -> None:
    """Of all values that differ in one frame it is the one that the others are made of."""
    got = found(chain(), chain(factor=2), "all")

    assert got is not None
    assert got.origin.name == "slot 2"
    assert got.symptom.name == "output last"
    assert got.way[0] == "slot 2"
    assert got.way[-1] == "output last"


def test_a_memory_that_starts_otherwise_is_behind_what_it_goes_into() -> None:
    got = found(chain(), chain(start=0.5), "all")

    assert got is not None
    assert got.origin.name == "state n:acc"
    assert got.way == ("state n:acc", "slot 3", "output last")


def test_values_that_were_not_recorded_are_passed_over() -> None:
    """Slot 3 lies between the memory and the output, and nobody recorded it."""
    got = found(chain(), chain(start=0.5), "outputs", "state")

    assert got is not None
    assert got.way == ("state n:acc", "output last")


def test_without_an_output_that_differs_the_first_value_is_the_symptom() -> None:
    got = found(chain(), chain(factor=2), "2")

    assert got is not None
    assert got.symptom is got.origin
    assert got.way == ("slot 2",)


def handles(factor: float) -> ProgramBuilder:
    """A field of slot 2 goes as a handle in slot 3 into the four channels of a colour step."""
    b = ProgramBuilder("handles")
    b.slots(0, 1, 2, 4)
    b.slots(3, 5, 6, 7, 8, storage="object")
    t = b.signal("timeModelMs", domain="timeMs")
    scaled = b.signal("zip", a=t, b=b.signal_const(factor), fn=opcode(MUL))
    grey = b.field("broadcastSig", sig=b.signal("inputSlot", slot=2), domainSlot=4)
    b.initial(3, {"kind": "fieldExpr", "exprId": str(grey)})
    b.initial(4, 2)
    b.time(0, 1)
    b.step("signalEval", "s-scaled", outputs=[{"sigId": scaled, "slot": 2}])
    b.step("materializeColor", "s-color", domainSlot=4, colorExprSlot=3, outRSlot=5, outGSlot=6,
           outBSlot=7, outASlot=8)  # fmt: skip
    b.output(5, "red", "debug")
    return b


def test_what_a_handle_is_made_of_is_behind_what_takes_it() -> None:
    """The handle itself is the same; the signals of its field are not."""
    got = found(handles(1), handles(2), "all")

    assert got is not None
    assert (got.origin.name, got.symptom.name) == ("slot 2", "output red")
    assert got.way == ("slot 2", "output red")


def two_of_one_key(start: float) -> ProgramBuilder:
    """Two memories of one key: the second one's, with a start of its own, is the output."""
    b = ProgramBuilder("two")
    b.slots(0, 1, 2)
    one = b.signal_const(1)
    for key in ("a", "b"):
        at = b.const(start if key == "b" else 0, "f64")
        b.cell(key, nodeId="n", role="acc", initialConstId=at)
    totals = [b.signal("stateful", op="integrate", input=one, stateId=key) for key in ("a", "b")]
    b.time(0, 1)
    b.step("signalEval", "s", outputs=[{"sigId": totals[1], "slot": 2}])
    b.output(2, "last", "debug")
    return b


def test_cells_of_one_key_are_told_apart() -> None:
    """What is recorded under a numbered name is the cell that it is of."""
    got = found(two_of_one_key(0), two_of_one_key(0.5), "all")

    assert got is not None
    assert got.origin.name == "state n:acc (2)"
    assert got.way == ("state n:acc (2)", "output last")

"""Checking takes time in proportion to the program."""

from program_builder import ProgramBuilder, cyclic, opcode
from support import work

from irrun.program.checks.engine import check
from irrun.program.program import Program


def shared(nodes: int, steps: int) -> Program:
    """Return a program whose steps all evaluate most of one deep graph that reads two slots."""
    b = ProgramBuilder("shared", cyclic(2000))
    b.time(0, 1, phase01=2, wrapEvent=3)
    ids = [b.signal("inputSlot", slot=0), b.signal("inputSlot", slot=1)]
    while len(ids) < nodes:
        ids.append(b.signal("zip", a=ids[-1], b=ids[-2], fn=opcode(100)))
    for k in range(steps):
        b.step("signalEval", f"s-{k}", outputs=[{"sigId": ids[-1 - k], "slot": 4 + k}])
    return b.program()


def test_a_graph_that_all_steps_share_is_walked_once() -> None:
    """Ten times the nodes and the steps are ten times the work; walked for each step, a hundred."""
    few, many = shared(200, 40), shared(2_000, 400)

    assert work.lines(lambda: check(many)) < 12 * work.lines(lambda: check(few))
    assert {problem.code for problem in check(many)} <= {"IR356", "IR357"}


def test_a_deep_program_needs_no_stack() -> None:
    """A chain of 5,000 fields and signals is checked without recursion."""
    b = ProgramBuilder("deep", cyclic(2000))
    b.time(0, 1, phase01=2, wrapEvent=3)
    b.signal("timeModelMs", domain="timeMs")
    b.field("broadcastSig", sig=0, domainSlot=9)
    for i in range(5_000):
        b.signal("map", src=i, fn=opcode(120))
        b.field("map", src=i, fn=opcode(120))
    b.domain(9, 3)
    b.step("signalEval", "s-deep", outputs=[{"sigId": 5_000, "slot": 4}])
    plan = {"id": "m", "fieldExprId": "5000", "domainSlot": 9, "outBufferSlot": 5,
            "format": {"components": 1, "elementType": "f32"}, "policy": "perFrame"}  # fmt: skip
    b.step("materialize", "s-mat", materialization=plan)
    b.output(4, "value", "debug")
    b.output(5, "buffer", "debug")

    assert [p.code for p in check(b.program())] == ["IR357"]

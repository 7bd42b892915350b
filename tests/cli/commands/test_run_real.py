"""`irrun run` on programs that compute: full trace, explain, swap, saved state, quirks, strict."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from cli.samples import BUNDLED, Irrun, bundled, save
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite, opcode, type_desc

from irrun.runtime.runtime import Runtime


def frames(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the frame records of a run."""
    return [record for record in records if record["record"] == "frame"]


def frame_lines(text: str) -> list[str]:
    """Return the lines of the frame records, as they are."""
    return [line for line in text.splitlines() if line.startswith('{"record":"frame"')]


def sampler(patch_id: str = "sampler", model: Document = INFINITE) -> ProgramBuilder:
    """A program with state, a bus with a chain and a node; its output `total` is slot 4.

    Slot 2 counts seconds, slot 3 is the bus of slot 2 (doubled) and slot 9 (5), slot 4 is
    slot 3 - slot 9.
    """
    b = ProgramBuilder(patch_id, model)
    b.slots(0, 1, 2, 3, 4)
    double = {"kind": "scaleBias", "scale": 2, "bias": 0}
    chain = {"steps": [double], "fromType": type_desc(), "toType": type_desc(), "cost": "cheap"}
    b.doc["transforms"] = {"chains": [chain]}
    b.time(0, 1)
    b.initial(9, 5)
    b.cell("seconds", nodeId="counter", role="sum")
    one = b.signal_const(1)
    count = b.signal("stateful", op="integrate", stateId="seconds", input=one)
    b.step("signalEval", "s-count", outputs=[{"sigId": count, "slot": 2}])
    publishers = [
        {"publisherId": "fast", "enabled": True, "sortKey": 0, "srcSlot": 2,
         "transform": {"chainId": 0}},
        {"publisherId": "base", "enabled": True, "sortKey": 1, "srcSlot": 9},
    ]  # fmt: skip
    b.step("busEval", "s-bus", busIndex=b.bus("the-bus", "sum"), outSlot=3, publishers=publishers,
           combine={"mode": "sum"}, silent={"kind": "zero"}, busType=type_desc())  # fmt: skip
    minus = b.node("minus", 101, 2)
    b.step("nodeEval", "s-node", nodeIndex=minus, inputSlots=[3, 9], outputSlots=[4],
           phase="postBus")  # fmt: skip
    b.output(4, "total", "debug")
    return b


SECONDS: Final = ("--fps", "1")
"""One frame a second: slot 2 of the sampler is then the number of frames."""


# --- Real execution -------------------------------------------------------------------------


def test_values_are_computed(irrun: Irrun) -> None:
    """A program of signals, a bus and a node needs no stub, and has its values."""
    got = irrun("run", save(sampler()), "-n", "3", *SECONDS, "--format", "jsonl",
                "--executors", "real")  # fmt: skip

    assert got.code == 0
    assert got.records[0]["stubs"] == []
    values = [{slot: frame["values"][slot] for slot in "234"} for frame in frames(got.records)]
    assert values == [{"2": n, "3": 2 * n + 5, "4": 2 * n} for n in (1, 2, 3)]


def test_two_runs_are_the_same_bytes(irrun: Irrun) -> None:
    """Nothing in machine output depends on anything but the program and the options."""
    name = save(sampler())
    arguments = ("run", name, "-n", "5", "--format", "jsonl", "--trace", "full", "--dump", "all")

    assert irrun(*arguments).out == irrun(*arguments).out


# --- Full trace -----------------------------------------------------------------------------


def details(frame: dict[str, Any], step: str) -> list[dict[str, Any]]:
    """Return the details of one step of a frame record."""
    (found,) = [row for row in frame["steps"] if row["step"] == step]
    return list(found.get("details", []))


def test_full_trace_has_every_expression(irrun: Irrun) -> None:
    """Each evaluated signal with its value, operands first, and state before and after."""
    got = irrun("run", save(sampler()), "-n", "3", *SECONDS, "--format", "jsonl", "--trace", "full")

    constant, counter = details(frames(got.records)[-1], "s-count")
    assert (constant["value"], counter["value"]) == (1, 3)
    assert "signal 0" in constant["what"]
    assert all(fact in counter["what"] for fact in ("signal 1", "integrate"))
    assert "note" not in constant
    before, after = (float(part.split()[-1]) for part in counter["note"].split("->"))
    assert (before, after) == (2.0, 3.0)


def test_full_trace_has_every_term(irrun: Irrun) -> None:
    """Each publisher with what it contributes, after its chain."""
    got = irrun("run", save(sampler()), "-n", "3", *SECONDS, "--format", "jsonl", "--trace", "full")

    terms = details(frames(got.records)[-1], "s-bus")
    assert [term["value"] for term in terms] == [6, 5]
    assert ["fast" in terms[0]["what"], "base" in terms[1]["what"]] == [True, True]


def test_only_the_full_trace_has_details_and_only_in_traced_frames(irrun: Irrun) -> None:
    """`--trace steps` has none; `--trace full` has them where steps are shown."""
    name = save(sampler())
    steps = irrun("run", name, "-n", "3", "--format", "jsonl")
    full = irrun("run", name, "-n", "3", "--format", "jsonl", "--trace", "full",
                 "--trace-frames", "1")  # fmt: skip

    assert all(not details(f, "s-count") for f in frames(steps.records) if "steps" in f)
    assert [bool(frame.get("steps")) for frame in frames(full.records)] == [False, True, False]
    assert len(details(frames(full.records)[1], "s-count")) == 2


def test_the_trace_does_not_change_the_values(irrun: Irrun) -> None:
    """With and without details, and without a trace, the run is the same."""
    name = save(sampler())
    runs = [
        irrun("run", name, "-n", "6", "--format", "jsonl", "--trace", trace, "--trace-frames",
              "0-5")
        for trace in ("none", "steps", "full")
    ]  # fmt: skip

    values = [[frame["values"] for frame in frames(run.records)] for run in runs]
    assert values[0] == values[1] == values[2]
    assert len({json.dumps(run.records[-1]) for run in runs}) == 1


def test_full_trace_as_tables(irrun: Irrun) -> None:
    """A table for each step that has something to tell."""
    got = irrun("run", save(sampler()), "-n", "1", "--trace", "full")

    assert got.code == 0
    assert [title in got.out for title in ("within s-count", "within s-bus")] == [True, True]
    assert "within s-node" not in got.out
    for fact in ("integrate", "fast", "base", "memory"):
        assert fact in got.out


def test_full_trace_of_a_step_that_fails(irrun: Irrun) -> None:
    """What was evaluated before the failure is shown."""
    b = sampler()
    bad = b.signal("closureBridge", closureId="never", inputSlots=[])
    b.slot(7)
    b.doc["schedule"]["steps"][1]["outputs"].append({"sigId": bad, "slot": 7})
    got = irrun("run", save(b), "-n", "3", "--trace", "full", "--no-check")

    assert got.code == 4
    assert "IR414" in got.err
    assert "within s-count" in got.out
    assert "integrate" in got.out


# --- Explain --------------------------------------------------------------------------------


def test_explanation_as_a_tree(irrun: Irrun) -> None:
    """The slot comes first, each value above what it was made of, exact numbers throughout."""
    got = irrun("run", save(sampler()), *SECONDS, "--explain", "4@2")
    title, *lines = got.out.splitlines()

    assert got.code == 0
    assert all(fact in title for fact in ("slot 4", "frame 2", "2000"))
    assert lines[0].startswith("6 ")
    order = ["s-node", "opcode 101", "s-bus", "fast", "s-count", "integrate", "const", "base"]
    places = [next(i for i, line in enumerate(lines) if fact in line) for fact in order]
    assert places == sorted(places)
    assert any("initial value" in line for line in lines)
    assert any("2 -> 3" in line for line in lines)
    assert any("see above" in line for line in lines)


def test_explanation_as_json(irrun: Irrun) -> None:
    """The nodes of the tree, depth first, each with its depth; the first is the slot."""
    got = irrun("run", save(sampler()), *SECONDS, "--explain", "4@2", "--format", "json")
    document = got.document

    assert (document["format"], document["version"]) == ("irrun-explanation", 1)
    assert (document["slot"], document["frame"], document["tMs"]) == (4, 2, 2000)
    assert document["program"]["patchId"] == "sampler"
    depths = [found["depth"] for found in document["nodes"]]
    assert depths[0] == 0
    assert all(b <= a + 1 and b > 0 for a, b in pairwise(depths))
    assert document["nodes"][0]["value"] == 6
    assert {found["value"] for found in document["nodes"]} == {6, 11, 3, 1, 5}
    assert document["findings"] == []


def test_the_explained_value_is_that_of_the_run(irrun: Irrun) -> None:
    """For every slot and frame, the explanation begins with what the run has there."""
    name = save(sampler())
    run = frames(irrun("run", name, "-n", "3", "--format", "jsonl").records)

    for index, frame in enumerate(run):
        for slot, value in frame["values"].items():
            got = irrun("run", name, "--explain", f"{slot}@{index}", "--format", "json")
            assert got.document["nodes"][0]["value"] == value


def test_an_output_may_be_explained_by_its_id(irrun: Irrun) -> None:
    """The output's slot is explained."""
    got = irrun("run", save(sampler()), "--explain", "total@0", "--format", "json")

    assert got.document["slot"] == 4


def test_explanation_at_given_times(irrun: Irrun) -> None:
    """`--times` and `--start` count for the frames before, too."""
    name = save(sampler())
    timed = irrun("run", name, "--fps", "1", "--times", "0,500,4500", "--explain", "2@2",
                  "--format", "json")  # fmt: skip
    started = irrun("run", name, "--start", "250", "--explain", "0@0", "--format", "json")

    assert timed.document["nodes"][0]["value"] == 5.5
    assert started.document["nodes"][0]["value"] == 250


def test_explanation_of_a_stub(irrun: Irrun) -> None:
    """A placeholder is named as one."""
    got = irrun("run", save(sampler()), "--executors", "stub", "--explain", "4@0",
                "--format", "json")  # fmt: skip
    (only,) = got.document["nodes"]

    assert "stub" in only["note"]


def test_explanation_of_a_deep_chain(irrun: Irrun) -> None:
    """A chain of 5000 operations is explained as far as is useful, as a tree and as JSON."""
    b = ProgramBuilder("deep")
    b.slot(2)
    top = one = b.signal_const(1)
    for _ in range(5000):
        top = b.signal("zip", a=top, b=one, fn=opcode(100))
    b.step("signalEval", "s", outputs=[{"sigId": top, "slot": 2}])
    name = save(b)
    tree, document = (
        irrun("run", name, "--explain", "2@0", "--format", form) for form in ("table", "json")
    )

    assert (tree.code, document.code) == (0, 0)
    assert "not followed" in tree.out
    assert document.document["nodes"][0]["value"] == 5001


def test_explanation_of_a_run_that_fails(irrun: Irrun) -> None:
    """A frame that fails cannot be explained: the problem is shown, exit code 4."""
    b = sampler()
    bad = b.signal("closureBridge", closureId="never", inputSlots=[])
    b.slot(7)
    b.step("signalEval", "s-bad", outputs=[{"sigId": bad, "slot": 7}])

    got = irrun("run", save(b), "--explain", "2@0", "--no-check")

    assert got.code == 4
    assert "IR414" in got.err
    assert "s-bad" in got.err


def test_explanation_shows_warnings(irrun: Irrun) -> None:
    """What is odd about the run is said on the side."""
    b = sampler()
    b.slot(7)
    b.slot(8)
    reader = b.signal("inputSlot", slot=7)
    b.step("signalEval", "s-read", outputs=[{"sigId": reader, "slot": 8}])
    got = irrun("run", save(b), "--explain", "8@0")

    assert "IR450" in got.err
    assert "never written" in got.out


WRONG_EXPLAIN = [
    pytest.param(("--explain", "4"), id="no frame"),
    pytest.param(("--explain", "@3"), id="no slot"),
    pytest.param(("--explain", "4@"), id="empty frame"),
    pytest.param(("--explain", "4@-1"), id="negative frame"),
    pytest.param(("--explain", "4@x"), id="no number"),
    pytest.param(("--explain", "99@0"), id="no such slot"),
    pytest.param(("--explain", "nothing@0"), id="no such output"),
    pytest.param(("--explain", "4@2", "--times", "0,1"), id="frame beyond the times"),
    pytest.param(("--explain", "4@0", "--swap", "0=program.json"), id="with swap"),
    pytest.param(("--explain", "4@0", "--save-state", "state"), id="with save-state"),
    pytest.param(("--explain", "4@0", "--resume", "state"), id="with resume"),
    pytest.param(("--explain", "4@0", "--watch", "4"), id="with watch"),
    pytest.param(("--explain", "4@0", "--dump", "all"), id="with dump"),
    pytest.param(("--explain", "4@0", "-o", "run.jsonl"), id="with output"),
]


@pytest.mark.parametrize("arguments", WRONG_EXPLAIN)
def test_wrong_use_of_explain(irrun: Irrun, arguments: Sequence[str]) -> None:
    """Wrong usage is exit code 2, says which option, and prints nothing on stdout."""
    got = irrun("run", save(sampler()), *arguments)

    assert got.code == 2
    assert "--explain" in got.err
    assert got.out == ""


# --- Swap -----------------------------------------------------------------------------------


def next_program(name: str = "next.json") -> str:
    """Save a sampler that has one more cell and one more slot than the first."""
    b = sampler("next")
    b.slot(5)
    b.cell("extra", nodeId="extra", role="r")
    b.step("signalEval", "s-extra", outputs=[{"sigId": 0, "slot": 5}])
    return save(b, name)


def test_swap_carries_state_over(irrun: Irrun) -> None:
    """Frames, times and state go on; slots are those of the new program from that frame on."""
    got = irrun("run", save(sampler()), "-n", "4", *SECONDS, "--swap", f"2={next_program()}",
                "--format", "jsonl")  # fmt: skip
    found = frames(got.records)

    assert got.code == 0
    assert [frame["frame"] for frame in found] == [0, 1, 2, 3]
    assert [frame["tMs"] for frame in found] == [0, 1000, 2000, 3000]
    assert [frame["values"]["2"] for frame in found] == [1, 2, 3, 4]
    assert ["5" in frame["values"] for frame in found] == [False, False, True, True]


def test_swap_in_machine_output(irrun: Irrun) -> None:
    """The first frame after a swap says what became of the cells; the others say nothing."""
    got = irrun("run", save(sampler()), "-n", "4", "--swap", f"2={next_program()}", "--format",
                "jsonl")  # fmt: skip
    found = frames(got.records)

    assert ["swap" in frame for frame in found] == [False, False, True, False]
    swap = found[2]["swap"]
    assert (swap["program"], swap["wrapMemoryKept"]) == ("next", True)
    assert [(cell["key"], cell["storage"], cell["outcome"]) for cell in swap["cells"]] == [
        ("counter:sum", "f64", "kept"),
        ("extra:r", "f64", "reset"),
    ]
    assert "why" not in swap["cells"][0]
    assert swap["cells"][1]["why"]


def test_swap_as_a_table(irrun: Irrun) -> None:
    """A table for each swap names frame, program, and each cell with its outcome."""
    got = irrun("run", save(sampler()), "-n", "4", "--swap", f"3={next_program()}", "--trace",
                "none")  # fmt: skip

    assert got.code == 0
    title = next(line for line in got.out.splitlines() if "hot swap" in line)
    assert all(fact in title for fact in ("frame 3", "next"))
    for fact in ("counter:sum", "kept", "extra:r", "reset", "1 kept, 1 reset, 0 dropped"):
        assert fact in got.out


def test_swaps_may_be_repeated(irrun: Irrun) -> None:
    """Each takes place before its frame, in the order of frames, whatever the order given."""
    first, second = save(sampler()), next_program()
    got = irrun("run", first, "-n", "5", *SECONDS, "--swap", f"3={first}", "--swap",
                f"1={second}", "--format", "jsonl")  # fmt: skip
    found = frames(got.records)

    assert [frame.get("swap", {}).get("program") for frame in found] == [
        None,
        "next",
        None,
        "sampler",
        None,
    ]
    assert [frame["values"]["2"] for frame in found] == [1, 2, 3, 4, 5]
    assert found[3]["swap"]["cells"][-1]["outcome"] == "dropped"


def test_cells_of_one_key_are_shown_with_their_storage(irrun: Irrun) -> None:
    """A ring and its write index may share node and role; a swap to the same program keeps both."""
    b = ProgramBuilder("ring")
    b.slots(0, 1, 2)
    b.cell("ring", size=4, nodeId="n", role="delay")
    b.cell("at", "i32", nodeId="n", role="delay")
    t = b.signal("timeAbsMs", domain="timeMs")
    late = b.signal(
        "stateful", op="delayFrames", input=t, stateId="ring", params={"delayFrames": 3}
    )
    b.time(0, 1)
    b.step("signalEval", "s", outputs=[{"sigId": late, "slot": 2}])
    path = save(b)

    got = irrun("run", path, "-n", "8", "--fps", "100", "--swap", f"4={path}", "--format", "jsonl")

    assert [frame["values"]["2"] for frame in frames(got.records)] == [0, 0, 0, 0, 10, 20, 30, 40]
    table = irrun("run", path, "-n", "8", "--swap", f"4={path}").out
    assert all(cell in table for cell in ("n:delay (f64)", "n:delay (i32)", "2 kept"))


def test_swap_before_the_first_frame(irrun: Irrun) -> None:
    """Frame 0 may be the new program's already."""
    got = irrun("run", save(sampler()), "-n", "2", "--swap", f"0={next_program()}", "--format",
                "jsonl")  # fmt: skip

    assert "swap" in frames(got.records)[0]
    assert "5" in frames(got.records)[0]["values"]


def test_swap_to_another_time_model_clears_the_wrap_memory(irrun: Irrun) -> None:
    """The report and the table say so."""
    name, other = save(sampler()), save(sampler("other", cyclic(1000)), "other.json")
    machine = irrun("run", name, "-n", "2", "--swap", f"1={other}", "--format", "jsonl")
    table = irrun("run", name, "-n", "2", "--swap", f"1={other}", "--trace", "none")

    assert frames(machine.records)[1]["swap"]["wrapMemoryKept"] is False
    assert "wrap memory" in table.out


def test_swap_to_a_program_that_cannot_run(irrun: Irrun) -> None:
    """The run ends there with the program's problem; what ran before is kept."""
    b = ProgramBuilder("overlapping")
    b.slot(0, offset=0)
    b.slot(1, offset=0)
    b.time(0, 1)
    got = irrun("run", save(sampler()), "-n", "4", "--swap", f"2={save(b, 'bad.json')}",
                "--format", "jsonl", "--no-check")  # fmt: skip

    assert got.code == 3
    assert "IR212" in got.err
    assert len(frames(got.records)) == 2
    end = got.records[-1]
    assert (end["completedFrames"], end["error"]["code"]) == (2, "IR212")
    assert "bad.json" in end["error"]["where"]["file"]


def test_a_program_to_swap_to_is_checked_before_the_first_frame(irrun: Irrun) -> None:
    """Without --no-check the run does not even start."""
    b = ProgramBuilder("overlapping")
    b.slot(0, offset=0)
    b.slot(1, offset=0)
    b.time(0, 1)
    got = irrun("run", save(sampler()), "-n", "4", "--swap", f"2={save(b, 'bad.json')}")

    assert (got.code, got.out) == (3, "")
    assert "IR212" in got.err
    assert "bad.json" in got.err


def test_swap_to_a_file_that_does_not_exist(irrun: Irrun) -> None:
    """It is found out before the first frame: exit code 3, and no output."""
    got = irrun("run", save(sampler()), "--swap", "2=nowhere.json")

    assert got.code == 3
    assert "IR100" in got.err
    assert "nowhere.json" in got.err
    assert got.out == ""


WRONG_SWAP = [
    pytest.param(("--swap", "program.json"), id="no frame"),
    pytest.param(("--swap", "2="), id="no program"),
    pytest.param(("--swap", "=program.json"), id="empty frame"),
    pytest.param(("--swap", "-1=program.json"), id="negative frame"),
    pytest.param(("--swap", "x=program.json"), id="no number"),
    pytest.param(("--swap", "4=program.json"), id="frame beyond the run"),
    pytest.param(("--swap", "2=program.json", "--swap", "2=program.json"), id="one frame twice"),
]


@pytest.mark.parametrize("arguments", WRONG_SWAP)
def test_wrong_use_of_swap(irrun: Irrun, arguments: Sequence[str]) -> None:
    """Wrong usage is exit code 2, says which option, and prints nothing on stdout."""
    got = irrun("run", save(sampler()), "-n", "4", *arguments)

    assert got.code == 2
    assert "--swap" in got.err
    assert got.out == ""


# --- Saved state ----------------------------------------------------------------------------


def delayed() -> ProgramBuilder:
    """A program whose state is partly kept beside the cells: a ring without an index cell."""
    b = ProgramBuilder("delayed", cyclic(100))
    b.slots(0, 1, 2, 3, 4)
    b.time(0, 1, phase01=2, wrapEvent=3)
    b.cell("ring", size=4)
    b.cell("held")
    now = b.signal("timeAbsMs")
    late = b.signal("stateful", op="delayFrames", stateId="ring", input=now,
                    params={"delayFrames": 3})  # fmt: skip
    held = b.signal("stateful", op="sampleHold", stateId="held", input=late,
                    params={"trigger": b.signal("phase01")})  # fmt: skip
    b.step("signalEval", "s", outputs=[{"sigId": held, "slot": 4}])
    return b


def own_programs() -> list[str]:
    """Save the programs of this file; return their names."""
    return [save(sampler()), save(delayed(), "delayed.json"),
            save(sampler("finite", finite(300)), "finite.json")]  # fmt: skip


def in_two_halves(irrun: Irrun, name: str, *options: str, cut: int = 7) -> None:
    """Check that a run of 20 frames is the same in one piece and in two, byte for byte."""
    common = ("--format", "jsonl", "--trace", "none", "--buffers", "full", *options)
    whole = irrun("run", name, "-n", "20", *common)
    first = irrun("run", name, "-n", str(cut), *common, "--save-state", "state")
    second = irrun("run", name, "-n", str(20 - cut), *common, "--resume", "state")

    assert (whole.code, first.code, second.code) == (0, 0, 0)
    assert frame_lines(first.out) + frame_lines(second.out) == frame_lines(whole.out)
    assert len(frame_lines(whole.out)) == 20
    assert second.records[-1]["state"] == whole.records[-1]["state"]


@pytest.mark.parametrize("options", [(), ("--fps", "24", "--start", "33.3")], ids=["plain", "fps"])
def test_a_run_in_two_halves(irrun: Irrun, options: Sequence[str]) -> None:
    """Frames after --resume are those of the whole run, byte for byte; so is the final state."""
    for name in own_programs():
        in_two_halves(irrun, name, *options)


@pytest.mark.parametrize("executors", ["auto", "stub"])
@pytest.mark.parametrize("name", [n for n in BUNDLED if n != "conflicting-evidence"])
def test_bundled_programs_in_two_halves(irrun: Irrun, name: str, executors: str) -> None:
    """The same for every bundled program that runs."""
    in_two_halves(irrun, bundled(name), "--executors", executors)


def test_three_parts(irrun: Irrun) -> None:
    """A resumed run can be saved and resumed again."""
    name = save(delayed())
    whole = irrun("run", name, "-n", "9", "--format", "jsonl", "--trace", "none")
    lines = []
    for part, resume in enumerate(((), ("--resume", "state0"), ("--resume", "state1"))):
        got = irrun("run", name, "-n", "3", "--format", "jsonl", "--trace", "none", *resume,
                    "--save-state", f"state{part}")  # fmt: skip
        lines += frame_lines(got.out)

    assert lines == frame_lines(whole.out)


def test_resumed_frames_are_counted_on(irrun: Irrun) -> None:
    """Frame numbers, times and the header go on; options that name frames mean those numbers."""
    name = save(sampler())
    irrun("run", name, "-n", "4", *SECONDS, "--save-state", "state", "-q")
    got = irrun("run", name, "-n", "3", *SECONDS, "--resume", "state", "--format", "jsonl",
                "--trace-frames", "5", "--dump", "state", "--dump-frames", "-1")  # fmt: skip
    found = frames(got.records)

    assert (got.records[0]["firstFrame"], got.records[0]["frameCount"]) == (4, 3)
    assert [(frame["frame"], frame["tMs"]) for frame in found] == [
        (4, 4000),
        (5, 5000),
        (6, 6000),
    ]
    assert ["steps" in frame for frame in found] == [False, True, False]
    assert ["state" in frame for frame in found] == [False, False, True]


def test_frames_of_before_are_not_in_a_resumed_run(irrun: Irrun) -> None:
    """An option that names such a frame is wrong usage."""
    name = save(sampler())
    irrun("run", name, "-n", "4", "--save-state", "state", "-q")

    for option, value in (("--trace-frames", "2"), ("--swap", f"2={name}")):
        got = irrun("run", name, "-n", "3", "--resume", "state", option, value)
        assert got.code == 2
        assert option in got.err


def test_resumed_times_may_be_given(irrun: Irrun) -> None:
    """`--times` then holds the frames that follow; the delta is taken from the last frame."""
    name = save(sampler())
    irrun("run", name, "-n", "2", *SECONDS, "--save-state", "state", "-q")
    got = irrun("run", name, *SECONDS, "--resume", "state", "--times", "1500,1750", "--format",
                "jsonl")  # fmt: skip

    assert [frame["values"]["2"] for frame in frames(got.records)] == [2.5, 2.75]


def test_resume_with_another_program(irrun: Irrun) -> None:
    """It takes the state over as in a swap, and the table says so."""
    irrun("run", save(sampler()), "-n", "2", *SECONDS, "--save-state", "state", "-q")
    other = next_program()
    table = irrun("run", other, "-n", "1", *SECONDS, "--resume", "state", "--trace", "none")
    machine = irrun("run", other, "-n", "1", *SECONDS, "--resume", "state", "--format", "jsonl")

    assert table.code == 0
    title = next(line for line in table.out.splitlines() if "resumed" in line)
    assert all(fact in title for fact in ("frame 2", "next"))
    assert "1 kept, 1 reset, 0 dropped" in table.out
    assert frames(machine.records)[0]["values"]["2"] == 3


def test_resume_with_the_same_program_says_nothing_of_cells(irrun: Irrun) -> None:
    """Everything is restored; there is nothing to report."""
    name = save(sampler())
    irrun("run", name, "-n", "2", "--save-state", "state", "-q")
    got = irrun("run", name, "-n", "1", "--resume", "state", "--trace", "none")

    assert "kept" not in got.out


DAMAGED = [
    pytest.param(lambda data: b"", id="empty"),
    pytest.param(lambda data: data[: len(data) // 2], id="truncated"),
    pytest.param(lambda data: b"{}", id="JSON"),
    pytest.param(lambda data: data + b"more", id="bytes after the end"),
]


@pytest.mark.parametrize("damage", DAMAGED)
def test_resume_with_something_else(irrun: Irrun, damage: Any) -> None:
    """It is IR120, exit code 3; the file is named."""
    name = save(sampler())
    irrun("run", name, "-n", "2", "--save-state", "state", "-q")
    Path("damaged").write_bytes(damage(Path("state").read_bytes()))
    got = irrun("run", name, "--resume", "damaged")

    assert got.code == 3
    assert "IR120" in got.err
    assert "damaged" in got.err
    assert got.out == ""


def test_resume_with_a_file_that_does_not_exist(irrun: Irrun) -> None:
    """It is IR100, exit code 3, also for machines."""
    got = irrun("run", save(sampler()), "--resume", "nowhere", "--format", "json")

    assert got.code == 3
    assert "nowhere" in got.err
    assert got.document["error"]["code"] == "IR100"


def test_a_run_that_fails_is_not_saved(irrun: Irrun) -> None:
    """An earlier file is left as it was."""
    b = sampler()
    bad = b.signal("closureBridge", closureId="never", inputSlots=[])
    b.slot(7)
    b.step("signalEval", "s-bad", outputs=[{"sigId": bad, "slot": 7}])
    Path("state").write_bytes(b"precious")

    got = irrun("run", save(b), "-n", "2", "--save-state", "state", "--no-check")

    assert got.code == 4
    assert Path("state").read_bytes() == b"precious"


def test_saving_where_nothing_can_be_written(irrun: Irrun) -> None:
    """It is wrong usage, which names the file."""
    got = irrun("run", save(sampler()), "-n", "1", "--save-state", "no/such/folder/state")

    assert got.code == 2
    assert "no/such/folder" in got.err


# --- Reference quirks -----------------------------------------------------------------------


class Quirk(NamedTuple):
    """A program whose slot 4 differs, and its values by irrun and by the reference."""

    name: str
    build: Any
    plain: list[Any]
    reference: list[Any]


def divided() -> ProgramBuilder:
    b = ProgramBuilder("divided")
    b.slots(4)
    b.cell("c")
    node = b.signal("stateful", op="pulseDivider", stateId="c", input=b.signal_const(0))
    b.step("signalEval", "s", outputs=[{"sigId": node, "slot": 4}])
    return b


def coloured() -> ProgramBuilder:
    b = ProgramBuilder("coloured")
    b.slot(4, "object")
    node = b.signal("const", constId=b.const("#0000ff"))
    b.step("signalEval", "s", outputs=[{"sigId": node, "slot": 4}])
    return b


BLUE = {"r": 0, "g": 0, "b": 1, "a": 1}

QUIRKS = [
    Quirk("chains of publishers", sampler, [2, 4], [1, 2]),
    Quirk("initial values of state", divided, [1, 0], [0, 0]),
    Quirk("constants that are no numbers", coloured, [BLUE, BLUE], ["NaN", "NaN"]),
]


@pytest.mark.parametrize("row", QUIRKS, ids=lambda row: row.name)
def test_reference_quirks(irrun: Irrun, row: Quirk) -> None:
    """`--reference-quirks` takes the reference's values, and the header says so."""
    name = save(row.build())
    plain = irrun("run", name, "-n", "2", *SECONDS, "--format", "jsonl")
    quirks = irrun("run", name, "-n", "2", *SECONDS, "--format", "jsonl", "--reference-quirks")

    assert [frame["values"]["4"] for frame in frames(plain.records)] == row.plain
    assert [frame["values"]["4"] for frame in frames(quirks.records)] == row.reference
    assert plain.records[0]["referenceQuirks"] is False
    assert quirks.records[0]["referenceQuirks"] is True


def test_reference_quirks_in_an_explanation_and_after_a_swap(irrun: Irrun) -> None:
    """The option counts for every way of running."""
    name = save(sampler())
    explained = irrun("run", name, *SECONDS, "--explain", "4@1", "--format", "json",
                      "--reference-quirks")  # fmt: skip
    swapped = irrun("run", name, "-n", "2", *SECONDS, "--swap", f"1={name}", "--format", "jsonl",
                    "--reference-quirks")  # fmt: skip

    assert explained.document["nodes"][0]["value"] == 2
    assert frames(swapped.records)[1]["values"]["4"] == 2


# --- Strict ---------------------------------------------------------------------------------


def unwritten() -> ProgramBuilder:
    """A program whose second step reads slot 7, which nothing ever writes."""
    b = sampler()
    b.slots(7, 8)
    reader = b.signal("inputSlot", slot=7)
    b.step("signalEval", "s-read", outputs=[{"sigId": reader, "slot": 8}])
    return b


def test_strict_makes_marked_warnings_errors(irrun: Irrun) -> None:
    """Reading what was never written ends the run: exit code 4, IR450, with its place."""
    name = save(unwritten())
    lenient = irrun("run", name, "-n", "2", "--format", "jsonl")
    strict = irrun("run", name, "-n", "2", "--format", "jsonl", "--strict")

    assert lenient.code == 0
    assert [finding["code"] for finding in lenient.records[-1]["findings"]] == ["IR450"]
    assert strict.code == 4
    assert strict.records[0]["strict"] is True
    error = strict.records[-1]["error"]
    assert (error["code"], error["where"]["step"], error["where"]["slot"]) == ("IR450", "s-read", 7)


def test_strict_leaves_other_warnings_alone(irrun: Irrun) -> None:
    """A warning without the mark stays one: publishers out of order."""
    b = sampler()
    publishers = b.doc["schedule"]["steps"][2]["publishers"]
    publishers[0]["sortKey"] = 5
    got = irrun("run", save(b), "-n", "2", "--strict", "--format", "jsonl")

    assert got.code == 0
    assert [finding["code"] for finding in got.records[-1]["findings"]] == ["IR455"]


def test_strict_counts_for_programs_that_are_swapped_in(irrun: Irrun) -> None:
    """A dangling initial constant in the new program ends the run."""
    b = sampler("next")
    b.cell("dangling", initialConstId=4711)
    arguments = ("run", save(sampler()), "-n", "3", "--swap", f"1={save(b, 'next.json')}")

    assert irrun(*arguments).code == 0
    strict = irrun(*arguments, "--strict")
    assert strict.code != 0
    assert "dangling" in strict.err


def test_the_library_and_the_command_agree(irrun: Irrun) -> None:
    """The command prints the values that a runtime has."""
    b = delayed()
    runtime = Runtime(b.program())
    got = irrun("run", save(b), "-n", "12", "--format", "jsonl", "--trace", "none")

    for frame in frames(got.records):
        runtime.run_frame(frame["tMs"])
        assert frame["values"]["4"] == runtime.values.peek(4)

"""`irrun golden check`: each verdict with its exit code, and nothing is ever updated."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from cli.samples import Irrun, Outcome, bundled, save
from compare.golden.samples import buffered, constant, document_of, files_below, trapping
from program_builder import ProgramBuilder

from irrun.compare.golden.store import read_golden, write_golden

ULP_UP = 1.0000000000000002


def record(irrun: Irrun, builder: ProgramBuilder, name: str, *options: str) -> Path:
    """Record a program under a name; return its golden."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    save(builder, f"{name}.json")
    assert irrun("golden", "record", f"{name}.json", "-n", "3", *options).code == 0
    return Path(f"{name}.golden")


def verdicts(got: Outcome) -> dict[str, str]:
    """Return the verdicts of a check in JSON, by name."""
    return {result["name"]: result["verdict"] for result in got.document["results"]}


# --- Verdicts -------------------------------------------------------------------------------

Make = Callable[[Irrun, str], object]
"""Leaves a golden of a name in the working folder, or the lack of one."""


def same(irrun: Irrun, name: str) -> None:
    """Nothing has changed."""
    record(irrun, constant(1.0), name)


def within(irrun: Irrun, name: str) -> None:
    """A value differs by less than the golden allows."""
    record(irrun, constant(1.0), name, "--atol", "0.5")
    save(constant(1.25), f"{name}.json")


def program_changed(irrun: Irrun, name: str) -> None:
    """The program is called otherwise."""
    record(irrun, constant(1.0), name)
    save(constant(1.0, patch_id="renamed"), f"{name}.json")


def differs(irrun: Irrun, name: str) -> None:
    """A value differs."""
    record(irrun, constant(1.0), name)
    save(constant(2.0), f"{name}.json")


def no_golden(irrun: Irrun, name: str) -> None:
    """A program that the settings name has none."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    save(constant(1.0), f"{name}.json")


def stale(irrun: Irrun, name: str) -> None:
    """The program is gone."""
    record(irrun, constant(1.0), name)
    Path(f"{name}.json").unlink()


def broken_golden(irrun: Irrun, name: str) -> None:
    """The golden was cut off."""
    path = record(irrun, constant(1.0), name)
    path.write_bytes(path.read_bytes()[:-20])


def broken_program(irrun: Irrun, name: str) -> None:
    """The program is none any more."""
    record(irrun, constant(1.0), name)
    Path(f"{name}.json").write_bytes(b'{"irVersion": ')


def trapped(irrun: Irrun, name: str) -> None:
    """The program fails."""
    record(irrun, constant(1.0), name)
    save(trapping(), f"{name}.json")


def by_test(irrun: Irrun, name: str) -> None:
    """A test made it; there is no program file."""
    path = record(irrun, constant(1.0), name)
    golden = read_golden(path)
    program = msgspec.structs.replace(golden.header.program, path=None)
    header = msgspec.structs.replace(golden.header, program=program, made_by="test_it")
    write_golden(path, type(golden)(header, golden.frames))
    Path(f"{name}.json").unlink()


class Case(NamedTuple):
    name: str
    make: Make
    verdict: str
    code: int
    passes: bool


CASES = [
    Case("same", same, "same", 0, True),
    Case("within", within, "within tolerance", 0, True),
    Case("program-changed", program_changed, "program changed", 0, True),
    Case("by-test", by_test, "made by a test", 0, True),
    Case("differs", differs, "differs", 1, False),
    Case("no-golden", no_golden, "no golden", 1, False),
    Case("stale", stale, "stale", 1, False),
    Case("broken-golden", broken_golden, "broken", 3, False),
    Case("broken-program", broken_program, "broken", 3, False),
    Case("trapped", trapped, "failed", 4, False),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_verdict_has_its_exit_code(case: Case, irrun: Irrun) -> None:
    """In words on the terminal, in the document for machines, and as exit code."""
    case.make(irrun, "case")

    table, machine = irrun("golden", "check", "."), irrun("golden", "check", ".", "--format=json")

    assert (table.code, machine.code) == (case.code, case.code), table.err
    assert verdicts(machine) == {"case": case.verdict}
    assert machine.document["results"][0]["passes"] is case.passes
    assert machine.document["exitCode"] == case.code
    assert machine.document["counts"] == {case.verdict: 1}
    assert case.verdict in table.out
    assert "Traceback" not in table.err


def test_a_golden_that_is_named_must_have_its_program(irrun: Irrun) -> None:
    """Found in a folder it is stale; asked for by name, there is nothing to check: 3."""
    stale(irrun, "case")

    got = irrun("golden", "check", "case.golden", "--format", "json")

    assert (got.code, verdicts(got)) == (3, {"case": "no program"})


def test_quiet_says_only_what_does_not_pass(irrun: Irrun) -> None:
    """-q: silence where all is well, the failures otherwise."""
    same(irrun, "good")
    assert irrun("golden", "check", "-q").out == ""

    differs(irrun, "bad")
    out = irrun("golden", "check", "-q").out
    assert "bad" in out
    assert "good" not in out


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_a_mixed_check_gives_the_worst_and_leaves_nobody_out(jobs: str, irrun: Irrun) -> None:
    """Every verdict at once: each golden has its own, and the exit code is the worst of them."""
    for case in CASES:
        case.make(irrun, case.name)

    got = irrun("golden", "check", "--format", "json", "--jobs", jobs)

    assert got.code == 4
    assert verdicts(got) == {case.name: case.verdict for case in CASES}


@pytest.mark.parametrize(
    ("makes", "code"),
    [
        ([same, within, by_test, program_changed], 0),
        ([same, differs], 1),
        ([stale, no_golden], 1),
        ([differs, broken_golden], 3),
        ([broken_program, trapped, differs], 4),
    ],
    ids=lambda given: "+".join(f.__name__ for f in given) if isinstance(given, list) else "",
)
def test_the_worst_counts(makes: list[Make], code: int, irrun: Irrun) -> None:
    """Whatever else passes."""
    for i, make in enumerate(makes):
        make(irrun, f"case{i}")

    assert irrun("golden", "check").code == code


# --- What is found --------------------------------------------------------------------------


def test_the_first_divergence_is_named_with_all_that_is_known(irrun: Irrun) -> None:
    """Frame, value, slot, step, expected, got, and by how much."""
    record(irrun, constant(1.0, 7.0), "case", "--watch", "all")
    save(constant(ULP_UP, 9.0), "case.json")

    got = irrun("golden", "check", "--format", "json")

    comparison = got.document["results"][0]["comparison"]
    assert [value["name"] for value in comparison["values"]] == ["output value", "slot 3"]
    value = comparison["values"][0]
    assert (value["slot"], value["step"], value["frames"]) == (2, "s-value", 3)
    assert value["first"] == {
        "frame": 0, "tMs": 0, "path": "", "expected": 1, "got": ULP_UP,
        "absolute": 2.220446049250313e-16, "relative": 2.220446049250313e-16, "ulps": 1,
    }  # fmt: skip
    assert (comparison["frames"], comparison["framesDiffering"]) == (3, 3)
    out = irrun("golden", "check").out
    for fact in ("frame 0", "output value", "slot 2", "s-value", "1.0000000000000002", "1 ulp"):
        assert fact in out


def test_the_line_of_the_golden_is_that_of_the_frame(irrun: Irrun) -> None:
    """Machine output tells where in the file the first divergent frame begins."""
    path = swapped(irrun)
    save(constant(3.0), "parts/next.json")

    got = irrun("golden", "check", "case.golden", "--format", "json")

    line = got.document["results"][0]["line"]
    assert path.read_text().splitlines()[line - 1].startswith('{"frame": 2, ')


def test_a_check_takes_no_settings_of_a_run(irrun: Irrun) -> None:
    """It runs what was recorded, and nothing else."""
    same(irrun, "case")

    for option in ("--frames=9", "--times=0", "--fps=30", "--watch=all", "--swap=1=case.json"):
        assert irrun("golden", "check", option).code == 2


class Changed(NamedTuple):
    name: str
    options: list[str]
    expected: float
    got: float
    passes: bool
    recorded: Sequence[str] = ()


TOLERANCES = [
    Changed("exact by default", [], 1.0, ULP_UP, False),
    Changed("atol", ["--atol", "0.5"], 1.0, 1.5, True),
    Changed("beyond atol", ["--atol", "0.5"], 1.0, 1.5000000000000002, False),
    Changed("rtol", ["--rtol", "0.125"], 8.0, 9.0, True),
    Changed("beyond rtol", ["--rtol", "0.125"], 8.0, 9.125, False),
    Changed("ulp", ["--ulp", "1"], 1.0, ULP_UP, True),
    Changed("beyond ulp", ["--ulp", "0"], 1.0, ULP_UP, False),
    Changed("zeros are apart", ["--atol", "1"], 0.0, -0.0, False),
    Changed("zeros taken for equal", ["--equal-zeros"], 0.0, -0.0, True),
    Changed("by output id", ["--atol", "value=1"], 1.0, 2.0, True),
    Changed("by slot", ["--atol", "2=1"], 1.0, 2.0, True),
    Changed("by label", ["--atol", "Main value=1"], 1.0, 2.0, True),
    Changed("by step", ["--atol", "s-value=1"], 1.0, 2.0, True),
    Changed("by glob", ["--atol", "v*e=1"], 1.0, 2.0, True),
    Changed("for another", ["--atol", "3=1"], 1.0, 2.0, False),
    Changed("specific beats all", ["--atol", "value=0", "--atol", "1"], 1.0, 2.0, False),
    Changed("the golden's own", [], 1.0, 2.0, True, ["--atol", "1"]),
    Changed("the golden's own, for the value", [], 1.0, 2.0, True, ["--atol", "value=1"]),
    Changed("given on top", ["--rtol", "1"], 1.0, 2.0, True, ["--atol", "0.5"]),
    Changed("given instead", ["--atol", "0"], 1.0, 2.0, False, ["--atol", "1"]),
    Changed("given for the value, instead", ["--atol", "value=0"], 1.0, 2.0, False,
            ["--atol", "value=1", "--atol", "2=1"]),
    Changed("NaN", ["--atol", "1e300", "--ulp", "1e300"], 1.0, float("nan"), False),
    Changed("the same NaN", [], float("nan"), float("nan"), True),
]  # fmt: skip


@pytest.mark.parametrize("row", TOLERANCES, ids=lambda row: row.name)
def test_what_a_tolerance_accepts(row: Changed, irrun: Irrun) -> None:
    """Absolute, relative, ulps; for all values or for those of a name; recorded or given."""
    b = constant(row.expected, label="Main value")
    record(irrun, b, "case", *row.recorded)
    save(constant(row.got, label="Main value"), "case.json")

    got = irrun("golden", "check", *row.options, "--format", "json")

    assert got.code == (0 if row.passes else 1)
    assert got.document["results"][0]["passes"] is row.passes


@pytest.mark.parametrize(
    "option",
    ["--atol=much", "--atol=-1", "--rtol=nan", "--ulp=inf", "--atol==1", "--atol=value=", "--ulp="],
)
def test_what_is_no_tolerance_is_refused(option: str, irrun: Irrun) -> None:
    """A finite number from 0, perhaps with a name before it."""
    same(irrun, "case")

    assert irrun("golden", "check", option).code == 2


NEEDED = [
    ("by little", 1.0, ULP_UP, []),
    ("by much", 0.1, 0.30000000000000004, []),
    ("where zero was", 0.0, 1e-300, []),
    ("more than was allowed", 1.0, 2.0, ["--atol", "0.25", "--rtol", "0.1"]),
    ("more than was allowed for the value", 1.0, 2.0, ["--atol", "value=0.25"]),
    ("more ulps than were allowed for the value", 1.0, 2.0, ["--ulp", "value=3"]),
    ("from end to end", 1.7e308, -1.7e308, []),
]


@pytest.mark.parametrize(
    ("expected", "actual", "options"),
    [row[1:] for row in NEEDED],
    ids=[row[0] for row in NEEDED],
)
def test_what_would_have_passed_passes(
    expected: float, actual: float, options: list[str], irrun: Irrun
) -> None:
    """Each tolerance that the report names makes the check pass, alone, as it is written there."""
    record(irrun, constant(expected), "case", *options)
    save(constant(actual), "case.json")
    got = irrun("golden", "check", "--format", "json")
    assert got.code == 1
    shown = [line for line in irrun("golden", "check").out.splitlines() if "have passed" in line]

    for part in shown[0].split("with ")[1].split(", or "):
        again = irrun("golden", "check", *part.split(" ", 1))
        assert again.code == 0, part


def test_a_tolerance_that_names_nothing_is_told(irrun: Irrun) -> None:
    """A typing error in a name does not go unnoticed where something differs."""
    differs(irrun, "case")

    got = irrun("golden", "check", "--atol", "vlaue=1", "--format", "json")

    assert got.document["results"][0]["comparison"]["unusedTolerances"] == ["atol vlaue"]
    assert "vlaue" in irrun("golden", "check", "--atol", "vlaue=1").out


def test_a_value_that_is_gone_is_told(irrun: Irrun) -> None:
    """A watched slot that the program no longer has: a difference, not a failure of the check."""
    record(irrun, constant(1.0, 2.0), "case", "--watch", "value,3")
    save(constant(1.0), "case.json")

    got = irrun("golden", "check", "--format", "json")

    assert (got.code, verdicts(got)) == (1, {"case": "differs"})
    assert got.document["results"][0]["comparison"]["removed"] == ["slot 3"]


def test_a_value_that_is_new_is_told(irrun: Irrun) -> None:
    """Where all values are watched, one more is a difference."""
    record(irrun, constant(1.0), "case", "--watch", "all")
    save(constant(1.0, 2.0), "case.json")

    got = irrun("golden", "check", "--format", "json")

    assert (got.code, verdicts(got)) == (1, {"case": "differs"})
    assert got.document["results"][0]["comparison"]["added"] == ["slot 3"]


def test_both_encodings_are_one_program(irrun: Irrun) -> None:
    """Recorded from JSON, checked with MessagePack: the same, digest included."""
    shutil.copy(bundled("bus", "json"), "bus.json")
    assert irrun("golden", "record", "bus.json", "-n", "3").code == 0
    Path("bus.json").unlink()
    shutil.copy(bundled("bus"), "bus.msgpack")

    got = irrun("golden", "check", "bus.msgpack", "--format", "json")

    assert (got.code, verdicts(got)) == (0, {"bus": "same"})


# --- Whole buffers --------------------------------------------------------------------------


def test_whole_buffers_are_compared_by_element(irrun: Irrun) -> None:
    """Within tolerance element by element; beyond it, the element's index is named."""
    record(irrun, buffered(1.0, 2.0), "case", "--buffers", "full")
    save(buffered(1.0, 2.25), "case.json")

    assert irrun("golden", "check", "--atol", "0.25").code == 0
    got = irrun("golden", "check", "--atol", "0.125", "--format", "json")

    assert got.code == 1
    first = got.document["results"][0]["comparison"]["values"][0]["first"]
    assert (first["path"], first["expected"], first["got"]) == ("[1]", 2, 2.25)


def test_a_sample_of_a_buffer_is_accepted_by_no_tolerance(irrun: Irrun) -> None:
    """What was not recorded cannot be judged."""
    record(irrun, buffered(1.0, 2.0), "case")
    save(buffered(1.0, 2.25), "case.json")

    got = irrun("golden", "check", "--atol", "1e300", "--format", "json")

    assert got.code == 1
    assert got.document["results"][0]["comparison"]["wouldPassWith"] is None


@pytest.mark.parametrize("damage", ["removed", "emptied", "cut off", "edited", "of another"])
def test_buffers_that_are_not_there_are_a_broken_golden(damage: str, irrun: Irrun) -> None:
    """IR134, exit code 3, and the other goldens are checked all the same."""
    record(irrun, buffered(1.0, 2.0), "case", "--buffers", "full")
    record(irrun, buffered(5.0, 6.0), "other", "--buffers", "full")
    (sidecar,) = Path().glob("case.golden.*")
    data = sidecar.read_bytes()
    match damage:
        case "removed":
            sidecar.unlink()
        case "emptied":
            sidecar.write_bytes(b"")
        case "cut off":
            sidecar.write_bytes(data[: len(data) // 2])
        case "edited":
            at = data.index(b"\x00\x00\x00\x40")  # 2.0 in float32
            sidecar.write_bytes(data[:at] + b"\x00\x00\x00\x41" + data[at + 4 :])
        case _:
            shutil.copy(next(iter(Path().glob("other.golden.*"))), sidecar)

    got = irrun("golden", "check", "--format", "json")

    assert got.code == 3
    assert verdicts(got) == {"case": "broken", "other": "same"}
    assert got.document["results"][0]["error"]["code"] == "IR134"


# --- Programs that are swapped in -----------------------------------------------------------


def swapped(irrun: Irrun) -> Path:
    """Record a golden that goes on with another program, from a folder elsewhere."""
    Path("parts").mkdir()
    save(constant(2.0), "parts/next.json")
    return record(irrun, constant(1.0), "case", "--swap", "2=parts/next.json")


def test_a_swap_is_recorded_and_run_again(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a path from the golden's folder, so that it holds wherever the check is run from."""
    path = swapped(irrun)
    document = document_of(path)
    assert document["run"]["swaps"][0]["path"] == "parts/next.json"
    assert [f["values"]["output value"] for f in document["frames"] if "values" in f] == [1, 2]
    assert irrun("golden", "check", "case.golden").code == 0

    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert irrun("golden", "check", "../case.golden").code == 0

    save(constant(3.0), "../parts/next.json")
    got = irrun("golden", "check", "../case.golden", "--format", "json")
    assert got.code == 1
    assert got.document["results"][0]["comparison"]["values"][0]["first"]["frame"] == 2


def test_a_swapped_in_program_that_changed_is_told(irrun: Irrun) -> None:
    """Another program with the same output: the program changed, whichever of them it is."""
    swapped(irrun)
    save(constant(2.0, patch_id="renamed"), "parts/next.json")

    got = irrun("golden", "check", "case.golden", "--format", "json")

    assert (got.code, verdicts(got)) == (0, {"case": "program changed"})


def test_a_program_that_is_only_swapped_in_needs_no_golden_of_its_own(irrun: Irrun) -> None:
    """A folder with a golden that names it is a folder in which it is checked."""
    swapped(irrun)

    got = irrun("golden", "check", "--format", "json")

    assert (got.code, verdicts(got)) == (0, {"case": "same"})


def test_a_swapped_in_program_that_is_gone_is_broken(irrun: Irrun) -> None:
    """3, and it is named."""
    swapped(irrun)
    Path("parts/next.json").unlink()

    got = irrun("golden", "check")

    assert got.code == 3
    assert "next.json" in got.out


# --- What is left behind --------------------------------------------------------------------


def test_output_that_differs_is_left_beside_the_golden(irrun: Irrun) -> None:
    """As a golden of its own, named, and gone again once the check passes."""
    differs(irrun, "case")

    got = irrun("golden", "check")

    assert got.code == 1
    assert "case.golden.new" in got.out
    assert document_of(Path("case.golden.new"))["frames"][0]["values"]["output value"] == 2
    save(constant(1.0), "case.json")
    assert irrun("golden", "check").code == 0
    assert not Path("case.golden.new").exists()


def test_new_buffers_are_left_and_removed_with_it(irrun: Irrun) -> None:
    """Also the file with the whole buffers; the golden's own stays."""
    record(irrun, buffered(1.0), "case", "--buffers", "full")
    before = files_below(Path())
    save(buffered(2.0), "case.json")

    assert irrun("golden", "check").code == 1
    assert len(list(Path().glob("case.golden.new.*.npz"))) == 1
    assert len(list(Path().glob("case.golden*.npz"))) == 2
    save(buffered(1.0), "case.json")
    assert irrun("golden", "check").code == 0

    after = files_below(Path())
    assert after.keys() == before.keys()
    assert {n: v for n, v in after.items() if n != "case.json"} == {
        n: v for n, v in before.items() if n != "case.json"
    }


@pytest.mark.parametrize("ci", ["1", "true", "yes"])
def test_in_ci_nothing_is_left(ci: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even beside the golden; the verdict is the same."""
    differs(irrun, "case")
    before = files_below(Path())
    monkeypatch.setenv("CI", ci)

    assert irrun("golden", "check").code == 1
    assert files_below(Path()) == before


@pytest.mark.parametrize("ci", ["", "0", "no", "False"])
def test_a_ci_that_is_false_is_none(ci: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set to nothing, 0, no or false means: not in CI."""
    differs(irrun, "case")
    monkeypatch.setenv("CI", ci)

    irrun("golden", "check")

    assert Path("case.golden.new").exists()


def test_in_ci_output_is_left_in_a_folder_that_is_named(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--pending DIR: with the paths that the goldens have, for an artefact."""
    differs(irrun, "some/where/case")
    monkeypatch.setenv("CI", "1")

    got = irrun("golden", "check", "--pending", "out", "--format", "json")

    assert got.code == 1
    assert got.document["results"][0]["pending"] == "out/some/where/case.golden.new"
    assert Path("out/some/where/case.golden.new").is_file()
    assert not Path("some/where/case.golden.new").exists()


def test_goldens_outside_the_working_folder_keep_apart(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of one name in two folders: --pending keeps the new output of both."""
    for folder in ("one", "two"):
        differs(irrun, f"{folder}/case")
    Path("here").mkdir()
    monkeypatch.chdir("here")

    got = irrun("golden", "check", "../one", "../two", "--pending", "out", "--format", "json")

    places = {result["pending"] for result in got.document["results"]}
    assert len(places) == 2
    assert all(Path(place).is_file() for place in places)


def test_a_folder_that_cannot_be_written_does_not_change_the_verdict(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a read-only tree a check says the same, and why nothing could be left."""
    differs(irrun, "case")
    same(irrun, "good")
    before = files_below(Path())

    def refuse(*_: object, **__: object) -> Any:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("irrun.compare.golden.store.replacing", refuse)
    got = irrun("golden", "check")

    assert got.code == 1
    assert "Read-only file system" in got.out
    assert files_below(Path()) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_tree_is_checked_all_the_same(irrun: Irrun) -> None:
    """The real thing: folders without the right to write."""
    differs(irrun, "tree/case")
    Path("tree").chmod(0o555)
    try:
        assert irrun("golden", "check", "tree", "--pending", "out").code == 1
        assert irrun("golden", "check", "tree").code == 1
    finally:
        Path("tree").chmod(0o755)
    assert Path("out/tree/case.golden.new").is_file()


def test_nothing_but_record_and_review_ever_writes_a_golden(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verdict, checked, listed and judged in all ways: no golden changes, not even in age."""
    for case in CASES:
        case.make(irrun, case.name)
    record(irrun, buffered(1.0), "buffers", "--buffers", "full")
    save(buffered(2.0), "buffers.json")

    def goldens() -> dict[str, Any]:
        found = files_below(Path())
        return {n: v for n, v in found.items() if not n.startswith("out/") and ".new" not in n}

    before = goldens()
    for arguments in (
        ["check"],
        ["check", "--atol", "1e9", "--equal-zeros"],
        ["check", "--format", "json", "--jobs", "2"],
        ["check", "--format", "github", "--junit", "out/report.xml"],
        ["check", "--pending", "out"],
        ["check", "--fail-fast"],
        ["pending"],
        ["pending", "--atol", "1e9", "-v"],
        ["pending", "--format", "json"],
        ["pending", "--pending", "out"],
        ["review"],
    ):
        Path("out").mkdir(exist_ok=True)
        one = ["--jobs", "1"] if arguments[0] == "check" and "--jobs" not in arguments else []
        irrun("golden", *arguments, *one)
        assert goldens() == before, arguments
    monkeypatch.setenv("CI", "1")
    for arguments in (
        ["record", "."],
        ["record", ".", "--fresh"],
        ["check"],
        ["review", "--accept-all"],
        ["review", "--reject", "*"],
        ["review"],
    ):
        irrun("golden", *arguments)
        assert goldens() == before, arguments

"""The pytest plugin, in test runs of its own: nothing here is mocked."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cli.hostile_names import PAYLOAD, dangers
from cli.samples import environment
from program_builder import ProgramBuilder

from irrun.compare.golden.by_test import wishes_of_test
from irrun.compare.golden.many.find import find_targets
from irrun.compare.golden.settings import Settings
from irrun.compare.golden.store import read_golden
from irrun.compare.golden.update import record_program
from irrun.compare.golden.wishes import Wishes
from irrun.compare.output.document import Golden
from irrun.program.reading.codec import load
from irrun.pytest_plugin import IrrunGolden, _file_name


@pytest.fixture(autouse=True)
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project with a program, outside CI."""
    monkeypatch.delenv("CI", raising=False)
    write_wave(1.0)
    return pytester.path


def write_wave(factor: float, name: str = "wave.json", payload: str = "") -> None:
    """Write a program: slot 2 is the time in ms times a factor, and the output `wave`.

    `payload` is appended to what its step and its output are called.
    """
    b = ProgramBuilder("wave")
    b.slots(0, 1, 2)
    b.time(0, 1)
    t = b.signal("timeModelMs", domain="timeMs")
    product = b.signal("zip", a=t, b=b.signal_const(factor), fn={"kind": "opcode", "opcode": 102})
    b.step("signalEval", f"s-wave{payload}", outputs=[{"sigId": product, "slot": 2}])
    b.output(2, f"wave{payload}", "debug")
    Path(name).write_bytes(b.bytes())


def golden_of(pytester: pytest.Pytester, name: str) -> Golden:
    """Return a golden of the test file `test_it.py`."""
    return read_golden(pytester.path / "goldens" / "test_it" / f"{name}.golden")


def goldens(pytester: pytest.Pytester) -> list[str]:
    """Return the names of all files that tests have left, from the folder `goldens`."""
    folder = pytester.path / "goldens"
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def run(pytester: pytest.Pytester, test: str | None = None, *options: str) -> pytest.RunResult:
    """Run a test file `test_it.py` of these lines, in their order whatever plugins there are."""
    if test is not None:
        path = pytester.path / "test_it.py"
        path.write_text(test, encoding="utf-8")
    return pytester.runpytest("-p", "no:cacheprovider", "-p", "no:randomly", *options)


ONE = """
def test_wave(irrun_golden):
    irrun_golden("wave.json", frames=4)
"""

# --- The fixture ----------------------------------------------------------------------------


def test_records_then_passes(pytester: pytest.Pytester) -> None:
    """--irrun-update writes the golden, says so, and the next run compares with it."""
    recorded = run(pytester, ONE, "--irrun-update")
    golden = golden_of(pytester, "test_wave")

    recorded.assert_outcomes(passed=1)
    recorded.stdout.fnmatch_lines(
        ["*irrun goldens*", "new goldens/test_it/test_wave.golden", "1 golden recorded: 1 new"]
    )
    assert golden.header.program.path == "../../wave.json"
    assert golden.header.made_by == "test_it.py::test_wave"
    assert len(golden.frames) == 4
    assert golden.header.watch == ("outputs", "state")
    again = run(pytester)
    again.assert_outcomes(passed=1)
    again.stdout.no_fnmatch_line("*golden*")


def test_without_the_option_nothing_is_written(pytester: pytest.Pytester) -> None:
    """A test without a golden fails, says how to record it, and leaves no file."""
    got = run(pytester, ONE)

    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(
        ["goldens/test_it/test_wave.golden is not recorded yet; `pytest --irrun-update` records it"]
    )
    assert goldens(pytester) == []


def test_hostile_names_are_reported_safely(pytester: pytest.Pytester) -> None:
    """What steps and outputs are called does nothing to whoever reads the log of the tests."""
    write_wave(1.0, payload=PAYLOAD)
    run(pytester, ONE, "--irrun-update")
    write_wave(1.5, payload=PAYLOAD)

    got = run(pytester)
    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(["first at frame 1*wave*", "*expected 16.6*"])
    assert list(dangers(got.stdout.str())) == []


def test_a_difference_is_reported_as_everywhere(pytester: pytest.Pytester) -> None:
    """The report is that of `irrun golden check`, line by line, and the new output is left."""
    run(pytester, ONE, "--irrun-update")
    before = golden_of(pytester, "test_wave")
    write_wave(1.5)

    got = run(pytester)

    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(
        [
            "goldens/test_it/test_wave.golden: differs",
            "first at frame 1 (t = 16.666666666666668 ms): output wave (slot 2, *",
            "  expected 16.666666666666*",
            "  got      25*",
            "  off by   8.333333333333*",
            "3 of 4 frames and 1 value differ; largest: *",
            "would have passed with --atol *",
            "the program is not the one that was recorded",
            "new output: goldens/test_it/test_wave.golden.new",
            "irrun: 1 new output left; `irrun golden review` shows *",
        ]
    )
    got.stdout.no_fnmatch_line("*Traceback*")
    got.stdout.no_fnmatch_line("*pytest_plugin.py*")
    assert golden_of(pytester, "test_wave") == before
    assert goldens(pytester) == ["test_it/test_wave.golden", "test_it/test_wave.golden.new"]


def test_new_output_is_taken_away_when_it_no_longer_differs(pytester: pytest.Pytester) -> None:
    """What waits for a decision is always what the last run gave."""
    run(pytester, ONE, "--irrun-update")
    write_wave(1.5)
    run(pytester)
    write_wave(1.0)

    run(pytester).assert_outcomes(passed=1)
    assert goldens(pytester) == ["test_it/test_wave.golden"]


def test_new_output_can_be_reviewed(pytester: pytest.Pytester) -> None:
    """`irrun golden review` accepts what a test has left; the golden still belongs to the test."""
    run(pytester, ONE, "--irrun-update")
    write_wave(1.5)
    run(pytester)

    pytester.run(sys.executable, "-m", "irrun", "golden", "review", "--accept-all")

    run(pytester).assert_outcomes(passed=1)
    assert golden_of(pytester, "test_wave").header.made_by == "test_it.py::test_wave"


@pytest.mark.parametrize("value", ["true", "1"])
def test_in_ci_nothing_is_written(
    value: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recording is refused before any test runs, and new output is not left."""
    run(pytester, ONE, "--irrun-update")
    write_wave(1.5)
    monkeypatch.setenv("CI", value)

    got = run(pytester, None, "--irrun-update")

    assert got.ret == pytest.ExitCode.USAGE_ERROR
    got.stderr.fnmatch_lines(["ERROR: --irrun-update: goldens are not recorded in CI*"])
    run(pytester).assert_outcomes(failed=1)
    assert goldens(pytester) == ["test_it/test_wave.golden"]


def test_the_arguments_of_the_test_decide(pytester: pytest.Pytester) -> None:
    """A test that asks for another run than the golden's is told so; recording takes it over."""
    run(pytester, ONE, "--irrun-update")
    other = ONE.replace("frames=4", "frames=6, fps=30")

    got = run(pytester, other)

    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(
        ["not the same run: frames: 4 -> 6", "not the same run: fps: 60 -> 30"]
    )
    again = run(pytester, other, "--irrun-update")
    again.stdout.fnmatch_lines(["changed goldens/test_it/test_wave.golden", "*: 1 changed"])
    assert golden_of(pytester, "test_wave").header.run.fps == 30
    same = run(pytester, other, "--irrun-update")
    same.stdout.fnmatch_lines(["1 golden recorded: 1 same"])


def test_what_the_test_leaves_open_is_forgotten(pytester: pytest.Pytester) -> None:
    """Neither the old golden nor a settings file stands in for an argument."""
    Path("irrun.toml").write_text('[golden]\nframes = 7\nwatch = ["all"]\n', encoding="utf-8")
    run(pytester, ONE, "--irrun-update")

    run(pytester, ONE.replace(", frames=4", ""), "--irrun-update")

    header = golden_of(pytester, "test_wave").header
    assert (header.run.frames, header.watch) == (60, ("outputs", "state"))


def test_times_watch_and_executors(pytester: pytest.Pytester) -> None:
    """The other arguments reach the golden."""
    test = """
def test_all(irrun_golden):
    irrun_golden("wave.json", times=(t * 10 for t in range(3)), watch="outputs, 0",
                 executors="stub", buffers="full", atol={"wave": 0.5}, ulp=2, equal_zeros=True)
    irrun_golden("wave.json", start=100, frames=2, watch=1)
"""
    run(pytester, test, "--irrun-update").assert_outcomes(passed=1)

    header = golden_of(pytester, "test_all").header
    assert header.run.times == (0, 10, 20)
    assert header.watch == ("outputs", "0")
    assert header.run.executors == "stub"
    assert [stub.step for stub in header.stubs] == ["s-time", "s-wave"]
    assert header.policy.atol == {"wave": 0.5}
    assert header.policy.ulp == {"*": 2}
    assert header.policy.equal_zeros
    second = golden_of(pytester, "test_all@2").header
    assert (second.run.start_ms, second.watch) == (100, ("1",))
    run(pytester).assert_outcomes(passed=1)


def test_the_tolerances_of_the_test_count(pytester: pytest.Pytester) -> None:
    """Not those that the golden was recorded with: a test that is made stricter is stricter."""
    loose = ONE.replace("frames=4", "frames=4, rtol=0.1")
    run(pytester, loose, "--irrun-update")
    write_wave(1.01)

    run(pytester, loose).assert_outcomes(passed=1)
    run(pytester, loose.replace("rtol=0.1", 'rtol={"wave": 0.02}')).assert_outcomes(passed=1)
    run(pytester, loose.replace("0.1", "0.001")).assert_outcomes(failed=1)
    run(pytester, ONE).assert_outcomes(failed=1)


def test_a_program_that_the_test_makes(pytester: pytest.Pytester) -> None:
    """The golden names no file, but the test that made it."""
    test = """
import irrun

def test_made(irrun_golden):
    irrun_golden(irrun.load("wave.json"), frames=2)
"""
    run(pytester, test, "--irrun-update").assert_outcomes(passed=1)
    header = golden_of(pytester, "test_made").header

    assert header.program.path is None
    assert header.made_by == "test_it.py::test_made"
    run(pytester).assert_outcomes(passed=1)
    write_wave(3.0)
    run(pytester).assert_outcomes(failed=1)


def test_several_calls_and_names(pytester: pytest.Pytester) -> None:
    """Each call has a golden of its own; classes and parameters are told apart."""
    test = """
import pytest

def test_wave(irrun_golden):
    for _ in range(3):
        irrun_golden("wave.json", frames=1)
    irrun_golden("wave.json", name="slow/one", frames=1)

@pytest.mark.parametrize("x", ["a", "b:c", "b c"])
def test_many(irrun_golden, x):
    irrun_golden("wave.json", frames=1)

class TestA:
    def test_wave(self, irrun_golden):
        irrun_golden("wave.json", frames=1)
"""
    run(pytester, test, "--irrun-update").assert_outcomes(passed=5)
    found = goldens(pytester)

    assert len(found) == 8
    assert {f"test_it/{name}.golden" for name in (
        "test_wave", "test_wave@2", "test_wave@3", "test_many-a", "TestA.test_wave"
    )} <= set(found)  # fmt: skip
    run(pytester).assert_outcomes(passed=5)


def test_swaps(pytester: pytest.Pytester) -> None:
    """Programs that are swapped in count; at another frame it is another run."""
    write_wave(2.0, "second.json")
    test = """
def test_swap(irrun_golden):
    irrun_golden("wave.json", frames=6, swaps={3: "second.json"})
"""
    run(pytester, test, "--irrun-update").assert_outcomes(passed=1)
    (swap,) = golden_of(pytester, "test_swap").header.run.swaps

    assert (swap.frame, swap.path) == (3, "../../second.json")
    run(pytester).assert_outcomes(passed=1)
    other = run(pytester, test.replace("3:", "2:"))
    other.stdout.fnmatch_lines(["not the same run: swaps at frames: [[]3] -> [[]2]"])
    late = run(pytester, test.replace("3:", "9:"), "--irrun-update")
    late.stdout.fnmatch_lines(["*not recorded: IR135 second.json is to be swapped in at frame 9*"])
    write_wave(4.0, "second.json")
    changed = run(pytester, test)
    changed.stdout.fnmatch_lines(["first at frame 3 *"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("frames=0", "*ValueError: Expected `int` >= 1 - at `frames`"),
        ("fps=float('inf')", "*ValueError: fps is inf, which is no finite number"),
        ("times=[]", "*ValueError: Expected `array` of length >= 1 - at `times`"),
        ("times=[1], frames=2", "*ValueError: times replaces frames and start*"),
        ("atol=-1", "*ValueError: Expected `float` >= 0.0*"),
        ("executors='fast'", "*ValueError: Invalid enum value 'fast' - at `executors`"),
        ("watch=[]", "*ValueError: watch names nothing"),
    ],
)
def test_arguments_out_of_range(arguments: str, message: str, pytester: pytest.Pytester) -> None:
    """A slip in the call is Python's usual error, and nothing is recorded."""
    got = run(pytester, ONE.replace("frames=4", arguments), "--irrun-update")

    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines([message])
    assert goldens(pytester) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('"gone.json"', "*IR100* cannot read gone.json: *"),
        ('"wave.json", watch=9', "*IR133* '9' is no value of the program; it has slots 0 to 2*"),
        ('"wave.json", swaps={1: "gone.json"}', "*IR100* cannot read gone.json: *"),
    ],
)
def test_a_program_that_cannot_run_fails_the_test(
    call: str, message: str, pytester: pytest.Pytester
) -> None:
    """Recording and comparing both say what is wrong, without a traceback."""
    test = ONE.replace('"wave.json", frames=4', call)
    recording = run(pytester, test, "--irrun-update")
    run(pytester, ONE, "--irrun-update")

    for got in (recording, run(pytester, test)):
        got.assert_outcomes(failed=1)
        got.stdout.fnmatch_lines([message])
        got.stdout.no_fnmatch_line("*Traceback*")
        got.stdout.no_fnmatch_line("*During handling*")


def test_a_damaged_golden(pytester: pytest.Pytester) -> None:
    """It fails the test with what is wrong, and is recorded anew."""
    run(pytester, ONE, "--irrun-update")
    path = pytester.path / "goldens/test_it/test_wave.golden"
    path.write_bytes(path.read_bytes().replace(b'"frame": 1', b'"frame": 7'))

    got = run(pytester)

    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(["*golden: broken", "error IR130: this is no golden file: frame 7 *"])
    run(pytester, ONE, "--irrun-update").assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=1)


def test_a_golden_that_cannot_be_written(pytester: pytest.Pytester) -> None:
    """A file stands where the folder should be."""
    Path("goldens").write_text("in the way", encoding="utf-8")

    got = run(pytester, ONE, "--irrun-update")

    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(["cannot write *test_wave.golden: *"])


# --- Whose a golden is ------------------------------------------------------------------------


PARAMETERS = """
import pytest

@pytest.mark.parametrize("w", ["wave", "wave-2"])
def test_x(irrun_golden, w):
    irrun_golden("wave.json", frames=3 if w == "wave" else 4)
    irrun_golden("wave.json", frames=5 if w == "wave" else 6)
"""


def test_further_calls_never_meet_parameters(pytester: pytest.Pytester) -> None:
    """The second call of one test is not the first call of another: four goldens, for good."""
    run(pytester, PARAMETERS, "--irrun-update").assert_outcomes(passed=2)
    first = {name: (pytester.path / "goldens" / name).read_bytes() for name in goldens(pytester)}
    again = run(pytester, None, "--irrun-update")

    assert len(first) == 4
    again.stdout.fnmatch_lines(["4 goldens recorded: 4 same"])
    run(pytester).assert_outcomes(passed=2)
    assert {n: (pytester.path / "goldens" / n).read_bytes() for n in first} == first


SHARED = """
import pytest

@pytest.mark.parametrize("frames", [2, 3])
def test_shared(irrun_golden, frames):
    irrun_golden("wave.json", frames=frames, name="one")
"""


def test_two_tests_of_one_golden_are_refused(pytester: pytest.Pytester) -> None:
    """The second fails, and the first has its golden."""
    got = run(pytester, SHARED, "--irrun-update")

    got.assert_outcomes(passed=1, failed=1)
    got.stdout.fnmatch_lines(
        ["*one.golden is not recorded: IR147 it was recorded for *2* of test_it.py just now; *"]
    )
    assert len(golden_of(pytester, "one").frames) == 2


def test_two_tests_in_two_processes_are_refused(pytester: pytest.Pytester) -> None:
    """Neither process knows of the other's test: the session fails, and names both."""
    pytest.importorskip("xdist")
    got = run(pytester, SHARED, "--irrun-update", "-n", "2")

    assert got.ret == pytest.ExitCode.TESTS_FAILED
    got.stdout.fnmatch_lines(
        ["*IR147 *test_shared?2? of test_it.py *test_shared?3? of test_it.py*"]
    )


def test_names_that_differ_in_capitals_only_are_refused(pytester: pytest.Pytester) -> None:
    """On many file systems they are one golden."""
    test = """
def test_a(irrun_golden):
    irrun_golden("wave.json", frames=2)
def test_A(irrun_golden):
    irrun_golden("wave.json", frames=2)
"""
    run(pytester, test, "--irrun-update").assert_outcomes(passed=1, failed=1)
    got = run(pytester, None, "--irrun-update", "test_it.py::test_A")
    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(["*test_A.golden is not recorded: IR148 *"])
    assert goldens(pytester) == ["test_it/test_a.golden"]


def test_a_golden_is_not_taken_from_a_test_that_is_there(pytester: pytest.Pytester) -> None:
    """Also in sessions of their own; a test that is gone has none any more."""
    test = """
def test_one(irrun_golden):
    irrun_golden("wave.json", frames=2, name="mine")
def test_two(irrun_golden):
    irrun_golden("wave.json", frames=3, name="mine")
"""
    run(pytester, test, "--irrun-update", "-k", "test_one").assert_outcomes(passed=1)
    got = run(pytester, None, "--irrun-update", "-k", "test_two")
    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(["*mine.golden is not recorded: IR146 *test_one of test_it.py*"])
    assert len(golden_of(pytester, "mine").frames) == 2

    renamed = test.replace("test_one", "test_old").replace("test_two", "test_one")
    run(pytester, renamed, "--irrun-update", "-k", "test_one").assert_outcomes(passed=1)


def test_a_temporary_program_leaves_no_path(pytester: pytest.Pytester) -> None:
    """Neither its own nor that of a swapped one: the golden names its test, and stays as it is."""
    test = """
import shutil

def test_compiled(irrun_golden, tmp_path):
    for name in ("first.json", "second.json"):
        shutil.copy("wave.json", tmp_path / name)
    irrun_golden(tmp_path / "first.json", frames=3)
    irrun_golden("wave.json", frames=3, swaps={1: tmp_path / "second.json"})
"""
    for options in ([], ["--basetemp=inside"]):
        run(pytester, test, "--irrun-update", *options).assert_outcomes(passed=1)
        texts = [
            (pytester.path / "goldens" / "test_it" / name).read_text(encoding="utf-8")
            for name in ("test_compiled.golden", "test_compiled@2.golden")
        ]
        assert not any("first" in text or "second" in text for text in texts)
        assert '"madeBy": "test_it.py::test_compiled"' in texts[0]
        assert golden_of(pytester, "test_compiled").header.program.path is None
        assert golden_of(pytester, "test_compiled@2").header.program.path == "../../wave.json"
        run(pytester).assert_outcomes(passed=1)
    last = run(pytester, None, "--irrun-update")
    last.stdout.fnmatch_lines(["2 goldens recorded: 2 same"])


# --- Goldens as tests -----------------------------------------------------------------------


def record_wave(pytester: pytest.Pytester, frames: int = 5) -> Path:
    """Record `wave.golden` beside its program, as the command does."""
    file = pytester.path / "wave.json"
    path = pytester.path / "wave.golden"
    record_program(load(file), file, path, (Wishes(frames=frames),))
    return path


def test_a_golden_is_a_test(pytester: pytest.Pytester) -> None:
    """It passes, it differs, and says where, as `irrun golden check` does."""
    path = record_wave(pytester)
    before = path.read_bytes()

    passing = run(pytester, None, "-v")
    write_wave(1.5)
    failing = run(pytester)

    passing.assert_outcomes(passed=1)
    passing.stdout.fnmatch_lines(["wave.golden::check PASSED*"])
    failing.assert_outcomes(failed=1)
    failing.stdout.fnmatch_lines(
        ["*_ golden wave.golden _*", "wave.golden: differs", "first at frame 1 *", "new output: *"]
    )
    assert path.read_bytes() == before
    assert (pytester.path / "wave.golden.new").exists()


def test_in_ci_a_golden_leaves_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is as it was."""
    record_wave(pytester)
    write_wave(1.5)
    monkeypatch.setenv("CI", "true")

    run(pytester).assert_outcomes(failed=1)
    assert list(pytester.path.glob("*.new")) == []


def test_a_golden_is_recorded_anew_with_its_own_settings(pytester: pytest.Pytester) -> None:
    """The frames stay, whatever the settings say; only what came out is new."""
    path = record_wave(pytester, frames=5)
    Path("irrun.toml").write_text("[golden]\nframes = 9\n", encoding="utf-8")
    write_wave(1.5)

    got = run(pytester, None, "--irrun-update")

    got.assert_outcomes(passed=1)
    got.stdout.fnmatch_lines(["changed wave.golden", "1 golden recorded: 1 changed"])
    assert len(read_golden(path).frames) == 5
    run(pytester).assert_outcomes(passed=1)


def test_a_golden_without_its_program_fails(pytester: pytest.Pytester) -> None:
    """In both modes; it is not for a test run to remove it."""
    path = record_wave(pytester)
    Path("wave.json").unlink()

    checked, updated = run(pytester), run(pytester, None, "--irrun-update")

    checked.assert_outcomes(failed=1)
    checked.stdout.fnmatch_lines(["*stale*", "*remove the golden*"])
    updated.assert_outcomes(failed=1)
    updated.stdout.fnmatch_lines(["*not recorded: IR100 cannot read wave.json*"])
    assert path.exists()


def test_a_damaged_golden_is_still_a_test(pytester: pytest.Pytester) -> None:
    """What a merge has broken is not passed over."""
    path = record_wave(pytester)
    path.write_bytes(b"<<<<<<< ours\n" + path.read_bytes())

    got = run(pytester)

    got.assert_outcomes(failed=1)
    got.stdout.fnmatch_lines(["wave.golden: broken", "error IR130: *"])


def test_other_tools_files_are_left_alone(pytester: pytest.Pytester) -> None:
    """The suffix alone makes no golden of irrun."""
    Path("theirs.golden").write_text("expected output\n", encoding="utf-8")
    Path("binary.golden").write_bytes(bytes(range(256)))
    Path("wave.golden.new").write_text('{"goldenVersion": 1}', encoding="utf-8")

    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_golden_of_a_test_is_no_test_itself(pytester: pytest.Pytester) -> None:
    """It would be checked twice, with settings that are not the test's."""
    test = ONE + "\ndef test_made(irrun_golden):\n    import irrun\n"
    test += '    irrun_golden(irrun.load("wave.json"), frames=1)\n'
    run(pytester, test, "--irrun-update")

    run(pytester).assert_outcomes(passed=2)


def test_the_ini_option_switches_it_off(pytester: pytest.Pytester) -> None:
    """`irrun_collect_goldens = false`."""
    record_wave(pytester)
    pytester.makeini("[pytest]\nirrun_collect_goldens = false\n")

    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_commands_check_goldens_of_tests(pytester: pytest.Pytester) -> None:
    """`irrun golden check` checks those with a program file, and passes over the others."""
    test = ONE + "\ndef test_made(irrun_golden):\n    import irrun\n"
    test += '    irrun_golden(irrun.load("wave.json"), frames=1)\n'
    run(pytester, test, "--irrun-update")

    names = [target.name for target in find_targets([Path("goldens")], Settings())]
    got = pytester.run(sys.executable, "-m", "irrun", "golden", "check", "goldens")

    assert names == ["goldens/test_it/test_made", "goldens/test_it/test_wave"]
    assert got.ret == 0
    got.stdout.fnmatch_lines(["made by a test *test_made *", "same *test_wave *"])


# --- The plugin itself ----------------------------------------------------------------------


def test_start_up_loads_next_to_nothing() -> None:
    """Everybody who has irrun installed pays for it in each pytest run."""
    code = "import sys, irrun.pytest_plugin; print(*sorted(m for m in sys.modules if m in {%s}))"
    named = '"numpy", "msgspec", "click", "rich", "irrun.errors", "irrun.compare", "irrun.program"'

    got = subprocess.run(
        [sys.executable, "-c", code % named],
        capture_output=True, text=True, check=True, env=environment(),
    )  # fmt: skip

    assert got.stdout.split() == []


def test_fixture_and_option_explain_themselves(pytester: pytest.Pytester) -> None:
    """`pytest --fixtures` and `pytest --help` say what there is."""
    run(pytester, None, "--fixtures").stdout.fnmatch_lines(
        ["irrun_golden*", "*Compare the output of an Oscilla IR program with a golden file."]
    )
    run(pytester, None, "--help").stdout.fnmatch_lines(
        ["*--irrun-update *", "*irrun_collect_goldens (bool):*"]
    )


def test_file_names_fit_every_file_system_and_stay_apart() -> None:
    """Brackets become a dash; where more is lost, a digest keeps names apart."""
    names = ["test_x", "test_x[a]", "test_x[a b]", "test_x[a/b]", "test_x[ä]", "test_x[]", "..",
             "x" * 300, "x" * 299 + "y", "test_x[a\nb]"]  # fmt: skip
    files = [_file_name(name) for name in names]

    assert files[:2] == ["test_x", "test_x-a"]
    assert len({file.lower() for file in files}) == len(names)
    for file in files:
        assert file.isascii()
        assert len(file) < 140
        assert not set(file) & set('<>:"/\\|?*[] \n')


def test_the_arguments_are_those_of_the_settings() -> None:
    """What a call gives is judged by the same rules as a settings file."""
    wishes = wishes_of_test({"frames": 3, "atol": 0.5, "watch": None}, {1: "a.json"})

    assert wishes.frames == 3
    assert wishes.policy is not None
    assert wishes.policy.atol == {"*": 0.5}
    assert wishes.swaps == {1: Path("a.json")}


def test_numbers_of_numpy_are_numbers() -> None:
    """Tests compute their times with it."""
    asked = {"times": tuple(np.arange(2) / 2), "fps": np.float32(30), "ulp": {"*": np.int64(2)}}

    wishes = wishes_of_test(asked, None)

    assert (wishes.times, wishes.fps) == ((0, 0.5), 30)
    assert wishes.policy is not None
    assert wishes.policy.ulp == {"*": 2}


def test_only_the_callable_is_offered() -> None:
    """For annotations of tests; hooks are pytest's business."""
    import irrun.pytest_plugin as plugin

    assert plugin.__all__ == ["IrrunGolden"]
    assert plugin.IrrunGolden is IrrunGolden

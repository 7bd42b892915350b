"""`irrun golden record`: what is written, what is kept, what is refused; and the settings file."""

import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli.samples import Irrun, bundled, save
from compare.golden.samples import buffered, constant, document_of, files_below, trapping
from program_builder import ProgramBuilder

from irrun.compare.golden.store import read_golden
from irrun.compare.output.text import golden_bytes


def test_a_program_is_recorded_beside_itself(irrun: Irrun) -> None:
    """60 frames at 60 per second, outputs and state: what nobody asks for otherwise."""
    save(constant(1.0))

    got = irrun("golden", "record", "program.json")

    assert (got.code, got.err) == (0, "")
    document = document_of(Path("program.golden"))
    assert document["run"] == {"frames": 60, "fps": 60, "startMs": 0, "executors": "auto"}
    assert document["watch"] == ["outputs", "state"]
    assert document["program"]["path"] == "program.json"
    assert list(document["values"]) == ["output value"]
    assert "program" in got.out
    assert "new" in got.out


class Asked(NamedTuple):
    name: str
    options: list[str]
    run: dict[str, Any]
    """Members of the run that are other than they are by themselves."""
    header: dict[str, Any]


ASKED = [
    Asked("frames", ["-n", "7"], {"frames": 7}, {}),
    Asked("fps", ["--fps", "59.94"], {"fps": 59.94}, {}),
    Asked("start", ["--start", "-250.5"], {"startMs": -250.5}, {}),
    Asked("start at minus zero", ["--start", "-0"], {"startMs": 0}, {}),
    Asked("times", ["--times", "5,3.5,3.5"], {"frames": 3, "times": [5, 3.5, 3.5]}, {}),
    Asked("executors", ["--executors", "stub"], {"executors": "stub"}, {}),
    Asked("watch", ["--watch", "all"], {}, {"watch": ["all"]}),
    Asked("watch several", ["--watch", "1, value", "--watch", "state"], {},
          {"watch": ["1", "value", "state"]}),
    Asked("a tolerance of minus zero", ["--atol", "value=-0"], {},
          {"policy": {"atol": {"value": 0}}}),
    Asked("tolerances", ["--atol", "1e-9", "--rtol", "value=0.5", "--ulp", "2=4", "--equal-zeros"],
          {}, {"policy": {"atol": {"*": 1e-9}, "rtol": {"value": 0.5}, "ulp": {"2": 4},
                          "equalZeros": True}}),
]  # fmt: skip


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row.name)
def test_what_is_asked_for_is_what_is_recorded(row: Asked, irrun: Irrun) -> None:
    """Each option stands in the golden, and the check runs with it."""
    save(constant(1.0))

    got = irrun("golden", "record", "program.json", *row.options)

    assert got.code == 0, got.err
    document = document_of(Path("program.golden"))
    usual = {"frames": 60, "fps": 60, "startMs": 0, "executors": "auto"}
    assert document["run"] == usual | row.run
    for name, value in row.header.items():
        assert document[name] == value
    assert irrun("golden", "check").code == 0


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row.name)
def test_what_is_not_asked_for_stays(row: Asked, irrun: Irrun) -> None:
    """Recorded again without options: the settings that the golden has, not the usual ones."""
    save(constant(1.0))
    irrun("golden", "record", "program.json", *row.options)
    before = document_of(Path("program.golden"))
    save(constant(2.0))

    assert irrun("golden", "record", "program.json").code == 0

    after = document_of(Path("program.golden"))
    assert after["program"] != before["program"]
    assert {k: after[k] for k in after if k not in ("frames", "program")} == {
        k: before[k] for k in before if k not in ("frames", "program")
    }


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row.name)
def test_fresh_forgets_what_was(row: Asked, irrun: Irrun) -> None:
    """--fresh: the same bytes as if there had been no golden."""
    save(constant(1.0))
    irrun("golden", "record", "program.json")
    usual = Path("program.golden").read_bytes()
    irrun("golden", "record", "program.json", *row.options)

    assert irrun("golden", "record", "program.json", "--fresh").code == 0
    assert Path("program.golden").read_bytes() == usual


KEPT = [
    ("frames keep the start", ["--start", "100"], ["-n", "5"], {"frames": 5, "startMs": 100}),
    ("start keeps the frames", ["-n", "5"], ["--start", "100"], {"frames": 5, "startMs": 100}),
    ("fps keeps frames and start", ["-n", "5", "--start", "9"], ["--fps", "30"],
     {"frames": 5, "startMs": 9, "fps": 30}),
    ("frames keep the fps", ["--fps", "30"], ["-n", "5"],
     {"frames": 5, "startMs": 0, "fps": 30}),
    ("times take the place of frames", ["-n", "5", "--start", "9"], ["--times", "1,2"],
     {"frames": 2, "times": [1, 2], "startMs": 0}),
    ("frames take the place of times", ["--times", "1,2"], ["-n", "5"],
     {"frames": 5, "startMs": 0}),
    ("watch keeps the times", ["--times", "1,2"], ["--watch", "1"],
     {"frames": 2, "times": [1, 2], "startMs": 0}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "run"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT]
)
def test_an_option_changes_itself_and_keeps_the_rest(
    first: list[str], second: list[str], run: dict[str, Any], irrun: Irrun
) -> None:
    """What is not given stays as the golden has it."""
    save(constant(1.0))
    irrun("golden", "record", "program.json", *first)

    assert irrun("golden", "record", "program.json", *second).code == 0

    found = document_of(Path("program.golden"))["run"]
    assert found == {"fps": 60, "executors": "auto"} | run


def test_recording_what_has_not_changed_writes_nothing(irrun: Irrun) -> None:
    """Not a byte, and the file's age stays: nothing for version control to see."""
    save(constant(1.0))
    irrun("golden", "record", "program.json")
    before = files_below(Path())

    got = irrun("golden", "record", "program.json")

    assert "same" in got.out
    assert files_below(Path()) == before


def test_recording_says_what_changed(irrun: Irrun) -> None:
    """A golden whose output is another one is called changed, with how much."""
    save(constant(1.0))
    irrun("golden", "record", "program.json", "-n", "3")
    save(constant(2.0))

    got = irrun("golden", "record", "program.json")

    assert "changed" in got.out
    assert "3 of 3 frames" in " ".join(got.out.split())


def test_recording_settles_what_was_pending(irrun: Irrun) -> None:
    """New output that a check has left is no longer news."""
    save(constant(1.0))
    irrun("golden", "record", "program.json")
    save(constant(2.0))
    irrun("golden", "check")
    assert Path("program.golden.new").exists()

    irrun("golden", "record", "program.json")

    assert not Path("program.golden.new").exists()
    assert irrun("golden", "check").code == 0


def test_the_settings_of_a_damaged_golden_are_not_lost(irrun: Irrun) -> None:
    """IR130, and nothing is written; --fresh records it anew, and calls that a change."""
    save(constant(1.0))
    irrun("golden", "record", "program.json", "-n", "5", "--watch", "all", "--atol", "0.5")
    damaged = b"<<<<<<< HEAD\n" + Path("program.golden").read_bytes()
    Path("program.golden").write_bytes(damaged)

    got = irrun("golden", "record", "program.json", "-n", "7")

    assert (got.code, got.out) == (3, "")
    assert "IR130" in got.err
    assert "--fresh" in got.err
    assert Path("program.golden").read_bytes() == damaged
    anew = irrun("golden", "record", "program.json", "--fresh")
    assert (anew.code, "changed" in anew.out) == (0, True)
    assert document_of(Path("program.golden"))["run"]["frames"] == 60


def test_a_golden_that_lost_its_buffers_gets_them_back(irrun: Irrun) -> None:
    """Its settings can be read, so they stay: no --fresh is needed."""
    save(buffered(1.0))
    irrun("golden", "record", "program.json", "-n", "2", "--watch", "all", "--buffers", "full")
    (file,) = Path().glob("program.golden.*.npz")
    before = Path("program.golden").read_bytes()
    file.unlink()

    assert irrun("golden", "check", "program.golden").code == 3
    assert irrun("golden", "record", "program.json").code == 0
    assert file.is_file()
    assert Path("program.golden").read_bytes() == before


def test_goldens_go_into_a_folder_that_is_named(irrun: Irrun) -> None:
    """-o DIR is made if need be; the program's path counts from there."""
    save(constant(1.0))

    assert irrun("golden", "record", "program.json", "-o", "deep/goldens").code == 0

    assert document_of(Path("deep/goldens/program.golden"))["program"]["path"] == (
        "../../program.json"
    )
    assert irrun("golden", "check", "deep").code == 0


def test_the_working_folder_does_not_count(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded from elsewhere: the same bytes."""
    Path("programs").mkdir()
    save(constant(1.0), "programs/a.json")
    irrun("golden", "record", "programs/a.json")
    first = Path("programs/a.golden").read_bytes()
    Path("programs/a.golden").unlink()
    monkeypatch.chdir("programs")

    irrun("golden", "record", "a.json")

    assert Path("a.golden").read_bytes() == first


def test_a_folder_is_searched_for_programs(irrun: Irrun) -> None:
    """Both encodings share one golden; other JSON and hidden folders are left out."""
    for name in ("bus", "minimal"):
        for encoding in ("json", "msgpack"):
            Path("programs/deep").mkdir(parents=True, exist_ok=True)
            shutil.copy(bundled(name, encoding), f"programs/deep/{name}.{encoding}")
    Path("programs/package.json").write_text('{"name": "no program"}')
    Path("programs/.hidden").mkdir()
    save(constant(1.0), "programs/.hidden/secret.json")

    got = irrun("golden", "record", "programs", "-n", "3")

    assert got.code == 0, got.err
    assert {path.as_posix() for path in Path().rglob("*.golden")} == {
        "programs/deep/bus.golden",
        "programs/deep/minimal.golden",
    }
    assert irrun("golden", "check", "programs").code == 0


def test_two_programs_of_one_name_are_refused(irrun: Irrun) -> None:
    """They would overwrite each other's golden: 2, and both are named."""
    save(constant(1.0), "a.json")
    Path("other").mkdir()
    save(constant(2.0), "other/a.json")

    got = irrun("golden", "record", "a.json", "other/a.json", "-o", "goldens")

    assert got.code == 2
    for fact in ("a.json", "other/a.json"):
        assert fact in got.err


def test_one_program_that_fails_does_not_stop_the_others(irrun: Irrun) -> None:
    """Each problem is told with its program; the worst exit code counts; no half goldens."""
    save(constant(1.0), "a.json")
    save(trapping(), "b.json")
    Path("c.json").write_bytes(b'{"irVersion": 1')
    save(constant(1.0), "d.json")

    got = irrun("golden", "record", ".")

    assert got.code == 4
    assert {path.name for path in Path().glob("*.golden")} == {"a.golden", "d.golden"}
    for fact in ("IR402", "b.json", "IR102", "c.json"):
        assert fact in got.err


def test_a_program_that_fails_leaves_its_golden(irrun: Irrun) -> None:
    """The old one is whole, whatever became of the program."""
    save(constant(1.0))
    irrun("golden", "record", "program.json")
    before = files_below(Path())["program.golden"]
    save(trapping())

    assert irrun("golden", "record", "program.json").code == 4
    assert files_below(Path())["program.golden"] == before


class Refused(NamedTuple):
    name: str
    arguments: list[str]
    code: int = 2


REFUSED = [
    Refused("nothing to record", []),
    Refused("no such file", ["absent.json"]),
    Refused("an empty folder", ["empty"]),
    Refused("no frames", ["program.json", "-n", "0"]),
    Refused("frames without end", ["program.json", "-n", "99999999999"]),
    Refused("no speed", ["program.json", "--fps", "0"]),
    Refused("no start", ["program.json", "--start", "nan"]),
    Refused("no times", ["program.json", "--times", ","]),
    Refused("no watch", ["program.json", "--watch", ","]),
    Refused("unknown executors", ["program.json", "--executors", "fake"]),
    Refused("unknown buffers", ["program.json", "--buffers", "half"]),
    Refused("a swap without a program", ["program.json", "--swap", "3"]),
    Refused("a swap after the end", ["program.json", "-n", "3", "--swap", "3=program.json"], 3),
    Refused("two swaps at once", ["program.json", "--swap", "1=program.json", "--swap",
                                  "1=program.json"]),
    Refused("a swap to nothing", ["program.json", "--swap", "1=absent.json"], 3),
    Refused("an unknown value", ["program.json", "--watch", "speed"], 3),
    Refused("an unknown slot", ["program.json", "--watch", "99"], 3),
    Refused("a slot of many digits", ["program.json", "--watch", "9" * 5000], 3),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
def test_what_cannot_be_recorded_is_refused(row: Refused, irrun: Irrun) -> None:
    """Wrong usage is 2, a program that cannot be used 3; no golden is made."""
    save(constant(1.0))
    Path("empty").mkdir()

    got = irrun("golden", "record", *row.arguments)

    assert got.code == row.code, got.err
    assert "IR900" not in got.err
    assert list(Path().rglob("*.golden*")) == []


@pytest.mark.parametrize("value", ["1", "true"])
def test_nothing_is_recorded_in_ci(
    value: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong usage, whatever is asked for."""
    save(constant(1.0))
    monkeypatch.setenv("CI", value)

    for options in ([], ["--fresh"], ["-o", "goldens"]):
        assert irrun("golden", "record", "program.json", *options).code == 2
    assert list(Path().rglob("*.golden")) == []


def test_a_golden_that_cannot_be_written_is_told(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2 with the reason, not a bug."""
    save(constant(1.0))
    Path("goldens").write_text("a file where a folder should be")

    got = irrun("golden", "record", "program.json", "-o", "goldens/deep")

    assert got.code == 2
    assert "IR900" not in got.err


# --- Whole buffers --------------------------------------------------------------------------


def test_whole_buffers_lie_beside_the_golden_once(irrun: Irrun) -> None:
    """Named for their content; the file of before is gone when they change, or are not wanted."""
    save(buffered(1.0))
    irrun("golden", "record", "program.json", "--buffers", "full")
    (first,) = Path().glob("*.npz")
    assert document_of(Path("program.golden"))["buffers"] == first.name

    save(buffered(2.0))
    irrun("golden", "record", "program.json")
    (second,) = Path().glob("*.npz")
    assert second != first
    assert document_of(Path("program.golden"))["buffers"] == second.name

    irrun("golden", "record", "program.json", "--buffers", "sample")
    assert list(Path().glob("*.npz")) == []
    assert "buffers" not in document_of(Path("program.golden"))


def test_buffers_of_a_golden_of_a_similar_name_stay(irrun: Irrun) -> None:
    """`a.golden` clears away its own old buffers, not those of `a.golden.b` or its new output."""
    for name in ("a", "a.golden.b"):
        save(buffered(1.0), f"{name}.json")
        irrun("golden", "record", f"{name}.json", "--buffers", "full")
    before = {path.name for path in Path().glob("a.golden.b.golden.*.npz")}
    save(buffered(2.0), "a.json")

    irrun("golden", "record", "a.json")

    assert {path.name for path in Path().glob("a.golden.b.golden.*.npz")} == before
    assert irrun("golden", "check").code == 0


# --- Settings -------------------------------------------------------------------------------

SETTINGS = """
{table}
programs = ["programs/*.json"]
dir = "goldens"
frames = 4
fps = 30
start = 10
watch = ["value", 1]
executors = "stub"
buffers = "full"
atol = 1e-9
rtol = {{ value = 0.5 }}
equal_zeros = true
"""

FILES = [("irrun.toml", "[golden]"), ("pyproject.toml", "[tool.irrun.golden]")]


@pytest.mark.parametrize(("file", "table"), FILES, ids=["own file", "pyproject"])
def test_settings_say_what_is_not_asked_for(
    file: str, table: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs, folder, frames, values, tolerances; also from a folder below."""
    Path(file).write_text(SETTINGS.format(table=table))
    Path("programs/below").mkdir(parents=True)
    save(constant(1.0), "programs/a.json")
    monkeypatch.chdir("programs/below")

    assert irrun("golden", "record").code == 0

    document = document_of(Path("../../goldens/a.golden"))
    assert document["program"]["path"] == "../programs/a.json"
    assert document["run"] == {"frames": 4, "fps": 30, "startMs": 10, "executors": "stub"}
    assert document["watch"] == ["value", "1"]
    assert document["policy"] == {
        "atol": {"*": 1e-9}, "rtol": {"value": 0.5}, "equalZeros": True,
    }  # fmt: skip
    assert irrun("golden", "check").code == 0


def test_options_have_the_first_say_then_the_golden_then_the_settings(irrun: Irrun) -> None:
    """Settings make what nobody else has said."""
    Path("irrun.toml").write_text('[golden]\nframes = 4\nfps = 30\nwatch = ["value"]\n')
    save(constant(1.0))
    irrun("golden", "record", "program.json", "--fps", "20")
    Path("irrun.toml").write_text('[golden]\nframes = 9\nfps = 90\nwatch = ["all"]\n')

    irrun("golden", "record", "program.json", "--watch", "1")

    document = document_of(Path("program.golden"))
    assert (document["run"]["frames"], document["run"]["fps"]) == (4, 20)
    assert document["watch"] == ["1"]


def test_the_start_of_the_settings_holds_for_any_number_of_frames(irrun: Irrun) -> None:
    """--frames changes how many, not from when on."""
    Path("irrun.toml").write_text("[golden]\nframes = 4\nstart = 1000\n")
    save(constant(1.0))

    irrun("golden", "record", "program.json", "-n", "2")

    assert document_of(Path("program.golden"))["run"]["startMs"] == 1000


def test_a_program_that_the_settings_name_must_have_a_golden(irrun: Irrun) -> None:
    """Without any path, check finds those that were forgotten."""
    Path("irrun.toml").write_text('[golden]\nprograms = ["a.json", "b.json"]\ndir = "goldens"\n')
    for name in ("a.json", "b.json", "c.json"):
        save(constant(1.0), name)
    irrun("golden", "record", "a.json")

    got = irrun("golden", "check", "--format", "json")

    assert got.code == 1
    assert {r["name"]: r["verdict"] for r in got.document["results"]} == {
        "goldens/a": "same",
        "goldens/b": "no golden",
    }


def test_own_settings_beat_those_of_the_pyproject(irrun: Irrun) -> None:
    """In one folder irrun.toml counts; a pyproject without settings is passed over."""
    save(constant(1.0))
    Path("pyproject.toml").write_text("[tool.irrun.golden]\nframes = 4\n")
    irrun("golden", "record", "program.json")
    assert document_of(Path("program.golden"))["run"]["frames"] == 4

    Path("irrun.toml").write_text("[golden]\nframes = 5\n")
    irrun("golden", "record", "program.json", "--fresh")
    assert document_of(Path("program.golden"))["run"]["frames"] == 5

    Path("below").mkdir()
    Path("below/pyproject.toml").write_text('[project]\nname = "another"\n')
    os.chdir("below")
    irrun("golden", "record", "../program.json", "--fresh")
    assert document_of(Path("../program.golden"))["run"]["frames"] == 5


WRONG = {
    "no TOML": "golden = {",
    "no UTF-8": "[golden]\ndir = '\udcff'",
    "an unknown key": "[golden]\nframe = 4",
    "an unknown table": "[gold]\nframes = 4",
    "a key beside the table": "frames = 4",
    "golden that is no table": "golden = 4",
    "no frames": "[golden]\nframes = 0",
    "frames below 0": "[golden]\nframes = -1",
    "frames of no integer": "[golden]\nframes = 4.5",
    "frames that are a text": "[golden]\nframes = '4'",
    "too many frames": "[golden]\nframes = 99999999999",
    "no speed": "[golden]\nfps = 0",
    "endless speed": "[golden]\nfps = inf",
    "no number for a speed": "[golden]\nfps = nan",
    "no number for a start": "[golden]\nstart = nan",
    "endless start": "[golden]\nstart = inf",
    "no times": "[golden]\ntimes = []",
    "times that are none": "[golden]\ntimes = ['a']",
    "times without end": "[golden]\ntimes = [inf]",
    "times that are no numbers": "[golden]\ntimes = [nan]",
    "watch that is no list": "[golden]\nwatch = 'all'",
    "watch of numbers that are no slots": "[golden]\nwatch = [1.5]",
    "watch of nothing": "[golden]\nwatch = []",
    "unknown executors": "[golden]\nexecutors = 'fake'",
    "unknown buffers": "[golden]\nbuffers = 'half'",
    "atol below 0": "[golden]\natol = -1",
    "atol that is no number": "[golden]\natol = nan",
    "atol without end": "[golden]\natol = inf",
    "atol that is a text": "[golden]\natol = 'much'",
    "atol of a value below 0": "[golden.atol]\nvalue = -1",
    "atol of a value that is a text": "[golden.atol]\nvalue = 'much'",
    "programs that are no list": "[golden]\nprograms = 'a.json'",
    "programs that are no texts": "[golden]\nprograms = [1]",
    "dir that is no text": "[golden]\ndir = 1",
    "equal_zeros that is no boolean": "[golden]\nequal_zeros = 1",
    "the root": "[golden]\nroot = '/'",
    "the root by another name": "[golden]\nRoot = '/'",
}


@pytest.mark.parametrize("command", ["record", "check"])
@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_wrong_settings_are_refused(text: str, command: str, irrun: Irrun) -> None:
    """IR132 with the file, exit code 3, whether or not the key would have mattered."""
    save(constant(1.0))
    Path("irrun.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    got = irrun("golden", command, "program.json")

    assert got.code == 3
    for fact in ("IR132", "irrun.toml"):
        assert fact in got.err


@pytest.mark.parametrize("text", ["[tool.irrun]\ngolden = 4", "[tool.irrun.golden]\nframe = 4"])
def test_wrong_settings_in_a_pyproject_are_refused(text: str, irrun: Irrun) -> None:
    """The same, in the shared file."""
    save(constant(1.0))
    Path("pyproject.toml").write_text(text)

    got = irrun("golden", "record", "program.json")

    assert got.code == 3
    for fact in ("IR132", "pyproject.toml"):
        assert fact in got.err


# --- What everybody should have -------------------------------------------------------------


def stateful() -> ProgramBuilder:
    """A program whose one output adds up the time."""
    b = constant(1.0)
    b.cell("acc", initialConstId=b.const(0.25, "f64"), nodeId="sum", role="memory")
    total = b.signal("stateful", op="integrate", input=0, stateId="acc")
    b.slots(3)
    b.step("signalEval", "s-sum", outputs=[{"sigId": total, "slot": 3}])
    return b


def test_state_is_recorded_by_its_stable_name_and_with_its_step(irrun: Irrun) -> None:
    """`nodeId:role`, as state is carried over by, and who updates it."""
    save(stateful())
    irrun("golden", "record", "program.json", "-n", "3")

    document = document_of(Path("program.golden"))

    assert document["values"]["state sum:memory"] == {"storage": "f64", "step": "s-sum"}
    assert all("state sum:memory" in frame.get("values", {}) for frame in document["frames"][1:])


def test_a_program_from_which_nothing_would_be_recorded_is_no_success(irrun: Irrun) -> None:
    """Neither outputs nor state: a golden of nothing would pass for ever."""
    b = ProgramBuilder("silent")
    b.slots(0, 1)
    b.time(0, 1)
    save(b)

    assert irrun("golden", "record", "program.json").code != 0


def test_a_recorded_golden_is_the_text_of_what_was_read(irrun: Irrun) -> None:
    """Every bundled program: read and written again, the file is the same."""
    for name in ("every-step-kind", "ring-buffer", "every-storage"):
        shutil.copy(bundled(name), f"{name}.msgpack")
    irrun("golden", "record", ".", "-n", "5", "--watch", "all")

    for path in Path().glob("*.golden"):
        assert golden_bytes(read_golden(path)) == path.read_bytes()

"""Which goldens `irrun golden check` looks at, in how many processes, and how it reports them."""

import re
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
from cli.samples import Irrun, Outcome, save
from compare.golden.samples import constant, trapping

from irrun.errors.showing import shown

NAMES = [f"{folder}/{name}" for folder in ("lines", "rings") for name in "abcd"]


@pytest.fixture
def goldens(irrun: Irrun) -> list[str]:
    """Return the names of eight goldens in two folders; `rings/b` and `rings/d` differ."""
    for name in NAMES:
        make(irrun, name, 1.0)
    for name in ("rings/b", "rings/d"):
        save(constant(2.0), f"{name}.json")
    return NAMES


def make(irrun: Irrun, name: str, number: float) -> None:
    """Record a small program under a name."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    save(constant(number), f"{name}.json")
    assert irrun("golden", "record", f"{name}.json", "-n", "2").code == 0


def names(got: Outcome) -> list[str]:
    """Return the names of the goldens that were checked, in the order of the report."""
    return [result["name"] for result in got.document["results"]]


# --- Which ----------------------------------------------------------------------------------


class Selection(NamedTuple):
    name: str
    arguments: list[str]
    expected: list[str]


SELECTIONS = [
    Selection("the working folder", [], NAMES),
    Selection("a folder", ["lines"], NAMES[:4]),
    Selection("folders that overlap", ["lines", ".", "lines"], NAMES),
    Selection("a golden", ["lines/a.golden"], ["lines/a"]),
    Selection("a program", ["lines/a.json"], ["lines/a"]),
    Selection("both of them", ["lines/a.json", "lines/a.golden"], ["lines/a"]),
    Selection("in the order of the names", ["rings/a.json", "lines"], [*NAMES[:4], "rings/a"]),
    Selection("by a part of the name", ["-k", "s/a"], ["lines/a", "rings/a"]),
    Selection("by a part of the folder", ["-k", "ring"], NAMES[4:]),
]


@pytest.mark.parametrize("row", SELECTIONS, ids=lambda row: row.name)
def test_what_is_selected(row: Selection, irrun: Irrun, goldens: list[str]) -> None:
    """Goldens, programs, folders; each once, by name."""
    assert names(irrun("golden", "check", *row.arguments, "--format", "json")) == row.expected


EMPTY = [["empty"], ["-k", "squares"], ["absent"], ["absent.golden"], ["absent.json"], ["lines/e"]]


@pytest.mark.parametrize("arguments", EMPTY, ids=" ".join)
def test_an_empty_selection_is_no_success(
    arguments: list[str], irrun: Irrun, goldens: list[str]
) -> None:
    """Nothing to check is wrong usage: 2, and it says what was not found."""
    Path("empty").mkdir()

    got = irrun("golden", "check", *arguments)

    assert (got.code, got.out) == (2, "")
    assert got.err


def test_a_folder_without_any_golden_is_no_success(irrun: Irrun) -> None:
    """An empty working folder: 2."""
    assert irrun("golden", "check").code == 2


@pytest.mark.parametrize("parts", [1, 2, 3, 8, 11])
def test_shards_are_a_partition(parts: int, irrun: Irrun, goldens: list[str]) -> None:
    """Each golden is in exactly one part; a part without any is no failure."""
    found: list[str] = []
    for k in range(1, parts + 1):
        got = irrun("golden", "check", "--shard", f"{k}/{parts}", "--format", "json")
        part = names(got)
        assert got.code == (1 if {"rings/b", "rings/d"} & set(part) else 0)
        found += part

    assert sorted(found) == goldens


def test_an_empty_shard_says_so(irrun: Irrun, goldens: list[str]) -> None:
    """On the terminal too, and with a JUnit report that is valid."""
    got = irrun("golden", "check", "--shard", "9/9", "--junit", "report.xml")

    assert (got.code, "no goldens" in got.out) == (0, True)
    assert ElementTree.parse("report.xml").getroot().find("testsuite") is not None


@pytest.mark.parametrize(
    "shard", ["0/3", "4/3", "1/0", "1", "a/b", "/", "1/", "-1/3", "1/3/5", f"1/{'9' * 5000}"]
)
def test_what_is_no_shard_is_refused(shard: str, irrun: Irrun, goldens: list[str]) -> None:
    """K of N, from 1."""
    assert irrun("golden", "check", "--shard", shard).code == 2


def test_a_selection_comes_before_the_shard(irrun: Irrun, goldens: list[str]) -> None:
    """-k picks, then the parts are made of what is left."""
    found = [
        names(irrun("golden", "check", "-k", "ring", "--shard", f"{k}/2", "--format", "json"))
        for k in (1, 2)
    ]

    assert sorted(found[0] + found[1]) == NAMES[4:]
    assert len(found[0]) == len(found[1]) == 2


# --- In how many processes ------------------------------------------------------------------


def test_any_number_of_processes_says_the_same(irrun: Irrun, goldens: list[str]) -> None:
    """--jobs 1 and 8: the same bytes on standard output, and the same files are left."""
    save(trapping(), "lines/c.json")
    outs = []
    for jobs in ("1", "8"):
        got = irrun("golden", "check", "--format", "json", "--jobs", jobs, "--junit", "report.xml")
        left = {path.as_posix(): path.read_bytes() for path in Path().rglob("*.new")}
        outs.append((got, left, Path("report.xml").read_bytes()))

    assert outs[0] == outs[1]
    assert outs[0][0].code == 4


def test_fail_fast_stops_at_the_first_failure(irrun: Irrun, goldens: list[str]) -> None:
    """One after the other: what comes after the first that does not pass is not checked."""
    got = irrun("golden", "check", "--fail-fast", "--jobs", "1", "--format", "json")

    assert got.code == 1
    assert names(got) == NAMES[: NAMES.index("rings/b") + 1]
    assert "2 not checked" in irrun("golden", "check", "--fail-fast", "--jobs", "1").out


def test_fail_fast_among_several_processes_fails_too(irrun: Irrun, goldens: list[str]) -> None:
    """Whichever comes first: one failure at least, and the exit code of it."""
    got = irrun("golden", "check", "--fail-fast", "--jobs", "2", "--format", "json")

    assert got.code == 1
    assert any(not result["passes"] for result in got.document["results"])


def test_fail_fast_without_a_failure_checks_all(irrun: Irrun, goldens: list[str]) -> None:
    """Nothing to stop at."""
    got = irrun("golden", "check", "lines", "--fail-fast", "--format", "json")

    assert (got.code, names(got)) == (0, NAMES[:4])


# --- Reports --------------------------------------------------------------------------------


def test_junit_has_a_case_for_each_golden(irrun: Irrun, goldens: list[str]) -> None:
    """Counts, folders as classes, failures with what differs, errors with their code."""
    save(trapping(), "lines/c.json")
    Path("lines/d.golden").write_bytes(b"<<<<<<< HEAD\n")

    got = irrun("golden", "check", "--junit", "out.xml")

    assert got.code == 4
    suite = ElementTree.parse("out.xml").getroot().find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "8", "failures": "2", "errors": "2", "skipped": "0"}
    cases = {f"{case.get('classname')}/{case.get('name')}": case for case in suite}
    assert list(cases) == NAMES
    failure = cases["rings/b"].find("failure")
    assert failure is not None
    assert "frame 0" in (failure.text or "")
    for name, code in (("lines/c", "IR402"), ("lines/d", "IR130")):
        error = cases[name].find("error")
        assert error is not None
        assert code in (error.text or "")
    assert len(cases["lines/a"]) == 0


def test_a_report_does_not_depend_on_when_or_where(irrun: Irrun, goldens: list[str]) -> None:
    """Twice the same bytes: no times, no host."""
    irrun("golden", "check", "--junit", "one.xml")
    irrun("golden", "check", "--junit", "two.xml")

    assert Path("one.xml").read_bytes() == Path("two.xml").read_bytes()


WEIRD = [
    "a&b", "a<b>c", 'a"b', "a'b", "]]>", "per%cent", "com,ma", "co:lon", "new\nline", "ta\tb",
    "\x1b[31mred", "bell\x07", "nul\x01", "é", "日本", "😀", "\ufffe", "[bold]x", "[red",
    "sp ace", "-dash", "%0A",
]  # fmt: skip


@pytest.mark.parametrize("name", WEIRD, ids=ascii)
def test_a_report_holds_whatever_a_file_is_called(name: str, irrun: Irrun) -> None:
    """XML that parses, one annotation to a failure, JSON that says the exact name."""
    Path("odd").mkdir()
    save(constant(1.0), f"odd/{name}.json")
    assert irrun("golden", "record", f"odd/{name}.json", "-n", "2").code == 0
    save(constant(2.0), f"odd/{name}.json")

    got = irrun("golden", "check", "odd", "--format", "json", "--junit", "report.xml")
    assert (got.code, names(got)) == (1, [f"odd/{name}"])
    case = ElementTree.parse("report.xml").getroot().find("testsuite/testcase")
    assert case is not None
    assert case.get("name") == shown(name)

    got = irrun("golden", "check", "odd", "--format", "github")
    assert got.code == 1
    assert "\x1b" not in got.out
    commands = [line for line in got.out.splitlines() if line.startswith("::")]
    assert len(commands) == 1
    assert properties(commands[0])["file"] == shown(f"odd/{name}.golden")


def properties(command: str) -> dict[str, str]:
    """Return what a workflow command says, as its reader takes it."""
    found = re.fullmatch(r"::(error|notice) ([^:]*)::(.*)", command)
    assert found is not None, command
    pairs = dict(part.split("=", 1) for part in found.group(2).split(","))
    return {key: unescaped(value) for key, value in (pairs | {"text": found.group(3)}).items()}


def unescaped(text: str) -> str:
    """Take back the escapes of workflow commands."""
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_an_annotation_stands_where_the_frame_is(irrun: Irrun, goldens: list[str]) -> None:
    """File, line, title, and the whole story in one line."""
    got = irrun("golden", "check", "rings/b.golden", "--format", "github")

    (command,) = [line for line in got.out.splitlines() if line.startswith("::")]
    found = properties(command)
    assert found["file"] == "rings/b.golden"
    line = Path("rings/b.golden").read_text().splitlines()[int(found["line"]) - 1]
    assert line.startswith('{"frame": 0, ')
    assert "rings/b" in found["title"]
    assert "expected 1" in found["text"]
    assert "\n" in found["text"]


def test_a_changed_program_is_a_notice(irrun: Irrun, goldens: list[str]) -> None:
    """Nothing is wrong, but somebody may want to know."""
    save(constant(1.0, patch_id="renamed"), "lines/a.json")

    got = irrun("golden", "check", "lines", "--format", "github")

    assert got.code == 0
    commands = [line for line in got.out.splitlines() if line.startswith("::")]
    assert [command.split(" ")[0] for command in commands] == ["::notice"]


HOSTILE_IDS = ["x\n::error::injected", "x\r::error::injected", "\x1b[2Jx", "x%0A::error::y"]


@pytest.mark.parametrize("output_id", HOSTILE_IDS, ids=ascii)
def test_a_program_cannot_speak_for_the_report(output_id: str, irrun: Irrun) -> None:
    """Texts of a program are shown, not obeyed: by no terminal and by no workflow."""

    def program(number: float) -> Any:
        b = constant(number)
        b.doc["outputs"][0]["id"] = output_id
        return b

    save(program(1.0))
    irrun("golden", "record", "program.json", "-n", "2")
    save(program(2.0))

    out = irrun("golden", "check", "--format", "github").out

    assert "\x1b" not in out
    assert len([line for line in re.split("[\r\n]", out) if line.startswith("::")]) == 1


def test_a_junit_file_that_cannot_be_written_is_told(irrun: Irrun, goldens: list[str]) -> None:
    """Wrong usage, 2, with the reason."""
    got = irrun("golden", "check", "--junit", "absent/report.xml")

    assert got.code == 2
    assert "absent/report.xml" in got.err

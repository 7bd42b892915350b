"""docs/ci.md, docs/golden-format.md and the hooks for pre-commit are true."""

import ast
import hashlib
import inspect
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import pytest

from irrun.cli.main import group, run_command
from irrun.compare.golden.check import Verdict
from irrun.compare.golden.report.reports import check_document
from irrun.compare.golden.settings import Settings, read_settings
from irrun.compare.golden.store import read_golden
from irrun.compare.output.document import (
    GoldenHeader,
    GoldenPicture,
    GoldenPolicy,
    GoldenRun,
    GoldenShot,
    GoldenSwap,
    GoldenValue,
    PixelThreshold,
)
from irrun.compare.output.summaries import WHOLE_ELEMENTS, elements_kept, sampled
from irrun.compare.output.text import FrameLine, parse_golden
from irrun.numerics.digest import array_digest
from irrun.pytest_plugin import IrrunGolden

ROOT: Final = Path(__file__).resolve().parents[3]
CI_PAGE: Final = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
FORMAT_PAGE: Final = (ROOT / "docs" / "golden-format.md").read_text(encoding="utf-8")
COMMANDS_PAGE: Final = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
OUTPUT_PAGE: Final = (ROOT / "docs" / "output-format.md").read_text(encoding="utf-8")
HOOKS: Final = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
GOLDENS: Final = sorted(ROOT.glob("programs/*.golden")) + sorted(
    ROOT.glob("tests/compare/golden/**/*.golden")
)


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with some of the bundled programs: so few that no processes are started."""
    (tmp_path / "programs").mkdir()
    for name in ("bus", "conflicting-evidence", "minimal"):
        for suffix in (".json", ".golden"):
            shutil.copy(ROOT / "programs" / (name + suffix), tmp_path / "programs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def parse(line: str) -> None:
    """Let a command line be understood: the command exists, and takes such options."""
    words = shlex.split(line, comments=True)[1:]
    found: click.Command | None = group
    while isinstance(found, click.Group):
        found = found.get_command(click.Context(found), words.pop(0))
    assert found is not None
    # With the group's settings: click keeps what it makes of them, for whoever comes next.
    found.make_context("irrun", words, parent=click.Context(group, **group.context_settings))


def commands(text: str) -> list[str]:
    """Return the irrun commands of a shell or YAML block."""
    joined = re.sub(r">-\n", "", text)  # a folded scalar is one line
    joined = re.sub(r"\n +(--|irrun )", r" \1", joined)
    joined = re.sub(r"\$\{\{.*?\}\}|\$CI_NODE_\w+", "1", joined)
    return re.findall(r"\b(irrun golden [a-z]+[^\n;]*)", joined)


# --- docs/ci.md -----------------------------------------------------------------------------


def all_commands() -> Iterator[str]:
    """Yield the commands of docs/ci.md, those of its text too."""
    for language in ("sh", "yaml"):
        for block in blocks(CI_PAGE, language):
            yield from commands(block)
    yield from re.findall(r"`(irrun golden [a-z]+ [^`]*)`", CI_PAGE)


@pytest.mark.parametrize("line", sorted(set(all_commands())))
def test_commands_of_the_page_are_understood(line: str) -> None:
    """Every command line parses as it stands."""
    parse(line.replace("...", ""))


def test_the_page_shows_both_systems_with_all_options() -> None:
    """GitHub and GitLab: shards, JUnit, pending output."""
    github, gitlab = (b for b in blocks(CI_PAGE, "yaml") if "golden check" in b)

    for block in (github, gitlab):
        (line,) = commands(block)
        assert {"--shard", "--junit", "--pending"} <= set(line.split())
    assert "--format github" in github
    assert "$CI_NODE_INDEX/$CI_NODE_TOTAL" in gitlab


def test_start_of_the_page_works() -> None:
    """Record, check: as written."""
    for line in blocks(CI_PAGE, "sh")[0].splitlines():
        assert run_command(shlex.split(line)[1:]) == 0


def test_settings_of_the_page_are_all_there_are() -> None:
    """The example is accepted, and shows every setting (times stands in a comment)."""
    (example,) = blocks(CI_PAGE, "toml")
    Path("irrun.toml").write_text(example, encoding="utf-8")

    assert read_settings(Path("irrun.toml")) is not None
    named = set(re.findall(r"^(\w+) =", example, re.MULTILINE)) | {"times"}
    assert named == set(Settings.__struct_fields__) - {"root"}
    assert "`times = [" in example


def test_arguments_of_the_fixture_are_all_documented() -> None:
    """The table lists what the fixture takes, no more and no less."""
    table = CI_PAGE.partition("| argument |")[2].partition("\n\n")[0]
    listed = re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in table.splitlines()[2:]))
    signature = inspect.signature(IrrunGolden.__call__)

    assert set(listed) == set(signature.parameters) - {"self"}


def test_python_of_the_pages_is_python() -> None:
    """Examples parse."""
    for page in (CI_PAGE, FORMAT_PAGE):
        for block in blocks(page, "python"):
            ast.parse(block)


def test_exit_codes_of_the_page_are_those_of_the_verdicts() -> None:
    """Besides wrong usage."""
    section = CI_PAGE.partition("## Exit codes")[2].partition("\n## ")[0]
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}

    assert listed == {verdict.exit_code for verdict in Verdict} | {2}


@pytest.mark.parametrize("page", [CI_PAGE, FORMAT_PAGE, COMMANDS_PAGE, OUTPUT_PAGE])
def test_links_lead_somewhere(page: str) -> None:
    """Files exist, and so do the headings in them."""
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page):
        target = (ROOT / "docs" / file) if file else None
        text = page if target is None else target.read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        anchors = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
        assert not anchor or anchor in anchors, (file, anchor)


# --- docs/commands.md, docs/output-format.md ------------------------------------------------


def test_verdicts_are_documented_with_their_exit_codes() -> None:
    """The table has every verdict."""
    rows = re.findall(r"^\| `([a-z ]+)` \| .* \| (\d+) \|$", COMMANDS_PAGE, re.MULTILINE)

    assert dict(rows) == {str(verdict): str(verdict.exit_code) for verdict in Verdict}


def test_members_of_the_results_are_documented(capfdbinary: Any) -> None:
    """Every member of a real result with a comparison and one with an error."""
    program = Path("programs/bus.json")
    program.write_bytes(program.read_bytes().replace(b"1000", b"1001"))
    Path("programs/minimal.json").write_bytes(b"{")
    assert run_command(["golden", "check", "programs", "--format", "json"]) == 3
    document = json.loads(capfdbinary.readouterr().out)
    section = OUTPUT_PAGE.partition("## `irrun-golden-check`")[2].partition("\n## ")[0]
    by_name = {result["name"]: result for result in document["results"]}
    differing = by_name["programs/bus"]["comparison"]
    members = {*document, *by_name["programs/bus"], *by_name["programs/minimal"], *differing}
    members |= {*differing["values"][0], *differing["values"][0]["first"]}

    assert "error" in members
    assert check_document([]).keys() <= document.keys()
    assert [name for name in sorted(members) if f"`{name}`" not in section] == []


# --- docs/golden-format.md ------------------------------------------------------------------


def test_example_of_the_format_is_real() -> None:
    """It is what the command above it writes, to the byte, and it can be read."""
    example = blocks(FORMAT_PAGE, "json")[0]
    (line,) = re.findall(r"`(irrun golden record [^`]*)`", FORMAT_PAGE)
    Path("programs/conflicting-evidence.golden").unlink()

    assert run_command(shlex.split(line)[1:]) == 0
    assert Path("programs/conflicting-evidence.golden").read_text(encoding="utf-8") == example
    assert len(parse_golden(example.encode()).frames) == 4


def test_digest_of_the_example_is_spelled_out() -> None:
    """The text that the page says frame 0's digest is of."""
    (text,) = re.findall(r"`(output total .*?)`", FORMAT_PAGE, re.DOTALL)
    digest = hashlib.sha256(text.replace("\\n", "\n").encode()).hexdigest()[:32]

    assert f'{{"frame": 0, "tMs": 0, "digest": "{digest}"' in FORMAT_PAGE


def test_array_of_the_page_is_real() -> None:
    """Its digest is that of ten ones, as a bundled program's golden has them in frame 0."""
    document = json.loads(blocks(FORMAT_PAGE, "json")[1])

    assert array_digest(np.full(10, 1, np.float32)) == document["digest"]
    assert [i * 9 // 4 for i in range(5)] == sampled(10)
    assert [i * 9 // 2 for i in range(3)] == sampled(10, WHOLE_ELEMENTS)
    for program, block in (("conflicting-evidence", 1), ("every-step-kind", 2)):
        text = (ROOT / f"programs/{program}.golden").read_text(encoding="utf-8")
        assert blocks(FORMAT_PAGE, "json")[block].strip() in text


def test_every_member_of_a_summary_is_documented() -> None:
    """In the order of the file."""
    array = np.array([1, np.nan, 3, 4, 5, 6], np.float32)
    members = [*elements_kept(array, 2), *elements_kept(array[:1], 1)]
    section = FORMAT_PAGE.partition("**Arrays** are")[2].partition("## Whole arrays")[0]

    assert [name for name in members if f"`{name}`" not in section] == []


@pytest.mark.parametrize(
    "record",
    [
        GoldenHeader,
        GoldenRun,
        GoldenPolicy,
        GoldenSwap,
        GoldenValue,
        GoldenPicture,
        GoldenShot,
        PixelThreshold,
        FrameLine,
    ],
)
def test_every_member_is_documented(record: Any) -> None:
    """No member of the file is left out of the page."""
    for name in record.__struct_encode_fields__:
        assert re.search(rf"`{name}`", FORMAT_PAGE), name


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name)
def test_reader_of_the_page_reads_every_golden(path: Path) -> None:
    """It needs nothing of irrun and sees the same values, digests checked."""
    namespace: dict[str, Any] = {}
    exec(compile(blocks(FORMAT_PAGE, "python")[0], "golden-format.md", "exec"), namespace)
    frames: Callable[[Path], Iterator[tuple[int, dict[str, str]]]] = namespace["frames"]
    expected = [
        (frame.index, {name: text.decode() for name, text in values.items()})
        for frame, values in read_golden(path).values()
    ]

    assert list(frames(path)) == expected


# --- .pre-commit-hooks.yaml -----------------------------------------------------------------


def hooks() -> dict[str, dict[str, str]]:
    """Return the hooks: a list of flat mappings, which is all that the file needs of YAML."""
    found: dict[str, dict[str, str]] = {}
    for block in re.split(r"^- ", HOOKS, flags=re.MULTILINE)[1:]:
        members = dict(line.strip().split(": ", 1) for line in block.strip().splitlines())
        found[members["id"]] = {key: value.strip("'") for key, value in members.items()}
    return found


def test_hooks_run_commands_that_exist() -> None:
    """Each entry is understood, and gets no file names."""
    assert hooks().keys() == {"irrun-golden-check", "irrun-golden-pending"}
    for hook in hooks().values():
        parse(hook["entry"])
        assert hook["language"] == "python"
        assert hook["pass_filenames"] == "false"
        assert hook["name"]
        assert hook["description"].endswith(".")
        assert f"`{hook['id']}`" in CI_PAGE


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("programs/bus.golden", True),
        ("programs/bus.golden.0123456789ab.npz", True),
        ("programs/bus.golden.30.0123456789ab.png", True),
        ("programs/bus.json", True),
        ("programs/bus.msgpack.gz", True),
        ("irrun.toml", True),
        ("sub/pyproject.toml", True),
        ("README.md", False),
        ("other.toml", False),
        ("irrun/compare/golden/check.py", False),
    ],
)
def test_check_hook_runs_when_something_it_reads_changes(file: str, expected: bool) -> None:
    """Programs, goldens, settings."""
    assert bool(re.search(hooks()["irrun-golden-check"]["files"], file)) is expected


def test_hooks_fail_while_something_waits() -> None:
    """The commands of both hooks, before and after a change was accepted."""
    entries = [shlex.split(hook["entry"])[1:] for hook in hooks().values()]
    program = Path("programs/bus.json")
    program.write_bytes(program.read_bytes().replace(b"1000", b"1001"))

    assert [run_command(entry) for entry in entries] == [1, 1]
    assert run_command(["golden", "review", "--accept-all"]) == 0
    assert [run_command(entry) for entry in entries] == [0, 0]

"""A golden is one program's: two of a name in two folders, two encodings, capitals, links."""

import json
import os
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cli.samples import Irrun, save
from compare.golden.samples import constant, document_of

from irrun import encode
from irrun.compare.golden.many.owners import MadeBy, Owner, folded, outside_project

SETTINGS = '[golden]\nprograms = ["in"]\ndir = "gold"\nframes = 2\n'


@pytest.fixture
def two_folders() -> None:
    """Two programs of one name in two folders, and the settings that keep goldens in a third."""
    Path("in/sub").mkdir(parents=True)
    save(constant(1.0), "in/case.json")
    save(constant(2.0), "in/sub/case.json")
    Path("irrun.toml").write_text(SETTINGS, encoding="utf-8")


def verdicts(irrun: Irrun, *paths: str) -> dict[str, str]:
    """Return the verdict of each golden that a check finds, by name."""
    document = irrun("golden", "check", *paths, "--format", "json").document
    return {result["name"]: result["verdict"] for result in document["results"]}


# --- Two programs of one name -----------------------------------------------------------------


@pytest.mark.usefixtures("two_folders")
def test_the_golden_of_another_is_not_its_own(irrun: Irrun) -> None:
    """The second program has none, from wherever it is looked at; recording it is refused."""
    assert irrun("golden", "record", "in/case.json").code == 0
    before = Path("gold/case.golden").read_bytes()

    both = {"gold/case": "same", "in/sub/case.json": "no golden"}
    assert verdicts(irrun) == both
    assert verdicts(irrun, "in") == both
    assert verdicts(irrun, "in/case.json", "in/sub/case.json") == both
    assert verdicts(irrun, "gold") == {"gold/case": "same"}
    got = irrun("golden", "record", "in/sub/case.json")
    assert got.code == 2
    assert "IR146" in got.err
    assert irrun("golden", "record", "in/sub/case.json", "--fresh").code == 2
    assert irrun("golden", "record").code == 2
    assert Path("gold/case.golden").read_bytes() == before


@pytest.mark.usefixtures("two_folders")
def test_a_golden_further_down_is_found(irrun: Irrun) -> None:
    """By the program that it names: checked, and recorded again at its place."""
    irrun("golden", "record", "in/case.json")
    assert irrun("golden", "record", "in/sub/case.json", "-o", "gold/sub").code == 0

    assert verdicts(irrun) == {"gold/case": "same", "gold/sub/case": "same"}
    assert verdicts(irrun, "in/sub") == {"gold/sub/case": "same"}
    assert irrun("golden", "record", "--fps", "30").code == 0
    found = sorted(Path().rglob("*.golden"))
    assert found == [Path("gold/case.golden"), Path("gold/sub/case.golden")]
    assert [document_of(path)["run"]["fps"] for path in found] == [30, 30]
    assert [document_of(p)["program"]["path"] for p in found] == [
        "../in/case.json", "../../in/sub/case.json"
    ]  # fmt: skip


@pytest.mark.usefixtures("two_folders")
def test_a_program_that_moved_takes_its_golden_over(irrun: Irrun) -> None:
    """The file that the golden names is gone, so nobody loses it."""
    irrun("golden", "record", "in/case.json")
    os.replace("in/case.json", "in/sub/case.json")

    assert verdicts(irrun) == {"gold/case": "stale"}
    assert irrun("golden", "record").code == 0
    assert document_of(Path("gold/case.golden"))["program"]["path"] == "../in/sub/case.json"
    assert verdicts(irrun) == {"gold/case": "same"}


@pytest.mark.usefixtures("two_folders")
def test_the_report_names_both(irrun: Irrun) -> None:
    """Two test cases of two names, and no path of this machine, also if one was given."""
    irrun("golden", "record", "in/case.json")
    irrun("golden", "check", str(Path("in").absolute()), "--junit", "report.xml")

    text = Path("report.xml").read_text(encoding="utf-8")
    names = [f"{case.get('classname')}/{case.get('name')}"
             for case in ElementTree.fromstring(text).iter("testcase")]  # fmt: skip
    assert names == ["gold/case", "in/sub/case.json"]
    assert str(Path.cwd()) not in text


# --- Two encodings ----------------------------------------------------------------------------


def test_both_encodings_of_a_program_share_a_golden(irrun: Irrun) -> None:
    """It goes on naming the one that it named, whichever is recorded."""
    program = constant(1.0).program()
    for name in ("json", "msgpack"):
        Path(f"p.{name}").write_bytes(encode(program, "json" if name == "json" else "msgpack"))

    assert irrun("golden", "record", "p.msgpack").code == 0
    before = Path("p.golden").read_bytes()
    assert document_of(Path("p.golden"))["program"]["path"] == "p.msgpack"
    assert irrun("golden", "record", ".").code == 0
    assert Path("p.golden").read_bytes() == before
    assert verdicts(irrun) == {"p": "same"}


def test_another_program_of_the_same_stem_has_no_golden(irrun: Irrun) -> None:
    """A conversion that was not made anew is no longer the program of the golden."""
    save(constant(1.0), "p.json")
    Path("p.msgpack").write_bytes(encode(constant(2.0).program(), "msgpack"))

    assert irrun("golden", "record", "p.json").code == 0
    assert verdicts(irrun) == {"p": "same", "p.msgpack": "no golden"}
    assert irrun("golden", "record", "p.msgpack").code == 2


def test_a_broken_encoding_is_told(irrun: Irrun) -> None:
    """It is neither passed over by a check nor by recording."""
    save(constant(1.0), "p.json")
    Path("p.mp").write_bytes(b"irVersion")

    recorded = irrun("golden", "record", ".")

    assert recorded.code == 3
    assert "p.mp" in recorded.err
    assert verdicts(irrun) == {"p": "same", "p.mp": "broken"}


# --- Names that meet --------------------------------------------------------------------------


def test_names_that_differ_in_capitals_only_are_refused(irrun: Irrun) -> None:
    """On many file systems they are one file; what is there already is recorded as ever."""
    Path("a").mkdir()
    save(constant(1.0), "case.json")
    save(constant(2.0), "a/Case.json")

    assert irrun("golden", "record", "case.json", "-o", "gold").code == 0
    got = irrun("golden", "record", "a/Case.json", "-o", "gold")

    assert got.code == 2
    assert "IR148" in got.err
    assert irrun("golden", "record", "case.json", "-o", "gold").code == 0
    assert [path.name for path in Path("gold").iterdir()] == ["case.golden"]


@pytest.mark.parametrize(
    ("a", "b"), [("Case", "case"), ("STRASSE", "straße"), ("e\u0301", "\u00e9"), ("É", "é")]
)
def test_names_are_folded_as_file_systems_do(a: str, b: str) -> None:
    assert folded(a) == folded(b)


# --- Goldens of tests -------------------------------------------------------------------------


def test_the_golden_of_a_test_is_not_recorded_by_the_command(irrun: Irrun) -> None:
    """It says so, and how it is recorded."""
    save(constant(1.0), "p.json")
    irrun("golden", "record", "p.json")
    document = document_of(Path("p.golden"))
    document["madeBy"] = "tests/test_it.py::TestA::test_x[1]"
    Path("p.golden").write_text(json.dumps(document), encoding="utf-8")

    got = irrun("golden", "record", "p.json")

    assert got.code == 2
    assert "TestA.test_x[1] of tests/test_it.py" in got.err
    assert irrun("golden", "check", "p.golden").code == 0


OWNERS: list[tuple[str, str | None, bool]] = [
    ("the same test", "test_it.py::test_x[1]", True),
    ("other parameters", "test_it.py::test_x[2]", True),
    ("another test of the file", "test_it.py::test_y", False),
    ("a test that is gone", "test_it.py::test_z", True),
    ("a file that is gone", "test_gone.py::test_y", True),
    ("the command, for another program", None, False),
]


@pytest.mark.parametrize(("what", "owner", "is_allowed"), OWNERS)
def test_a_test_takes_over_what_nobody_else_has(
    what: str, owner: str | None, is_allowed: bool, tmp_path: Path
) -> None:
    """A test that was renamed keeps the name of its golden; one that is there keeps its golden."""
    (tmp_path / "test_it.py").write_text("def test_x(): ...\ndef test_y(): ...\n")
    other = Path(save(constant(2.0), str(tmp_path / "other.json")))
    found = Owner(other, other.name, owner)
    test = MadeBy("test_it.py::test_x[1]", tmp_path)

    program = constant(1.0).program()
    assert test.is_allowed(found, tmp_path / "p.json", program) is is_allowed, what


# --- Paths ------------------------------------------------------------------------------------


def test_a_link_stays_one(irrun: Irrun, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The golden names the link in the project, not what it leads to."""
    far = tmp_path_factory.mktemp("far") / "p.json"
    save(constant(1.0), str(far))
    Path("p.json").symlink_to(far)

    assert irrun("golden", "record", "p.json", "-o", "gold").code == 0
    assert document_of(Path("gold/p.golden"))["program"]["path"] == "../p.json"
    assert irrun("golden", "check", "gold").code == 0


def test_a_folder_that_is_a_link_is_seen_through(irrun: Irrun) -> None:
    """`..` leads from where the folder is, so the path is that of there."""
    Path("deep/er").mkdir(parents=True)
    Path("gold").symlink_to("deep/er")
    save(constant(1.0), "p.json")

    assert irrun("golden", "record", "p.json", "-o", "gold").code == 0
    assert document_of(Path("deep/er/p.golden"))["program"]["path"] == "../../p.json"
    assert irrun("golden", "check", "deep").code == 0


def test_a_program_outside_the_project_is_told(
    irrun: Irrun, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A warning with the path, for each program that is run; the golden is recorded."""
    far = tmp_path_factory.mktemp("far")
    for name in ("p.json", "next.json"):
        save(constant(1.0), str(far / name))
    Path("irrun.toml").touch()

    got = irrun("golden", "record", str(far / "p.json"), "-o", "gold", "-n", "3",
                "--swap", f"1={far / 'next.json'}")  # fmt: skip

    assert got.code == 0
    assert got.err.count("IR159") == 2
    shutil.copy(far / "p.json", "p.json")
    assert "IR159" not in irrun("golden", "record", "p.json").err


@pytest.mark.parametrize("sign", [".git", "irrun.toml", "pyproject.toml", None])
def test_a_project_is_told_by_its_signs(sign: str | None, tmp_path: Path) -> None:
    """Without any, nothing is outside: a golden of a folder for trying things out."""
    golden = tmp_path / "project" / "gold" / "p.golden"
    golden.parent.mkdir(parents=True)
    if sign is not None:
        (tmp_path / "project" / sign).touch()

    found: list[Any] = outside_project(golden, ["../p.json", "../../p.json"])

    assert [warning.facts["path"] for warning in found] == (
        [] if sign is None else ["../../p.json"]
    )

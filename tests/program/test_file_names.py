"""The one table of suffixes: what `convert` writes is known wherever names are looked at."""

import gzip
import re
from pathlib import Path

import pytest

import irrun as package
from irrun import encode, load
from irrun.compare.golden.many.find import find_programs, golden_path
from irrun.program.file_names import ENCODINGS, PACKED, encoding_of_name

ROOT = Path(__file__).parents[2]
SUFFIXES = (*ENCODINGS, *(suffix + PACKED for suffix in ENCODINGS))
MINIMAL = ROOT / "programs" / "minimal.json"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_shows_programs_of_every_suffix(suffix: str, tmp_path: Path) -> None:
    """And its golden is called as that of any other encoding."""
    encoding = encoding_of_name("p" + suffix)
    assert encoding is not None
    data = encode(load(MINIMAL), encoding)
    program = tmp_path / f"clock.v2{suffix}"
    program.write_bytes(gzip.compress(data) if suffix.endswith(PACKED) else data)

    assert [found.path for found in find_programs([tmp_path])] == [program]
    assert golden_path(program, None) == tmp_path / "clock.v2.golden"


@pytest.mark.parametrize(
    ("name", "golden"),
    [
        ("clock", "clock.golden"), ("clock.bin", "clock.bin.golden"), (".json", ".json.golden"),
        ("clock.json.json", "clock.json.golden"), ("clock.gz", "clock.golden"),
    ],
)  # fmt: skip
def test_a_name_loses_no_more_than_its_encoding(name: str, golden: str) -> None:
    """What is no suffix of a program stays."""
    assert golden_path(Path(name), None).name == golden


def test_the_commit_hook_knows_them_all() -> None:
    """A commit of a program of any suffix runs the check."""
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    pattern = re.search(r"files: '(.*)'", hooks)
    assert pattern is not None
    for suffix in SUFFIXES:
        assert re.search(pattern[1], f"programs/clock{suffix}") is not None
    assert re.search(pattern[1], "programs/clock.py") is None


def test_the_commands_page_lists_them() -> None:
    """In the row of `convert --to`."""
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if "`--to json" in line)

    assert re.findall(r"`(\.\w+)`", row) == [*ENCODINGS, PACKED]


def test_no_other_table_of_suffixes_is_there() -> None:
    """Nothing else of the package spells the rarest of them."""
    root = Path(package.__file__).parent
    spelling = [p.relative_to(root) for p in root.rglob("*.py") if ".mpk" in p.read_text("utf-8")]

    assert spelling == [Path("program/file_names.py")]

"""Goldens of version 1: read, checked as they were recorded, and written anew in version 2."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from compare.golden.samples import ROOT, buffered, golden_of, recorded

from irrun.compare.golden.check import CheckResult, Judging, Verdict, check_golden
from irrun.compare.golden.many.find import Target
from irrun.compare.golden.pending import Pending
from irrun.compare.golden.report.wording import result_lines
from irrun.compare.golden.store import read_golden, write_golden
from irrun.compare.golden.update import Outcome, record_again
from irrun.compare.output.compare import compare_goldens
from irrun.compare.output.document import GoldenPicture, GoldenRun
from irrun.compare.output.record import RecordPlan, record_golden
from irrun.program.reading.codec import load

KEPT = ROOT / "tests/compare/golden/version_1/color-ring.golden"
"""Written by an irrun that knew version 1 alone; its program lies beside it."""


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A copy of the kept golden, with its program."""
    shutil.copytree(KEPT.parent, tmp_path / "kept")
    return tmp_path / "kept" / KEPT.name


def program_of(golden: Path) -> Path:
    """Return the program's file."""
    return golden.with_suffix(".json")


def check(golden: Path) -> CheckResult:
    """Check a golden and leave what differs."""
    return check_golden(Target(golden), Judging(pending=Pending()))


def test_the_kept_golden_is_of_version_1() -> None:
    """As it was."""
    text = KEPT.read_text(encoding="utf-8")

    assert text.startswith('{\n"goldenVersion": 1,\n')
    assert '"least"' not in text
    assert '"sample"' in text


def test_version_1_is_checked_byte_for_byte(golden: Path) -> None:
    """What comes out is recorded as the golden is."""
    before = golden.read_bytes()

    result = check(golden)

    assert (result.verdict, result.comparison) == (Verdict.SAME, None)
    assert golden.read_bytes() == before


def test_a_difference_from_version_1_is_told_from_its_sample(golden: Path) -> None:
    """The sampled number, and that only a sample is there; new output is of version 1 too."""
    program = program_of(golden)
    program.write_bytes(program.read_bytes().replace(b'"#f53d3d"', b'"#003d3d"'))

    result = check(golden)
    lines = list(result_lines(result))

    assert result.verdict is Verdict.DIFFERS
    assert "sample[0]" in lines[0]
    assert any(line.strip().startswith("note     only a sample") for line in lines)
    assert result.pending is not None
    assert read_golden(result.pending).header.golden_version == 1


def test_recording_writes_version_2_and_calls_equal_values_the_same(golden: Path) -> None:
    """Nothing changed but the format; the next time nothing is written."""
    first = record_again(golden)

    assert (first.outcome, first.comparison) == (Outcome.SAME, None)
    document = json.loads(golden.read_bytes())
    assert document["goldenVersion"] == 2
    assert check(golden).verdict is Verdict.SAME
    written = golden.stat().st_mtime_ns
    assert record_again(golden).outcome is Outcome.SAME
    assert golden.stat().st_mtime_ns == written


def test_recording_what_changed_is_a_change_in_any_version(golden: Path) -> None:
    """Only the values that differ are counted, not all that are written in another way."""
    program = program_of(golden)
    program.write_bytes(program.read_bytes().replace(b'"#f53d3d"', b'"#003d3d"'))

    found = record_again(golden)

    assert found.outcome is Outcome.CHANGED
    assert found.comparison is not None
    assert {value.name for value in found.comparison.values} == {"output frame"}


def test_both_versions_of_one_run_compare_as_the_same() -> None:
    """By the digests of the arrays, which are those of version 1."""
    first = recorded(buffered(1.0, 2.0), version=1)
    second = recorded(buffered(1.0, 2.0))
    other = recorded(buffered(1.0, 3.0))

    assert compare_goldens(first, second).is_same
    assert compare_goldens(second, first).is_same
    assert not compare_goldens(first, other).is_same


def test_pictures_are_of_the_same_commands_in_both_versions() -> None:
    """So a golden that is only written anew keeps its pictures."""
    program = load(program_of(KEPT))
    plans = [
        RecordPlan(GoldenRun(frames=2), picture=GoldenPicture(), version=version)
        for version in (1, 2)
    ]
    headers = [record_golden(program, plan).header for plan in plans]

    assert headers[0].picture is not None
    assert headers[0].picture == headers[1].picture


def test_a_version_is_written_as_it_was_recorded(tmp_path: Path) -> None:
    """By the header."""
    golden = golden_of({"a": 1})
    for version in (1, 2):
        header = msgspec.structs.replace(golden.header, golden_version=version)
        write_golden(tmp_path / "a.golden", msgspec.structs.replace(golden, header=header))
        assert read_golden(tmp_path / "a.golden").header.golden_version == version

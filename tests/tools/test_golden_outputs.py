"""The recorded output of the bundled programs, and that it is the same everywhere."""

import os
import subprocess
import sys
from pathlib import Path

import golden_outputs
import pytest

PROGRAMS = golden_outputs.programs()


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("program", PROGRAMS, ids=name_of)
def test_every_program_gives_its_recorded_output(program: Path) -> None:
    """A stubbed run is what it was when it was last looked at."""
    assert golden_outputs.compare(program) == []


def test_every_program_has_a_record_and_every_record_a_program() -> None:
    """None is missing, and none is left of a program that is gone."""
    recorded = {path.stem for path in golden_outputs.GOLDEN.glob("*.jsonl")}

    assert recorded == {path.stem for path in PROGRAMS}
    assert recorded


@pytest.mark.parametrize("program", PROGRAMS, ids=name_of)
def test_records_are_kept_byte_for_byte(program: Path) -> None:
    """Line ends included."""
    record = golden_outputs.GOLDEN / f"{program.stem}.jsonl"

    assert record.read_bytes() == golden_outputs.output_of(program)


ELSEWHERE = """
import sys
import golden_outputs
for program in golden_outputs.programs():
    sys.stdout.buffer.write(golden_outputs.output_of(program))
"""


def test_output_is_the_same_in_another_process(tmp_path: Path) -> None:
    """Another hash seed, time zone and working folder change no byte."""
    tools = Path(golden_outputs.__file__).parent
    found_in = os.pathsep.join([str(tools), str(tools.parent)])
    variables = {"PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "PYTHONPATH": found_in}

    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=tmp_path,
        env=os.environ | variables,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == b"".join(golden_outputs.output_of(program) for program in PROGRAMS)


# --- The comparison -------------------------------------------------------------------------


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the records that may be spoilt."""
    for path in golden_outputs.GOLDEN.glob("*.jsonl"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(golden_outputs, "GOLDEN", tmp_path)
    monkeypatch.setattr("sys.argv", ["golden_outputs.py"])
    return tmp_path


def test_a_changed_number_is_a_difference(records: Path) -> None:
    """The comparison names the line that differs, old and new."""
    record = records / "minimal.jsonl"
    record.write_bytes(record.read_bytes().replace(b"40002", b"40003"))
    program = next(path for path in PROGRAMS if path.stem == "minimal")

    difference = golden_outputs.compare(program)

    assert [line[0] for line in difference if not line.startswith(("---", "+++", "@@"))] == [
        "-", "+"
    ]  # fmt: skip
    assert golden_outputs.main() == 1


@pytest.mark.parametrize("spoil", ["missing", "stale"])
def test_a_missing_and_a_stale_record_are_differences(spoil: str, records: Path) -> None:
    """Neither is passed over in silence."""
    assert golden_outputs.main() == 0

    if spoil == "missing":
        (records / "bus.jsonl").unlink()
    else:
        (records / "gone.jsonl").touch()

    assert golden_outputs.main() == 1


@pytest.mark.parametrize("ci", ["true", "1", "yes"])
def test_nothing_is_recorded_in_ci(ci: str, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--record where CI is set: refused, and the records stay."""
    (records / "bus.jsonl").write_bytes(b"old")
    monkeypatch.setattr("sys.argv", ["golden_outputs.py", "--record"])
    monkeypatch.setenv("CI", ci)

    assert golden_outputs.main() != 0
    assert (records / "bus.jsonl").read_bytes() == b"old"


@pytest.mark.parametrize("ci", ["", "false"])
def test_recording_writes_what_comparing_expects(
    ci: str, records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--record elsewhere: afterwards there is no difference."""
    (records / "bus.jsonl").write_bytes(b"old")
    monkeypatch.setattr("sys.argv", ["golden_outputs.py", "--record"])
    monkeypatch.setenv("CI", ci)

    assert golden_outputs.main() == 0

    monkeypatch.setattr("sys.argv", ["golden_outputs.py"])
    assert golden_outputs.main() == 0

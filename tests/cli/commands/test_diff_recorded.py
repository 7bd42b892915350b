"""`irrun diff` with goldens and saved runs."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from cli.samples import Irrun, bundled, clock, save

EARLIER, LATER = "ring-buffer.json", "changed.json"


@pytest.fixture
def pair(irrun: Irrun) -> tuple[str, str]:
    """A golden, and a program whose memory starts from another value."""
    text = Path(bundled("ring-buffer", "json")).read_text()
    Path(EARLIER).write_text(text)
    Path(LATER).write_text(text.replace("0.25", "0.5"))
    assert irrun("golden", "record", EARLIER, "--watch", "all", "-n", "10").code == 0
    return "ring-buffer.golden", LATER


def saved(irrun: Irrun, program: str, name: str) -> str:
    """Run a program and save it; return the file."""
    assert irrun("run", program, "-n", "4", "-q", "-o", name).code == 0
    return name


def test_a_golden_and_the_program_that_it_was_made_of_agree(
    irrun: Irrun, pair: tuple[str, str]
) -> None:
    got = irrun("diff", pair[0], EARLIER)

    assert got.code == 0
    assert "agree for 10 frames" in got.out


@pytest.mark.parametrize("swapped", [False, True], ids=["golden first", "program first"])
def test_a_golden_and_another_program(irrun: Irrun, pair: tuple[str, str], swapped: bool) -> None:
    """The golden is what is expected, whichever is named first."""
    got = irrun("diff", *(reversed(pair) if swapped else pair), "--format", "json")

    assert got.code == 1
    assert got.document["mode"] == "recorded"
    first = got.document["comparison"]["values"][0]["first"]
    assert (first["frame"], first["expected"], first["got"]) == (0, 0.25, 0.5)
    assert got.document["behind"] == {
        "origin": "state integrate:accumulator",
        "symptom": "output total",
        "way": ["state integrate:accumulator", "output total"],
    }


def test_tolerances_are_taken(irrun: Irrun, pair: tuple[str, str]) -> None:
    assert irrun("diff", *pair, "--atol", "0.3").code == 0


def test_the_way_is_shown(irrun: Irrun, pair: tuple[str, str]) -> None:
    got = irrun("diff", *pair)

    assert "state integrate:accumulator -> output total" in " ".join(got.out.split())


def test_two_goldens(irrun: Irrun, pair: tuple[str, str]) -> None:
    assert irrun("golden", "record", LATER, "--watch", "all", "-n", "10").code == 0

    assert irrun("diff", pair[0], "changed.golden").code == 1
    assert irrun("diff", pair[0], pair[0]).code == 0


@pytest.mark.parametrize("suffix", ["json", "jsonl", "csv", "npz"])
def test_two_saved_runs(irrun: Irrun, pair: tuple[str, str], suffix: str) -> None:
    """Every form that a run can be saved in can be compared."""
    a = saved(irrun, EARLIER, f"a.{suffix}")
    b = saved(irrun, LATER, f"b.{suffix}")

    assert irrun("diff", a, a).code == 0
    got = irrun("diff", a, b, "--format", "json")
    assert got.code == 1
    first = got.document["comparison"]["values"][0]
    assert first["name"] == "slot 3"
    assert (first["first"]["expected"], first["first"]["got"]) == (0.25, 0.5)


@pytest.mark.parametrize("program", ["every-step-kind", "bus", "every-storage"])
def test_the_two_json_forms_say_the_same(irrun: Irrun, program: str) -> None:
    a = saved(irrun, bundled(program), "a.json")
    b = saved(irrun, bundled(program), "b.jsonl")

    assert irrun("diff", a, b).code == 0


def test_runs_of_other_forms_are_not_compared(irrun: Irrun) -> None:
    program = save(clock())
    a, b = saved(irrun, program, "a.csv"), saved(irrun, program, "b.jsonl")

    got = irrun("diff", a, b)

    assert got.code == 2
    assert "one form" in got.err


@pytest.mark.parametrize("suffix", ["json", "jsonl", "csv", "npz"])
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.98])
def test_a_saved_run_that_is_cut_off(irrun: Irrun, suffix: str, kept: float) -> None:
    """It is refused; in CSV, where nothing marks the end, it is a shorter run."""
    whole = saved(irrun, bundled("minimal"), f"whole.{suffix}")
    data = Path(whole).read_bytes()
    Path(f"cut.{suffix}").write_bytes(data[: int(len(data) * kept)])

    got = irrun("diff", whole, f"cut.{suffix}")

    assert got.code in ((1, 3) if suffix == "csv" else (3,))
    assert "Traceback" not in got.err


@pytest.mark.parametrize("option", ["--frames=5", "--executors=stub", "--no-run"])
def test_options_of_programs_are_refused(irrun: Irrun, pair: tuple[str, str], option: str) -> None:
    got = irrun("diff", *pair, option)

    assert got.code == 2
    assert option.partition("=")[0] in got.err


def test_a_golden_and_a_saved_run_are_not_compared(irrun: Irrun, pair: tuple[str, str]) -> None:
    got = irrun("diff", pair[0], saved(irrun, EARLIER, "a.json"))

    assert got.code == 2
    assert "a golden" in got.err
    assert "a saved run" in got.err


# --- Runs that others have written ----------------------------------------------------------


def _foreign(value: Any) -> Any:
    """Return a value as another writer has it: members in another order, 1.0 for 1."""
    if isinstance(value, dict):
        return {name: _foreign(value[name]) for name in sorted(value, reverse=True)}
    if isinstance(value, list):
        return [_foreign(item) for item in value]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole else value


def written_by_others(source: str, name: str) -> str:
    """Write a saved run as JSON Lines anew; return the file."""
    lines = []
    for line in Path(source).read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if "values" in record:
            record["values"] = _foreign(record["values"])
        lines.append(json.dumps(record, sort_keys=True, ensure_ascii=True))
    Path(name).write_text("\r\n".join(lines), encoding="utf-8-sig")
    return name


def test_json_lines_of_another_writer_are_told_by_what_they_say(
    irrun: Irrun, pair: tuple[str, str]
) -> None:
    """Spaces, order, line ends and a byte order mark are not; differences are found as ever."""
    a = saved(irrun, EARLIER, "a.jsonl")
    same = written_by_others(a, "same.jsonl")
    other = written_by_others(saved(irrun, LATER, "b.jsonl"), "other.txt")

    assert not Path(same).read_bytes().startswith(b"{")
    assert irrun("diff", a, same).code == 0
    got = irrun("diff", same, other, "--format", "json")
    assert got.code == 1
    first = got.document["comparison"]["values"][0]["first"]
    assert (first["expected"], first["got"]) == (0.25, 0.5)


@pytest.mark.parametrize("program", ["color-ring", "every-storage", "orbit"])
def test_values_of_every_form_are_the_same_whoever_writes_them(irrun: Irrun, program: str) -> None:
    a = saved(irrun, bundled(program), "a.jsonl")

    assert irrun("diff", a, written_by_others(a, "b.jsonl")).code == 0


def test_a_header_of_many_slots_is_told_by_its_beginning(
    irrun: Irrun, pair: tuple[str, str]
) -> None:
    """What is read to see what a file is does not hold the first line; nor does it have to."""
    a = saved(irrun, EARLIER, "a.jsonl")
    header, *rest = Path(a).read_text(encoding="utf-8").splitlines()
    document = json.loads(header) | {"zNotes": ["x" * 100] * 2000}
    Path("b.jsonl").write_text("\n".join([json.dumps(document), *rest]), encoding="utf-8")

    assert irrun("diff", a, "b.jsonl").code == 0


def test_json_and_csv_of_another_writer(irrun: Irrun, pair: tuple[str, str]) -> None:
    """On many lines, with all names quoted."""
    a = saved(irrun, EARLIER, "a.json")
    document = json.loads(Path(a).read_bytes())
    Path("b.json").write_text(json.dumps(document, indent=2, sort_keys=True), encoding="utf-8")
    c = saved(irrun, EARLIER, "a.csv")
    with Path(c).open(newline="") as source, Path("b.csv").open("w", newline="") as target:
        csv.writer(target, quoting=csv.QUOTE_ALL).writerows(csv.reader(source))

    assert irrun("diff", a, "b.json").code == 0
    assert irrun("diff", c, "b.csv").code == 0


def test_a_program_that_speaks_of_runs_is_a_program(irrun: Irrun) -> None:
    """What a text within it says is not what it is."""
    text = Path(bundled("bus", "json")).read_text(encoding="utf-8")
    document = json.loads(text)
    document["patchId"] = '"format": "irrun-run"'
    Path("a.json").write_text(json.dumps(document), encoding="utf-8")

    assert irrun("diff", "a.json", "a.json", "-n", "2").code == 0

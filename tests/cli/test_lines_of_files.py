"""Problems of a JSON file show its line, with a mark below what they are about."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.samples import Irrun, bundled, save
from program.checks.rows import sound

from irrun.cli.say import columns


def document() -> Any:
    """Return a program with a signal that does not exist, in step 1, and an unknown field."""
    doc = sound().doc
    doc["schedule"]["steps"][1]["outputs"][0]["sigId"] = 99
    doc["schedule"]["steps"][1]["\u6df1\u3044"] = 4
    return doc


def written(**options: Any) -> str:
    Path("p.json").write_text(json.dumps(document(), **options), encoding="utf-8")
    return "p.json"


def line_of(name: str, part: str) -> tuple[int, int]:
    """Return the line and the column, from 1, of a part of a file."""
    before = Path(name).read_text(encoding="utf-8").split(part)[0]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_line_and_a_mark_below_it(command: str, irrun: Irrun) -> None:
    """Without its indentation, below the place and above the hint."""
    name = written(indent=2)
    got = irrun(command, name)
    line, column = line_of(name, '"sigId": 99')
    number, blank = str(line), " " * len(str(line))

    assert got.code == 3
    assert f".outputs[0].sigId, line {line}, column {column}, p.json\n" in got.out + got.err
    assert f'p.json\n  {number} | "sigId": 99,\n  {blank} | ^^^^^^^^^^^\n' in got.out + got.err


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_long_line_is_cut_to_the_width(ascii_only: bool, irrun: Irrun) -> None:
    """The mark stands below what is meant, however wide the characters are."""
    out = irrun("validate", written(ensure_ascii=ascii_only)).out
    lines = out.splitlines()
    marks = [i for i, line in enumerate(lines) if line.strip(" |^") == "" and "^" in line]

    assert len(marks) == 2
    for i in marks:
        shown, mark = lines[i - 1], lines[i]
        assert columns(shown) <= 80
        assert shown.startswith("  1 | ...")
        at = mark.index("^")
        before = next(k for k in range(len(shown)) if columns(shown[:k]) == at)
        assert shown[before] == '"'
        assert columns(shown[before:].split("}")[0].split(', "slot')[0]) >= mark.count("^")


def test_machine_formats_have_line_and_column(irrun: Irrun) -> None:
    name = written(indent=1)
    line, column = line_of(name, '"sigId": 99')
    found = irrun("validate", name, "--format", "json").document["programs"][0]["diagnostics"]
    (where,) = (f["where"] for f in found if f["code"] == "IR412")
    (run,) = irrun("validate", name, "--format", "sarif").document["runs"]
    (result,) = (r for r in run["results"] if r["ruleId"] == "IR412")
    refused = irrun("run", name, "--format", "json").document["error"]["where"]
    annotation = irrun("validate", name, "--format", "github").out

    assert (where["line"], where["column"]) == (line, column)
    assert (refused["line"], refused["column"]) == (line, column)
    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": line, "startColumn": column, "endColumn": column + len('"sigId": 99'),
    }  # fmt: skip
    assert run["columnKind"] == "unicodeCodePoints"
    assert f"file=p.json,line={line},title=IR412" in annotation


def test_where_a_text_breaks(irrun: Irrun) -> None:
    Path("p.json").write_text('{\n  "irVersion": 1,\n  "seed": ,\n}')
    got = irrun("run", "p.json")

    assert got.err.endswith('at byte 30, p.json\n  3 | "seed": ,\n    |         ^\n')


@pytest.mark.parametrize("kind", ["stdin", "msgpack"])
def test_what_has_no_lines_is_as_before(kind: str, irrun: Irrun) -> None:
    """Standard input is not there a second time; MessagePack has no lines."""
    if kind == "stdin":
        got = irrun("validate", "-", stdin=json.dumps(document()).encode())
    else:
        irrun("convert", save(sound()), "p.msgpack")
        data = Path(bundled("conflicting-evidence")).read_bytes()
        Path("p.msgpack").write_bytes(data)
        got = irrun("validate", "p.msgpack")

    assert " | " not in got.out
    assert "line " not in got.out
    assert "at " in got.out

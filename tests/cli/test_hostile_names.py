"""Whatever things are called: no output of any command does anything but stand there."""

import json
import os
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli.hostile_names import PAYLOAD, dangers, hostile_copy, is_command
from cli.samples import Irrun, Outcome, bundled

PROGRAMS = ["every-step-kind", "prism", "ring-buffer", "conflicting-evidence"]

COMMANDS = {
    "validate": "validate P -v",
    "validate, order": "validate P --order",
    "validate, JSON": "validate P --format json",
    "validate, SARIF": "validate P --format sarif",
    "run": "run P -n 2 --trace full --dump all -v --no-check",
    "run, checked": "run P -n 1",
    "run, stubs": "run P -n 2 --executors stub --no-check",
    "run, JSON": "run P -n 2 --trace full --dump all --format json --no-check",
    "run, JSON Lines": "run P -n 2 --trace full --dump all --format jsonl --no-check",
    "run, swap": "run P -n 3 --swap 1=Q --dump state --no-check",
    "run, explain": "run P --explain 2@1 --no-check",
    "run, explain, JSON": "run P --explain 2@1 --format json --no-check",
    "run, no such slot": "run P --watch nowhere --no-check",
    "inspect-layout": "inspect-layout P -v",
    "inspect-layout, JSON": "inspect-layout P --format json",
    "diff": "diff P Q -n 2",
    "diff, all": "diff P Q -n 2 --full -v",
    "diff, JSON": "diff P Q -n 2 --full --format json",
    "convert": "convert P - --to json",
    "convert, pretty": "convert P - --to json --pretty",
    "render": "render P -o picture.svg",
    "render, no such output": "render P --output-id nowhere",
    "record": "golden record P -n 2 --watch all",
    "explain": "explain IR2",
}


@pytest.fixture(params=PROGRAMS)
def hostile(request: pytest.FixtureRequest) -> str:
    """Save a program of hostile names as P, and one that differs a little as Q."""
    document = hostile_copy(request.param)
    Path("P").write_text(json.dumps(document), "utf-8")
    document["constants"]["json"] = [f"{PAYLOAD}{x}" for x in document["constants"]["json"]]
    document["schedule"]["steps"] = document["schedule"]["steps"][:-1]
    document["seed"] += 1
    Path("Q").write_text(json.dumps(document), "utf-8")
    return str(request.param)


def both(found: Outcome) -> list[str]:
    """Return what is dangerous in the output of a command, which is no bug report."""
    assert found.code != 70
    return [*dangers(found.out), *dangers(found.err)]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_name_reaches_a_terminal(
    command: str, hostile: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No control, no direction, nothing that is not seen, no line that a name has begun."""
    for width in ("60",) if "--format" in command else ("60", "140"):
        monkeypatch.setenv("COLUMNS", width)
        found = irrun(*command.split())

        assert both(found) == []
        assert found.out or found.err


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS.values() if "json" not in c and "sarif" not in c]
)
def test_a_long_name_is_cut(command: str, irrun: Irrun) -> None:
    """A name of 50,000 characters is shown by its beginning, wherever it turns up."""
    for file, name in (("P", "every-step-kind"), ("Q", "bus")):
        Path(file).write_text(json.dumps(hostile_copy(name, "n" * 50_000)), "utf-8")

    found = irrun(*command.split())
    lines = [*found.out.splitlines(), *found.err.splitlines()]

    assert max(map(len, lines)) < 5000
    assert len(lines) < 5000


def test_a_golden_tells_of_hostile_names_safely(hostile: str, irrun: Irrun) -> None:
    """Checking, listing, reviewing, reports: names of a golden are shown as escapes."""
    assert irrun("golden", "record", "P", "-n", "2", "--watch", "all").code in (0, 4)
    Path("P").write_bytes(Path("Q").read_bytes())

    for format in ("table", "json"):
        assert both(irrun("golden", "check", "P", "--format", format, "--junit", "x.xml")) == []
    for format in ("table", "json"):
        assert both(irrun("golden", "pending", "-v", "--format", format)) == []
    assert both(irrun("golden", "review", "--accept-all", "-v")) == []
    text = "".join(ElementTree.parse("x.xml").getroot().itertext())
    assert list(dangers(text)) == []


@pytest.mark.parametrize("command", ["validate P", "golden check P"])
def test_annotations_cannot_be_forged(command: str, hostile: str, irrun: Irrun) -> None:
    """A line begins with :: only where irrun says so, once for each problem."""
    irrun("golden", "record", "P", "-n", "2")
    Path("P").write_bytes(Path("Q").read_bytes())

    found = irrun(*command.split(), "--format", "github")
    commands = [line for line in found.out.splitlines() if is_command(line)]
    rest = [line for line in found.out.splitlines() if not is_command(line)]

    assert list(dangers("\n".join(rest))) == []
    assert all(
        line.startswith(("::error file=P", "::warning file=P", "::notice file=P"))
        for line in commands
    )
    assert [bad for line in commands for bad in dangers(line.removeprefix("::"))] == []


def test_names_of_files_are_shown_safely(irrun: Irrun) -> None:
    """A path can hold anything but a null character and a slash."""
    name = PAYLOAD.replace("\0", "").replace("/", "")
    name = name.encode()[:200].decode(errors="ignore")
    Path(name).mkdir()
    file = f"{name}/{name}.json"
    Path(file).write_text(json.dumps(hostile_copy("bus")), "utf-8")
    absent = f"{name}/absent{name}.json"

    for arguments in (
        ["validate", file, "--order"], ["validate", name], ["validate", absent],
        ["validate", file, absent, "--format", "json"], ["validate", file, "--format", "sarif"],
        ["run", file, "-n", "1"], ["run", absent], ["run", file, "--swap", f"0={absent}"],
        ["run", file, "-n", "1", "-o", f"{name}.nothing"], ["run", file, "--trace", name],
        ["run", file, "-n", "1", "-q", "-o", f"absent{name}/x.json"], ["run", file, f"--{name}"],
        ["run", file, "-n", "2", "--swap", f"1={file}"], [name], ["run", file, "--times", name],
        ["diff", file, absent], ["diff", file, file], ["render", file, "-o", f"{name}/x.svg"],
        ["render", file, "-o", f"{name}.odd"], ["convert", file, f"{name}/y.msgpack"],
        ["convert", file, f"{name}/y.odd"], ["explain", name], ["run", file, "--fps", name],
        ["golden", "record", file, "-n", "2"], ["golden", "check", file],
        ["golden", "check", absent], ["golden", "check", file, "-k", name, "--atol", name],
        ["golden", "check", file, "--junit", f"absent{name}/x.xml"], ["golden", "pending", name],
        ["golden", "review", absent], ["golden", "record", absent], ["inspect-layout", absent],
        ["run", absent, "--traceback"],
    ):  # fmt: skip
        assert both(irrun(*arguments)) == [], arguments[:2]


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes")
def test_names_that_are_no_text_are_shown_safely(irrun: Irrun) -> None:
    """A file whose name is not UTF-8 can be read and reported like any other."""
    name = os.fsdecode(b"\xff\xfe.json")
    Path(name).write_bytes(Path(bundled("bus", "json")).read_bytes())

    for arguments in (
        ["validate", name, "-v"], ["validate", name, "--format", "json"],
        ["validate", name, "--format", "sarif"], ["validate", name, "--format", "github"],
        ["run", name, "-n", "1"], ["run", name, "--swap", f"1={name}", "--format", "json"],
        ["diff", name, name], ["convert", name, "-", "--to", "json"], ["inspect-layout", name],
    ):  # fmt: skip
        found = irrun(*arguments)
        assert found.code == 0, arguments
        assert [*dangers(found.out.replace("::notice", "")), *dangers(found.err)] == []
    refused = irrun("golden", "record", name)
    assert (refused.code, both(refused)) == (2, [])
    assert r"the name of \udcff\udcfe.json is not UTF-8" in refused.err


def test_a_bug_report_is_safe(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what no one has thought of, and Python's own traceback."""

    def fail(*arguments: object) -> None:
        raise ValueError(PAYLOAD)

    monkeypatch.setattr("irrun.cli.commands.inspect_layout.load_program", fail)

    found = irrun("inspect-layout", "P", "--traceback")
    assert found.code == 70
    assert [*dangers(found.out), *dangers(found.err)] == []
    assert "ValueError" in found.err

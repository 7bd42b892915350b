"""`irrun diff`: what is printed, and what it comes to."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.samples import BUNDLED, ROOT, Irrun, awkward, bundled, save, two_writers
from compare.diff.programs import bundled as document_of
from compare.diff.programs import step, synth
from program_builder import Document

from irrun.cli.main import run_command


def write(name: str, doc: Document) -> str:
    """Write a document into the working folder; return the file's name."""
    Path(name).write_text(json.dumps(doc), encoding="utf-8")
    return name


def pair(edit: Any = None) -> tuple[str, str]:
    """Write the program `synth` twice, the second time after an edit."""
    doc, other = synth(), synth()
    if edit is not None:
        edit(other)
    return write("a.json", doc), write("b.json", other)


def constant(doc: Document) -> None:
    doc["constants"]["json"][0] = 4


@pytest.mark.parametrize("name", BUNDLED)
def test_two_encodings_of_one_program(name: str, irrun: Irrun) -> None:
    """No difference: exit code 0, and it is said how much was compared."""
    got = irrun("diff", bundled(name, "json"), bundled(name, "msgpack"))

    assert got.code == 0
    assert "A and B do not differ in their data; the runs agree for 60 frames" in flat(got.out)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_story(irrun: Irrun) -> None:
    """Verdict, data, first divergence, cause, reason, way."""
    got = irrun("diff", *pair(constant))
    text = flat(got.out)

    assert got.code == 1
    assert got.err == ""
    for fact in (
        "A and B differ in 1 place of their data, which can affect a run; the runs differ from "
        "frame 1 on.",
        "constant 0 of signal 2 3 4",
        "first divergence of an output frame 1 (t = 16.666666666666668 ms) step s-node",
        "slot 6 (s-node.outputSlots[0]), output total",
        "earliest slot 3 (s-osc.outputs[1].slot), made by s-osc",
        "why constant 0 of signal 2 of s-osc.outputs[1] was 3, is 4",
        "way slot 3 (s-osc, frame 1) -> slot 4 (s-mix, frame 1) -> slot 6 (s-node, frame 1)",
    ):
        assert fact in text


def test_json(irrun: Irrun) -> None:
    """The same as data, with a version; exit code as for the table."""
    got = irrun("diff", *pair(constant), "--format", "json", "--frames", "10")
    document = got.document

    assert got.code == 1
    assert (document["format"], document["version"], document["mode"]) == (
        "irrun-diff", 1, "programs",
    )  # fmt: skip
    assert document["same"] is False
    assert document["data"]["counts"] == {"constants": {"changed": 1}}
    assert document["runs"]["frames"] == 10
    assert document["cause"]["output"] == "total"
    assert document["cause"]["origin"]["value"] == "slot s-osc.outputs[1].slot"
    assert [hop["step"] for hop in document["cause"]["path"]] == ["s-osc", "s-mix", "s-node"]
    assert str(Path.cwd()) not in got.out


def test_header_only(irrun: Irrun) -> None:
    """Nothing that a run sees: told so, and the runs agree; a difference all the same."""
    got = irrun("diff", *pair(lambda d: d.update(compileId="x", patchRevision=7)))

    assert got.code == 1
    assert "A and B differ in 2 places of their data, none of which can affect a run; the runs " \
        "agree for 60 frames" in flat(got.out)  # fmt: skip


def test_full_shows_what_is_minor(irrun: Irrun) -> None:
    """Numbering is no difference, but can be seen."""

    def renumber(doc: Document) -> None:
        step(doc, "s-node")["outputSlots"] = [99]
        doc["outputs"][0]["slot"] = 99

    names = pair(renumber)

    assert irrun("diff", *names, "--no-run").code == 1  # slot 6 is still in slotMeta
    assert "99" not in irrun("diff", *names, "--no-run").out
    assert "99" in irrun("diff", *names, "--no-run", "--full").out


def test_no_run(irrun: Irrun) -> None:
    """The data only."""
    got = irrun("diff", *pair(constant), "--no-run")

    assert got.code == 1
    assert "they were not run" in flat(got.out)
    assert "cause" not in got.out
    assert irrun("diff", *pair(), "--no-run", "--format", "json").document["runs"] is None


def test_stdin(irrun: Irrun) -> None:
    """One of the two may be `-`, but not both."""
    data = Path(bundled("bus", "msgpack")).read_bytes()

    assert irrun("diff", "-", bundled("bus", "json"), stdin=data).code == 0
    assert irrun("diff", bundled("bus", "json"), "-", stdin=data).code == 0
    assert irrun("diff", "-", "-", stdin=data).code == 2


def test_quiet(irrun: Irrun) -> None:
    """Only the exit code speaks."""
    assert irrun("diff", *pair(constant), "-q") == (1, "", "")


def test_a_program_that_fails(irrun: Irrun) -> None:
    """Its failure is part of the result."""
    other = save(two_writers(), "fails.json")

    got = irrun("diff", bundled("minimal"), other)
    text = flat(got.out)

    assert got.code == 1
    assert "B fails in frame 0" in text
    assert "IR402" in text


def test_both_fail_alike(irrun: Irrun) -> None:
    """That is no success."""
    other = save(two_writers(), "fails.json")

    got = irrun("diff", other, other)

    assert got.code == 1
    assert "both fail alike in frame 0" in flat(got.out)
    assert "IR402" in got.out


@pytest.mark.parametrize("order", [("broken", "good"), ("good", "broken")])
def test_a_file_that_is_no_program(order: tuple[str, str], irrun: Irrun) -> None:
    """Exit code 3, and the file is named."""
    Path("broken").write_bytes(b"{")
    Path("good").write_bytes(Path(bundled("bus")).read_bytes())

    got = irrun("diff", *order)

    assert got.code == 3
    assert "broken" in got.err


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--atol", "100"], 0),
        (["--rtol", "1"], 0),
        (["--atol", "3=100", "--atol", "total=100", "--atol", "4=100", "--atol", "5=100",
          "--atol", "n-late:*=100"], 0),
        (["--atol", "3=100"], 1),
    ],
)  # fmt: skip
def test_tolerances(options: list[str], code: int, irrun: Irrun) -> None:
    """They concern the runs; differences in the data stay."""
    names = pair(constant)
    runs = irrun("diff", *names, *options, "--format", "json").document["runs"]

    assert runs["agree"] is (code == 0)
    assert irrun("diff", *names, *options).code == 1


def test_a_tolerance_for_nothing_is_told(irrun: Irrun) -> None:
    """A name that is misspelt would else loosen nothing, silently."""
    got = irrun("diff", *pair(), "--atol", "totl=1")

    assert "the tolerance atol totl names no value that was compared" in flat(got.out)


def test_warnings_of_one_program(irrun: Irrun) -> None:
    """What both say is no news; what one says names the program."""

    def swapped(doc: Document) -> None:
        step(doc, "s-mix")["publishers"].reverse()

    names = pair(swapped)
    got = irrun("diff", *names)

    assert "b.json" in got.err
    assert "a.json" not in got.err


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize("full", [[], ["--full"]])
def test_tables_fit(
    columns: str, full: list[str], irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Very different programs, with texts that are hard to fit; plain when piped."""
    monkeypatch.setenv("COLUMNS", columns)
    save(awkward(), "awkward.json")

    for other in (bundled("every-step-kind"), bundled("bus"), write("synth.json", synth())):
        for names in (("awkward.json", other), (other, "awkward.json")):
            got = irrun("diff", *names, *full)
            tables = got.out.splitlines()[2:]
            assert got.code == 1
            assert "\x1b" not in got.out
            assert max(map(len, tables)) <= int(columns)


@pytest.mark.parametrize("arguments", [["--format", "json"], []])
def test_the_same_twice(arguments: list[str], irrun: Irrun) -> None:
    """Nothing depends on the clock or on the order of a set."""
    names = bundled("bus"), bundled("every-step-kind")

    assert irrun("diff", *names, *arguments) == irrun("diff", *names, *arguments)


def test_times(irrun: Irrun) -> None:
    """Frames at any times."""
    names = pair(constant)
    got = irrun("diff", *names, "--times", "0,250,100", "--format", "json")

    assert got.document["cause"]["symptom"]["tMs"] == 250
    assert irrun("diff", *names, "--times", "x").code == 2


def test_executors(irrun: Irrun) -> None:
    """`stub` compares the flow of values alone."""
    got = irrun("diff", *pair(constant), "--executors", "stub", "--format", "json")

    assert got.document["runs"]["agree"] is True
    assert run_command(["diff", *pair(constant), "--executors", "xyz"]) == 2


def test_readme_shows_what_is_printed(irrun: Irrun) -> None:
    """The example of README, line by line, as far as it is not left out."""
    after = document_of("bus") | {"compileId": "bus-2"}
    after["constants"]["json"][0] = 999
    step(after, "s-energy")["label"] = "Energy"
    write("before.json", document_of("bus"))
    write("after.json", after)

    printed = [line.rstrip() for line in irrun("diff", "before.json", "after.json").out.split("\n")]

    example = (ROOT / "README.md").read_text(encoding="utf-8").partition("A  bus · sha256")[2]
    shown = [
        line for line in example.partition("```")[0].splitlines()[1:] if line not in ("", "...")
    ]
    assert len(shown) > 20
    assert [line for line in shown if line not in printed] == []

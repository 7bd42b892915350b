"""`irrun validate` and `irrun explain`."""

import json
from pathlib import Path

import pytest
from cli.samples import PROGRAMS, ROOT, Irrun, bundled, save
from program.checks.rows import bus, dead_slot, early_writer, sound, step, writes_slot_4

from irrun.errors.catalogue import all_problems, explanation
from irrun.program.reading.codec import load

CONFORMANCE = ROOT.parent / "shared" / "conformance" / "programs"


def test_a_sound_program(irrun: Irrun) -> None:
    """Exit code 0, and one line that says so."""
    assert irrun("validate", save(sound())) == (0, "1 program: nothing found\n", "")
    assert irrun("validate", save(sound()), "-q") == (0, "", "")


def test_errors_are_shown_with_everything(irrun: Irrun) -> None:
    """Code, sentence, place with the label, hint; exit code 3."""
    b = sound()
    writes_slot_4(b)
    b.doc["meta"]["names"]["steps"]["s-again"] = "Again"
    b.doc["schedule"]["deps"]["slotProducerStep"] = {"4": "s-time"}
    got = irrun("validate", save(b))

    assert (got.code, got.err) == (3, "")
    assert "error IR252  slot 4 is written by s-sig and by s-again" in got.out
    assert 'at step s-again "Again" (signalEval' in got.out
    assert "program.json" in got.out
    assert "hint: `irrun convert IN OUT --emit-deps`" in got.out
    assert got.out.endswith("1 program: 1 error, 1 warning\n")
    assert got.out.index("IR252") < got.out.index("IR375")


def test_warnings_fail_under_strict_only(irrun: Irrun) -> None:
    """Exit code 0 without, 1 with --strict; notes never fail."""
    b = sound()
    b.doc["schedule"]["steps"][1]["deps"] = ["s-x"]
    assert irrun("validate", save(b)).code == 0
    assert irrun("validate", save(b), "--strict").code == 1

    note = sound()
    dead_slot(note)
    got = irrun("validate", save(note), "--strict")
    assert (got.code, got.out) == (0, "1 program: 1 note (-v shows notes)\n")
    assert "note IR356" in irrun("validate", save(note), "-v").out


def test_select_and_ignore(irrun: Irrun) -> None:
    """Codes and parts of codes; what is left decides the exit code."""
    b = sound()
    writes_slot_4(b)
    b.doc["schedule"]["steps"][1]["deps"] = ["s-x"]
    name = save(b)

    assert irrun("validate", name, "--ignore", "IR252").code == 0
    assert "IR252" not in irrun("validate", name, "--select", "IR3").out
    assert "IR368" in irrun("validate", name, "--select", "ir36").out
    assert irrun("validate", name, "--select", "IR2", "--ignore", "IR25").code == 0
    for option in ("--select", "--ignore"):
        got = irrun("validate", name, option, "IR252,IR7")
        assert got.code == 2
        assert "there is no code IR7" in got.err


def test_what_cannot_be_loaded_cannot_be_ignored(irrun: Irrun) -> None:
    """Never 0 after a failure."""
    got = irrun("validate", "-", "--ignore", "IR1", stdin=b"{")

    assert got.code == 3
    assert "IR102" in got.out


def test_all_problems_of_a_document_at_once(irrun: Irrun) -> None:
    """A document that cannot be loaded, with three mistakes."""
    b = sound()
    del b.doc["seed"], b.doc["types"]
    b.doc["signalTable"]["nodes"][0]["kind"] = "timeModel"
    got = irrun("validate", "-", stdin=b.bytes())

    assert got.code == 3
    assert [got.out.count(code) for code in ("IR110", "IR112")] == [2, 1]
    assert "did you mean `timeModelMs`?" in got.out
    assert "1 program: 3 errors, 1 note" in got.out


def test_several_programs_and_folders(irrun: Irrun) -> None:
    """A folder is searched; the worst decides the exit code."""
    got = irrun("validate", str(PROGRAMS), "--format", "json")
    names = [Path(program["name"]).name for program in got.document["programs"]]

    assert got.code == 0
    assert names == sorted(p.name for p in PROGRAMS.iterdir() if p.suffix in (".json", ".msgpack"))
    b = sound()
    writes_slot_4(b)
    got = irrun("validate", bundled("minimal"), save(b))
    assert got.code == 3
    assert "2 programs: 1 error" in got.out


def test_nothing_to_validate(irrun: Irrun) -> None:
    """An empty selection is no success, and neither is a file that is not there."""
    Path("empty").mkdir()
    assert irrun("validate", "empty").code == 2
    assert irrun("validate").code == 2
    got = irrun("validate", "nowhere.json")
    assert got.code == 3
    assert "IR100" in got.out


@pytest.mark.parametrize("fmt", ["json", "github", "sarif"])
def test_machine_formats(fmt: str, irrun: Irrun) -> None:
    """Nothing but the format on standard output, with the same exit code."""
    b = sound()
    writes_slot_4(b)
    got = irrun("validate", save(b), "--format", fmt)

    assert (got.code, got.err) == (3, "")
    if fmt == "github":
        assert got.out.startswith("::error file=program.json,line=1,title=IR252")
    else:
        assert "IR252" in json.dumps(json.loads(got.out))


def test_the_order_of_steps(irrun: Irrun) -> None:
    """The demanded order beside the given one, and the pairs that are worth a word."""
    b = sound()
    early_writer(b)
    for i in (2, 3):
        step(i, deps=["s-time"])(b)
    b.doc["schedule"]["steps"][2]["id"] = "s-z"
    name = save(b)
    got = irrun("validate", name, "--order", "-v")

    assert "order of steps in program.json, ties by nodeIdLex" in " ".join(got.out.split())
    assert "pairs that are wrong: none" in got.out
    assert "s-bus needs s-z before it, for slot 7" in got.out
    assert "note IR386" in got.out
    order = irrun("validate", name, "--order", "--format", "json").document["programs"][0]["order"]
    assert order["given"] == ["s-time", "s-sig", "s-z", "s-bus"]
    assert order["accidental"] == [{"before": "s-z", "after": "s-bus", "slot": 7}]


def test_real_programs_have_no_errors(irrun: Irrun) -> None:
    """The compiled programs of the conformance data validate; what they are warned of is known."""
    if not CONFORMANCE.is_dir():
        pytest.skip("the compiled programs are not there")
    got = irrun("validate", str(CONFORMANCE), "--format", "json")
    codes = {
        found["code"]
        for program in got.document["programs"]
        for found in program["diagnostics"]
        if found["severity"] != "note"
    }

    assert got.code == 0
    assert len(got.document["programs"]) > 10
    assert codes <= {"IR352", "IR376", "IR421"}


# --- explain ----------------------------------------------------------------------------------


def test_explain_a_code(irrun: Irrun) -> None:
    """Severity, title, explanation, message, example, section."""
    got = irrun("explain", "ir355")

    assert (got.code, got.err) == (0, "")
    assert got.out.startswith("warning IR355  slot read before it is written\n")
    for text in ("previous frame's value", "wrong ", "right ", "section  ir-schema 14.4"):
        assert text in got.out


@pytest.mark.parametrize(
    ("code", "head"),
    [
        ("IR252", ["warning IR252", "error where every run is sure to end there"]),
        ("IR412", ["error IR412", "warning where no frame is sure to meet it"]),
        ("IR356", ["note IR356", ""]),
    ],
)
def test_explain_says_each_severity(code: str, head: list[str], irrun: Irrun) -> None:
    """What validate calls a problem is what explain says of it."""
    first, second = irrun("explain", code).out.split("\n")[:2]

    assert (first.startswith(head[0]), second) == (True, head[1])
    (document,) = irrun("explain", code, "--format", "json").document["codes"]
    assert document.get("mayBe", "") == head[1].split(" ")[0]


def test_explain_every_code(irrun: Irrun) -> None:
    """--all: every code, also those of other commands."""
    got = irrun("explain", "--all")
    machine = irrun("explain", "--all", "--format", "json").document

    assert all(code in got.out for code in all_problems())
    assert [found["code"] for found in machine["codes"]] == list(all_problems())
    assert machine["format"] == "irrun-codes"
    first = machine["codes"][0]
    assert first["explanation"] == explanation(all_problems()[first["code"]])


def test_explain_needs_to_know_what(irrun: Irrun) -> None:
    """No code, an unknown one, or both: wrong usage."""
    assert irrun("explain").code == 2
    assert irrun("explain", "IR355", "--all").code == 2
    got = irrun("explain", "IR777")
    assert got.code == 2
    assert "irrun explain --all" in got.err


# --- convert ----------------------------------------------------------------------------------


def test_the_dependency_index_is_written(irrun: Irrun) -> None:
    """--emit-deps: what the steps give; validating it again finds no disagreement."""
    b = sound()
    bus()(b)
    b.doc["schedule"]["deps"]["slotConsumers"] = {"4": ["s-time"]}
    name = save(b)
    assert "IR375" in irrun("validate", name).out

    got = irrun("convert", name, "out.json", "--emit-deps", "--emit-slot-meta")
    deps = load("out.json").schedule.deps

    assert got.code == 0
    assert deps.slot_producer_step == {**dict.fromkeys(range(4), "s-time"), 4: "s-sig", 6: "s-bus"}
    assert deps.slot_consumers == {4: ("s-bus",)}
    assert (deps.bus_depends_on_slots, deps.bus_provides_slot) == ({0: (4,)}, {0: 6})
    assert "IR375" not in irrun("validate", "out.json").out


@pytest.mark.parametrize("name", ["every-step-kind", "bus", "no-slot-meta"])
def test_a_derived_index_agrees_with_its_program(name: str, irrun: Irrun) -> None:
    """Whatever the program: what is derived from the steps agrees with them."""
    irrun("convert", bundled(name), "out.json", "--emit-deps")

    assert "IR375" not in irrun("validate", "out.json", "-v").out

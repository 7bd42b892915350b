"""Exit codes, and what stands on standard error beside them (design.md section 7)."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli.samples import (
    COMMAND,
    Irrun,
    Outcome,
    bundled,
    clock,
    environment,
    overlapping_slots,
    reads_unwritten,
    two_writers,
)
from program_builder import ProgramBuilder

from irrun.errors import Crash
from irrun.errors.exit_codes import ExitCode
from irrun.limits import FILE_BYTES, GIVEN


def head(name: str, length: int) -> bytes:
    """Return the first bytes of a bundled program."""
    return Path(bundled(name, "msgpack")).read_bytes()[:length]


# --- Situations -----------------------------------------------------------------------------


class Situation(NamedTuple):
    name: str
    arguments: list[str]
    code: int
    error: str | None
    facts: list[str]
    """What standard error says besides the code."""
    content: bytes | ProgramBuilder = b""
    """What the file `program` holds."""


TRUNCATED_JSON = b'{"irVersion": 1,\n "patchId": "half'

USAGE = [
    Situation("no command", [], 2, None, ["Usage"]),
    Situation("unknown command", ["rum"], 2, None, ["rum"]),
    Situation("no program", ["run"], 2, None, ["PROGRAM"]),
    Situation("unknown option", ["run", "program", "--frmes", "3"], 2, None, ["--frmes"]),
    Situation("bad choice", ["run", "program", "--format", "xml"], 2, None, ["xml", "jsonl"]),
    Situation("two programs", ["run", "program", "other"], 2, None, ["other"]),
]

LOADING = [
    Situation("missing file", ["run", "absent"], 3, "IR100", ["absent", "No such file"]),
    Situation("a folder", ["run", "."], 3, "IR116", ["folder"]),
    Situation("empty file", ["run", "program"], 3, "IR101", ["program", "empty"]),
    Situation("garbage", ["run", "program"], 3, "IR101", ["program", "0xc1"], b"\xc1\xff garbage"),
    Situation("text", ["run", "program"], 3, "IR101", ["program"], b"hello world\n"),
    Situation("truncated MessagePack", ["run", "program"], 3, "IR103", ["program", "byte 400"],
              head("minimal", 400)),
    Situation("truncated JSON", ["run", "program"], 3, "IR102",
              ["program", "byte 29", "line 2"], TRUNCATED_JSON),
    Situation("truncated gzip", ["run", "program"], 3, "IR104", ["program"],
              gzip.compress(head("minimal", 400))[:90]),
    Situation("another version", ["run", "program"], 3, "IR109", ["program", "$.irVersion", "7"],
              b'{"irVersion": 7}'),
]  # fmt: skip

RUNNING = [
    Situation("invalid layout", ["run", "program"], 3, "IR212",
              ["slots 0 and 1", "f64[0]", "program"], overlapping_slots()),
    Situation("double writer", ["run", "program", "--no-check"], 4, "IR402",
              ["slot 2", "s-one", "s-two", "frame 0"], two_writers()),
    Situation("strict", ["run", "program", "--strict", "--executors", "stub"], 4, "IR450",
              ["slot 2", "s-sum", "frame 0"], reads_unwritten()),
]  # fmt: skip

FAILURES = LOADING + RUNNING


def prepare(situation: Situation) -> None:
    """Write the file `program` into the working folder."""
    content = situation.content
    Path("program").write_bytes(content if isinstance(content, bytes) else content.bytes())


@pytest.mark.parametrize("row", USAGE + FAILURES, ids=lambda row: row.name)
def test_a_failure_has_its_exit_code_and_its_message(row: Situation, irrun: Irrun) -> None:
    """Exit code, error code and facts on standard error, and no traceback."""
    prepare(row)

    got = irrun(*row.arguments)

    assert got.code == row.code
    for fact in [row.error or "", *row.facts]:
        assert fact in got.err
    assert "Traceback" not in got.err
    assert "None" not in got.err


def test_a_run_is_refused_with_everything_that_is_wrong(irrun: Irrun) -> None:
    """What every frame would meet stops a run before the first: exit code 3, all shown."""
    b = two_writers()
    b.step("signalEval", "s-bad", outputs=[{"sigId": 99, "slot": 3}])
    b.doc["meta"]["names"]["steps"]["s-bad"] = "Bad"
    Path("program").write_bytes(b.bytes())

    got = irrun("run", "program")
    machine = irrun("run", "program", "--format", "json")

    assert (got.code, got.out) == (3, "")
    assert "error IR252" in got.err
    assert "error IR412" in got.err
    assert 'step s-bad "Bad"' in got.err
    assert (machine.code, machine.err) == (3, got.err)
    found = machine.document["diagnostics"]
    assert machine.document["format"] == "irrun-error"
    assert machine.document["error"] == found[0]
    assert [f["severity"] for f in found[:2]] == ["error", "error"]
    assert irrun("run", "program", "--executors", "stub").code == 3


@pytest.mark.parametrize("row", FAILURES, ids=lambda row: row.name)
def test_traceback_shows_where_it_came_from(row: Situation, irrun: Irrun) -> None:
    """--traceback: Python's traceback besides the message, with the same exit code."""
    prepare(row)

    got = irrun(*row.arguments, "--traceback", *(["--no-check"] if row in RUNNING else []))

    assert got.code == row.code
    assert "Traceback (most recent call last)" in got.err
    assert f"{row.error}  " in got.err


@pytest.mark.parametrize("row", LOADING, ids=lambda row: row.name)
@pytest.mark.parametrize("command", ["run", "inspect-layout", "convert"])
def test_a_file_that_cannot_be_loaded_fails_alike_everywhere(
    command: str, row: Situation, irrun: Irrun
) -> None:
    """Every command gives the same exit code and the same message for the same file."""
    prepare(row)
    more = ["out.json"] if command == "convert" else []

    got = irrun(command, *row.arguments[1:], *more)

    assert (got.code, got.out) == (row.code, "")
    assert got.err == irrun(*row.arguments).err
    assert not Path("out.json").exists()


@pytest.mark.parametrize(
    ("command", "row"),
    [*(("inspect-layout", row) for row in LOADING), *(("run", r) for r in LOADING + RUNNING[:1])],
    ids=lambda given: given if isinstance(given, str) else given.name,
)
def test_machine_formats_carry_the_same_fields(command: str, row: Situation, irrun: Irrun) -> None:
    """Asked for JSON, standard output is one `irrun-error` object; the text is the same."""
    prepare(row)

    got = irrun(command, *row.arguments[1:], "--format", "json")

    assert got.code == row.code
    found = got.document
    assert {key: found[key] for key in ("format", "version")} == {
        "format": "irrun-error",
        "version": 1,
    }
    error = found["error"]
    assert (error["code"], error["severity"]) == (row.error, "error")
    assert error["family"] in ("malformed", "invalid")
    assert got.err.startswith(f"error {row.error}  {error['message']}")
    assert f"hint: {error.get('hint')}" in got.err or "hint" not in error
    for key in ("file", "path", "byte", "step", "slot", "frame"):
        assert str(error["where"].get(key, "")) in got.err


@pytest.mark.parametrize("asked", ["--format=json", "--format=jsonl"])
def test_the_format_may_be_asked_for_in_one_word(asked: str, irrun: Irrun) -> None:
    """`--format=json` and JSON Lines give the same object as `--format json`."""
    assert irrun("run", "absent", asked) == irrun("run", "absent", "--format", "json")


def test_a_fine_run_is_zero_and_silent(irrun: Irrun) -> None:
    """Nothing to complain about: exit code 0 and nothing on standard error, in every command."""
    for arguments in (
        ("run", bundled("bus")),
        ("inspect-layout", bundled("bus")),
        ("convert", bundled("bus"), "-", "--to", "json"),
        ("--version",),
        ("--help",),
    ):
        got = irrun(*arguments)

        assert (got.code, got.err) == (0, "")
        assert got.out


def test_warnings_do_not_change_the_exit_code(irrun: Irrun) -> None:
    """A program with contradictions runs, warns, and is no failure."""
    got = irrun("run", bundled("conflicting-evidence"), "--executors", "stub")

    assert got.code == 0
    assert got.err.count("warning IR25") == 4


# --- Bugs and interruptions -----------------------------------------------------------------


def fail(error: BaseException) -> Callable[..., Any]:
    """Return a function that raises."""

    def function(*_: object, **__: object) -> None:
        raise error

    return function


@pytest.mark.parametrize("arguments", [[], ["--format", "json"], ["--format", "jsonl"]], ids=str)
def test_a_bug_is_seventy_and_called_one(
    arguments: list[str], irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any other exception: exit code 70, IR900 with what Python said, and how to report it."""
    monkeypatch.setattr("irrun.cli.commands.run.asked_run", fail(RuntimeError("cogs are stuck")))

    got = irrun("run", bundled("minimal"), *arguments)

    assert got.code == 70
    for fact in ("IR900", "bug in irrun", "RuntimeError", "cogs are stuck", "--traceback"):
        assert fact in got.err.replace("irrun has a bug", "bug in irrun")
    assert "Traceback" not in got.err
    if arguments:
        assert got.document["error"]["code"] == "IR900"
        assert got.document["error"]["family"] == "crash"


def test_a_bug_with_traceback_shows_its_origin(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--traceback shows the exception that was not foreseen, not its wrapping."""
    monkeypatch.setattr("irrun.cli.commands.run.asked_run", fail(RuntimeError("cogs are stuck")))

    err = irrun("run", bundled("minimal"), "--traceback").err

    assert "RuntimeError: cogs are stuck" in err
    assert "test_exit_codes.py" in err


@pytest.mark.parametrize(
    ("lack", "code"), [(MemoryError(), "IR407"), (RecursionError("too deep"), "IR408")]
)
@pytest.mark.parametrize(
    "place", ["irrun.cli.commands.run.asked_run", "irrun.steps.kinds.time_derive.TimeDerive.run"]
)
def test_what_the_machine_lacks_is_no_bug(
    place: str, lack: Exception, code: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever memory or Python's stack runs out: exit code 4, and what can be done."""
    monkeypatch.setattr(place, fail(lack))

    got = irrun("run", bundled("minimal"), "--format", "json")

    assert got.code == 4
    assert f'"code":"{code}"' in got.out.replace(": ", ":")
    assert ("at step s-time" in got.err) == place.startswith("irrun.steps")
    assert code in got.err
    assert "hint" in got.err
    assert "bug" not in got.err


def test_a_program_that_memory_does_not_hold_is_named(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3, as for every file that cannot be loaded."""
    monkeypatch.setattr("irrun.program.reading.codec.parse_json", fail(MemoryError("2 GB")))
    Path("large.json").write_bytes(clock().bytes())

    for command in (["run"], ["validate"], ["inspect-layout"]):
        got = irrun(*command, "large.json")

        assert got.code == 3
        for fact in ("IR122", "2 GB", "large.json"):
            assert fact in got.out + got.err


def test_a_crash_that_irrun_noticed_is_seventy(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Crash` is reported like any bug."""
    monkeypatch.setattr("irrun.cli.commands.run.record_run", fail(Crash(detail="two clocks")))

    got = irrun("run", bundled("minimal"))

    assert got.code == 70
    assert "two clocks" in got.err


def test_a_bug_in_the_middle_of_a_run_leaves_the_output_file(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a bug destroys what an earlier run has written."""
    Path("run.json").write_bytes(b"old")
    monkeypatch.setattr("irrun.trace.recording.frame_document", fail(RuntimeError("stuck")))

    got = irrun("run", bundled("minimal"), "-o", "run.json")

    assert (got.code, Path("run.json").read_bytes()) == (70, b"old")


@pytest.mark.parametrize("command", ["run", "inspect-layout"])
def test_an_interruption_is_130(
    command: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C: exit code 130, a word, and nothing that looks like a failure of irrun."""
    module = command.replace("-", "_")
    monkeypatch.setattr(f"irrun.cli.commands.{module}.load_program", fail(KeyboardInterrupt()))

    got = irrun(command, bundled("minimal"))

    assert (got.code, got.out) == (130, "")
    assert got.err.strip() == "interrupted"


WAITS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from irrun.cli.main import main
main(["run", "-"])
"""


def test_an_interrupt_signal_is_130() -> None:
    """The real thing: SIGINT while the program comes in through a pipe."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        # More than a pipe holds: once it is written, the command is reading, and waits for more.
        process.stdin.write(b" " * (1 << 20))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()

    assert (process.returncode, out) == (130, b"")
    assert err.split() == [b"interrupted"]


# --- The other end of a pipe ----------------------------------------------------------------

READERS = [
    ["run", bundled("minimal"), "-n", "5000", "--format", "jsonl"],
    ["run", bundled("every-step-kind"), "-n", "200", "--trace-frames", "0-199"],
]


@pytest.mark.parametrize("arguments", READERS, ids=["machine output", "tables"])
def test_a_reader_that_has_had_enough_is_no_failure_of_irrun(arguments: list[str]) -> None:
    """`irrun ... | head -1`: silence on standard error, and its own exit code.

    0 would say that all was written, 1 that a comparison found something.
    """
    done = piped_into_head(arguments)

    assert done.err == ""
    assert done.code == ExitCode.READER_GONE


def test_a_reader_that_has_had_enough_does_not_spoil_the_output_file(tmp_path: Path) -> None:
    """-o is not to blame when standard output is closed."""
    done = piped_into_head([*READERS[0], "-o", str(tmp_path / "run.jsonl")])

    assert "cannot write" not in done.err
    assert done.code == ExitCode.READER_GONE


def piped_into_head(arguments: list[str]) -> Outcome:
    """Run the command with a reader that takes one line and goes."""
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        code = process.wait()
    return Outcome(code, first.decode(), err.decode())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_not_a_bug_in_irrun() -> None:
    """Standard output that takes nothing: a failure, but not one to report to us."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "run", bundled("minimal"), "--format", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )

    assert done.returncode not in (0, 70)
    assert b"has a bug" not in done.stderr
    assert b"No space left" in done.stderr


# --- Files that nobody should feed it -------------------------------------------------------


def initial_value(value: Any) -> bytes:
    """Return a program with an initial value in slot 2, which is an output too."""
    b = clock()
    b.initial(2, value)
    b.output(2, "value", "debug")
    return b.bytes()


def buffer(data: Any, components: Any = 1, element: Any = "f32") -> Mapping[str, Any]:
    """Return a buffer handle as documents have it."""
    shape = {"components": components, "elementType": element}
    return {"kind": "buffer", "data": data, "format": shape}


HOSTILE = {
    "buffer of texts": initial_value(buffer(["a"])),
    "buffer of records": initial_value(buffer({"0": 1})),
    "nested buffer": initial_value(buffer([[1, 2], [3, 4]])),
    "ragged buffer": initial_value(buffer([[1], [2, 3]])),
    "buffer of null": initial_value(buffer(None)),
    "buffer without components": initial_value(buffer([1, 2], 0)),
    "buffer of negative components": initial_value(buffer([1, 2], -1)),
    "buffer of no element type": initial_value(buffer([1], 1, "f16")),
    "element type that is a list": initial_value(buffer([1], 1, ["f32"])),
    "buffer of numbers out of range": initial_value(buffer([1e300, -1e300], 1, "i32")),
    "domain of a huge count": initial_value({"kind": "domain", "count": 1e300}),
    "domain of more digits than a double has": initial_value({"kind": "domain", "count": 10**350}),
    "domain of a negative count": initial_value({"kind": "domain", "count": -1}),
    "domain with ids that are none": initial_value({"kind": "domain", "count": 1, "ids": 5}),
    "number of more digits than a double has": initial_value(10**350),
    "record of such a number": initial_value({"x": 10**350, "y": 0}),
    "half a surrogate pair as a value": initial_value("\ud800"),
    "half a surrogate pair as a name": ProgramBuilder("\udfff").bytes(),
    "deep list": b'{"irVersion":1,"patchId":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep record": b'{"irVersion":1,"patchId":' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    "deep MessagePack": b"\x81\xa1a" * 5000 + b"\x01",
    "list of four thousand million": b"\x81\xa1a\xdd\xff\xff\xff\xff",
    "text of four thousand million": b"\x81\xa1a\xdb\xff\xff\xff\xff",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_no_file_is_a_bug_in_irrun(content: bytes, irrun: Irrun) -> None:
    """Whatever a file holds, it runs or is refused; irrun never blames itself (section 7)."""
    Path("program").write_bytes(content)

    for arguments in (
        ("run", "program", "-n", "2", "--dump", "all", "-o", "run.json"),
        ("inspect-layout", "program"),
        ("convert", "program", "out.msgpack"),
    ):
        got = irrun(*arguments)

        assert got.code in (0, 3, 4), got.err
        assert "IR900" not in got.err


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd on this system")
def test_a_file_that_does_not_tell_its_size_is_read_to_the_limit_only(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe or a device such as /dev/zero has no size: reading stops at the limit all the same."""
    monkeypatch.setitem(GIVEN, FILE_BYTES.variable, "1000")
    reader, writer = os.pipe()
    os.write(writer, clock().bytes() + b" " * 10_000)
    os.close(writer)

    got = irrun("inspect-layout", f"/dev/fd/{reader}")
    os.close(reader)

    assert got.code == 3
    for fact in ("IR105", "1000 bytes"):
        assert fact in got.err


# --- Names that are not text everywhere -----------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_output_fits_any_encoding_of_the_terminal(encoding: str) -> None:
    """Where the terminal knows fewer characters, tables use fewer; nothing fails."""
    done = subprocess.run(
        [*COMMAND, "run", bundled("minimal"), "-n", "2", "--watch", "0"],
        capture_output=True,
        env=environment(PYTHONIOENCODING=encoding),
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert b"s-wave" in done.stdout


@pytest.mark.parametrize("words", [["validate"], ["run", "--explain", "0@0"]])
def test_json_is_utf_8_whatever_the_terminal_has(words: list[str], tmp_path: Path) -> None:
    """Escapes of Python's would be no JSON."""
    document = json.loads(Path(bundled("minimal", "json")).read_bytes())
    document["patchId"] = "caf\u00e9"
    document["schedule"]["steps"][-1]["label"] = "caf\u00e9"
    file = tmp_path / "caf\u00e9.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, *words, str(file), "--format", "json"],
        capture_output=True,
        env=environment(PYTHONIOENCODING="ascii"),
        check=False,
    )

    assert done.returncode == 0, done.stderr
    json.loads(done.stdout.decode())


def test_a_file_name_that_is_no_text_is_named_as_well_as_can_be() -> None:
    """A name that is not UTF-8, asked for as JSON: one valid object on standard output."""
    name = os.fsdecode(b"\xff.json")

    done = subprocess.run(
        [*COMMAND, "inspect-layout", name, "--format", "json"],
        capture_output=True,
        env=environment(PYTHONIOENCODING="utf-8"),
        check=False,
    )

    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout.decode())["error"]["code"] == "IR100"

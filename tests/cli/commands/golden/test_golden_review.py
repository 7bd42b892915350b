"""`irrun golden pending` and `irrun golden review`: what waits, judged anew, and decided."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cli.samples import COMMAND, Irrun, Outcome, environment, save
from compare.golden.samples import buffered, constant, document_of, files_below

pty = pytest.importorskip("pty", reason="no terminals like this on this system")


def make(irrun: Irrun, name: str, before: float, after: float) -> None:
    """Record a program under a name, change it, and check it."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    save(constant(before), f"{name}.json")
    assert irrun("golden", "record", f"{name}.json", "-n", "3").code == 0
    save(constant(after), f"{name}.json")
    assert irrun("golden", "check", f"{name}.golden").code == 1


@pytest.fixture
def waiting(irrun: Irrun) -> list[str]:
    """Return the names of three goldens that wait for a decision: 1.0 became 1.5."""
    names = ["a", "deep/b", "deep/c"]
    for name in names:
        make(irrun, name, 1.0, 1.5)
    return names


def value_of(path: str) -> Any:
    """Return the number that a golden has for the output in its first frame."""
    return document_of(Path(path))["frames"][0]["values"]["output value"]


def verdicts(got: Outcome) -> dict[str, str]:
    """Return the verdicts in JSON, by name."""
    return {result["name"]: result["verdict"] for result in got.document["results"]}


def left() -> list[str]:
    """Return what is still pending."""
    return sorted(path.as_posix() for path in Path().rglob("*.new"))


# --- Pending --------------------------------------------------------------------------------


def test_nothing_pending_is_fine(irrun: Irrun) -> None:
    """0, and it says so."""
    got = irrun("golden", "pending")

    assert (got.code, "nothing" in got.out) == (0, True)


def test_what_is_pending_is_listed(irrun: Irrun, waiting: list[str]) -> None:
    """Each with its verdict, and exit code 1."""
    table, machine = irrun("golden", "pending"), irrun("golden", "pending", "--format", "json")

    assert (table.code, machine.code) == (1, 1)
    assert verdicts(machine) == dict.fromkeys(waiting, "differs")
    for name in waiting:
        assert name in table.out


def test_pending_output_is_judged_anew_without_its_program(
    irrun: Irrun, waiting: list[str]
) -> None:
    """The programs are gone: what is recorded is enough to try another tolerance."""
    for path in Path().rglob("*.json"):
        path.unlink()

    assert irrun("golden", "pending").code == 1
    got = irrun("golden", "pending", "--atol", "0.5", "--format", "json")
    assert got.code == 0
    assert verdicts(got) == dict.fromkeys(waiting, "within tolerance")
    assert irrun("golden", "pending", "--atol", "0.25").code == 1


def test_judging_says_what_the_check_said(irrun: Irrun, waiting: list[str]) -> None:
    """The comparison is the same document."""
    check = irrun("golden", "check", "--format", "json").document
    pending = irrun("golden", "pending", "--format", "json").document

    for a, b in zip(check["results"], pending["results"], strict=True):
        assert a["comparison"] == b["comparison"]
        assert (a["name"], a["verdict"], a["programChanged"]) == (
            b["name"], b["verdict"], b["programChanged"],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.golden", ["a"]),
        ("a.golden.new", ["a"]),
        ("deep", ["deep/b", "deep/c"]),
        (".", ["a", "deep/b", "deep/c"]),
    ],
)
def test_what_is_named_is_judged(
    path: str, found: list[str], irrun: Irrun, waiting: list[str]
) -> None:
    """A golden, its new output, a folder."""
    assert list(verdicts(irrun("golden", "pending", path, "--format", "json"))) == found


@pytest.mark.parametrize("path", ["absent", "absent.golden", "b.golden"])
def test_what_is_not_there_is_wrong_usage(path: str, irrun: Irrun, waiting: list[str]) -> None:
    """A name in which nothing is pending: 2."""
    assert irrun("golden", "pending", path).code == 2


def test_pending_output_that_is_damaged_is_broken(irrun: Irrun, waiting: list[str]) -> None:
    """3, and the others are judged."""
    path = Path("deep/b.golden.new")
    path.write_bytes(path.read_bytes()[:-30])

    got = irrun("golden", "pending", "--format", "json")

    assert got.code == 3
    assert verdicts(got) == {"a": "differs", "deep/b": "broken", "deep/c": "differs"}


def in_a_folder(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the new output of `deep/b` in the folder `out`, as in CI."""
    Path("deep").mkdir()
    save(constant(1.0), "deep/b.json")
    irrun("golden", "record", "deep/b.json", "-n", "3")
    save(constant(1.5), "deep/b.json")
    with monkeypatch.context() as patch:
        patch.setenv("CI", "1")
        assert irrun("golden", "check", "--pending", "out").code == 1
    assert left() == ["out/deep/b.golden.new"]


def test_a_folder_of_pending_output_is_judged(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--pending DIR: as it came out of CI, against the goldens that are here."""
    in_a_folder(irrun, monkeypatch)

    got = irrun("golden", "pending", "--pending", "out", "--format", "json")

    assert (got.code, verdicts(got)) == (1, {"deep/b": "differs"})


def test_a_folder_of_pending_output_is_accepted(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Review --pending DIR puts it in the place of the goldens that are here."""
    in_a_folder(irrun, monkeypatch)

    got = irrun("golden", "review", "--pending", "out", "--accept-all")

    assert got.code == 0
    assert value_of("deep/b.golden") == 1.5
    assert left() == []


# --- Review by options ----------------------------------------------------------------------


def test_accepting_all_makes_the_check_pass(irrun: Irrun, waiting: list[str]) -> None:
    """New goldens, nothing pending, and only what was accepted has changed."""
    got = irrun("golden", "review", "--accept-all")

    assert got.code == 0
    assert left() == []
    assert {value_of(f"{name}.golden") for name in waiting} == {1.5}
    assert irrun("golden", "check").code == 0


@pytest.mark.parametrize(
    ("options", "accepted", "still"),
    [
        (["--accept", "a"], ["a"], ["deep/b", "deep/c"]),
        (["--accept", "a.golden"], ["a"], ["deep/b", "deep/c"]),
        (["--accept", "a.golden.new"], ["a"], ["deep/b", "deep/c"]),
        (["--accept", "deep/b"], ["deep/b"], ["a", "deep/c"]),
        (["--accept", "b"], ["deep/b"], ["a", "deep/c"]),
        (["--accept", "deep/*"], ["deep/b", "deep/c"], ["a"]),
        (["--accept", "a", "--accept", "c"], ["a", "deep/c"], ["deep/b"]),
        (["--reject", "a"], [], ["deep/b", "deep/c"]),
        (["--accept", "a", "--reject", "deep/*"], ["a"], []),
        (["--accept-all", "--reject", "b"], ["a", "deep/c"], []),
    ],
    ids=lambda given: " ".join(given),
)
def test_what_is_named_is_decided_and_the_rest_stays(
    options: list[str], accepted: list[str], still: list[str], irrun: Irrun, waiting: list[str]
) -> None:
    """Accepting replaces the golden, rejecting removes the new output; 1 while something waits."""
    got = irrun("golden", "review", *options)

    assert got.code == (1 if still else 0)
    assert left() == [f"{name}.golden.new" for name in still]
    for name in waiting:
        assert value_of(f"{name}.golden") == (1.5 if name in accepted else 1)


@pytest.mark.parametrize(
    "options",
    [
        ["--accept", "absent"],
        ["--reject", "absent"],
        ["--accept", "a", "--accept", "absent"],
        ["--accept", "a", "--reject", "a"],
        ["--accept", "deep/*", "--reject", "c"],
        ["absent", "--accept-all"],
    ],
    ids=" ".join,
)
def test_a_wrong_decision_changes_nothing(
    options: list[str], irrun: Irrun, waiting: list[str]
) -> None:
    """A name of nothing, or one both accepted and rejected: 2, and all is as it was."""
    before = files_below(Path())

    assert irrun("golden", "review", *options).code == 2
    assert files_below(Path()) == before


@pytest.mark.parametrize("options", [[], ["--accept-all"], ["--reject", "*"], ["--accept", "a"]])
def test_nothing_is_decided_in_ci(
    options: list[str], irrun: Irrun, waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """2, whatever is asked for."""
    before = files_below(Path())
    monkeypatch.setenv("CI", "true")

    assert irrun("golden", "review", *options).code == 2
    assert files_below(Path()) == before


def test_without_a_terminal_it_does_not_ask(irrun: Irrun, waiting: list[str]) -> None:
    """2 with the options that decide; it neither waits for an answer nor takes one from a pipe."""
    before = files_below(Path())

    got = irrun("golden", "review", stdin=b"a\na\na\n")

    assert got.code == 2
    assert "--accept" in got.err
    assert files_below(Path()) == before


def test_nothing_to_review_is_fine_without_a_terminal(irrun: Irrun) -> None:
    """Nothing to ask."""
    assert irrun("golden", "review").code == 0
    assert irrun("golden", "review", "--accept-all").code == 0


def test_buffers_are_accepted_with_their_golden(irrun: Irrun) -> None:
    """The new whole buffers come with it, the old ones go; the check passes, with tolerance too."""
    save(buffered(1.0), "a.json")
    irrun("golden", "record", "a.json", "-n", "2", "--buffers", "full")
    save(buffered(2.0), "a.json")
    irrun("golden", "check")

    assert irrun("golden", "review", "--accept", "a").code == 0

    assert len(list(Path().glob("*.npz"))) == 1
    assert irrun("golden", "check").code == 0
    save(buffered(2.25), "a.json")
    assert irrun("golden", "check", "--atol", "0.25").code == 0


def test_accepting_keeps_settings_and_tolerances(irrun: Irrun) -> None:
    """What was recorded changes, not how."""
    save(constant(1.0), "a.json")
    irrun("golden", "record", "a.json", "-n", "3", "--atol", "value=0.1", "--fps", "30")
    before = document_of(Path("a.golden"))
    save(constant(2.0), "a.json")
    irrun("golden", "check")
    irrun("golden", "review", "--accept-all")

    after = document_of(Path("a.golden"))
    for name in ("policy", "run", "watch", "values"):
        assert after[name] == before[name]
    assert after["program"]["digest"] != before["program"]["digest"]


def test_damaged_output_is_not_accepted(irrun: Irrun, waiting: list[str]) -> None:
    """3, and its golden stays."""
    path = Path("deep/b.golden.new")
    path.write_bytes(path.read_bytes()[:-30])

    got = irrun("golden", "review", "--accept", "b")

    assert got.code == 3
    assert value_of("deep/b.golden") == 1


# --- Review by asking -----------------------------------------------------------------------


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command believe that it talks to somebody."""
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr(
        "irrun.cli.commands.golden.review.sys", SimpleNamespace(stdin=terminal, stdout=terminal)
    )


@pytest.mark.parametrize(
    ("answers", "code", "accepted", "still"),
    [
        ("aaa", 0, ["a", "deep/b", "deep/c"], []),
        ("rrr", 0, [], []),
        ("sss", 1, [], ["a", "deep/b", "deep/c"]),
        ("ars", 1, ["a"], ["deep/c"]),
        ("xa?ra", 0, ["a", "deep/c"], []),
        ("AR S", 1, ["a"], ["deep/c"]),
        ("aq", 130, ["a"], ["deep/b", "deep/c"]),
        ("q", 130, [], ["a", "deep/b", "deep/c"]),
        ("a", 130, ["a"], ["deep/b", "deep/c"]),
    ],
    ids=["accept", "reject", "skip", "each", "again", "capitals", "quit", "quit first", "no more"],
)
def test_each_change_is_shown_and_asked_about(
    answers: str,
    code: int,
    accepted: Sequence[str],
    still: Sequence[str],
    irrun: Irrun,
    waiting: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Accept, reject, skip, quit; what was decided before quitting is done."""
    on_a_terminal(monkeypatch)

    got = irrun("golden", "review", stdin="\n".join([*answers.replace(" ", ""), ""]).encode())

    assert got.code == code
    assert left() == [f"{name}.golden.new" for name in still]
    for name in waiting:
        assert value_of(f"{name}.golden") == (1.5 if name in accepted else 1)
    for fact in ("a", "output value", "1.5", "frame"):
        assert fact in got.out


def test_a_real_terminal_is_asked(irrun: Irrun, waiting: list[str]) -> None:
    """The real command on a pseudo terminal: it shows, asks, and does what is answered."""
    first, second = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "golden", "review"],
        stdin=second,
        stdout=second,
        stderr=second,
        env=environment(TERM="xterm", CI=""),
        start_new_session=True,
    )
    os.close(second)
    shown = b""
    for answer in (b"a\n", b"r\n", b"s\n"):
        asked = shown.count(b"[q]uit") + 1
        while shown.count(b"[q]uit") < asked:
            shown += os.read(first, 65536)  # fails if the command has ended
        os.write(first, answer)
    try:
        while chunk := os.read(first, 65536):
            shown += chunk
    except OSError:
        pass  # that is how a pseudo terminal says that the other end is closed
    os.close(first)

    assert process.wait() == 1, shown
    assert left() == ["deep/c.golden.new"]
    assert (value_of("a.golden"), value_of("deep/b.golden")) == (1.5, 1)


def test_nothing_pending_is_not_asked_about_on_a_terminal(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so and ends."""
    on_a_terminal(monkeypatch)

    got = irrun("golden", "review")

    assert (got.code, "nothing" in got.out) == (0, True)

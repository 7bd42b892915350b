"""`irrun doctor`: what it checks, what it says, how it ends."""

import json
from copy import copy
from typing import Any

import pytest
from cli.samples import Irrun

from irrun.cli.commands.doctor import terminal_document
from irrun.doctor import machine, report
from irrun.doctor.digests import recorded_digests
from irrun.doctor.samples import OPERATIONS
from irrun.numerics import native


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the digests of this machine be the recorded ones, without computing them."""
    monkeypatch.setattr(report, "current_digests", recorded_digests)
    monkeypatch.setattr(report, "FORM_SAMPLES", 5)
    monkeypatch.setattr(native, "_state", copy(native._state))  # a check may switch kernels off


def test_doctor_is_green(irrun: Irrun) -> None:
    """On this machine all checks pass, with the digests really computed."""
    got = irrun("doctor")

    assert (got.code, got.err) == (0, "")
    assert got.out.count("fine ") == 4
    assert "wrong" not in got.out
    for fact in ("irrun", "python", "numpy", "cpu", "extras", "terminal"):
        assert f"\n{fact} " in got.out


@pytest.mark.usefixtures("quick")
def test_doctor_as_json(irrun: Irrun) -> None:
    """One object, with everything that the table has."""
    document: dict[str, Any] = json.loads(irrun("doctor", "--format", "json").out)

    assert (document["format"], document["version"], document["passes"]) == (
        "irrun-doctor",
        1,
        True,
    )
    checks = [check["name"] for check in document["checks"]]
    assert checks == ["arithmetic", "digests", "forms", "native"]
    assert document["digests"] == recorded_digests()
    assert document["machine"]["python"].count(".") == 2
    assert document["terminal"].keys() == terminal_document().keys()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fmt", ["table", "json"])
def test_another_digest_is_wrong(irrun: Irrun, monkeypatch: pytest.MonkeyPatch, fmt: str) -> None:
    """Exit code 1, and both digests are named."""
    changed = recorded_digests() | {"tanh": "0" * 32}
    monkeypatch.setattr(report, "current_digests", lambda: changed)

    got = irrun("doctor", "--format", fmt)

    assert got.code == 1
    assert f"tanh: {'0' * 32} here, {recorded_digests()['tanh']} recorded" in got.out
    assert "wrong  digests     1 fault" in got.out or json.loads(got.out)["passes"] is False


@pytest.mark.usefixtures("quick")
def test_kernels_with_another_digest_are_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a message that says what to do; the other forms are fine."""
    monkeypatch.setattr(native._state, "kernels", {"sin": native.Kernel("d", "d", 1, 1)})
    changed = recorded_digests() | {"sin": "0" * 32}
    monkeypatch.setattr(report, "current_digests", lambda: changed)

    check = report.native_check(recorded_digests())

    assert check.faults[0] == f"sin: {'0' * 32} here, {recorded_digests()['sin']} recorded"
    assert "IRRUN_NATIVE=off" in check.faults[1]
    assert native.summary() == "no kernels in C: their digests are not the recorded ones"
    assert native.kernels() == {}
    assert native.is_fault()
    assert not report.native_check(recorded_digests()).passes


@pytest.mark.usefixtures("quick")
def test_no_kernels_are_no_fault(irrun: Irrun) -> None:
    """They are left out, and the reason is said."""
    with native.without():
        got = irrun("doctor")

    assert got.code == 0
    assert "fine   native      no kernels in C: they are switched off for a while" in got.out


@pytest.mark.usefixtures("quick")
def test_broken_arithmetic_is_wrong(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a library has done to the processor's modes is said in words."""
    fault = "NumPy flushes subnormal numbers to zero"
    monkeypatch.setattr(machine, "arithmetic_faults", lambda: [fault])

    got = irrun("doctor", "--quiet")

    assert got.code == 1
    assert got.out.splitlines()[1:] == [f"{'':19}{fault}"]


@pytest.mark.usefixtures("quick")
def test_quiet_doctor_has_nothing_to_say(irrun: Irrun) -> None:
    """If all is well."""
    assert irrun("doctor", "-q") == (0, "", "")


@pytest.mark.usefixtures("quick")
def test_verbose_doctor_shows_the_digests(irrun: Irrun) -> None:
    """By name, to be compared by eye."""
    text = irrun("doctor", "-v").out

    assert all(digest in text for digest in recorded_digests().values())


def test_this_machine_is_fine() -> None:
    """Rounding to nearest, subnormals kept."""
    assert machine.arithmetic_faults() == []


def test_missing_and_unknown_digests_are_faults() -> None:
    """A digest that is recorded must be computed, and the other way round."""
    check = report.digest_check({"new": "1"}, {"old": "2"})

    assert check.faults == ("old: not computed here, 2 recorded", "new: no digest is recorded")


def test_forms_that_differ_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named, with how many results differ."""
    first = OPERATIONS[0]
    broken = first._replace(single=lambda x: first.single(x) + 1.0)
    monkeypatch.setattr(report, "OPERATIONS", (broken,))

    assert not report.forms_check().passes


def test_every_operation_has_a_digest() -> None:
    """And the sum and the program have theirs."""
    names = {op.name for op in OPERATIONS} | {"sum", "self-test program"}

    assert recorded_digests().keys() == names
    assert len(names) == len(OPERATIONS) + 2

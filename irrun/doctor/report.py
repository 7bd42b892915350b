"""What `irrun doctor` finds: checks that pass or fail, and facts that a bug report needs."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from irrun import __version__
from irrun.doctor import machine
from irrun.doctor.digests import current_digests, forms_differ, recorded_digests
from irrun.doctor.samples import OPERATIONS
from irrun.numerics import native

FORM_SAMPLES: Final = 200
"""Samples on which scalar and array form are compared."""


class Check(msgspec.Struct, frozen=True):
    """Something that is right or wrong on this machine."""

    name: str
    faults: tuple[str, ...]
    """What is wrong; nothing if all is well."""
    fine: str
    """What to say if all is well."""

    @property
    def passes(self) -> bool:
        """True if nothing is wrong."""
        return not self.faults

    def document(self) -> dict[str, Any]:
        """Return the check for machines."""
        return {"name": self.name, "passes": self.passes, "faults": list(self.faults)}


class Report(msgspec.Struct, frozen=True):
    """Everything that was found."""

    checks: tuple[Check, ...]
    machine: Mapping[str, Any]
    packages: Mapping[str, str]
    extras: Mapping[str, bool]
    digests: Mapping[str, str]

    @property
    def passes(self) -> bool:
        """True if every check passes."""
        return all(check.passes for check in self.checks)

    def document(self) -> dict[str, Any]:
        """Return the report for machines (docs/output-format.md)."""
        return {
            "format": "irrun-doctor",
            "version": 1,
            "irrun": __version__,
            "passes": self.passes,
            "checks": [check.document() for check in self.checks],
            "machine": dict(self.machine),
            "packages": dict(self.packages),
            "extras": dict(self.extras),
            "digests": dict(self.digests),
        }


def examine() -> Report:
    """Look at this machine; takes about a second."""
    recorded = recorded_digests()
    with native.without():
        digests = current_digests()
        forms = forms_check()
    return Report(
        checks=(arithmetic_check(), digest_check(digests, recorded), forms, native_check(recorded)),
        machine=machine.machine_document(),
        packages=machine.package_versions(),
        extras=machine.installed_extras(),
        digests=digests,
    )


def arithmetic_check() -> Check:
    """Check that + - * / behave as IEEE says."""
    faults = tuple(machine.arithmetic_faults())
    return Check("arithmetic", faults, "IEEE doubles, rounded to nearest, subnormals kept")


def digest_check(current: Mapping[str, str], recorded: Mapping[str, str]) -> Check:
    """Check that this machine computes what every other one does."""
    faults = [
        f"{name}: {current.get(name, 'not computed')} here, {digest} recorded"
        for name, digest in recorded.items()
        if current.get(name) != digest
    ]
    faults += [f"{name}: no digest is recorded" for name in current if name not in recorded]
    return Check("digests", tuple(faults), f"{len(recorded)} digests are the recorded ones")


def forms_check() -> Check:
    """Check that the interpreter's form and the array form of each operation agree."""
    differing = ((op.name, forms_differ(op, FORM_SAMPLES)) for op in OPERATIONS)
    faults = [f"{name}: {count} results differ" for name, count in differing if count]
    return Check("forms", tuple(faults), f"{len(OPERATIONS)} operations agree in both forms")


def native_check(recorded: Mapping[str, str]) -> Check:
    """Check that the kernels in C, where there are some, compute what the other forms do.

    If they do not, they are switched off for this process.
    """
    if not native.kernels():
        faults = (native.summary(),) if native.is_fault() else ()
        return Check("native", faults, native.summary())
    found = digest_check(current_digests(), recorded).faults
    if found:
        native.switch_off("their digests are not the recorded ones", is_fault=True)
        found = (*found, f"set {native.SWITCH}=off until the extension is built anew")
    return Check("native", found, f"{native.summary()}: the same digests")

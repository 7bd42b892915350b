"""What `irrun doctor` prints."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from irrun import __version__
from irrun.cli.text import Text
from irrun.doctor.report import Check, Report

_LISTED: Final = 10


def doctor_lines(
    report: Report, terminal: Mapping[str, Any], *, quiet: bool, verbose: bool
) -> Iterator[Text]:
    """Yield the lines: the checks with their faults, then the facts."""
    for check in report.checks:
        if not (quiet and check.passes):
            yield from _check_lines(check, verbose=verbose)
    if quiet:
        return
    yield Text()
    for name, value in _facts(report, terminal):
        yield _row(name, Text(value))
    if verbose:
        yield Text()
        for name, digest in report.digests.items():
            yield _row(name, Text(digest), width=18)


def _check_lines(check: Check, *, verbose: bool) -> Iterator[Text]:
    if check.passes:
        yield Text().append("fine   ", "green").append(f"{check.name:<12}{check.fine}")
        return
    count = len(check.faults)
    found = "1 fault" if count == 1 else f"{count} faults"
    yield Text().append("wrong  ", "bold red").append(f"{check.name:<12}{found}")
    shown = check.faults if verbose else check.faults[:_LISTED]
    for fault in shown:
        yield Text(f"       {'':<12}{fault}")
    if len(shown) < count:
        yield Text(f"       {'':<12}... and {count - len(shown)} more (-v shows all)")


def _row(name: str, value: Text, width: int = 10) -> Text:
    return Text().append(f"{name:<{width}}", "dim").append(value)


def _facts(report: Report, terminal: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    facts = report.machine
    yield "irrun", __version__
    yield "python", f"{facts['python']} ({facts['implementation']})"
    yield "system", f"{facts['system']}, {facts['processor']}"
    yield "numpy", facts["numpy"]
    units = [*facts["cpuBaseline"], *facts["cpuDispatched"]]
    off = f"; switched off: {' '.join(facts['cpuDisabled'])}" if facts["cpuDisabled"] else ""
    yield "cpu", f"{' '.join(units)}{off}"
    yield "packages", ", ".join(f"{name} {version}" for name, version in report.packages.items())
    extras = [
        f"{name} {'installed' if there else 'missing'}" for name, there in report.extras.items()
    ]
    yield "extras", ", ".join(extras)
    yield "terminal", _terminal_text(terminal)


def _terminal_text(terminal: Mapping[str, Any]) -> str:
    kind = "a terminal" if terminal["isTerminal"] else "no terminal"
    parts = [kind, f"{terminal['width']} columns", f"colours {terminal['colors']}"]
    curves = "" if terminal["drawsCurves"] else " (cannot show curves)"
    parts.append(f"{terminal['encoding']}{curves}")
    return ", ".join([*parts, "in CI"] if terminal["ci"] else parts)

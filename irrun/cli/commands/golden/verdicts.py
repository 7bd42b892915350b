"""What checking goldens found, line by line: thousands of them cost next to nothing."""

from collections.abc import Iterator, Sequence
from typing import Final

from irrun.cli.say import Line, columns, padded
from irrun.compare.golden.check import CheckResult, Verdict
from irrun.compare.golden.report.wording import picture_lines, result_lines, summary_line
from irrun.errors.showing import plural, shown

_STYLES: Final = {
    Verdict.SAME: "green",
    Verdict.WITHIN: "green",
    Verdict.PROGRAM_CHANGED: "cyan",
    Verdict.BY_TEST: "dim",
}
_FAILED: Final = "bold red"
_NAME: Final = 60
"""Columns that the names of goldens are lined up to."""


def verdict_lines(results: Sequence[CheckResult]) -> Iterator[Line]:
    """Yield the verdict of each golden on one line."""
    room = min(_NAME, max((columns(shown(r.name)) for r in results), default=0))
    column = max((len(result.verdict) for result in results), default=0)
    for result in results:
        yield (
            (f"{result.verdict:<{column}}  ", _STYLES.get(result.verdict, _FAILED)),
            (padded(shown(result.name), room) + "  ", ""),
            (summary_line(result), "dim" if result.verdict.passes else ""),
        )


def failure_lines(result: CheckResult) -> Iterator[Line]:
    """Yield all that is to be said of a golden that does not pass."""
    yield (result.name, "bold"), (f"  {result.verdict}", _FAILED)
    yield from ([(f"  {line}", "")] for line in result_lines(result))
    yield ()


def accepted_lines(result: CheckResult) -> Iterator[Line]:
    """Yield what is to be said of pictures that differ and were accepted."""
    yield [(result.name, "bold")]
    yield from ([(f"  {line}", "")] for line in picture_lines(result))
    yield ()


def count_line(results: Sequence[CheckResult]) -> Line:
    """Return how many goldens had which verdict."""
    counts = [(v, sum(r.verdict is v for r in results)) for v in Verdict]
    parts = [f"{count:,} {verdict}" for verdict, count in counts if count]
    failed = any(not result.verdict.passes for result in results)
    text = f"{plural(len(results), 'golden')}: {', '.join(parts)}"
    return [(text, "bold red" if failed else "bold")]

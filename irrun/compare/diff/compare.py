"""Compare two programs: their data, their runs, and why the runs differ."""

from collections.abc import Callable

import msgspec

from irrun.compare.diff.cause.cause import Cause, find_cause
from irrun.compare.diff.change import ProgramDiff
from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.data.structure import compare_pair
from irrun.compare.diff.runs.lockstep import Lockstep, RunsDiff
from irrun.compare.lineage.dependencies import Dependencies
from irrun.compare.output.tolerance import Policy
from irrun.errors import IrrunError
from irrun.program.program import Program
from irrun.runtime.run import Run


class Comparison(msgspec.Struct, frozen=True):
    """Everything that two programs differ in."""

    pair: Pair
    data: ProgramDiff
    runs: RunsDiff | None
    """None if the programs were not run."""
    cause: Cause | None
    """None if the runs agree."""
    findings: tuple[tuple[IrrunError, ...], tuple[IrrunError, ...]]
    """Warnings and notes of A and of B."""

    @property
    def same(self) -> bool:
        """True if nothing that matters differs and both programs ran to the end."""
        return not self.data.changes and (
            self.runs is None or (self.runs.agree and not self.runs.stops)
        )


def diff_data(a: Program, b: Program) -> Comparison:
    """Compare what two programs say, and run neither."""
    pair = Pair(a, b)
    return Comparison(pair, compare_pair(pair), None, None, (a.notes, b.notes))


def diff_programs(
    a: Run,
    b: Run,
    policy: Policy | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Compare two programs, and what comes of running them.

    Args:
        a: The first program and how it is run: what is expected.
        b: The second program, run at the same times.
        policy: How far numbers may be apart; None for not at all.
        progress: Told the number of frames done.

    Raises:
        Invalid: IR2xx, a program cannot run.
    """
    pair = Pair(a.program, b.program)
    data = compare_pair(pair)
    flows = Dependencies(pair.a, quirks=a.quirks), Dependencies(pair.b, quirks=b.quirks)
    lockstep = Lockstep(pair, (a, b), flows, policy or Policy())
    runs = lockstep.run(progress)
    cause = find_cause(pair, runs, flows, (a, b))
    findings = tuple(lockstep.a.findings), tuple(lockstep.b.findings)
    return Comparison(pair, data, runs, cause, findings)

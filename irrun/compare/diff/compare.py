"""Compare two programs: their data, their runs, and why the runs differ."""

from collections.abc import Callable
from dataclasses import dataclass

from irrun.compare.diff.cause.cause import Cause, find_cause
from irrun.compare.diff.cause.dependencies import Dependencies
from irrun.compare.diff.change import ProgramDiff
from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.data.structure import compare_pair
from irrun.compare.diff.runs.lockstep import Lockstep, RunPlan, RunsDiff
from irrun.errors import IrrunError
from irrun.program.program import Program


@dataclass(frozen=True, slots=True)
class Comparison:
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


def diff_programs(
    a: Program,
    b: Program,
    plan: RunPlan | None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Compare two programs.

    Args:
        a: The first program: what is expected.
        b: The second program.
        plan: How both are run; None to compare the data only.
        progress: Told the number of frames done.

    Raises:
        Invalid: IR2xx, a program cannot run.
    """
    pair = Pair(a, b)
    data = compare_pair(pair)
    if plan is None:
        return Comparison(pair, data, None, None, (a.notes, b.notes))
    flows = (
        Dependencies(pair.a, quirks=plan.quirks),
        Dependencies(pair.b, quirks=plan.quirks),
    )
    lockstep = Lockstep(pair, plan, flows)
    runs = lockstep.run(progress)
    cause = find_cause(pair, runs, flows, plan)
    findings = tuple(lockstep.a.findings), tuple(lockstep.b.findings)
    return Comparison(pair, data, runs, cause, findings)

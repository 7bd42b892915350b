"""Judge new output that is waiting, without running anything, and decide on it."""

from pathlib import Path

from irrun.errors import IrrunError
from irrun.golden.check import CheckResult, Judging, Verdict, digests, is_equal, line_of_frame
from irrun.golden.compare import compare_goldens
from irrun.golden.find import golden_name
from irrun.golden.store import read_golden


def judge_pending(new: Path, golden: Path, judging: Judging) -> CheckResult:
    """Compare new output with its golden; nothing is raised.

    Args:
        new: The new output.
        golden: The golden that it belongs to; it may be gone.
        judging: Tolerances.
    """
    result = CheckResult(golden_name(golden), golden, Verdict.SAME, pending=new)
    try:
        got = read_golden(new)
        result.frames = len(got.frames)
        if got.header.program.path is not None:
            result.program = golden.parent / got.header.program.path
        if not golden.exists():
            result.verdict = Verdict.NO_GOLDEN
            return result
        old = read_golden(golden)
        result.program_changed = digests(old.header) != digests(got.header)
        if is_equal(old, got):
            return result
        comparison = compare_goldens(old, got, judging.policy(old))
        result.comparison = comparison
        if not comparison.is_same:
            result.verdict = Verdict.DIFFERS
            result.line = line_of_frame(old, result)
        elif comparison.accepted:
            result.verdict = Verdict.WITHIN
    except IrrunError as error:
        result.error = error
        result.verdict = Verdict.BROKEN
    return result

"""Judge new output that is waiting, without running anything, and decide on it."""

import os
from pathlib import Path

from irrun.compare.golden.check import CheckResult, Judging, Verdict, compare, digests, is_equal
from irrun.compare.golden.many.find import golden_name
from irrun.compare.golden.store import image_path, read_golden
from irrun.errors import IrrunError
from irrun.files.reading import is_file, is_there


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
            result.program = Path(os.path.normpath(golden.parent / got.header.program.path))
        if not is_there(golden):
            result.verdict = Verdict.NO_GOLDEN
            return result
        old = read_golden(golden)
        result.program_changed = digests(old.header) != digests(got.header)
        if is_equal(old, got):
            return result
        compare(old, got, judging, result)
        if result.verdict is Verdict.PROGRAM_CHANGED:
            result.verdict = Verdict.SAME  # it need not wait
        for found in result.pictures:
            image = image_path(new, found.frame)
            found.image = image if is_file(image) else None
    except IrrunError as error:
        result.error = error
        result.verdict = Verdict.BROKEN
    return result

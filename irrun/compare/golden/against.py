"""What came out compared with what was recorded: goldens, and runs saved by `irrun run -o`."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec

from irrun.compare.golden.check import rerun
from irrun.compare.lineage.behind import Behind, behind
from irrun.compare.output.compare import Comparison, compare_goldens
from irrun.compare.output.document import Golden
from irrun.compare.output.saved_runs import HEAD_BYTES, Form, form_of
from irrun.compare.output.tolerance import Policy
from irrun.files.kinds import GOLDEN_SIGN
from irrun.files.reading import read_head
from irrun.program.program import Program
from irrun.runtime.run import Engine

FileKind = Literal["program", "golden", "run"]

_SIGN_WITHIN: Final = 256
"""A golden says so at its beginning."""


class RecordedDiff(msgspec.Struct, frozen=True):
    """Two recorded outputs, and how they differ."""

    a: Golden
    b: Golden
    comparison: Comparison
    behind: Behind | None
    """The earliest value that differs; None if nothing does, or no program is at hand."""


def kind_of_file(path: Path) -> tuple[FileKind, Form | None]:
    """Tell a golden, a saved run (and its form) and a program apart, by the content.

    Raises:
        CannotRead: IR100.
    """
    head = read_head(path, HEAD_BYTES)
    if GOLDEN_SIGN in head[:_SIGN_WITHIN]:
        return "golden", None
    form = form_of(head)
    return ("program", None) if form is None else ("run", form)


def diff_recorded(a: Golden, b: Golden, policy: Policy) -> RecordedDiff:
    """Compare two recorded outputs."""
    return RecordedDiff(a, b, compare_goldens(a, b, policy), None)


def diff_with_golden(
    golden: Golden,
    program: Program,
    folder: Path,
    policy: Policy,
    on_frame: Callable[[int], None] | None = None,
    *,
    engine: Engine = "auto",
) -> RecordedDiff:
    """Run a program with the settings of a golden and compare what comes out.

    Args:
        golden: What was recorded.
        program: The program to run.
        folder: The folder that the golden's paths count from.
        policy: Tolerances.
        on_frame: Called after each frame with the number of frames done.
        engine: What computes the frames.

    Raises:
        IrrunError: The program cannot run, or fails.
    """
    got = rerun(golden, program, folder, on_frame, engine=engine)
    comparison = compare_goldens(golden, got, policy)
    found = behind(program, comparison.values, got.header.values)
    return RecordedDiff(golden, got, comparison, found)

"""Goldens that belong to a test: the test says what is run, its golden what came out."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from irrun.compare.golden.check import CheckResult, Judging, Verdict, digests, judge
from irrun.compare.golden.many.owners import MadeBy
from irrun.compare.golden.pending import Pending
from irrun.compare.golden.store import read_golden
from irrun.compare.golden.update import Recorded, record_program
from irrun.compare.golden.wishes import Wishes, record_plan
from irrun.compare.output.record import record_golden
from irrun.errors import IrrunError
from irrun.errors.boundary import problem_of
from irrun.files.reading import is_there
from irrun.program.file_names import from_here
from irrun.program.program import Program
from irrun.program.reading.codec import load


class GoldenOfTest(msgspec.Struct, frozen=True):
    """One call of a test: which program, which golden, which settings."""

    program: str | os.PathLike[str] | Program
    """A file, or a program that the test has made."""
    path: Path
    """The golden."""
    wishes: Wishes
    test: MadeBy

    @property
    def file(self) -> Path | None:
        """The program's file; None for a program that the test has made."""
        return None if isinstance(self.program, Program) else Path(self.program)

    def record(self) -> Recorded:
        """Run the program and write the golden; the test's settings replace those it had.

        Raises:
            IrrunError: The program cannot be loaded or run; nothing is written then.
            OSError: The golden cannot be written; the old one is whole then.
        """
        return record_program(
            self._loaded(), self.file, self.path, (self.wishes,), fresh=True, test=self.test
        )

    def check(self, pending: Pending | None) -> CheckResult:
        """Run the program with the test's settings and compare with the golden.

        Problems of the program are the result, as with `check_golden`; a bug of irrun is raised,
        so that the test shows where it is.

        Args:
            pending: Where new output that differs is left; None for nowhere.
        """
        path = from_here(self.path)
        result = CheckResult(path.as_posix(), path, Verdict.SAME, self.file)
        try:
            if not is_there(path):
                result.verdict = Verdict.NO_GOLDEN
                return result
            self._check(Judging(pending=pending), result)
        except (IrrunError, MemoryError, RecursionError) as error:
            result.error = problem_of(error)
            result.verdict = Verdict.of_error(result.error)
        return result

    def _check(self, judging: Judging, result: CheckResult) -> None:
        golden, program = read_golden(result.golden), self._loaded()
        plan = record_plan((self.wishes,), self.file, self.path, self.test)
        version = golden.header.golden_version
        got = record_golden(program, msgspec.structs.replace(plan, version=version))
        result.frames = len(golden.frames)
        result.program_changed = digests(golden.header) != digests(got.header)
        # The test's tolerances count, not those that the golden was recorded with.
        header = msgspec.structs.replace(golden.header, policy=plan.policy)
        judge(msgspec.structs.replace(golden, header=header), got, judging, result)

    def _loaded(self) -> Program:
        program = self.program
        return program if isinstance(program, Program) else load(program, name=os.fspath(program))


def wishes_of_test(asked: Mapping[str, Any], swaps: Mapping[int, Any] | None) -> Wishes:
    """Return what a test asks for; irrun's settings files have no say in it.

    Args:
        asked: Members of `RunWishes`; None for what is not asked for.
        swaps: Program files by the frame in which they are swapped in.

    Raises:
        ValueError: What is wrong with which argument.
    """
    given = {name: _plain(value) for name, value in asked.items() if value is not None}
    if given.get("times") is not None and ("frames" in given or "start" in given):
        raise ValueError("times replaces frames and start; give one or the other")
    if given.get("watch") == ():
        raise ValueError("watch names nothing")
    try:
        wishes = msgspec.convert(given, Wishes)
    except msgspec.ValidationError as error:
        raise ValueError(str(error).replace("`$.", "`").replace("`$", "`")) from None
    files = None if swaps is None else {frame: Path(path) for frame, path in swaps.items()}
    return msgspec.structs.replace(wishes, swaps=files)


def _plain(value: Any) -> Any:
    """Return Python's own numbers for those of NumPy, which tests are full of."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, Mapping):
        return {name: _plain(number) for name, number in value.items()}
    return value

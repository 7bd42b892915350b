"""The pytest plugin: the fixture `irrun_golden`, and goldens as tests (docs/ci.md).

Every pytest run on a machine with irrun loads this module, so it imports nothing of irrun until
a test asks for it.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest

if TYPE_CHECKING:
    from irrun.compare.golden.by_test import GoldenOfTest
    from irrun.compare.golden.check import CheckResult
    from irrun.compare.golden.pending import Pending
    from irrun.compare.golden.update import Recorded
    from irrun.program.program import Program

__all__ = ["IrrunGolden"]

_UPDATE: Final = "--irrun-update"
_COLLECTS: Final = "irrun_collect_goldens"
_RECORDED: Final = "irrun_recorded"
"""Property of a test's report: `new <golden>`, `changed <golden>` or `same <golden>`."""
_PENDING: Final = "irrun_pending"
"""Property of a test's report: where it left new output."""

_SUFFIX: Final = ".golden"
_SIGN: Final = b'"goldenVersion"'
"""What irrun's goldens have in them; other tools have files of this suffix too."""
_FOLDER: Final = "goldens"
_LONGEST: Final = 120
"""Most characters of a golden's name, so that no file system refuses it."""
_UNFIT: Final = re.compile(r"[^\w.+=,-]+", re.ASCII)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --irrun-update and the ini option."""
    group = parser.getgroup("irrun", "golden output of irrun")
    group.addoption(
        _UPDATE,
        action="store_true",
        help="record the goldens of the tests that run, instead of comparing with them",
    )
    parser.addini(
        _COLLECTS, "collect irrun's *.golden files as tests (default: true)", "bool", default=True
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to record in CI, before any test runs."""
    if not _updates(config):
        return
    from irrun.compare.golden.ci import in_ci

    if in_ci():
        raise pytest.UsageError(f"{_UPDATE}: goldens are not recorded in CI (CI is set)")


def _updates(config: pytest.Config) -> bool:
    return bool(config.getoption(_UPDATE))


# --- The fixture ----------------------------------------------------------------------------


@pytest.fixture
def irrun_golden(request: pytest.FixtureRequest) -> "IrrunGolden":
    """Compare the output of an Oscilla IR program with a golden file.

    Call it with a program file or a program, and say what is run: `frames=30, watch="all"`. The
    golden is goldens/<test module>/<test>.golden beside the test file; `pytest --irrun-update`
    records it.
    """
    return IrrunGolden(request)


class IrrunGolden:
    """Runs programs and compares what comes out with goldens that belong to one test.

    It is what the fixture `irrun_golden` gives.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._item: pytest.Item = request.node
        self._calls: dict[str, int] = {}

    def __call__(
        self,
        program: "str | os.PathLike[str] | Program",
        *,
        name: str | None = None,
        frames: int | None = None,
        fps: float | None = None,
        start: float | None = None,
        times: Iterable[float] | None = None,
        watch: str | int | Iterable[str | int] | None = None,
        executors: Literal["auto", "real", "stub"] | None = None,
        swaps: Mapping[int, str | os.PathLike[str]] | None = None,
        buffers: Literal["sample", "full"] | None = None,
        atol: float | Mapping[str, float] | None = None,
        rtol: float | Mapping[str, float] | None = None,
        ulp: float | Mapping[str, float] | None = None,
        equal_zeros: bool = False,
    ) -> None:
        """Run a program and compare with its golden; with --irrun-update, record the golden.

        The test fails if the golden is not there, if the output differs, or if the program
        cannot be loaded or run. The arguments decide everything about the run, whatever the
        golden was recorded with; what they leave open has irrun's defaults.

        Args:
            program: A program file, from the working folder as with `open`, or a program.
            name: What the golden is called; the test's name if None. A further call of the same
                name in one test gets `-2`, `-3`.
            frames: How many frames to run (60).
            fps: Frames per second (60).
            start: Absolute time of frame 0 in ms (0).
            times: Absolute time of each frame in ms; instead of `frames` and `start`.
            watch: What is recorded: `outputs`, `state`, `all`, slot numbers, output ids; as a
                sequence, or as one text with commas (`outputs,state`).
            executors: `auto` or `real`: steps compute; `stub`: placeholders stand for that.
            swaps: Program files by the frame from which on they run.
            buffers: How arrays are recorded: digest and `sample`, or `full`.
            atol: Largest absolute difference that passes: a number, or a number to a name (slot,
                label, output id or glob; `*` for all others).
            rtol: Largest difference that passes as a part of the expected number.
            ulp: Largest difference that passes in representable numbers.
            equal_zeros: Take -0 and 0 for equal.

        Raises:
            ValueError: An argument is out of its range.
        """
        from irrun.compare.golden.by_test import GoldenOfTest, wishes_of_test

        asked = {
            "frames": frames,
            "fps": fps,
            "start": start,
            "times": None if times is None else tuple(times),
            "watch": None if watch is None else _watched(watch),
            "executors": executors,
            "buffers": buffers,
            "atol": atol,
            "rtol": rtol,
            "ulp": ulp,
            "equal_zeros": equal_zeros,
        }
        wishes = wishes_of_test(asked, swaps)
        golden = GoldenOfTest(program, self._path(name), wishes, self._item.nodeid)
        if _updates(self._item.config):
            _record(self._item, golden.path, golden.record)
        else:
            _check(self._item, golden)

    def _path(self, name: str | None) -> Path:
        """Return where the golden of a call is."""
        wanted = name if name is not None else _test_name(self._item)
        count = self._calls[wanted] = self._calls.get(wanted, 0) + 1
        file = _file_name(wanted) + (f"-{count}" if count > 1 else "") + _SUFFIX
        return self._item.path.parent / _FOLDER / self._item.path.stem / file


def _watched(watch: str | int | Iterable[str | int]) -> tuple[str | int, ...]:
    if isinstance(watch, int):
        return (watch,)
    if not isinstance(watch, str):
        return tuple(watch)
    return tuple(name.strip() for name in watch.split(",") if name.strip())


def _test_name(item: pytest.Item) -> str:
    """Return a test's name within its file: two classes may have a test of the same name."""
    return item.nodeid.partition("::")[2].replace("::", ".")


def _file_name(name: str) -> str:
    """Return a name that every file system takes, different for different names.

    `test_x[a-b]` becomes `test_x-a-b`; where more is lost than brackets, a digest stands for it.
    """
    plain = re.sub(r"\[(.*)\]$", r"-\1", name, flags=re.DOTALL)
    fit = _UNFIT.sub("-", plain).strip("-.")
    if fit == plain and len(fit) <= _LONGEST:
        return fit
    return f"{fit[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _record(item: pytest.Item, golden: Path, record: "Callable[[], Recorded]") -> None:
    """Record a golden and note it for the summary; a problem fails the test."""
    from irrun.compare.golden.find import from_here
    from irrun.errors import IrrunError
    from irrun.errors.boundary import problem_of

    try:
        outcome = record().outcome
    except (IrrunError, MemoryError, RecursionError) as error:
        problem = problem_of(error)
        raise _failure(f"{golden} is not recorded: {problem.code} {problem}") from None
    except OSError as error:
        raise _failure(f"cannot write {golden}: {error.strerror or error}") from None
    # A property travels with the test's report, also from the workers of pytest-xdist.
    item.user_properties.append((_RECORDED, f"{outcome} {from_here(golden)}"))


def _check(item: pytest.Item, golden: "GoldenOfTest") -> None:
    from irrun.compare.golden.check import Verdict

    result = golden.check(_pending())
    if result.verdict is Verdict.NO_GOLDEN:
        raise _failure(f"{result.golden} is not recorded yet; `pytest {_UPDATE}` records it")
    _judge(item, result)


def _pending() -> "Pending | None":
    """Return where new output is left: beside the golden, in CI nowhere."""
    from irrun.compare.golden.ci import in_ci
    from irrun.compare.golden.pending import Pending

    return None if in_ci() else Pending()


def _judge(item: pytest.Item, result: "CheckResult") -> None:
    """Fail a test whose golden does not pass."""
    from irrun.compare.golden.report import result_lines

    if result.pending is not None:
        item.user_properties.append((_PENDING, str(result.pending)))
    if not result.verdict.passes:
        head = f"{result.golden}: {result.verdict}"
        raise _failure(head, *result_lines(result))


def _failure(*lines: str) -> BaseException:
    """Return what fails a test with a text and no traceback: the test's code is not at fault."""
    from irrun.errors.showing import SENTENCE, shown

    return pytest.fail.Exception("\n".join(shown(x, SENTENCE) for x in lines), pytrace=False)


# --- Goldens as tests -----------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "_GoldenFile | None":
    """Collect irrun's goldens."""
    if file_path.suffix != _SUFFIX or not parent.config.getini(_COLLECTS):
        return None
    if _SIGN not in file_path.read_bytes():
        return None
    return _GoldenFile.from_parent(parent, path=file_path)


class _GoldenFile(pytest.File):
    def collect(self) -> Iterator["_GoldenItem"]:
        """Yield the one test of a golden; one that a test has made is checked by that test."""
        if not _is_made_by_test(self.path):
            yield _GoldenItem.from_parent(self, name="check")


def _is_made_by_test(path: Path) -> bool:
    try:
        header = json.loads(path.read_bytes())
        return "madeBy" in header or "path" not in header["program"]
    except (ValueError, TypeError, KeyError):  # checking it will say what is wrong
        return False


class _GoldenItem(pytest.Item):
    def runtest(self) -> None:
        """Run the golden's program with the golden's settings, and compare or record anew."""
        from irrun.compare.golden.check import Judging, check_golden
        from irrun.compare.golden.find import Target, from_here
        from irrun.compare.golden.update import record_again

        golden = from_here(self.path)
        if _updates(self.config):
            _record(self, golden, lambda: record_again(golden))
        else:
            _judge(self, check_golden(Target(golden), Judging(pending=_pending())))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return what the report of a failure is headed with."""
        from irrun.errors.showing import shown

        return self.path, None, f"golden {shown(self.path.name)}"


# --- Summary --------------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which goldens were recorded, and that new output waits for a decision."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    recorded = _properties(reports, _RECORDED)
    pending = _properties(reports, _PENDING)
    if recorded:
        terminalreporter.section("irrun goldens")
        for text in recorded:
            if not text.startswith("same "):
                terminalreporter.line(text)
        terminalreporter.line(_counted(recorded))
    if pending:
        terminalreporter.line(
            f"irrun: {_plural(len(pending), 'new output')} left; `irrun golden review` shows what "
            "changed, and accepts or rejects it"
        )


def _properties(reports: Sequence[Any], name: str) -> list[str]:
    """Return a property of all reports, each value once: a test has up to three reports."""
    from irrun.errors.showing import SENTENCE, shown

    found = (
        shown(str(value), SENTENCE)
        for report in reports
        for key, value in getattr(report, "user_properties", ())
        if key == name
    )
    return sorted(set(found))


def _counted(recorded: Sequence[str]) -> str:
    outcomes = [text.partition(" ")[0] for text in recorded]
    counts = ((kind, outcomes.count(kind)) for kind in ("new", "changed", "same"))
    parts = ", ".join(f"{count} {kind}" for kind, count in counts if count)
    return f"{_plural(len(recorded), 'golden')} recorded: {parts}"


def _plural(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"

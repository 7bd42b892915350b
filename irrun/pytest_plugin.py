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
    from irrun.compare.golden.many.owners import Claims
    from irrun.compare.golden.pending import Pending
    from irrun.compare.golden.update import Recorded
    from irrun.program.program import Program

__all__ = ["IrrunGolden"]

_UPDATE: Final = "--irrun-update"
_COLLECTS: Final = "irrun_collect_goldens"
_RECORDED: Final = "irrun_recorded"
"""Property of a test's report: `new <golden>`, `changed <golden>` or `same <golden>`."""
_CLAIMS: "Final[pytest.StashKey[Claims]]" = pytest.StashKey()
"""Which test records which golden, in this process."""
_PENDING: Final = "irrun_pending"
"""Property of a test's report: where it left new output."""

_SUFFIX: Final = ".golden"
_HEAD: Final = 256
"""How much of a file is read to see whether it is a golden."""
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
    from irrun.compare.golden.report.ci import in_ci

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
                name in one test gets `@2`, `@3`.
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
        from irrun.compare.golden.many.owners import MadeBy

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
        item = self._item
        test = MadeBy(item.nodeid, item.config.rootpath, _temporary(item.config))
        golden = GoldenOfTest(program, self._path(name), wishes, test)
        if _updates(item.config):
            _record(item, golden.path, golden.record)
        else:
            _check(item, golden)

    def _path(self, name: str | None) -> Path:
        """Return where the golden of a call is."""
        wanted = name if name is not None else _test_name(self._item)
        count = self._calls[wanted] = self._calls.get(wanted, 0) + 1
        file = _file_name(wanted) + (f"@{count}" if count > 1 else "") + _SUFFIX
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


def _temporary(config: pytest.Config) -> Path | None:
    """Return the folder of temporary files, where it was put somewhere with --basetemp."""
    given = config.getoption("basetemp", None)
    return None if given is None else Path(os.path.abspath(given))


def _record(item: pytest.Item, golden: Path, record: "Callable[[], Recorded]") -> None:
    """Record a golden and note it for the summary; a problem fails the test."""
    from irrun.compare.golden.many.owners import Claims
    from irrun.errors import IrrunError
    from irrun.errors.boundary import problem_of
    from irrun.program.file_names import from_here

    try:
        item.config.stash.setdefault(_CLAIMS, Claims()).claim(golden, item.nodeid)
        outcome = record().outcome
    except (IrrunError, MemoryError, RecursionError) as error:
        problem = problem_of(error)
        raise _failure(
            f"{from_here(golden)} is not recorded: {problem.code} {problem.sentence}"
        ) from None
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
    from irrun.compare.golden.pending import Pending
    from irrun.compare.golden.report.ci import in_ci

    return None if in_ci() else Pending()


def _judge(item: pytest.Item, result: "CheckResult") -> None:
    """Fail a test whose golden does not pass."""
    from irrun.compare.golden.report.wording import result_lines

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
    return _GoldenFile.from_parent(parent, path=file_path) if _is_golden(file_path) else None


def _is_golden(path: Path) -> bool:
    """True for irrun's goldens; other files of this suffix, and unreadable ones, are not ours."""
    from irrun.errors import IrrunError
    from irrun.files.kinds import GOLDEN_SIGN
    from irrun.files.reading import read_head

    try:
        return GOLDEN_SIGN in read_head(path, _HEAD)
    except IrrunError:
        return False


class _GoldenFile(pytest.File):
    def collect(self) -> Iterator["_GoldenItem"]:
        """Yield the one test of a golden; one that a test has made is checked by that test."""
        if not _is_made_by_test(self.path):
            yield _GoldenItem.from_parent(self, name="check")


def _is_made_by_test(path: Path) -> bool:
    from irrun.errors import IrrunError
    from irrun.files.reading import read_file

    try:
        header = json.loads(read_file(path))
        return "madeBy" in header or "path" not in header["program"]
    except (IrrunError, ValueError, TypeError, KeyError):  # checking it will say what is wrong
        return False


class _GoldenItem(pytest.Item):
    def runtest(self) -> None:
        """Run the golden's program with the golden's settings, and compare or record anew."""
        from irrun.compare.golden.check import Judging, check_golden
        from irrun.compare.golden.many.find import Target
        from irrun.compare.golden.update import record_again
        from irrun.program.file_names import from_here

        golden = from_here(self.path)
        if _updates(self.config):
            _record(self, golden, lambda: record_again(golden))
        else:
            _judge(self, check_golden(Target(golden), Judging(pending=_pending())))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return what the report of a failure is headed with."""
        from irrun.errors.showing import shown

        return self.path, None, f"golden {shown(self.path.name)}"


# --- Two owners -----------------------------------------------------------------------------


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a session in which processes of pytest-xdist recorded one golden for two tests."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and exitstatus == 0 and _recorded_twice(_reports(reporter)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _recorded_twice(reports: Sequence[Any]) -> dict[str, list[str]]:
    """Return the goldens that were recorded for several tests, with these."""
    owners: dict[str, list[str]] = {}
    for test, text in _properties(reports, _RECORDED):
        tests = owners.setdefault(text.partition(" ")[2], [])
        tests += [test] if test not in tests else []
    return {golden: tests for golden, tests in owners.items() if len(tests) > 1}


def _twice_text(golden: str, tests: Sequence[str]) -> str:
    from irrun.compare.golden.many.owners import test_text
    from irrun.errors.showing import SENTENCE, shown

    owners = " and for ".join(sorted(map(test_text, tests)))
    text = shown(f"{golden} was recorded for {owners}", SENTENCE)
    return f"error IR147  {text}; give one of them a name of its own"


# --- Summary --------------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which goldens were recorded, and that new output waits for a decision."""
    reports = _reports(terminalreporter)
    recorded = _shown(_properties(reports, _RECORDED))
    pending = _shown(_properties(reports, _PENDING))
    if not (recorded or pending):
        return
    from irrun.errors.showing import plural

    if recorded:
        terminalreporter.section("irrun goldens")
        for text in recorded:
            if not text.startswith("same "):
                terminalreporter.line(text)
        terminalreporter.line(_counted(recorded))
        for golden, tests in _recorded_twice(reports).items():
            terminalreporter.line(_twice_text(golden, tests), red=True)
    if pending:
        terminalreporter.line(
            f"irrun: {plural(len(pending), 'new output')} left; `irrun golden review` shows what "
            "changed, and accepts or rejects it"
        )


def _reports(terminalreporter: Any) -> list[Any]:
    return [report for kind in terminalreporter.stats.values() for report in kind]


def _properties(reports: Sequence[Any], name: str) -> Iterator[tuple[str, str]]:
    """Yield a property of all reports, with the test's id: a test has up to three reports."""
    for report in reports:
        for key, value in getattr(report, "user_properties", ()):
            if key == name:
                yield report.nodeid, str(value)


def _shown(found: Iterable[tuple[str, str]]) -> list[str]:
    """Return properties safe to print, each once."""
    texts = sorted({text for _, text in found})
    if not texts:
        return []  # irrun is not imported for a session that does not use it
    from irrun.errors.showing import SENTENCE, shown

    return [shown(text, SENTENCE) for text in texts]


def _counted(recorded: Sequence[str]) -> str:
    from irrun.errors.showing import plural

    outcomes = [text.partition(" ")[0] for text in recorded]
    counts = ((kind, outcomes.count(kind)) for kind in ("new", "changed", "same"))
    parts = ", ".join(f"{count} {kind}" for kind, count in counts if count)
    return f"{plural(len(recorded), 'golden')} recorded: {parts}"

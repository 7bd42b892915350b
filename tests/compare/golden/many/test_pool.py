"""Checking in several processes: what one does, and what becomes of it, leaves the others alone."""

import multiprocessing
import os
import pickle
import signal
import string
import subprocess
import sys
import threading
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path

import pytest
from cli.samples import ROOT, environment
from compare.golden.many.deadly import Deadly
from compare.golden.samples import PROGRAMS, constant, recorded, trapping

import irrun.errors
from irrun.compare.golden.check import Judging, Verdict, check_golden
from irrun.compare.golden.many.find import Target
from irrun.compare.golden.many.pool import batches, check_all, default_jobs
from irrun.compare.golden.many.processes import WORTH_IT, Method, method, processes
from irrun.compare.golden.report.reports import check_document
from irrun.compare.golden.store import write_golden
from irrun.errors import IrrunError, Severity
from irrun.errors.base import Where
from irrun.errors.running import OutOfMemory


@pytest.fixture
def targets(tmp_path: Path) -> list[Target]:
    """Return four goldens: same, differs, broken, failing."""
    found = []
    for name in ("a", "b", "c", "d"):
        folder = tmp_path / name
        folder.mkdir()
        write_golden(folder / "x.golden", recorded(constant(1.0)))
        (folder / "program.json").write_bytes(constant(1.0).bytes())
        found.append(Target(folder / "x.golden"))
    (tmp_path / "b" / "program.json").write_bytes(constant(2.0).bytes())
    (tmp_path / "c" / "x.golden").write_bytes(b"{}")
    (tmp_path / "d" / "program.json").write_bytes(trapping().bytes())
    return found


def test_other_processes_find_what_this_one_finds(targets: list[Target]) -> None:
    """The same results, with their comparisons and their errors."""
    here = [check_golden(target, Judging()) for target in targets]
    there = sorted(check_all(targets, Judging(), 2), key=lambda result: result.name)

    assert check_document(there) == check_document(here)
    assert [result.verdict for result in there] == [
        Verdict.SAME, Verdict.DIFFERS, Verdict.BROKEN, Verdict.TRAPPED,
    ]  # fmt: skip


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize(("at", "jobs"), [(0, 2), (2, 2), (4, 3)])
def test_a_process_that_dies_takes_only_its_own_golden(
    at: int, jobs: int, targets: list[Target]
) -> None:
    """Wherever it stands: it has failed, and every other golden has the verdict it would have."""
    deadly = Deadly(targets[0].golden.with_name("deadly.golden"), maker=os.getpid())
    expected = {target.golden: check_golden(target, Judging()) for target in targets}

    found = {
        result.golden: result
        for result in check_all([*targets[:at], deadly, *targets[at:]], Judging(), jobs)
    }

    died = found.pop(deadly.golden)
    assert died.verdict is Verdict.TRAPPED
    assert isinstance(died.error, OutOfMemory)
    assert {golden: result.verdict for golden, result in found.items()} == {
        golden: result.verdict for golden, result in expected.items()
    }


def test_a_check_that_meets_a_bug_is_crashed_and_no_more(
    targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any other exception becomes a verdict, with what it said."""

    def stuck(*_: object, **__: object) -> None:
        raise RuntimeError("cogs are stuck")

    monkeypatch.setattr("irrun.compare.golden.check.record_golden", stuck)

    found = check_golden(targets[0], Judging())

    assert found.verdict is Verdict.CRASHED
    assert found.verdict.exit_code == 70
    assert "cogs are stuck" in str(found.error)


@pytest.mark.parametrize(
    ("lack", "code"), [(MemoryError("for 9 GB"), "IR407"), (RecursionError("too deep"), "IR408")]
)
def test_a_check_that_lacks_memory_has_failed(
    targets: list[Target], monkeypatch: pytest.MonkeyPatch, lack: Exception, code: str
) -> None:
    """It is no bug: the verdict is that of a program that failed."""

    def lacking(*_: object, **__: object) -> None:
        raise lack

    monkeypatch.setattr("irrun.compare.golden.check.record_golden", lacking)

    found = check_golden(targets[0], Judging())

    assert found.error is not None
    assert (found.verdict, found.error.code) == (Verdict.TRAPPED, code)
    assert str(lack) in str(found.error)


@pytest.mark.parametrize("how", WORTH_IT)
def test_few_goldens_are_checked_in_this_process(
    how: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Starting others would take longer: the more, the more a process has to import."""
    monkeypatch.setattr("irrun.compare.golden.many.processes.method", lambda: how)
    monkeypatch.setattr("irrun.compare.golden.many.pool.processors", lambda: 4)
    counts = (0, 1, 12, WORTH_IT[how] - 1, WORTH_IT[how])

    assert [default_jobs(count) for count in counts] == [1, 1, 1, 1, 4]


def test_there_are_never_more_processes_than_goldens(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many processors there are."""
    monkeypatch.setattr("irrun.compare.golden.many.pool.processors", lambda: 1000)

    assert default_jobs(100) == 100


def available() -> list[str]:
    """Return the ways to start a process that this system has, but copying one with threads."""
    return [m for m in multiprocessing.get_all_start_methods() if m != "fork"]


@pytest.mark.parametrize("how", available())
def test_every_way_to_start_a_process_finds_the_same(
    how: str, targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdicts, comparisons, errors; a process that dies included."""
    monkeypatch.setattr("irrun.compare.golden.many.processes.method", lambda: how)
    here = [check_golden(target, Judging()) for target in targets]

    there = sorted(check_all(targets, Judging(), 2), key=lambda result: result.name)

    assert check_document(there) == check_document(here)


def test_a_process_with_threads_is_never_copied() -> None:
    """A copy would have a lock of another thread, and nobody to unlock it."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert method() != "fork"
    finally:
        stop.set()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how many threads there are")
def test_the_command_has_no_thread_and_is_copied() -> None:
    """Not even one of a library: so its workers need not import anything."""
    code = (
        "import sys; sys.argv = ['irrun', 'golden', 'check', '-h']\n"
        "from irrun.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "import numpy, irrun.compare.golden.check\n"
        "from irrun.compare.golden.many.processes import method\n"
        "print(method())"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env=environment()
    )  # fmt: skip

    assert child.stdout.split()[-1] == "fork"


def test_what_is_interrupted_ends_what_its_processes_are_at() -> None:
    """Nobody waits for a check that may take an hour."""
    with suppress(KeyboardInterrupt), processes(1) as pool:
        endless = pool.submit(signal.pause)
        raise KeyboardInterrupt

    assert isinstance(endless.exception(), BrokenProcessPool)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
@pytest.mark.parametrize("handler", ["SIG_IGN", "SIG_DFL"])
def test_a_worker_outlives_the_terminal_as_the_command_does(handler: str) -> None:
    """After `nohup`, and not otherwise; being ended by the command is never ignored."""
    code = (
        "import signal\n"
        "from irrun.cli.stopping import stopped_by_signals\n"
        "from irrun.compare.golden.many.processes import processes\n"
        f"signal.signal(signal.SIGHUP, signal.{handler})\n"
        "with stopped_by_signals(), processes(1) as pool:\n"
        "    for each in (signal.SIGHUP, signal.SIGTERM):\n"
        "        print(pool.submit(signal.getsignal, each).result().name)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env=environment()
    )  # fmt: skip

    assert child.stdout.split() == [handler, "SIG_DFL"]


def test_an_abandoned_check_ends_its_processes(targets: list[Target]) -> None:
    """The first result is enough: closing does not wait for the others."""
    running = check_all(targets * 3, Judging(), 2)
    assert next(running).verdict in Verdict

    running.close()

    assert list(running) == []


@pytest.mark.parametrize("how", available())
def test_no_process_is_left_behind(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else Python may end while one is taken down, and say that a pipe is closed."""
    monkeypatch.setattr("irrun.compare.golden.many.processes.method", lambda: how)

    with processes(2) as pool:
        worker = pool.submit(os.getpid).result()

    assert worker != os.getpid()
    assert worker not in {child.pid for child in multiprocessing.active_children()}


@pytest.mark.parametrize(
    ("targets", "jobs", "sizes"),
    [(3, 2, [1, 1, 1]), (16, 2, [2] * 8), (204, 2, [8] * 25 + [4]), (204, 30, [1] * 204)],
)
def test_goldens_are_handed_over_several_at_once(targets: int, jobs: int, sizes: list[int]) -> None:
    """All of them, in order; each process gets several times some, so that none is left alone."""
    all_of_them = [Target(Path(f"{number}.golden")) for number in range(targets)]

    found = batches(all_of_them, jobs)

    assert [len(batch) for batch in found] == sizes
    assert [target for batch in found for target in batch] == all_of_them


# --- Errors travel between processes --------------------------------------------------------


def classes(root: type[IrrunError]) -> list[type[IrrunError]]:
    """Return an error class and all that are derived from it."""
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


ERRORS = sorted(set(classes(IrrunError)), key=lambda found: (found.code, found.__name__))


@pytest.mark.parametrize("problem", ERRORS, ids=lambda problem: problem.__name__)
def test_an_error_comes_out_of_another_process_as_it_was(problem: type[IrrunError]) -> None:
    """Class, facts, place, severity and sentence are those that were sent."""
    templates = (problem.message, problem.hint or "")
    names = {n for t in templates for _, n, _, _ in string.Formatter().parse(t) if n}
    where = Where(file="a.json", path="$.x[0]", byte=7, step="s", kind="k", slot=3, frame=2, t_ms=1)
    sent = problem(where, **{name.split(".")[0].split("[")[0]: 5 for name in names})
    other = next(s for s in Severity if s is not sent.severity)
    sent.severity = other

    got = pickle.loads(pickle.dumps(sent))

    assert type(got) is problem
    assert (got.where, got.facts, got.severity) == (sent.where, sent.facts, other)
    assert (str(got), got.hint_text, got.document()) == (
        str(sent), sent.hint_text, sent.document(),
    )  # fmt: skip


def test_all_errors_were_met() -> None:
    """The list above has the errors of every module."""
    assert {"IR101", "IR130", "IR134", "IR201", "IR402", "IR450", "IR900"} <= {
        problem.code for problem in ERRORS
    }
    assert irrun.errors.IrrunError in ERRORS


def test_a_target_knows_its_name_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the working folder where it lies below it, else as it was given."""
    monkeypatch.chdir(PROGRAMS)

    assert Target(Path("bus.golden")).name == "bus"
    assert Target(PROGRAMS / "bus.golden").name == "bus"
    assert Target(Path("../elsewhere/bus.golden")).name == "../elsewhere/bus"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how many threads there are")
def test_a_copy_of_the_command_survives_a_worker_that_dies(tmp_path: Path) -> None:
    """The command listens to signals, and what it is told must not reach what its workers are."""
    write_golden(tmp_path / "a.golden", recorded(constant(1.0)))
    (tmp_path / "program.json").write_bytes(constant(1.0).bytes())
    code = (
        "import os, sys; os.environ['OPENBLAS_NUM_THREADS'] = '1'\n"
        "from pathlib import Path\n"
        "from compare.golden.many.deadly import Deaf, DeadlyNeighbour\n"
        "from irrun.cli.stopping import stopped_by_signals\n"
        "from irrun.compare.golden.check import Judging\n"
        "from irrun.compare.golden.many.find import Target\n"
        "from irrun.compare.golden.many.pool import check_all\n"
        "from irrun.compare.golden.many.processes import method\n"
        "with stopped_by_signals():\n"
        "    assert method() == 'fork'\n"
        "    deadly = DeadlyNeighbour(Path('deadly.golden'), maker=os.getpid())\n"
        "    good = [Target(Path('a.golden'))] * 6\n"
        "    busy = Deaf(Path('a.golden'))\n"
        "    for found in check_all([busy, deadly, *good], Judging(), 2):\n"
        "        print(found.verdict)\n"
    )
    tests = str(Path(__file__).parents[3])
    path = os.pathsep.join([tests, str(ROOT / "tools"), str(ROOT)])
    child = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        cwd=tmp_path, env=environment(PYTHONPATH=path)
    )  # fmt: skip

    assert sorted(child.stdout.split()) == ["failed", *["same"] * 7]

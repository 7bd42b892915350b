"""The package as others use it: names, start-up, memory, and programs of the real compiler."""

import json
import os
import subprocess
import sys
import tracemalloc
import typing
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from program_builder import ProgramBuilder

import irrun
from irrun.cli.console import out
from irrun.cli.main import run_command
from irrun.runtime.clock import frame_time
from irrun.runtime.runtime import Runtime

ROOT: Final = Path(__file__).resolve().parents[2]
COMPILED: Final = ROOT.parent / "shared" / "conformance" / "programs"


# --- Names ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", irrun.__all__)
def test_every_public_name_resolves(name: str) -> None:
    """What `__all__` lists can be had, and is listed by `dir`."""
    assert getattr(irrun, name) is not None
    assert name in dir(irrun)


def test_names_that_are_not_public_are_not_there() -> None:
    """As with any module: an AttributeError that names the attribute."""
    with pytest.raises(AttributeError, match="nothing_like_this"):
        irrun.nothing_like_this  # noqa: B018


def test_type_checkers_see_the_same_names() -> None:
    """The imports for type checkers and the table for run time agree, name by name."""
    source = Path(irrun.__file__).read_text(encoding="utf-8")
    block = source.partition("if TYPE_CHECKING:")[2].partition("\n\n")[0]
    homes = {}
    for line in block.strip().splitlines():
        _, module, _, name, _, alias = line.split()
        assert name == alias
        homes[name] = module

    assert homes.keys() | {"__version__"} == set(irrun.__all__)
    for name, module in homes.items():
        assert getattr(import_module(module), name) is getattr(irrun, name)


def test_the_library_works_as_its_docstring_says() -> None:
    """load, derive_layout, Runtime, run_frame, run: with the arguments shown there."""
    program = irrun.load(str(ROOT / "programs" / "minimal.msgpack"))
    layout = irrun.derive_layout(program)
    runtime = irrun.Runtime(program)
    frame = runtime.run_frame(t_ms=16.7)
    result = irrun.run(program, frames=100, fps=60)

    assert isinstance(program, irrun.Program)
    assert isinstance(layout, irrun.Layout)
    assert isinstance(frame, irrun.FrameResult)
    assert isinstance(result, irrun.RunResult)
    assert layout[4].storage == "f64"
    assert frame.t_ms == 16.7
    assert result.frames == 100


@pytest.mark.parametrize("family", ["Malformed", "Invalid", "Trap", "Crash"])
def test_every_family_of_errors_is_public(family: str) -> None:
    """Callers can tell who has to act, and catch all with one base."""
    assert issubclass(getattr(irrun, family), irrun.IrrunError)


def test_public_functions_are_typed() -> None:
    """`py.typed` is there, and no public function hides its types."""
    assert (Path(irrun.__file__).parent / "py.typed").exists()
    for function in (irrun.load, irrun.derive_layout, irrun.encode, irrun.run):
        hints = typing.get_type_hints(function)
        assert "return" in hints


# --- What is shown of it --------------------------------------------------------------------


def test_what_there_is_is_shown_in_a_line() -> None:
    """Programs, layouts, frames and problems: what they are, and not all that they hold."""
    program = irrun.load(ROOT / "programs" / "minimal.msgpack")
    frame = irrun.Runtime(program).run_frame(2.5)
    (problem,) = irrun.check(program)

    assert [repr(x) for x in (program, irrun.derive_layout(program), frame, problem)] == [
        "<Program 'minimal', 3 steps, 1 output>",
        "<Layout, 6 slots (5 f64, 1 object), 0 state cells>",
        "<FrameResult 0 at 2.5 ms, outputs: frame>",
        "<IR356 slot 4 is written by s-wave, but nothing reads it>",
    ]


def test_a_problem_prints_as_the_command_prints_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code and sentence, place, hint; of a JSON file the command shows the line, too."""
    monkeypatch.chdir(ROOT)
    path = "programs/conflicting-evidence.msgpack"
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    out.cache_clear()
    run_command(["validate", path, "-v"])
    printed = capsys.readouterr().out
    problems = irrun.check(irrun.load(path))

    assert len(problems) > 3
    assert all(f"{problem}\n" in printed for problem in problems)


# --- Start-up -------------------------------------------------------------------------------

HEAVY = ["numpy", "rich", "msgspec", "msgpack"]

STARTS = {
    "import irrun": "import irrun",
    "the version": "from irrun.cli.main import run_command; run_command(['--version'])",
    "the help": "from irrun.cli.main import run_command; run_command(['--help'])",
    "a command that is none": "from irrun.cli.main import run_command; run_command(['rum'])",
}


@pytest.mark.parametrize("code", STARTS.values(), ids=STARTS)
def test_start_up_imports_next_to_nothing(code: str) -> None:
    """A command imports what it needs when it needs it."""
    script = f"import sys\n{code}\nsys.stderr.write('\\nloaded ' + ' '.join(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )

    loaded = done.stderr.decode().rpartition("loaded ")[2].split()
    assert "irrun" in loaded
    assert [name for name in HEAVY if name in loaded] == []


# --- Memory ---------------------------------------------------------------------------------


def busy_program() -> ProgramBuilder:
    """Return a program that writes numbers, buffers and state, and reads an unwritten slot."""
    b = ProgramBuilder("busy")
    b.slots(0, 1, 2)
    b.domain(3, 50)
    b.cell("acc", size=30)
    b.time(0, 1)
    b.step("signalEval", "s-signals", outputs=[{"sigId": b.signal_const(1), "slot": 2}])
    b.step("materializeTestGeometry", "s-grid", domainSlot=3, outXSlot=4, outYSlot=5,
           outRadiusSlot=6)  # fmt: skip
    total = b.bus("total", "sum")
    publisher = {"publisherId": "pub", "enabled": True, "sortKey": 0, "srcSlot": 7}
    b.step("busEval", "s-sum", busIndex=total, outSlot=8, publishers=[publisher],
           combine={"mode": "sum"}, silent={"kind": "zero"},
           busType={"world": "signal", "domain": "number"})  # fmt: skip
    b.output(2, "level", "debug")
    return b


def test_a_long_run_does_not_grow() -> None:
    """Between frame 500 and frame 3,000 nothing is kept, not even of a repeated warning."""
    program = busy_program().program()
    tracemalloc.start()
    try:
        runtime = Runtime(program, executors="stub")
        marks = {}
        for index in range(3000):
            runtime.run_frame(frame_time(index, 60.0))
            if index in (499, 2999):
                marks[index] = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()

    # A single number kept for each frame would be ten times as much.
    assert marks[2999] - marks[499] < 8_000
    assert len(runtime.findings) == 1


# --- Programs of the real compiler ----------------------------------------------------------


def compiled_programs() -> list[str]:
    """Return the programs beside the checkout; without them one that says so."""
    return [path.name for path in sorted(COMPILED.glob("*.json"))] or [""]


def compiled(name: str) -> str:
    """Return a real program's path."""
    if not name:
        pytest.skip("there is no folder shared/conformance/programs beside the checkout")
    return str(COMPILED / name)


@pytest.mark.parametrize("name", compiled_programs())
def test_a_compiled_program_runs(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred stub frames, exit code 0, a summary, and no problem but what checks warn of."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    out.cache_clear()
    arguments = ["--frames", "100", "--executors", "stub", "--no-check"]
    code = run_command(["run", compiled(name), *arguments])
    found = capsys.readouterr()

    assert code == 0
    summary = found.out.rpartition("summary")[2]
    assert " frames     100 " in summary
    assert " warnings   none " in summary
    assert found.err == ""


@pytest.mark.parametrize("name", compiled_programs())
def test_a_compiled_program_has_a_layout(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every slot with a source, and evidence for it; no two slots at one place."""
    code = run_command(["inspect-layout", compiled(name), "--format", "json"])
    found = json.loads(capsys.readouterr().out)

    assert code == 0
    assert found["slots"]
    for slot in found["slots"]:
        assert slot["source"]
        assert slot["evidence"]
    places = [(slot["storage"], slot["offset"]) for slot in found["slots"]]
    assert len(places) == len(set(places))

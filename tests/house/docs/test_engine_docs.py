"""docs/engine.md shows what `-v` really says of its example."""

import re
from pathlib import Path

import pytest
from program_builder import ProgramBuilder, opcode

from irrun.cli.main import main
from irrun.program.reading.codec import loads
from irrun.runtime.block.planning import plan_blocks
from irrun.runtime.runtime import Runtime

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")


def example() -> ProgramBuilder:
    """The program of the page: half the time, its integral twice, and a count of frames."""
    b = ProgramBuilder("example")
    b.slots(0, 1, 2, 3, 4)
    b.time(0, 1)
    b.cell("sum")
    b.cell("rough", "f32")
    time = b.signal("timeModelMs")
    half = b.signal("zip", a=time, b=b.signal_const(0.5), fn=opcode(102))
    total = b.signal("stateful", op="integrate", stateId="sum", input=half)
    rough = b.signal("stateful", op="integrate", stateId="rough", input=half)
    before = b.signal("inputSlot", slot=4)
    count = b.signal("zip", a=before, b=b.signal_const(1), fn=opcode(100))
    b.step("signalEval", "s-sum", outputs=[{"sigId": total, "slot": 2}])
    b.step("signalEval", "s-rough", outputs=[{"sigId": rough, "slot": 3}])
    b.step("signalEval", "s-count", outputs=[{"sigId": count, "slot": 4}])
    b.doc["schedule"]["initialSlotValues"] = {"4": 0}
    return b


def plain(text: str) -> list[str]:
    """Return lines without what stands behind them."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_example_is_what_irrun_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("example.json").write_bytes(example().bytes())
    with pytest.raises(SystemExit):
        main(["run", "example.json", "-n", "1000", "--trace", "none", "-v"])
    said = [
        line
        for line in plain(capsys.readouterr().out)
        if " per second" not in line and not line.startswith(" native")
    ]
    shown = re.search(r"irrun run example.json .*?\n(.*?)```", PAGE, re.DOTALL)

    assert shown is not None
    assert plain(shown[1]) == said


def test_the_plan_on_the_page_is_the_plan() -> None:
    runtime = Runtime(loads(example().bytes()))
    runtime.run_frame(0.0)
    stages = plan_blocks(runtime).stages
    listed = re.search(r"```text plan\n(.*?)```", PAGE, re.DOTALL)
    assert listed is not None

    names = [
        "/".join(o.name for o in stage.operations) if hasattr(stage, "operations") else stage.name
        for stage in stages
    ]
    assert [line.split()[0] for line in listed[1].splitlines()] == names

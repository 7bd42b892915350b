"""Two saved runs that were not run alike are not compared as values, in any form."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.samples import Irrun, bundled, clock, save
from program_builder import ProgramBuilder

FORMS = ("json", "jsonl", "csv", "npz")
PROGRAM = bundled("bus")


def saved(irrun: Irrun, name: str, *options: str, program: str = PROGRAM) -> str:
    """Save a run of four frames; return the name of the file."""
    got = irrun("run", program, "-q", "--trace", "none", "-n", "4", "-o", name, *options)
    assert got.code == 0, got.err
    return name


def settings(irrun: Irrun, a: str, b: str) -> tuple[int, list[str]]:
    """Return the exit code of comparing, and the settings that differ."""
    got = irrun("diff", a, b, "--format", "json")
    return got.code, got.document["comparison"]["settings"]


SETTINGS = [
    (["--viewport", "800x600"], "viewport: [1920, 1080, 1] -> [800, 600, 1]"),
    (["--viewport", "1920x1080@2"], "viewport: [1920, 1080, 1] -> [1920, 1080, 2]"),
    (["--reference-quirks"], "reference quirks: false -> true"),
    (["--strict"], "strict: false -> true"),
    (["--swap", f"2={PROGRAM}"], "swaps at frames: [] -> [2]"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("options", "said"), SETTINGS, ids=lambda v: v[0] if v else "")
def test_another_setting_is_another_run(
    form: str, options: list[str], said: str, irrun: Irrun
) -> None:
    """1, and what is not the same; two runs with the same setting are compared."""
    plain = saved(irrun, f"a.{form}")
    other = saved(irrun, f"b.{form}", *options)
    again = saved(irrun, f"c.{form}", *options)

    assert settings(irrun, plain, other) == (1, [said])
    assert settings(irrun, other, again) == (0, [])
    assert Path(other).read_bytes() == Path(again).read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_other_executors_are_another_run(form: str, irrun: Irrun) -> None:
    """Also where no kind of step has both."""
    real = saved(irrun, f"a.{form}", "--executors", "real")
    stub = saved(irrun, f"b.{form}", "--executors", "stub")

    code, found = settings(irrun, real, stub)

    assert code == 1
    assert "executors: real -> stub" in found


@pytest.mark.parametrize("form", FORMS)
def test_another_rate_at_equal_times_is_another_run(form: str, irrun: Irrun) -> None:
    """The first frame's delta is that of the rate."""
    runs = [
        saved(irrun, f"{rate}.{form}", "--times", "0,10,20", "--fps", rate)
        for rate in ("60", "30")
    ]  # fmt: skip

    assert settings(irrun, *runs) == (1, ["fps: 60 -> 30"])


@pytest.mark.parametrize("form", FORMS)
def test_another_saved_state_is_another_run(form: str, irrun: Irrun) -> None:
    """A run from the start and a resumed one, and two that go on from other states."""
    times = ("--times", "100,110,120")
    for name, rate in (("x", "60"), ("y", "30")):
        saved(irrun, "s.json", "--fps", rate, "--save-state", name)
    x, y, plain = (
        saved(irrun, f"{name}.{form}", *times, *(["--resume", name] if name != "plain" else []))
        for name in ("x", "y", "plain")
    )

    for a, b in ((x, y), (plain, x)):
        code, found = settings(irrun, a, b)
        assert code == 1
        assert [text.partition(":")[0] for text in found] == ["resumed from"]
    assert settings(irrun, x, saved(irrun, f"again.{form}", *times, "--resume", "x")) == (0, [])


def test_a_plain_csv_has_no_more_than_its_slots(irrun: Irrun) -> None:
    """The column of settings is there only where it says something, and says it once."""
    saved(irrun, "plain.csv", program=save(clock()))
    saved(irrun, "other.csv", "--fps", "10", "--strict", program="program.json")

    lines = Path("other.csv").read_text("utf-8").splitlines()
    assert Path("plain.csv").read_text("utf-8").splitlines()[0] == "frame,tMs,slot0,slot1"
    assert lines[0] == "frame,tMs,slot0,slot1,settings"
    assert lines[1] == '0,0,0,0,"{""strict"":true,""fps"":10}"'
    assert lines[2] == "1,100,100,100,"


def test_the_header_says_all_that_decides(irrun: Irrun) -> None:
    """In one object, with digests of what was read."""
    saved(irrun, "first.json", "--save-state", "state")
    saved(irrun, "run.json", "--resume", "state", "--swap", f"6={PROGRAM}", "--fps", "25")

    header = json.loads(Path("run.json").read_bytes())
    assert header["fps"] == 25
    assert header["swaps"] == [{"frame": 6, "digest": header["program"]["digest"]}]
    assert len(header["resumedFrom"]) == 32


def colors(value: float) -> Callable[[ProgramBuilder], None]:
    """Materialize a constant into slot 3."""

    def build(b: ProgramBuilder) -> None:
        b.initial(2, {"kind": "domain", "count": 20})
        field = b.field("const", constId=b.const(value))
        plan = {"id": "m", "domainSlot": 2, "fieldExprId": str(field), "outBufferSlot": 3}
        fmt = {"elementType": "f32", "components": 1}
        b.step("materialize", "s-m", materialization=plan | {"policy": "perFrame", "format": fmt})

    return build


def test_whole_arrays_compare_with_digests(irrun: Irrun) -> None:
    """How much of an array was saved decides no value; whole ones are looked into."""
    for name, value in (("a", 1.0), ("b", 1.5)):
        b = clock()
        colors(value)(b)
        program = save(b, f"{name}.json")
        saved(irrun, f"{name}-digest.jsonl", program=program)
        saved(irrun, f"{name}-full.jsonl", "--buffers", "full", program=program)

    assert irrun("diff", "a-full.jsonl", "a-digest.jsonl").code == 0
    assert irrun("diff", "a-full.jsonl", "b-digest.jsonl").code == 1
    assert irrun("diff", "a-full.jsonl", "b-full.jsonl").code == 1
    assert irrun("diff", "a-full.jsonl", "b-full.jsonl", "--atol", "0.5").code == 0

"""The README is under test: its commands run, its tables are true."""

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Final

import pytest

from irrun.cli.main import COMMANDS, run_command
from irrun.steps import KINDS

ROOT: Final = Path(__file__).resolve().parents[3]
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def irrun_lines() -> list[str]:
    """Return every irrun command of the shell blocks."""
    lines = (line.strip() for block in blocks("sh") for line in block.splitlines())
    return [line for line in lines if line.startswith("irrun ")]


@pytest.mark.parametrize("line", irrun_lines())
def test_every_command_of_the_readme_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each example ends with exit code 0 and prints no error."""
    if line.endswith((".png", ".gif")):
        pytest.importorskip("resvg_py", reason="the extra `render` is not installed")
    shutil.copytree(ROOT / "programs", tmp_path / "programs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)  # where goldens are not recorded

    assert run_command(shlex.split(line)[1:]) == 0
    assert "error" not in capfd.readouterr().err


def test_readme_starts_with_the_two_commands() -> None:
    """The first shell block is what sets everything up."""
    assert blocks("sh")[0].split("\n")[:2] == ["make run", "make test"]


def test_readme_shows_every_command() -> None:
    """No command is without an example."""
    shown = {shlex.split(line)[1] for line in irrun_lines()}

    assert shown == set(COMMANDS)


def test_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The library example runs as it stands, and prints what it says."""
    (example,) = blocks("python")
    code = example.replace('"programs/', f'"{ROOT.as_posix()}/programs/')

    exec(compile(code, "README.md", "exec"), {})  # the example is ours

    assert capsys.readouterr().out.splitlines() == [
        "note IR356  slot 4 is written by s-wave, but nothing reads it",
        "  at step s-wave (signalEval), $.schedule.steps[1].outputs[0].slot, "
        f"{ROOT.as_posix()}/programs/minimal.msgpack",
        "f64 slotMeta[4]",
        "1650.0 0.825",
    ]


def test_example_of_a_difference_is_what_a_check_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The excerpt is the real output after a constant of the program was changed."""
    shutil.copytree(ROOT / "programs", tmp_path / "programs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    program = Path("programs/bus.json")
    document = json.loads(program.read_bytes())
    assert document["constants"]["json"][0] == 1000
    document["constants"]["json"][0] = 1001
    program.write_text(json.dumps(document), encoding="utf-8")

    assert run_command(["golden", "check", "programs"]) == 1
    (excerpt,) = (block for block in blocks("text") if block.startswith("programs/bus  differs"))
    assert excerpt in capfd.readouterr().out


def test_every_step_kind_is_named() -> None:
    """Those that are carried out, and no others."""
    (named,) = re.findall(r"^All step kinds are carried out: ([^.]*)\.", README, re.MULTILINE)

    assert re.findall(r"`(\w+)`", named) == list(KINDS)


def test_links_of_the_readme_lead_somewhere() -> None:
    """Every relative link names a file or folder of the project."""
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []

"""Recorded here, checked elsewhere: other processes, time zones, locales, hash seeds."""

import json
import locale
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from cli.samples import BUNDLED, COMMAND, bundled, environment, save
from golden.samples import buffered, constant, files_below


def run(folder: Path, *arguments: str, **variables: str) -> bytes:
    """Run the command in a process of its own; it must succeed."""
    done = subprocess.run(
        [*COMMAND, "golden", *arguments],
        cwd=folder,
        env=environment(CI="", **variables),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def has_locale(name: str) -> bool:
    """True if this system has a locale."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True


ENVIRONMENTS: Final[list[dict[str, str]]] = [
    {"TZ": "UTC", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "0"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "POSIX", "PYTHONHASHSEED": "random",
     "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "random"},
]  # fmt: skip


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with programs and their goldens, recorded by a process of its own."""
    folder = tmp_path_factory.mktemp("here")
    for name in BUNDLED:
        shutil.copy(bundled(name), folder)
    (folder / "dots.json").write_bytes(buffered(0.1, 2.5).bytes())
    (folder / "label.json").write_bytes(constant(0.1, label="Größe ıİ").bytes())
    record(folder)
    return folder


def record(folder: Path, **variables: str) -> None:
    """Record everything in a folder."""
    run(folder, "record", ".", "-n", "5", "--watch", "all", "--buffers", "full", **variables)


@pytest.mark.parametrize("variables", ENVIRONMENTS, ids=lambda found: " ".join(found.values()))
def test_goldens_are_the_same_everywhere(
    variables: dict[str, str], here: Path, tmp_path: Path
) -> None:
    """Recorded anew in another environment: the same bytes. Checked there: the same verdicts."""
    name = variables.get("LC_ALL", "C")
    if not has_locale(name):
        pytest.skip(f"no locale {name} on this system")
    for path in here.iterdir():
        if path.suffix in (".json", ".msgpack"):
            shutil.copy(path, tmp_path)

    record(tmp_path, **variables)

    expected = {n: d for n, (d, _) in files_below(here).items()}
    assert {n: d for n, (d, _) in files_below(tmp_path).items()} == expected
    outs = {
        run(folder, "check", "--format", "json", "--jobs", jobs, **variables)
        for folder, jobs in ((here, "1"), (tmp_path, "8" if variables is ENVIRONMENTS[0] else "1"))
    }
    assert len(outs) == 1
    document: dict[str, Any] = json.loads(outs.pop())
    assert document["counts"] == {"same": len(BUNDLED) + 2}


def test_a_failure_is_told_the_same_everywhere(here: Path, tmp_path: Path) -> None:
    """Differences, reports and new output: byte for byte, with any number of processes."""
    found = []
    for i, variables in enumerate(ENVIRONMENTS[:2]):
        folder = tmp_path / str(i)
        shutil.copytree(here, folder)
        (folder / "label.json").write_bytes(constant(0.2, label="Größe ıİ").bytes())
        (folder / "dots.json").write_bytes(buffered(0.2, 2.5).bytes())
        done = subprocess.run(
            [*COMMAND, "golden", "check", "--format", "json", "--junit", "report.xml",
             "--jobs", "8" if i else "1"],
            cwd=folder,
            env=environment(CI="", **variables),
            capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr.decode()
        found.append((done.stdout, {n: d for n, (d, _) in files_below(folder).items()}))

    assert found[0] == found[1]
    assert "report.xml" in found[0][1]


def test_a_golden_may_move_with_its_program(here: Path, tmp_path: Path) -> None:
    """Both in another folder: nothing in a golden says where it was made."""
    shutil.copytree(here, tmp_path / "deep" / "elsewhere")

    run(tmp_path, "check")


def test_nothing_in_a_golden_says_who_or_when_or_where(here: Path) -> None:
    """No path outside the folder, no host, no time of day."""
    for path in here.glob("*.golden"):
        text = path.read_text(encoding="utf-8")
        assert str(here) not in text
        assert str(Path.home()) not in text


def test_a_working_folder_that_is_a_link_is_no_matter(tmp_path: Path) -> None:
    """Recorded through one name, checked through another."""
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    (real / "a.json").write_bytes(constant(1.0).bytes())

    run(tmp_path, "record", "link/a.json", "-n", "2")
    before = files_below(real)

    run(tmp_path, "check", "real")
    run(tmp_path / "link", "record", "a.json")
    assert files_below(real) == before


def test_a_program_may_be_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The golden names the path that was given, as long as it leads there."""
    monkeypatch.chdir(tmp_path)
    save(constant(1.0), "real.json")
    Path("link.json").symlink_to("real.json")

    run(tmp_path, "record", "link.json", "-n", "2")

    run(tmp_path, "check", "link.golden")

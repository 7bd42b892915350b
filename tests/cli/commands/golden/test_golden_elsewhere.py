"""Recorded here, checked elsewhere: other processes, time zones, locales, hash seeds."""

import json
import locale
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest
from cli.samples import BUNDLED, COMMAND, Irrun, bundled, environment, save
from compare.golden.samples import buffered, constant, files_below


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


HOME: Final = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
ABROAD: Final = {"TZ": "America/St_Johns", "LC_ALL": "POSIX", "PYTHONHASHSEED": "1",
                 "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # fmt: skip
"""Differs in all that there is: zone, locale, encoding of files and names, order of sets."""
FARTHER: Final[list[dict[str, str]]] = [
    {"TZ": "UTC", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "0"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "random"},
]
SOME: Final = ("bus", "every-step-kind", "ring-buffer")
"""Programs with text, state, buffers and lists of every kind."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with programs and their goldens, recorded by a process of its own."""
    return home(tmp_path_factory.mktemp("here"), SOME)


def home(folder: Path, names: Iterable[str]) -> Path:
    """Fill a folder with bundled programs and two more, and record them."""
    for name in names:
        shutil.copy(bundled(name), folder)
    (folder / "dots.json").write_bytes(buffered(0.1, 2.5).bytes())
    (folder / "label.json").write_bytes(constant(0.1, label="Größe ıİ").bytes())
    record(folder, **HOME)
    return folder


def record(folder: Path, **variables: str) -> None:
    """Record everything in a folder."""
    run(folder, "record", ".", "-n", "5", "--watch", "all", "--buffers", "full", **variables)


def test_goldens_are_the_same_everywhere(here: Path, tmp_path: Path) -> None:
    """Recorded anew in another environment: the same bytes. Checked there: the same verdicts."""
    same_in(here, tmp_path, ABROAD)


@pytest.mark.long
@pytest.mark.parametrize("variables", FARTHER, ids=lambda found: " ".join(found.values()))
def test_all_goldens_are_the_same_everywhere(variables: dict[str, str], tmp_path: Path) -> None:
    """All bundled programs, in one environment after another."""
    name = variables.get("LC_ALL", "C")
    if not has_locale(name):
        pytest.skip(f"no locale {name} on this system")
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()

    same_in(home(tmp_path / "here", BUNDLED), tmp_path / "there", variables)


def same_in(here: Path, there: Path, variables: dict[str, str]) -> None:
    """Fail unless what was recorded here is recorded there as well, with these variables."""
    for path in here.iterdir():
        if path.suffix in (".json", ".msgpack"):
            shutil.copy(path, there)

    record(there, **variables)

    expected = {n: d for n, (d, _) in files_below(here).items()}
    assert {n: d for n, (d, _) in files_below(there).items()} == expected
    checked = run(there, "check", "--format", "json", "--jobs", "1", **variables)
    assert checked == run(there, "check", "--format", "json", "--jobs", "2", **HOME)
    document: dict[str, Any] = json.loads(checked)
    assert document["counts"] == {"same": len(list(here.glob("*.golden")))}


def test_a_failure_is_told_the_same_everywhere(here: Path, tmp_path: Path) -> None:
    """Differences, reports and new output: byte for byte, with any number of processes."""
    found = []
    for i, variables in enumerate((HOME, ABROAD)):
        folder = tmp_path / str(i)
        shutil.copytree(here, folder)
        (folder / "label.json").write_bytes(constant(0.2, label="Größe ıİ").bytes())
        (folder / "dots.json").write_bytes(buffered(0.2, 2.5).bytes())
        done = subprocess.run(
            [*COMMAND, "golden", "check", "--format", "json", "--junit", "report.xml",
             "--jobs", "2" if i else "1"],
            cwd=folder,
            env=environment(CI="", **variables),
            capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr.decode()
        found.append((done.stdout, {n: d for n, (d, _) in files_below(folder).items()}))

    assert found[0] == found[1]
    assert "report.xml" in found[0][1]


def test_a_golden_may_move_with_its_program(here: Path, irrun: Irrun) -> None:
    """Both in another folder: nothing in a golden says where it was made."""
    shutil.copytree(here, Path("deep") / "elsewhere")

    assert irrun("golden", "check").code == 0


def test_nothing_in_a_golden_says_who_or_when_or_where(here: Path) -> None:
    """No path outside the folder, no host, no time of day."""
    for path in here.glob("*.golden"):
        text = path.read_text(encoding="utf-8")
        assert str(here) not in text
        assert str(Path.home()) not in text


def test_a_working_folder_that_is_a_link_is_no_matter(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recorded through one name, checked through another."""
    real = Path("real").absolute()
    real.mkdir()
    Path("link").symlink_to(real)
    (real / "a.json").write_bytes(constant(1.0).bytes())

    assert irrun("golden", "record", "link/a.json", "-n", "2").code == 0
    before = files_below(real)

    assert irrun("golden", "check", "real").code == 0
    monkeypatch.chdir("link")
    assert irrun("golden", "record", "a.json").code == 0
    assert files_below(real) == before


def test_a_program_may_be_a_link(irrun: Irrun) -> None:
    """The golden names the path that was given, as long as it leads there."""
    save(constant(1.0), "real.json")
    Path("link.json").symlink_to("real.json")

    assert irrun("golden", "record", "link.json", "-n", "2").code == 0

    assert irrun("golden", "check", "link.golden").code == 0

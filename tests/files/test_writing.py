"""Files that are replaced whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from irrun.files.writing import replacing

ROOT: Final = Path(__file__).resolve().parents[2]
OLD: Final = b"what was there before\n"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return a file with old content, alone in its folder."""
    path = tmp_path / "run.json"
    path.write_bytes(OLD)
    return path


def test_the_new_content_takes_the_place_of_the_old(target: Path) -> None:
    """Whole, however much shorter it is, and nothing else is left in the folder."""
    with replacing(target) as file:
        file.write(b"new")

    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_a_new_file_is_made(tmp_path: Path) -> None:
    """There need not be an old one."""
    with replacing(tmp_path / "new.json") as file:
        file.write(b"new")

    assert (tmp_path / "new.json").read_bytes() == b"new"


def test_the_old_content_stays_until_the_end(target: Path) -> None:
    """Who reads meanwhile sees the old file whole."""
    with replacing(target) as file:
        file.write(b"new" * 100_000)
        file.flush()
        assert target.read_bytes() == OLD


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_the_old_file(error: type[BaseException], target: Path) -> None:
    """Whatever goes wrong while writing: the old content, and no other file."""

    def write_half() -> None:
        with replacing(target) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_makes_no_new_file(tmp_path: Path) -> None:
    """Nothing was there, nothing is there."""
    with pytest.raises(RuntimeError), replacing(tmp_path / "new.json"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "absent" / "run.json"):
        pytest.fail("it was opened")


def test_two_writers_do_not_mix(target: Path) -> None:
    """Each writes a file of its own; the one that ends last stays."""
    with replacing(target) as first:
        first.write(b"first " * 1000)
        with replacing(target) as second:
            second.write(b"second " * 1000)
        assert target.read_bytes() == b"second " * 1000
        first.write(b"end")

    assert target.read_bytes() == b"first " * 1000 + b"end"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_the_mode_of_the_old_file_is_kept(mode: int, target: Path) -> None:
    """Who could read the file still can, and nobody else."""
    target.chmod(mode)

    with replacing(target) as file:
        file.write(b"new")

    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_mode_of_any_new_file(mask: int, tmp_path: Path) -> None:
    """That of `open`, not the private one of a temporary file; the mask stays as it was."""
    before = os.umask(mask)
    try:
        with replacing(tmp_path / "new.json") as file:
            file.write(b"new")
        after = os.umask(mask)
    finally:
        os.umask(before)

    assert after == mask
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o666 & ~mask


# --- A process that dies --------------------------------------------------------------------

DIES = """
import os, signal, sys
from pathlib import Path
from irrun.files.writing import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half of it " * 100_000)
    file.flush()
    {death}
"""

DEATHS = {
    "exit at once": "os._exit(7)",
    "kill": "os.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_a_killed_process_leaves_the_old_file_whole(death: str, target: Path) -> None:
    """No clean-up runs, and the old content is there all the same; the next run replaces it."""
    done = subprocess.run(
        [sys.executable, "-c", DIES.format(death=death), str(target)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (7, -signal.SIGKILL), done.stderr
    assert target.read_bytes() == OLD
    left = set(target.parent.iterdir()) - {target}

    with replacing(target) as file:
        file.write(b"new")

    assert target.read_bytes() == b"new"
    assert set(target.parent.iterdir()) - {target} == left
    assert all(path.name.startswith(".run.json.") for path in left)

"""Files that are replaced whole or not at all."""

import gzip
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from irrun.files.writing import Kept, identity, replacing

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
from irrun.files.writing import Kept, identity, replacing
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


# --- What must stay -------------------------------------------------------------------------

PROGRAM: Final = b'{"irVersion": 1}'
SPARED: Final = {
    "program": ("p.json", PROGRAM, "program"),
    "packed program": ("p", gzip.compress(PROGRAM), "program"),
    "golden": ("p.golden", b"{}", "golden"),
    "golden of another name": ("p.txt", b'{"goldenVersion": 1}', "golden"),
    "new output": ("p.golden.new", b"", "golden"),
    "arrays of a golden": ("p.golden.0123456789ab.npz", b"", "golden"),
    "settings": ("pyproject.toml", b"", None),
}


def left_alone(path: Path, **allowed: Any) -> None:
    """Check that nothing is written there, and nothing else is left."""
    before = {other: other.read_bytes() for other in path.parent.iterdir() if other.is_file()}
    with pytest.raises(Kept), replacing(path, **allowed) as file:
        file.write(b"new")
    after = {other: other.read_bytes() for other in path.parent.iterdir() if other.is_file()}
    assert after == before


@pytest.mark.parametrize(("name", "content", "kind"), SPARED.values(), ids=SPARED)
def test_what_a_command_is_not_about_stays(
    name: str, content: bytes, kind: Any, tmp_path: Path
) -> None:
    """Told by name and content, also through a link; who is about it may replace it."""
    path = tmp_path / name
    path.write_bytes(content)
    (tmp_path / "link").symlink_to(name)

    left_alone(path)
    left_alone(tmp_path / "link")
    left_alone(path, about="program" if kind != "program" else "golden")
    if kind is not None:
        with replacing(path, about=kind) as file:
            file.write(b"new")
        assert path.read_bytes() == b"new"


def test_what_is_read_stays_whatever_it_is(tmp_path: Path) -> None:
    """Under each of its names; also what the command is about."""
    path = tmp_path / "p.json"
    path.write_bytes(PROGRAM)
    (tmp_path / "link").symlink_to("p.json")
    os.link(path, tmp_path / "second")
    inputs = {found} if (found := identity(path)) is not None else set()

    for name in ("p.json", "link", "second"):
        left_alone(tmp_path / name, about="program", inputs=inputs)
    with replacing(tmp_path / "other.json", about="program", inputs=inputs) as file:
        file.write(b"new")


def test_what_cannot_be_read_may_be_what_must_stay(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not replaced on suspicion."""
    opens = os.open

    def refuse(path: str, *rest: int) -> int:
        if path == str(target):
            raise PermissionError
        return opens(path, *rest)

    monkeypatch.setattr("os.open", refuse)

    left_alone(target)


@pytest.mark.skipif(os.name != "posix", reason="pipes with a name are those of POSIX")
def test_a_golden_is_never_written_into_a_pipe(tmp_path: Path) -> None:
    """Nobody named it, and nobody might ever read it; who names a pipe gets it written."""
    os.mkfifo(tmp_path / "p.golden")
    with pytest.raises(Kept, match="pipe"), replacing(tmp_path / "p.golden", about="golden"):
        pass

    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with replacing(tmp_path / "pipe") as file:
        file.write(b"new")

    assert os.read(reader, 10) == b"new"
    os.close(reader)


def test_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    """The temporary file has a name that fits as well."""
    path = tmp_path / ("ü" * 127)

    with replacing(path) as file:
        file.write(b"new")

    assert [other.name for other in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_what_replaces_a_private_file_is_never_public(target: Path) -> None:
    """Not even while it is written."""
    target.chmod(0o600)

    with replacing(target):
        (made,) = set(target.parent.iterdir()) - {target}
        assert stat.S_IMODE(made.stat().st_mode) == 0o600


# --- A process that is told to end ----------------------------------------------------------

ENDS: Final = """
import os, signal, sys
from pathlib import Path
from irrun.files.writing import Kept, identity, replacing
def handle(number, _):
    raise SystemExit(9)
signal.signal(signal.{name}, {handler})
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half of it " * 100_000)
    file.flush()
    os.kill(os.getpid(), signal.{name})
"""

HANDLERS: Final = {
    "no handler": ("signal.SIG_DFL", None, OLD),
    "one that raises": ("handle", 9, OLD),
    "ignored": ("signal.SIG_IGN", 0, b"half of it " * 100_000),
}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(("handler", "code", "content"), HANDLERS.values(), ids=HANDLERS)
def test_a_process_that_is_told_to_end_leaves_nothing(
    handler: str, code: int | None, content: bytes, name: str, target: Path
) -> None:
    """Also where no command of ours runs, as in tests; it ends as the signal would end it."""
    done = subprocess.run(
        [sys.executable, "-c", ENDS.format(handler=handler, name=name), str(target)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )

    assert done.returncode == (-getattr(signal, name) if code is None else code), done.stderr
    assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]


def test_handlers_are_as_before_afterwards(target: Path) -> None:
    """Those of tests and of programs that use irrun."""
    before = signal.getsignal(signal.SIGTERM)

    with replacing(target), replacing(target.with_name("other")):
        pass

    assert signal.getsignal(signal.SIGTERM) is before

"""The one place where files are opened for writing: nothing is lost, and nothing half done stays.

What is written goes to a temporary file beside its place, which is renamed at the end. It never
takes the place of what the same command reads, nor of a program, a golden or a settings file that
the command is not about.
"""

import os
import signal
import stat
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Final

from irrun.errors import IrrunError
from irrun.files.kinds import PENDING_SUFFIX, Kind, kind_of_content, kind_of_name
from irrun.files.reading import Name, open_file, real, type_of

Identity = tuple[int, int]
"""Device and number of a file: the same for each of its names."""

_WORDS: Final[dict[Kind, str]] = {
    "program": "it is a program",
    "golden": "it is a golden file",
    "settings": "it has settings",
}


class Kept(OSError):
    """What is there must not be replaced; `strerror` says what it is."""

    def __init__(self, what: str) -> None:
        super().__init__(None, f"{what}; name another file")


def identity(path: Name | int) -> Identity | None:
    """Return which file a path leads to, or an open file is; None if it cannot be known."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def check_replaceable(
    path: Path, *, about: Kind | None = None, inputs: Collection[Identity] = ()
) -> None:
    """Refuse to write where something would be lost.

    Args:
        path: Where a command would write.
        about: What the command writes, and so may replace.
        inputs: The files that the command reads.

    Raises:
        Kept: Something is there that must stay.
        OSError: It cannot be known what is there.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if (found.st_dev, found.st_ino) in inputs:
        raise Kept("it is what this command reads")
    if stat.S_ISREG(found.st_mode):
        _check_kind(path, about)
    elif about == "golden":
        raise Kept(f"it is {type_of(found.st_mode)}")


def _check_kind(path: Path, about: Kind | None) -> None:
    """Refuse to replace a file of a kind that the command is not about."""
    kind = kind_of_name(path.name) or kind_of_name(real(path).name)
    if kind is None or kind == about:
        try:
            with open_file(path) as file:
                kind = kind_of_content(file) or kind
        except IrrunError:
            raise Kept("what it holds cannot be read") from None
    if kind is not None and kind != about:
        pending = path.name.endswith(PENDING_SUFFIX)
        raise Kept("it is new output that waits for review" if pending else _WORDS[kind])


@contextmanager
def replacing(
    path: Path, *, about: Kind | None = None, inputs: Collection[Identity] = ()
) -> Iterator[BinaryIO]:
    """Open a file for writing; it takes the place of `path` only when all went well.

    Args:
        path: The file; where it is a link, what it leads to is replaced.
        about: What is written, and so may be replaced.
        inputs: The files that the command reads.

    Raises:
        Kept: Something is there that must stay.
        OSError: The folder cannot be written to.
    """
    check_replaceable(path, about=about, inputs=inputs)
    before = _mode(path)
    if before is not None and not stat.S_ISREG(before):
        # A pipe or device cannot be replaced, and holds nothing that could be lost.
        with path.open("wb") as file:
            yield file
        return
    place = real(path)
    temporary = place.with_name(f".{place.name[:50]}.{os.urandom(6).hex()}")
    with _removed_when_stopped(temporary):
        try:
            with _new_file(temporary, private=before is not None) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if before is not None:
                temporary.chmod(stat.S_IMODE(before) & 0o777)
            temporary.replace(place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _mode(path: Path) -> int | None:
    """Return type and mode of what is there; None if nothing is."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _new_file(path: Path, *, private: bool) -> BinaryIO:
    """Make a file; a private one until it gets the mode of the file that it replaces."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600 if private else 0o666), "wb")


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are not there yet.

    Raises:
        OSError: It cannot be made.
    """
    path.mkdir(parents=True, exist_ok=True)


def mark(path: Path) -> None:
    """Make an empty file, unless there is one.

    Raises:
        OSError: It cannot be made.
    """
    if identity(path) is None:
        with replacing(path):
            pass


# --- A process that is told to end ----------------------------------------------------------

_ENDING: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_unfinished: Final[set[Path]] = set()


@contextmanager
def _removed_when_stopped(path: Path) -> Iterator[None]:
    """Remove a file when the process is told to end, where nobody else cares for that.

    A signal that has a handler, or is ignored, is left alone: a handler that raises removes the
    file on its way. Only the main thread can set handlers; elsewhere nothing is done.
    """
    taken = []
    _unfinished.add(path)
    try:
        if threading.current_thread() is threading.main_thread():
            taken = [each for each in _ENDING if signal.getsignal(each) is signal.SIG_DFL]
        for each in taken:
            signal.signal(each, _end)
        yield
    finally:
        _unfinished.discard(path)
        for each in taken:
            if signal.getsignal(each) is _end:
                signal.signal(each, signal.SIG_DFL)


def _end(number: int, _: FrameType | None) -> None:
    """Remove what is unfinished, and end by the signal."""
    for path in list(_unfinished):
        with suppress(OSError):
            path.unlink()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)

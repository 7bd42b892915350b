"""The one place where files are opened for reading.

Whoever runs irrun may name what they like: a pipe, a device. What was found in a folder, and what
another file names, must be a regular file, or reading it might wait for ever, or never end.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal

from irrun.errors.loading import CannotRead, LimitExceeded, NotARegularFile
from irrun.limits import FILE_BYTES, Limit

Name = str | os.PathLike[str]
Entry = Literal["file", "folder", "other"]

_PIECE: Final = 1 << 20
_SIZE: Final = "the file's size"
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""Opening a pipe that nobody writes to would wait."""
_TYPES: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def read_file(path: Name, *, named: bool = False, most: Limit = FILE_BYTES) -> bytes:
    """Return what a file holds.

    Args:
        path: The file.
        named: True if the person who runs irrun named it: then it may be a pipe or a device.
        most: How many bytes it may have.

    Raises:
        CannotRead: IR100.
        LimitExceeded: IR105.
        NotARegularFile: IR116.
    """
    with open_file(path, named=named, most=most) as file:
        return read_stream(file, os.fspath(path), most)


def read_head(path: Name, size: int) -> bytes:
    """Return the first bytes of a regular file, of whatever size it is.

    Raises:
        CannotRead: IR100.
        NotARegularFile: IR116.
    """
    with open_file(path) as file:
        return file.read(size)


@contextmanager
def open_file(path: Name, *, named: bool = False, most: Limit | None = None) -> Iterator[BinaryIO]:
    """Open a file for reading; see `read_file`. What is read is not counted.

    Raises:
        CannotRead: IR100, also where reading fails later on.
        LimitExceeded: IR105, the file itself says that it is larger.
        NotARegularFile: IR116.
    """
    name = os.fspath(path)
    with _named(name):
        handle = os.open(_possible(name), _FLAGS if named else _FLAGS | _AT_ONCE)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode) or not (named or stat.S_ISREG(found.st_mode)):
            raise NotARegularFile(name=name, what=type_of(found.st_mode))
        if most is not None and found.st_size > most.value:
            raise most.exceeded(_SIZE, str(found.st_size)).at(file=name)
        file = os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise
    with file, _named(name):
        yield file


def read_stream(stream: BinaryIO, name: str | None, most: Limit = FILE_BYTES) -> bytes:
    """Read to the end, but never past the limit.

    Raises:
        CannotRead: IR100.
        LimitExceeded: IR105.
    """

    def read(size: int) -> bytes:
        with _named(name or "the stream"):
            piece: bytes | None = stream.read(size)
            if piece is None:  # a pipe that does not wait; its end would be an empty piece
                raise BlockingIOError("nothing has been written to it yet")
            return piece

    try:
        return read_pieces(read, most, _SIZE)
    except LimitExceeded as error:
        raise error.at(file=name) from None


def read_pieces(read: Callable[[int], bytes], most: Limit, what: str) -> bytes:
    """Read to the end, in as many pieces as it takes.

    Args:
        read: Returns at most so many bytes; none at the end.
        most: How many bytes there may be.
        what: What is as large as that, for the message.

    Raises:
        LimitExceeded: IR105.
    """
    parts: list[bytes] = []
    size = 0
    while piece := read(min(_PIECE, most.value + 1 - size)):
        parts.append(piece)
        size += len(piece)
        if size > most.value:
            raise most.exceeded(what, f"over {most.value}")
    return b"".join(parts)


def what_is(path: Name) -> Entry | None:
    """Return what a path leads to, links followed; None if nothing is there.

    Raises:
        CannotRead: IR100, it cannot be known: a folder on the way may not be looked into.
    """
    name = os.fspath(path)
    with _named(name):
        try:
            mode = os.stat(_possible(name)).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def is_there(path: Name) -> bool:
    """True if anything is there; see `what_is`."""
    return what_is(path) is not None


def is_file(path: Name) -> bool:
    """True if there is a regular file; see `what_is`."""
    return what_is(path) == "file"


def is_folder(path: Name) -> bool:
    """True if there is a folder; see `what_is`."""
    return what_is(path) == "folder"


def type_of(mode: int) -> str:
    """Return what something that is no regular file is, in words."""
    return next((text for is_type, text in _TYPES if is_type(mode)), "a device")


def real(path: Name) -> Path:
    """Return a path without links and detours, whether or not something is there."""
    return Path(os.path.realpath(path))


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Make what the system says an error that names the file."""
    try:
        yield
    except OSError as error:
        raise CannotRead(name=name, reason=error.strerror or str(error)) from None


def _possible(name: str) -> str:
    """Return a name that the system can be asked for; a document may hold any text as one.

    Raises:
        OSError: No file can have that name.
    """
    try:
        is_possible = b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        is_possible = False
    if not is_possible:
        raise OSError(errno.EINVAL, "no file can have that name")
    return name

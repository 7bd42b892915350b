"""Standard input, output and error of the process: closed, full, or in an encoding of few words.

A standard error that fails is passed over in silence: there is nowhere left to say so, and it
changes nothing of what was found. A standard output that fails ends the command. The reader of
either may go away; that ends it too, as other commands are ended.
"""

import errno
import io
import os
import sys
from typing import Final, TextIO

_CLOSED: Final = "it is closed"
_IS_POSIX: Final = os.name == "posix"
"""Elsewhere a console is no file, and Python's own streams know how to write to it."""


class OutputFailed(OSError):
    """Standard output cannot be written."""


class _Output(io.FileIO):
    """Standard output, whose failures are told from those of other files."""

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        try:
            written = super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(error.errno, error.strerror) from None
        if written is None:
            raise OutputFailed(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return written


class _Errors(io.FileIO):
    """Standard error, which takes all that is written to it."""

    _has_reader = True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        try:
            if self._has_reader:
                super().write(data)
        except BrokenPipeError:
            self._has_reader = False  # who has been told once is not told again, at exit
            raise
        except OSError:
            pass
        return memoryview(data).nbytes


class _Closed(io.RawIOBase):
    """What stands for a stream that is closed: neither read nor written."""

    def __init__(self, failure: type[OSError]) -> None:
        self._failure = failure

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        raise self._failure(errno.EBADF, _CLOSED)

    def write(self, data: object, /) -> int:
        raise self._failure(errno.EBADF, _CLOSED)


def make_streams_safe() -> None:
    """Let no text fail to print, and let each stream fail in its own way."""
    closed = [number for number in range(3) if not _is_open(number)]
    # A file that is opened later must not get the number of a stream.
    for _ in closed:
        os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_Closed(OSError)), encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = _text(_Closed(OutputFailed), None)
    elif sys.stdout is sys.__stdout__ and _IS_POSIX:
        sys.stdout = _text(_Output(1, "w", closefd=False), sys.stdout)
    if sys.stderr is None:
        sys.stderr = _text(_Errors(2, "w", closefd=False), None)
    elif sys.stderr is sys.__stderr__ and _IS_POSIX:
        sys.stderr = _text(_Errors(2, "w", closefd=False), sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_output() -> None:
    """Throw away what is still buffered, so that nothing fails again at exit."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives as long as we


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _text(raw: io.RawIOBase, like: TextIO | None) -> io.TextIOWrapper:
    """Return a text stream over a raw one, with the habits of the one it stands for."""
    if not isinstance(like, io.TextIOWrapper):
        return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
    is_unbuffered = isinstance(like.buffer, io.RawIOBase)
    return io.TextIOWrapper(
        raw if is_unbuffered else io.BufferedWriter(raw),  # type: ignore[arg-type]
        encoding=like.encoding,
        line_buffering=like.line_buffering,
        write_through=like.write_through,
    )

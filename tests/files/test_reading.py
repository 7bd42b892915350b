"""What is opened for reading: regular, bounded, and named where it cannot be read."""

import errno
import io
import os
import socket
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from irrun.errors import IrrunError
from irrun.files.arrays import arrays_of
from irrun.files.reading import read_file, read_head, read_stream, what_is
from irrun.limits import FILE_BYTES, GIVEN, RECORDED_BYTES


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    os.chdir(path.parent)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


MADE = {
    "folder": (make_folder, "IR116", "is a folder"),
    "pipe": (make_pipe, "IR116", "is a pipe"),
    "socket": (make_socket, "IR100", "No such device"),
    "device": (make_device, "IR116", "is a device"),
    "link to nothing": (make_link_to_nothing, "IR100", "No such file"),
    "loop": (make_loop, "IR100", "symbolic links"),
}

posix = pytest.mark.skipif(os.name != "posix", reason="such files are those of POSIX")


def refusal(work: Callable[[], object]) -> IrrunError:
    with pytest.raises(IrrunError) as caught:
        work()
    return caught.value


@posix
@pytest.mark.parametrize(("make", "code", "text"), MADE.values(), ids=MADE)
def test_what_is_no_regular_file_is_refused_by_name(
    make: Callable[[Path], None],
    code: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once, whole or only its head: a pipe that nobody writes to is not waited for."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "p.json"
    make(path)

    for error in (refusal(lambda: read_file(path)), refusal(lambda: read_head(path, 10))):
        assert error.code == code
        assert str(path) in str(error)
        assert text in str(error)


@posix
def test_a_pipe_that_was_named_is_read(tmp_path: Path) -> None:
    """To its end, as `<(...)` of a shell needs it."""
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"abc" * 100_000,))
    writer.start()

    assert read_file(tmp_path / "pipe", named=True) == b"abc" * 100_000
    writer.join()


@posix
def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    """Where it is found, too."""
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")

    assert read_file(tmp_path / "link") == b"abc"
    assert read_head(tmp_path / "link", 2) == b"ab"


def test_a_file_may_be_as_large_as_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One byte more is IR105, which says how the limit is raised; its head can be read."""
    monkeypatch.setitem(GIVEN, FILE_BYTES.variable, "10")
    (tmp_path / "fits").write_bytes(b"x" * 10)
    (tmp_path / "large").write_bytes(b"x" * 11)

    assert read_file(tmp_path / "fits") == b"x" * 10
    error = refusal(lambda: read_file(tmp_path / "large"))
    assert (error.code, error.where.file) == ("IR105", str(tmp_path / "large"))
    assert FILE_BYTES.variable in (error.hint_text or "")
    assert read_head(tmp_path / "large", 100) == b"x" * 11


def test_a_stream_is_read_to_the_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not say its size; files of /proc do not either, and others grow meanwhile."""
    monkeypatch.setitem(GIVEN, FILE_BYTES.variable, "10")

    assert read_stream(io.BytesIO(b"x" * 10), "stream") == b"x" * 10
    assert refusal(lambda: read_stream(io.BytesIO(b"x" * 11), "stream")).code == "IR105"


class Failing(io.RawIOBase):
    """A stream that says at some point that it cannot be read."""

    def __init__(self, number: int | None) -> None:
        self._pieces = [b"abc"]
        self._number = number

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes | None:
        if self._pieces:
            return self._pieces.pop()
        if self._number is None:
            return None
        raise OSError(self._number, os.strerror(self._number))


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.EBADF, None])
def test_a_stream_that_breaks_off_is_no_short_stream(number: int | None) -> None:
    """IR100 and no beginning; a pipe that has nothing just now has not ended either."""
    error = refusal(lambda: read_stream(Failing(number), "stdin"))  # type: ignore[arg-type]

    assert error.code == "IR100"
    assert "stdin" in str(error)


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs this: the system's refusal is all that counts."""
    path = tmp_path / "p.json"
    path.touch()

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("os.open", refuse)

    error = refusal(lambda: read_file(path))
    assert (error.code, error.sentence) == ("IR100", f"cannot read {path}: Permission denied")


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "\udfff"])
def test_a_name_that_no_file_can_have_is_an_error_like_any(name: str, tmp_path: Path) -> None:
    """A golden or a program may hold any text as the name of a file."""
    for work in (lambda: read_file(tmp_path / name), lambda: what_is(tmp_path / name)):
        error = refusal(work)
        assert error.code == "IR100"


def test_what_is_there_is_told_apart(tmp_path: Path) -> None:
    """Nothing, also below a file; a file, a folder."""
    (tmp_path / "file").touch()

    assert what_is(tmp_path / "absent") is None
    assert what_is(tmp_path / "file" / "below") is None
    assert what_is(tmp_path / "file") == "file"
    assert what_is(tmp_path) == "folder"


# --- Arrays ---------------------------------------------------------------------------------


def packed(**arrays: object) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def test_arrays_are_those_that_were_saved() -> None:
    """By name, with type and shape."""
    found = arrays_of(packed(a=np.arange(6, dtype=np.float32).reshape(2, 3), b=np.zeros(0)))

    assert found["a"].dtype == np.float32
    assert found["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["b"].shape == (0,)


def test_arrays_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In sum, before any of them is unpacked: a few bytes can hold a thousand million zeros."""
    data = packed(a=np.zeros(1000), b=np.zeros(1000))
    monkeypatch.setitem(GIVEN, RECORDED_BYTES.variable, "10000")

    assert len(data) < 10000
    assert refusal(lambda: arrays_of(data)).code == "IR105"


def test_an_array_that_says_more_than_it_holds_is_damaged() -> None:
    """Whether the machine has so much memory, or not."""
    data = packed(a=np.zeros(5))
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        out, {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)}
    )
    lying = io.BytesIO()
    with zipfile.ZipFile(lying, "w") as file:
        file.writestr("a.npy", out.getvalue() + b"\0" * 40)

    assert arrays_of(data)["a"].tolist() == [0] * 5
    with pytest.raises(ValueError, match=r"memory|EOF|read all"):
        arrays_of(lying.getvalue())

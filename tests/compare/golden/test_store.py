"""Goldens on disk: whole whatever interrupts the writing, with the buffers that belong to them."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
import pytest
from cli.samples import environment
from compare.golden.samples import buffered, constant, files_below, recorded

from irrun.compare.golden.store import (
    image_path,
    read_golden,
    remove_golden,
    write_golden,
    write_images,
)
from irrun.compare.output.document import Golden, GoldenPicture, GoldenShot
from irrun.compare.output.text import golden_bytes
from irrun.errors.golden import BuffersMissing, PicturesMissing
from irrun.errors.loading import CannotRead, NotARegularFile

OLD: Final = recorded(buffered(1.0), buffers="full")
NEW: Final = recorded(buffered(2.0), buffers="full")
PLAIN: Final = recorded(constant(3.0))


def drawn(width: int, *pictures: bytes) -> Golden:
    """Return a golden with whole buffers and pictures of frames 0, 1, ...; any bytes will do."""
    shots = tuple(GoldenShot(frame=i, commands=str(width)) for i in range(len(pictures)))
    picture = GoldenPicture(output="dots", size=(width, 1), shots=shots)
    header = msgspec.structs.replace(OLD.header, picture=picture)
    return msgspec.structs.replace(OLD, header=header, pictures=dict(enumerate(pictures)))


OLD_PICTURES: Final = drawn(1, b"old", b"same")
NEW_PICTURES: Final = drawn(2, b"new", b"same")


def is_golden(path: Path, golden: Golden) -> bool:
    """True if a file on disk is that golden, with the buffers that it should have."""
    found = read_golden(path)
    header = msgspec.structs.replace(found.header.settings, irrun=found.header.irrun)
    return (
        found.pictures == golden.pictures
        and golden_bytes(Golden(header, found.frames)) == golden_bytes(golden)
        and found.arrays.keys() == golden.arrays.keys()
        and all(np.array_equal(found.arrays[d], golden.arrays[d]) for d in golden.arrays)
    )


@pytest.mark.parametrize(
    "golden", [OLD, PLAIN, OLD_PICTURES], ids=["with buffers", "without", "with pictures"]
)
def test_what_is_written_is_read(golden: Golden, tmp_path: Path) -> None:
    """Text and buffers; written twice, the same bytes under the same names."""
    path = tmp_path / "a.golden"
    write_golden(path, golden)
    first = {name: data for name, (data, _) in files_below(tmp_path).items()}

    assert is_golden(path, golden)
    write_golden(path, golden)
    assert {name: data for name, (data, _) in files_below(tmp_path).items()} == first
    assert len(first) == 1 + bool(golden.arrays) + len(golden.pictures)


def test_buffers_do_not_depend_on_the_order_in_which_they_came(tmp_path: Path) -> None:
    """Two goldens with the same arrays have the same file of them."""
    arrays = {**OLD.arrays, **NEW.arrays}
    turned = dict(reversed(list(arrays.items())))
    for name, found in (("a", arrays), ("b", turned)):
        (tmp_path / name).mkdir()
        write_golden(tmp_path / name / "x.golden", Golden(OLD.header, OLD.frames, found))

    one, other = (files_below(tmp_path / name) for name in "ab")
    assert [(n, d) for n, (d, _) in one.items()] == [(n, d) for n, (d, _) in other.items()]


def test_old_buffers_go_with_the_golden_that_had_them(tmp_path: Path) -> None:
    """Replaced by another, by one without buffers, or removed: nothing of it is left."""
    path, new = tmp_path / "a.golden", tmp_path / "a.golden.new"
    write_golden(path, OLD)
    write_golden(new, NEW)
    write_golden(path, NEW)
    assert len(list(tmp_path.iterdir())) == 4
    remove_golden(new)
    assert is_golden(path, NEW)
    assert len(list(tmp_path.iterdir())) == 2
    write_golden(path, PLAIN)
    assert list(tmp_path.iterdir()) == [path]
    remove_golden(path)
    assert list(tmp_path.iterdir()) == []


def test_old_pictures_go_with_the_golden_that_had_them(tmp_path: Path) -> None:
    """Those of new output are told from those of the golden; pictures of differences go too."""
    path, new = tmp_path / "a.golden", tmp_path / "a.golden.new"
    write_golden(path, OLD_PICTURES)
    write_golden(new, NEW_PICTURES)
    write_images(new, {0: b"both"})
    (tmp_path / "a.golden.0.notes.png").write_bytes(b"somebody else's")
    assert len(list(tmp_path.iterdir())) == 4 + 4 + 2
    write_golden(path, NEW_PICTURES)
    assert len(list(tmp_path.iterdir())) == 4 + 4 + 2
    write_golden(new, NEW_PICTURES)
    assert not image_path(new, 0).exists()
    write_images(new, {0: b"both"})
    remove_golden(new)
    assert is_golden(path, NEW_PICTURES)
    assert len(list(tmp_path.iterdir())) == 4 + 1
    remove_golden(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.golden.0.notes.png"]


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/passwd", "b/a.png", "..", "", "a.npz", "\0.png"]
)
def test_pictures_are_looked_for_beside_the_golden_only(name: str, tmp_path: Path) -> None:
    """A golden cannot make irrun read another file."""
    picture = GoldenPicture(shots=(GoldenShot(frame=0, commands="", file=name),))
    header = msgspec.structs.replace(PLAIN.header, picture=picture)
    path = tmp_path / "a.golden"
    path.write_bytes(golden_bytes(Golden(header, PLAIN.frames)))

    with pytest.raises(PicturesMissing):
        read_golden(path)


def test_a_damaged_picture_is_found(tmp_path: Path) -> None:
    """Its name says what is in it."""
    path = tmp_path / "a.golden"
    write_golden(path, OLD_PICTURES)
    next(tmp_path.glob("*.0.*.png")).write_bytes(b"other")

    with pytest.raises(PicturesMissing, match="damaged"):
        read_golden(path)


@pytest.mark.parametrize("name", ["../a.npz", "/etc/passwd", "b/a.npz", "..", "", "\0"])
def test_buffers_are_looked_for_beside_the_golden_only(name: str, tmp_path: Path) -> None:
    """A golden cannot make irrun read another file."""
    header = msgspec.structs.replace(OLD.header, buffers=name)
    path = tmp_path / "a.golden"
    path.write_bytes(golden_bytes(Golden(header, OLD.frames)))

    if name:
        with pytest.raises(BuffersMissing):
            read_golden(path)
    else:
        assert not read_golden(path).arrays


def test_pickled_objects_are_not_read(tmp_path: Path) -> None:
    """A file that would run code when read is refused."""
    path = tmp_path / "a.golden"
    write_golden(path, OLD)
    (sidecar,) = tmp_path.glob("*.npz")
    objects = np.array([print], dtype=object)
    with sidecar.open("wb") as file:
        np.savez(file, allow_pickle=True, **dict.fromkeys(OLD.arrays, objects))

    with pytest.raises(BuffersMissing):
        read_golden(path)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """IR100, as for programs; a folder is IR116."""
    with pytest.raises(CannotRead):
        read_golden(tmp_path / "absent.golden")
    with pytest.raises(NotARegularFile):
        read_golden(tmp_path)


# --- A process that dies --------------------------------------------------------------------


class Kill(NamedTuple):
    """The n-th call of a function of `os`, and whether a process dies before or after it."""

    function: str
    nth: int
    after: bool


POINTS: Final = [
    Kill(function, nth, after)
    for function, times in (("fdopen", 2), ("fsync", 2), ("chmod", 1), ("replace", 2),
                            ("unlink", 1))
    for nth in range(1, times + 1)
    for after in (False, True)
]  # fmt: skip
PICTURE_POINTS: Final = [Kill("replace", 2, False), Kill("replace", 3, True),
                         Kill("replace", 4, False), Kill("replace", 4, True),
                         Kill("unlink", 1, False)]  # fmt: skip


class Dying:
    """Processes that write goldens and kill themselves: copies of one that has imported all."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("dying_writer.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(OPENBLAS_NUM_THREADS="1"),
        )

    def write(self, path: Path, golden: Golden, kill: Kill) -> None:
        """Write a golden in a process that dies at a call of the operating system."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        pickle.dump((path, golden, *kill), stdin)
        stdin.flush()
        assert int(stdout.readline()) == signal.SIGKILL

    def close(self) -> None:
        """End all of it."""
        self._process.communicate()


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    """One process for all cases."""
    if not hasattr(os, "fork"):
        pytest.skip("no process can be copied on this system")
    one = Dying()
    yield one
    one.close()


@pytest.mark.parametrize("kill", POINTS, ids=str)
def test_an_interrupted_writing_leaves_the_old_golden_or_the_new(
    kill: Kill, dying: Dying, tmp_path: Path
) -> None:
    """Killed before or after any step of it: a whole golden with its whole buffers.

    Recorded again, nothing of the interrupted try is left that anybody would take for a golden.
    """
    path = tmp_path / "a.golden"
    write_golden(path, OLD)

    dying.write(path, NEW, kill)

    assert is_golden(path, OLD) or is_golden(path, NEW)
    write_golden(path, NEW)
    assert is_golden(path, NEW)
    assert len([p for p in tmp_path.iterdir() if not p.name.startswith(".")]) == 2


@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_first_writing_leaves_nothing_or_all(
    after: bool, dying: Dying, tmp_path: Path
) -> None:
    """There is no half golden where there was none."""
    path = tmp_path / "a.golden"

    dying.write(path, NEW, Kill("replace", 2, after))

    assert path.exists() is after
    if after:
        assert is_golden(path, NEW)


@pytest.mark.parametrize("after", [False, True])
def test_buffers_are_not_removed_before_the_golden_that_has_them(
    after: bool, dying: Dying, tmp_path: Path
) -> None:
    """On the way to a golden without buffers: the old one keeps its own until it is replaced."""
    path = tmp_path / "a.golden"
    write_golden(path, OLD)

    dying.write(path, PLAIN, Kill("replace", 1, after))

    assert is_golden(path, PLAIN if after else OLD)


def test_a_failure_while_writing_leaves_the_old_golden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, at the golden or at its buffers: the old one is whole, no scraps are left."""
    path = tmp_path / "a.golden"
    write_golden(path, OLD)
    before = files_below(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_golden(path, NEW)

    assert files_below(tmp_path) == before


@pytest.mark.parametrize("kill", PICTURE_POINTS, ids=str)
def test_an_interrupted_writing_leaves_whole_pictures(
    kill: Kill, dying: Dying, tmp_path: Path
) -> None:
    """Pictures first, then the golden, then the old pictures go: the old or the new, whole."""
    path = tmp_path / "a.golden"
    write_golden(path, OLD_PICTURES)

    dying.write(path, NEW_PICTURES, kill)

    assert is_golden(path, OLD_PICTURES) or is_golden(path, NEW_PICTURES)
    write_golden(path, NEW_PICTURES)
    assert is_golden(path, NEW_PICTURES)
    assert len([p for p in tmp_path.iterdir() if not p.name.startswith(".")]) == 4

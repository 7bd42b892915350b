"""Golden files on disk: the text, and beside it the whole buffers if they were recorded."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from irrun.compare.output.document import Golden, GoldenHeader, GoldenPicture, decoded
from irrun.compare.output.summaries import array_summaries
from irrun.compare.output.text import golden_bytes, parse_golden
from irrun.errors import IrrunError, sentence_of
from irrun.errors.golden import BuffersMissing, PicturesMissing
from irrun.files.arrays import arrays_of
from irrun.files.kinds import BELONGS, GOLDEN_SUFFIX, PENDING_SUFFIX
from irrun.files.reading import read_file
from irrun.files.writing import replacing
from irrun.ir.values import Array
from irrun.limits import RECORDED_BYTES
from irrun.numerics.arrays import one_nan_copy
from irrun.numerics.digest import array_digest, byte_digest

SUFFIX: Final = GOLDEN_SUFFIX
NEW_SUFFIX: Final = PENDING_SUFFIX
_BUFFERS: Final = ".npz"
_PICTURE: Final = ".png"
_IMAGE: Final = ".diff.png"
"""Expected, got and difference of a frame, beside new output."""


def read_golden(path: Path) -> Golden:
    """Read a golden and the buffers and pictures beside it.

    Raises:
        CannotRead: IR100.
        NotAGolden, GoldenVersionUnknown, BuffersMissing: IR130, IR131, IR134.
        PicturesMissing: IR138.
    """
    golden = read_text(path)
    try:
        if golden.header.picture is not None:
            pictures = _read_pictures(path.parent, golden.header.picture)
            golden = msgspec.structs.replace(golden, pictures=pictures)
        name = golden.header.buffers
        if name is None:
            return golden
        arrays = _read_buffers(path.parent, name)
        _check_complete(golden, arrays, name)
        return msgspec.structs.replace(golden, arrays=arrays)
    except IrrunError as error:
        raise error.at(file=str(path)) from None


def read_text(path: Path) -> Golden:
    """Read a golden without the buffers and pictures beside it.

    Raises:
        CannotRead: IR100.
        NotAGolden, GoldenVersionUnknown: IR130, IR131.
    """
    try:
        return parse_golden(read_file(path))
    except IrrunError as error:
        raise error.at(file=str(path)) from None


def write_golden(path: Path, golden: Golden) -> None:
    """Write a golden; whenever this is interrupted, the old one is whole or the new one is.

    Buffers and pictures go first, into files named for their content, so a golden never names
    what is not there; what the golden before had is removed last.

    Raises:
        OSError: The folder cannot be written to.
    """
    header = golden.header
    if golden.arrays:
        data = _buffer_bytes(golden.arrays)
        name = f"{path.name}.{byte_digest(data)[:12]}{_BUFFERS}"
        with replacing(path.parent / name, about="golden") as file:
            file.write(data)
        header = msgspec.structs.replace(header, buffers=name)
    else:
        header = msgspec.structs.replace(header, buffers=None)
    header = _with_pictures_written(path, header, golden.pictures)
    with replacing(path, about="golden") as file:
        file.write(golden_bytes(Golden(header, golden.frames)))
    _remove_belongings(path, keep=_belongings(header))


def _with_pictures_written(
    path: Path, header: GoldenHeader, pictures: Mapping[int, bytes]
) -> GoldenHeader:
    """Write the pictures that are not there yet; return the header with their names."""
    if header.picture is None:
        return header
    shots = []
    for shot in header.picture.shots:
        data = pictures.get(shot.frame)
        name = None
        if data is not None:
            name = f"{path.name}.{shot.frame}.{byte_digest(data)[:12]}{_PICTURE}"
            with replacing(path.parent / name, about="golden") as file:
                file.write(data)
        shots.append(msgspec.structs.replace(shot, file=name))
    picture = msgspec.structs.replace(header.picture, shots=tuple(shots))
    return msgspec.structs.replace(header, picture=picture)


def _belongings(header: GoldenHeader) -> frozenset[str]:
    """Return the names of the files beside a golden that it names."""
    shots = () if header.picture is None else header.picture.shots
    names = {header.buffers, *(shot.file for shot in shots)}
    return frozenset(name for name in names if name is not None)


def image_path(path: Path, frame: int) -> Path:
    """Return where expected, got and difference of a frame are shown, for new output."""
    return path.with_name(f"{path.name}.{frame}{_IMAGE}")


def write_images(path: Path, images: Mapping[int, bytes]) -> dict[int, Path]:
    """Write the pictures that show differences beside new output that was written.

    Raises:
        OSError: The folder cannot be written to.
    """
    for frame, data in images.items():
        with replacing(image_path(path, frame), about="golden") as file:
            file.write(data)
    return {frame: image_path(path, frame) for frame in images}


def remove_golden(path: Path) -> None:
    """Remove a golden, its buffers and its pictures, if they are there."""
    path.unlink(missing_ok=True)
    _remove_belongings(path, keep=frozenset())


def _remove_belongings(path: Path, keep: frozenset[str]) -> None:
    for other in path.parent.iterdir():
        name = other.name
        is_own = name.startswith(path.name) and BELONGS.fullmatch(name, len(path.name)) is not None
        if is_own and name not in keep:
            other.unlink(missing_ok=True)


def _buffer_bytes(arrays: Mapping[str, Array]) -> bytes:
    """Return arrays as an .npz file: no times, no compression, so the same on every machine."""
    out = io.BytesIO()
    named = {digest: one_nan_copy(arrays[digest]) for digest in sorted(arrays)}
    np.savez(out, allow_pickle=False, **named)
    return out.getvalue()


def _check_complete(golden: Golden, arrays: Mapping[str, Array], name: str) -> None:
    """Refuse buffers that are another golden's: every array that it names must be there."""
    for frame in golden.frames:
        for text in frame.changed.values():
            for summary in array_summaries(decoded(text)):
                array = arrays.get(summary["digest"])
                if array is None or not _is_described(array, summary):
                    missing = f"frame {frame.index} names an array that is not in it"
                    raise BuffersMissing(file=name, detail=missing)


def _is_described(array: Array, summary: Mapping[str, Any]) -> bool:
    """True if a summary says of an array what it is."""
    return (array.dtype.name, list(array.shape)) == (summary["dtype"], summary["shape"])


def _read_pictures(folder: Path, picture: GoldenPicture) -> dict[int, bytes]:
    """Read the pictures; each must be what its name says."""
    found: dict[int, bytes] = {}
    for shot in picture.shots:
        name = shot.file
        if name is None:
            continue
        if Path(name).name != name or not name.endswith(_PICTURE):
            raise PicturesMissing(file=name, detail="it is no picture beside the golden")
        try:
            data = read_file(folder / name)
        except IrrunError as error:
            raise PicturesMissing(file=name, detail=sentence_of(error)) from None
        if name.removesuffix(_PICTURE)[-12:] != byte_digest(data)[:12]:
            raise PicturesMissing(file=name, detail="it is damaged")
        found[shot.frame] = data
    return found


def _read_buffers(folder: Path, name: str) -> dict[str, Array]:
    """Read the whole buffers; each must be what its digest says."""
    if Path(name).name != name:
        raise BuffersMissing(file=name, detail="it is not beside the golden")
    try:
        data = read_file(folder / name, most=RECORDED_BYTES)
        arrays = arrays_of(data)
    except Exception as error:  # zipfile and numpy have many ways to complain
        raise BuffersMissing(file=name, detail=sentence_of(error)) from None
    for digest, array in arrays.items():
        if array_digest(array) != digest:
            raise BuffersMissing(file=name, detail=f"array {digest} is damaged")
    return arrays

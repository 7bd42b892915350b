"""Golden files on disk: the text, and beside it the whole buffers if they were recorded."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from irrun.errors import IrrunError
from irrun.errors.golden import BuffersMissing
from irrun.errors.loading import CannotRead
from irrun.golden.document import Golden
from irrun.golden.text import golden_bytes, parse_golden
from irrun.golden.values import array_digest, short_digest
from irrun.ir.values import Array
from irrun.trace.files import replacing

SUFFIX: Final = ".golden"
NEW_SUFFIX: Final = ".golden.new"
_BUFFERS: Final = ".npz"


def read_golden(path: Path) -> Golden:
    """Read a golden and the buffers beside it.

    Raises:
        CannotRead: IR100.
        NotAGolden, GoldenVersionUnknown, BuffersMissing: IR130, IR131, IR134.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CannotRead(name=str(path), reason=error.strerror or str(error)) from None
    try:
        golden = parse_golden(data)
        name = golden.header.buffers
        if name is None:
            return golden
        arrays = _read_buffers(path.parent, name)
        _check_complete(golden, arrays, name)
        return Golden(golden.header, golden.frames, arrays)
    except IrrunError as error:
        raise error.at(file=str(path)) from None


def write_golden(path: Path, golden: Golden) -> None:
    """Write a golden; whenever this is interrupted, the old one is whole or the new one is.

    The buffers go first, into a file named for their content, so a golden never names buffers
    that are not there; what the golden before had is removed last.

    Raises:
        OSError: The folder cannot be written to.
    """
    header = golden.header
    if golden.arrays:
        data = _buffer_bytes(golden.arrays)
        name = f"{path.name}.{short_digest(data)[:12]}{_BUFFERS}"
        with replacing(path.parent / name) as file:
            file.write(data)
        header = msgspec.structs.replace(header, buffers=name)
    else:
        header = msgspec.structs.replace(header, buffers=None)
    with replacing(path) as file:
        file.write(golden_bytes(Golden(header, golden.frames)))
    _remove_buffers(path, keep=header.buffers)


def remove_golden(path: Path) -> None:
    """Remove a golden and its buffers, if they are there."""
    path.unlink(missing_ok=True)
    _remove_buffers(path, keep=None)


def _remove_buffers(path: Path, keep: str | None) -> None:
    # `bus.golden.new.<digest>.npz` belongs to another file than `bus.golden.<digest>.npz`.
    length = len(path.name) + 1 + 12 + len(_BUFFERS)
    for other in path.parent.iterdir():
        is_own = other.name.startswith(path.name + ".") and other.name.endswith(_BUFFERS)
        if is_own and len(other.name) == length and other.name != keep:
            other.unlink(missing_ok=True)


def _buffer_bytes(arrays: Mapping[str, Array]) -> bytes:
    """Return arrays as an .npz file: no times, no compression, so the same on every machine."""
    out = io.BytesIO()
    named = {digest: arrays[digest] for digest in sorted(arrays)}
    np.savez(out, allow_pickle=False, **named)
    return out.getvalue()


_DIGEST: Final = re.compile(rb'"digest": "([0-9a-f]{32})"')


def _check_complete(golden: Golden, arrays: Mapping[str, Array], name: str) -> None:
    """Refuse buffers that are another golden's: every array that it names must be there."""
    for frame in golden.frames:
        for text in frame.changed.values():
            for digest in _DIGEST.findall(text):
                if digest.decode() not in arrays:
                    missing = f"frame {frame.index} names an array that is not in it"
                    raise BuffersMissing(file=name, detail=missing)


def _read_buffers(folder: Path, name: str) -> dict[str, Array]:
    """Read the whole buffers; each must be what its digest says."""
    if Path(name).name != name:
        raise BuffersMissing(file=name, detail="it is not beside the golden")
    try:
        with (folder / name).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {digest: file[digest] for digest in file.files}
    except OSError as error:
        raise BuffersMissing(file=name, detail=error.strerror or str(error)) from None
    except Exception as error:  # zipfile and numpy have many ways to complain
        raise BuffersMissing(file=name, detail=str(error)) from None
    for digest, array in arrays.items():
        if array_digest(array) != digest:
            raise BuffersMissing(file=name, detail=f"array {digest} is damaged")
    return arrays

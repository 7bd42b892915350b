"""MessagePack bytes <-> plain objects (ir-schema 19.3, 19.4)."""

from typing import Any, Final

import msgpack

from irrun.errors import Malformed
from irrun.errors.loading import (
    BadMsgpack,
    BadTypedArray,
    LimitExceeded,
    RecordExtension,
    UnknownExtension,
)
from irrun.ir.typed_array import TypedArray
from irrun.limits import VALUES
from irrun.numerics.convert import one_nan
from irrun.program.reading.findings import Findings
from irrun.program.reading.json_text import too_many_values
from irrun.program.reading.msgpack_extensions import (
    ARRAY_CODES,
    EXT_NAMES,
    EXT_RECORD,
    EXT_TYPED_ARRAY,
    EXT_UNDEFINED,
)
from irrun.program.reading.msgpack_fault import find_fault


def parse_msgpack(data: bytes, findings: Findings) -> Any:
    """Read one MessagePack value.

    Raises:
        BadMsgpack: IR103, with the byte offset where the data breaks.
        RecordExtension: IR106, msgpackr records.
        UnknownExtension: IR107, an extension type that cannot be part of a program.
        BadTypedArray: IR113, a typed-array extension that cannot be read.
        LimitExceeded: IR105, nested too deep or too many members.
    """
    if data[:2] == b"\xd4\x72":
        raise RecordExtension().at(byte=0)

    longest = min(len(data), VALUES.value)
    hooks = _CountingHooks(findings)
    try:
        value = msgpack.unpackb(
            data,
            strict_map_key=False,
            list_hook=hooks.of_list,
            object_pairs_hook=hooks.of_map,
            ext_hook=_read_extension,
            max_array_len=longest,
            max_map_len=longest,
        )
    except LimitExceeded:
        raise
    except Malformed as error:
        fault = find_fault(data)
        is_extension = fault is not None and fault.extension is not None
        raise error.at(byte=fault.byte) if fault and is_extension else error from None
    except (msgpack.UnpackException, ValueError, TypeError, MemoryError) as error:
        raise _explain(data, error) from None
    return value


class _CountingHooks:
    """Makes lists and maps, and refuses more values than a document may have as soon as it can."""

    def __init__(self, findings: Findings) -> None:
        self._record = findings.record_builder()
        self._most = VALUES.value
        self._count = 0

    def of_list(self, members: list[Any]) -> list[Any]:
        """Count a list."""
        self._count += len(members)
        if self._count > self._most:
            raise too_many_values(self._count)
        return members

    def of_map(self, members: list[tuple[Any, Any]]) -> dict[Any, Any]:
        """Count and make a map."""
        self._count += len(members)
        if self._count > self._most:
            raise too_many_values(self._count)
        return self._record(members)


def _explain(data: bytes, error: Exception) -> Malformed:
    """Return what is wrong with bytes that the library refused, and where."""
    fault = find_fault(data)
    if fault is None:
        return BadMsgpack(detail=str(error) or type(error).__name__)
    if fault.extension == EXT_RECORD:
        return RecordExtension().at(byte=fault.byte)
    if fault.is_limit:
        return LimitExceeded(what=fault.detail, got=fault.got, limit=fault.limit).at(
            byte=fault.byte
        )
    return BadMsgpack(detail=fault.detail).at(byte=fault.byte)


def _read_extension(code: int, data: bytes) -> Any:
    if code == EXT_UNDEFINED:
        return None
    if code == EXT_RECORD:
        raise RecordExtension()
    if code != EXT_TYPED_ARRAY:
        raise UnknownExtension(type=code, name=EXT_NAMES.get(code, "unknown"))
    if not data or data[0] not in ARRAY_CODES:
        raise BadTypedArray(detail=f"extension 0x74 has the unknown element code {data[:1].hex()}")
    try:
        return TypedArray.from_bytes(ARRAY_CODES[data[0]], data[1:])
    except ValueError:
        element = ARRAY_CODES[data[0]]
        raise BadTypedArray(
            detail=f"{len(data) - 1} bytes are no whole {element} elements"
        ) from None


def emit_msgpack(document: Any) -> bytes:
    """Return plain objects as MessagePack with sorted keys; typed arrays as raw bytes (bin).

    A typed array whose field does not tell its element type (in `constants.json` and
    `initialSlotValues`) keeps it through extension 0x74.
    """
    packed = msgpack.packb(_sorted(document, ()), use_bin_type=True)
    assert isinstance(packed, bytes)
    return packed


_CODE_OF: Final = {element: code for code, element in ARRAY_CODES.items() if code != 16}


def _sorted(value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        keyed = sorted((str(key), item) for key, item in value.items())
        return {key: _sorted(item, (*path, key)) for key, item in keyed}
    if isinstance(value, list | tuple):
        return [_sorted(item, (*path, 0)) for item in value]
    if isinstance(value, TypedArray):
        if len(path) == 2 and path[0] == "constants":
            return value.tobytes()
        return msgpack.ExtType(EXT_TYPED_ARRAY, bytes([_CODE_OF[value.element]]) + value.tobytes())
    return one_nan(value) if isinstance(value, float) else value

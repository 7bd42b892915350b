"""MessagePack bytes <-> plain objects (ir-schema 19.3, 19.4)."""

from typing import Any, Final

import msgpack

from irrun.errors import Malformed
from irrun.errors.loading import (
    BadMsgpack,
    BadTypedArray,
    RecordExtension,
    UnknownExtension,
)
from irrun.ir.typed_array import TypedArray
from irrun.limits import DEPTH, VALUES
from irrun.numerics.convert import one_nan
from irrun.program.reading.findings import Findings
from irrun.program.reading.plain.msgpack_extensions import (
    ARRAY_CODES,
    EXT_NAMES,
    EXT_RECORD,
    EXT_TYPED_ARRAY,
    EXT_UNDEFINED,
)
from irrun.program.reading.plain.msgpack_tokens import count_tokens, find_fault


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
    check_size(data)
    longest = min(len(data), VALUES.value)
    try:
        return msgpack.unpackb(
            data,
            strict_map_key=False,
            object_pairs_hook=findings.record_builder(),
            ext_hook=_read_extension,
            max_array_len=longest,
            max_map_len=longest,
        )
    except Malformed as error:
        fault = find_fault(data)
        is_extension = fault is not None and fault.extension is not None
        raise error.at(byte=fault.byte) if fault and is_extension else error from None
    except msgpack.ExtraData as error:
        count = len(error.extra)
        detail = f"{count} extra bytes after the value (msgpackr records look like this)"
        raise BadMsgpack(detail=detail).at(byte=len(data) - count) from None
    except msgpack.StackError:
        raise DEPTH.exceeded("the nesting of lists and maps", f"over {DEPTH.value}") from None
    except TypeError:
        raise BadMsgpack(detail="a key is a list or a map") from None
    except (msgpack.UnpackException, ValueError):
        raise _explain(data) from None
    except MemoryError:  # also where a length is claimed that there are no bytes for
        if find_fault(data) is None:
            raise
        raise _explain(data) from None


def check_size(data: bytes) -> None:
    """Refuse a document of too many values before anything is made of it.

    Raises:
        LimitExceeded: IR105.
    """
    most = VALUES.value
    # Each value takes a byte at least: most files need not be counted.
    if len(data) > most and count_tokens(data, most) > most:
        raise VALUES.exceeded("the size of the document", f"over {most}")


def _explain(data: bytes) -> Malformed:
    """Return what is wrong with bytes that the library refused, and where."""
    fault = find_fault(data)
    if fault is None:
        at = len(data)
        return BadMsgpack(detail="the data ends where another value is due").at(byte=at)
    if fault.extension == EXT_RECORD:
        return RecordExtension().at(byte=fault.byte)
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

"""Plain values -> values of the schema's types, along the types' own annotations.

One walk does it all: every spelling that producers use is brought into the declared one (null
members dropped, integral floats made integers, typed arrays read, old forms rewritten, unknown
fields put aside), each value is checked, and the records are made. What is missing, wrong or
unknown is told where it is found, with its path (ir-schema section 19.5).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from irrun.errors import Malformed
from irrun.errors.loading import (
    KeyCollision,
    MissingField,
    OldForm,
)
from irrun.errors.showing import nearest
from irrun.ir.typed_array import TypedArray
from irrun.ir.types import MAX_INDEX
from irrun.program.paths import Path, path_text
from irrun.program.reading.free_data import read_free
from irrun.program.reading.kinds import unknown_kind
from irrun.program.reading.scalars import Integer, Number, choice, read_text, read_truth
from irrun.program.reading.typed_arrays import read_typed_array
from irrun.program.reading.walk import BROKEN, Reader, Walk


def reader(hint: Any) -> Reader:
    """Return what reads values of a schema type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(*arguments)
    if origin is Literal:
        return choice(arguments)
    if origin is tuple:
        return _list(arguments[0])
    if origin is Mapping:
        return _map(*arguments)
    if origin in (Union, UnionType):
        return _union([option for option in arguments if option is not type(None)])
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        if hint.__struct_config__.tag is not None:
            return _record_union([hint])
        return lambda walk, value, path: record_reader(hint)(walk, value, path)
    return _PLAIN.get(hint, read_free)


def _annotated(inner: Any, meta: Any) -> Reader:
    extra = meta.extra or {}
    if "element" in extra:
        return lambda walk, value, path: read_array(extra["element"], walk, value, path)
    if extra.get("handle"):
        return _read_handle
    return Integer(meta.ge, meta.le) if inner is int else reader(inner)


# --- Single values ----------------------------------------------------------------------------


def _read_handle(walk: Walk, value: Any, path: Path) -> Any:
    """Read a slot value; null members of a handle count as absent."""
    free = read_free(walk, value, path)
    if isinstance(free, dict) and "kind" in free:
        return {name: member for name, member in free.items() if member is not None}
    return free


def read_array(element: str, walk: Walk, value: Any, path: Path) -> Any:
    """Read a typed array in any of its spellings."""
    try:
        return read_typed_array(element, value, path, walk.findings)
    except Malformed as error:
        return walk.broken(error, path)


_PLAIN: Final[dict[Any, Reader]] = {
    str: read_text, bool: read_truth, int: Integer(), float: Number(), Any: read_free,
}  # fmt: skip


# --- Lists and maps ---------------------------------------------------------------------------


def _list(item: Any) -> Reader:
    if item is Any:
        return _read_free_list
    read_item = reader(item)
    bulk: Callable[[list[Any]], Any] = getattr(read_item, "bulk", lambda values: None)
    is_numeric = isinstance(read_item, Integer | Number)

    def read_list(walk: Walk, value: Any, path: Path) -> Any:
        if is_numeric and isinstance(value, TypedArray):
            value = value.tolist()
        if not isinstance(value, list):
            return walk.wrong("list", value, path)
        at_once = bulk(value)
        if at_once is not None:
            return at_once
        before = walk.failures
        items = tuple([read_item(walk, member, (path, i)) for i, member in enumerate(value)])
        return items if walk.failures == before else BROKEN

    return read_list


def _read_free_list(walk: Walk, value: Any, path: Path) -> Any:
    if not isinstance(value, list):
        return walk.wrong("list", value, path)
    free = read_free(walk, value, path)
    return free if free is BROKEN else tuple(free)


def _map(key: Any, item: Any) -> Reader:
    read_item = reader(item)
    read_key = _read_text_key if key is str else _read_index_key

    def read_map(walk: Walk, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return walk.wrong("object", value, path)
        before = walk.failures
        result: dict[Any, Any] = {}
        for spelt, member in value.items():
            here = (path, str(spelt))
            name = read_key(walk, spelt, here)
            if name in result:
                walk.broken(KeyCollision(key=name), path)
            result[name] = read_item(walk, member, here)
        return result if walk.failures == before else BROKEN

    return read_map


def _read_text_key(walk: Walk, key: Any, path: Path) -> Any:
    return str(key)


def _read_index_key(walk: Walk, key: Any, path: Path) -> Any:
    """Read a decimal text, or an integral number, as an index (W2)."""
    if (isinstance(key, str) and _DECIMAL.match(key)) or (
        isinstance(key, float) and key.is_integer()
    ):
        key = int(key)  # exact: digits, or whole
    if type(key) is int and 0 <= key <= MAX_INDEX:
        return key
    return walk.wrong("a whole number from 0 as the key", key, path)


_DECIMAL: Final = re.compile(r"-?[0-9]{1,19}\Z")


# --- Records ----------------------------------------------------------------------------------


@cache
def record_reader(cls: type[msgspec.Struct]) -> Reader:
    """Return what reads records of one class."""
    fields = msgspec.structs.fields(cls)
    members = {field.encode_name: (field.name, reader(field.type)) for field in fields}
    required = {field.encode_name: field.name for field in fields if field.required}
    tag = cls.__struct_config__.tag_field
    upgrade = getattr(cls, "upgrade", None)

    def read_record(walk: Walk, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return walk.wrong("object", value, path)
        before = walk.failures
        if upgrade is not None:
            value = _upgraded(walk, upgrade, value, path)
        given: dict[str, Any] = {}
        for key, member in value.items():
            known = members.get(key)
            if known is not None:
                # For an optional field null is the same as absent; a required one is then missing.
                if member is not None:
                    given[known[0]] = known[1](walk, member, (path, key))
            elif key != tag:
                kept = read_free(walk, member, (path, str(key)))
                walk.put_aside(str(key), kept, path, (k for k in members if k not in value))
        for wire, name in required.items():
            if name not in given:
                unknown = (str(key) for key in value if key not in members and key != tag)
                walk.broken(_missing(wire, unknown), path)
        return cls(**given) if walk.failures == before else BROKEN

    return read_record


_LOOKED_AT: Final = 100
"""Unknown fields of a record that are compared with the name of one that is missing."""


def _missing(wire: str, unknown: Iterable[str]) -> MissingField:
    """Return the error for an absent field; an unknown one of nearly that name may be it."""
    near = nearest(wire, islice(unknown, _LOOKED_AT))
    hint = None if near is None else f"is it meant by `{near}`?"
    return MissingField(name=wire, hint=hint)


def _upgraded(
    walk: Walk,
    upgrade: Callable[[dict[str, Any]], str | None],
    value: dict[str, Any],
    path: Path,
) -> dict[str, Any]:
    """Rewrite an older document form, on a copy."""
    copy = dict(value)
    try:
        what = upgrade(copy)
    except Malformed as error:
        inner = error.where.path or ""
        error.where = error.where._replace(path=path_text(path) + inner)
        walk.broken(error, path)
        return value
    if what is not None:
        walk.findings.add(OldForm, path_text(path), what, what=what)
    return copy


# --- Unions -----------------------------------------------------------------------------------


def _union(options: list[Any]) -> Reader:
    if len(options) == 1:
        return reader(options[0])
    records = [o for o in options if isinstance(o, type) and issubclass(o, msgspec.Struct)]
    return _record_union(records) if records else _plain_union(options)


def _plain_union(options: list[Any]) -> Reader:
    """Return what reads a text or a number; every other union has records only."""
    read_number = next(r for r in map(reader, options) if isinstance(r, Integer | Number))
    number = read_number.expected

    def read_plain(walk: Walk, value: Any, path: Path) -> Any:
        if type(value) is str:
            return value
        if type(value) in (int, float):
            return read_number(walk, value, path)
        return walk.wrong(f"text or {number}", value, path)

    return read_plain


def _record_union(records: list[type[msgspec.Struct]]) -> Reader:
    """Return what reads a record of several kinds, told apart by `kind`.

    One of them may have no kind: it is what has the first field that this one needs.
    """
    by_kind = {r.__struct_config__.tag: r for r in records}
    untagged = by_kind.pop(None, None)
    mark = _first_required(untagged) if untagged is not None else None

    def read_union(walk: Walk, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return walk.wrong("object", value, path)
        kind = value.get("kind")
        if kind is None and untagged is not None and mark in value:
            return record_reader(untagged)(walk, value, path)
        if kind is None:
            return walk.broken(MissingField(name="kind"), path)
        if type(kind) is not str:
            return walk.wrong("text", kind, (path, "kind"))
        if kind not in by_kind:
            return walk.broken(unknown_kind(kind, list(by_kind.values())), (path, "kind"))
        return record_reader(by_kind[kind])(walk, value, path)

    return read_union


def _first_required(cls: type[msgspec.Struct]) -> str:
    return next(field.encode_name for field in msgspec.structs.fields(cls) if field.required)

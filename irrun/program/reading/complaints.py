"""Put msgspec's complaints into irrun's words, with the exact path and what was expected."""

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec
import msgspec.structs
from msgspec import inspect

from irrun.errors import Malformed
from irrun.errors.loading import MissingField, UnknownKind, WrongType
from irrun.program.paths import path_keys, path_text, step_text

_COMPLAINT: Final = re.compile(
    r"(?P<what>.*?)(?: - at `(?P<key>key` in `)?(?P<path>.*)`)?\Z", re.DOTALL
)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>.*)`")
_EXPECTED: Final = re.compile(r"Expected (?P<expected>.*?)(?:, got (?P<got>.*))?\Z", re.DOTALL)

_FAMILIES: Final = {
    "Field": "field expression",
    "Signal": "signal expression",
    "Event": "event expression",
    "CacheDep": "cache dependency",
    "FiniteTime": "time model",
    "CastStep": "chain step",
    "NoCache": "cache key",
    "CircleProfile": "mesh profile",
    "LinearExtrude": "mesh extrusion",
    "OpcodeFn": "function",
    "SortKeyOrdering": "ordering input",
    "Instance2DBatch": "instance batch",
    "PathBatch": "path batch",
}
"""What the records of a union are called, by the first of them or by their base."""

_REFUSED_KINDS: Final = {
    (
        "field expression",
        "inputSlot",
    ): ": only the design documents have it; use broadcastSig",
    ("field expression", "sampleSignal"): ": only the design documents have it; use broadcastSig",
}


def translate(complaint: str, document: Any, root: Any) -> Malformed:
    """Return the error for one msgspec complaint about a tidied document of a schema type."""
    said = _COMPLAINT.match(complaint)
    assert said is not None
    keys = path_keys(said["path"] or "")
    if said["key"]:
        return _bad_key(document, root, keys)
    value, info, exact = _follow(document, _type_info(root), keys)
    path = path_text(exact)
    missing = _MISSING.match(said["what"])
    if missing:
        return MissingField(name=missing["name"]).at(path=path)
    if said["what"].startswith("Invalid value") and keys and keys[-1] == "kind":
        return _unknown_kind(value, info).at(path=path)
    expected = _EXPECTED.match(said["what"])
    wanted = _plain(expected["expected"]) if expected else _choices(info) or "another value"
    return WrongType(expected=wanted, got=describe(value)).at(path=path)


def parts(value: Any, cls: Any) -> Iterator[tuple[Any, Any, str]]:
    """Yield the parts of a value that a schema type declares: part, its type, step of the path.

    A value of the wrong sort has none, and neither has a record of unknown kind.
    """
    origin, arguments = get_origin(cls), get_args(cls)
    if origin is Annotated:
        yield from parts(value, arguments[0])
    elif isinstance(value, dict) and _record_type(value, cls) is not None:
        record = _record_type(value, cls)
        for field in _fields(record):
            if field.encode_name in value:
                yield value[field.encode_name], field.type, step_text(field.encode_name)
    elif isinstance(value, dict) and origin is Mapping:
        for key, member in value.items():
            yield member, arguments[1], step_text(str(key))
    elif isinstance(value, list) and origin is tuple:
        for i, member in enumerate(value):
            yield member, arguments[0], f"[{i}]"
    elif origin in (Union, UnionType):
        rest = [a for a in arguments if a is not type(None)]
        if len(rest) == 1:
            yield from parts(value, rest[0])


def missing_fields(value: Any, cls: Any) -> Iterator[str]:
    """Yield the required fields that a record does not have."""
    record = _record_type(value, cls) if isinstance(value, dict) else None
    for field in _fields(record) if record is not None else ():
        if field.required and field.encode_name not in value:
            yield field.encode_name


def bad_keys(value: Any, cls: Any) -> Iterator[tuple[Malformed, str]]:
    """Yield an error for each key of a map that is not what its schema type wants, and its step."""
    origin, arguments = get_origin(cls), get_args(cls)
    if origin in (Union, UnionType):
        for option in arguments:
            yield from bad_keys(value, option)
    elif origin is Mapping and isinstance(value, dict):
        for key in value:
            try:
                msgspec.convert(key, arguments[0])
            except msgspec.ValidationError:
                wanted = "a whole number from 0 as the key"
                yield WrongType(expected=wanted, got=describe(key)), step_text(str(key))


@cache
def _fields(cls: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(cls)


def _record_type(value: dict[Any, Any], cls: Any) -> Any:
    """Return the record class that a record of a schema type is, told by its kind in a union."""
    options = get_args(cls) if get_origin(cls) in (Union, UnionType) else (cls,)
    records = [o for o in options if isinstance(o, type) and issubclass(o, msgspec.Struct)]
    tagged = [r for r in records if r.__struct_config__.tag is not None]
    if tagged:
        return next((r for r in tagged if r.__struct_config__.tag == value.get("kind")), None)
    return records[0] if records else None


@cache
def _type_info(cls: Any) -> inspect.Type:
    return inspect.type_info(cls)


def _bad_key(document: Any, root: Any, keys: list[Any]) -> Malformed:
    """Return the error for a map whose key is no integer, or one out of range."""
    value, info, path = _follow(document, _type_info(root), keys)
    key = _offender(value, info)
    got = describe(key)
    at = path_text(path if key is None else (path, str(key)))
    return WrongType(expected="a whole number from 0 as the key", got=got).at(path=at)


def describe(value: Any) -> str:
    """Return a value as a few plain words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value!r}"
        case str():
            shown = value if len(value) <= 40 else value[:37] + "..."
            return f"the text {shown!r}"
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return type(value).__name__


def _follow(
    value: Any, info: inspect.Type, keys: list[str | int | None]
) -> tuple[Any, inspect.Type | None, Any]:
    """Walk down a path; return the value there, its declared type, and the exact path."""
    path: Any = None
    current: inspect.Type | None = info
    for key in keys:
        if key is None and isinstance(value, dict):
            key = _offender(value, current)
        owner = _struct_of(value, current)
        value = _member(value, key)
        member = _type_of_member(owner, current, key)
        if owner is not None and key == "kind" and member is None:
            return value, current, (path, "kind")
        # The keys of a map are texts in the document, also where they mean numbers.
        is_map = isinstance(_core(current), inspect.DictType)
        path = (path, "..." if key is None else str(key) if is_map else key)
        current = member
    return value, current, path


def _member(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def _offender(value: dict[Any, Any], info: inspect.Type | None) -> Any:
    """Return the first key of a map whose member (or which itself) does not convert."""
    core = _core(info)
    if not isinstance(core, inspect.DictType):
        return None
    for key, member in value.items():
        single: Any = {key: member}
        try:
            msgspec.convert(single, _python_type(core))
        except msgspec.ValidationError:
            return key
    return None


def _python_type(info: inspect.DictType) -> Any:
    """Rebuild just enough of a map's type to try single members."""
    return dict[_simple(info.key_type), _simple(info.value_type)]  # type: ignore[misc]


def _simple(info: inspect.Type) -> Any:
    match info:
        case inspect.IntType(ge=ge, le=le):
            return Annotated[int, msgspec.Meta(ge=ge, le=le)]
        case inspect.FloatType():
            return float
        case inspect.StrType():
            return str
        case inspect.StructType(cls=cls):
            return cls
        case inspect.Metadata(type=inner):
            return _simple(inner)
        case inspect.VarTupleType(item_type=item):
            return tuple[_simple(item), ...]  # type: ignore[misc]
        case inspect.UnionType(types=types):
            result: Any = _simple(types[0])
            for other in types[1:]:
                result |= _simple(other)
            return result
        case _:
            return Any


def _core(info: inspect.Type | None) -> inspect.Type | None:
    """Strip metadata and optionality."""
    while isinstance(info, inspect.Metadata):
        info = info.type
    if isinstance(info, inspect.UnionType):
        rest = [t for t in info.types if not isinstance(t, inspect.NoneType)]
        if len(rest) == 1:
            return _core(rest[0])
    return info


def _struct_of(value: Any, info: inspect.Type | None) -> inspect.StructType | None:
    """Return the record type that a value is declared to be, chosen by its kind in a union."""
    core = _core(info)
    if isinstance(core, inspect.StructType):
        found = _type_info(core.cls)
        return found if isinstance(found, inspect.StructType) else None
    if isinstance(core, inspect.UnionType) and isinstance(value, dict):
        structs = [t for t in core.types if isinstance(t, inspect.StructType)]
        chosen = [t for t in structs if t.tag == value.get("kind")] or structs
        return _struct_of(value, chosen[0]) if chosen else None
    return None


def _type_of_member(
    owner: inspect.StructType | None, info: inspect.Type | None, key: Any
) -> inspect.Type | None:
    if owner is not None:
        return next((f.type for f in owner.fields if f.encode_name == key), None)
    core = _core(info)
    if isinstance(core, inspect.VarTupleType):
        return core.item_type
    return core.value_type if isinstance(core, inspect.DictType) else None


def _unknown_kind(value: Any, info: inspect.Type | None) -> Malformed:
    core = _core(info)
    types = core.types if isinstance(core, inspect.UnionType) else (core,)
    structs = [t for t in types if isinstance(t, inspect.StructType)]
    known = [str(t.tag) for t in structs]
    family = _family(structs)
    reason = _REFUSED_KINDS.get((family, str(value)), "")
    near = difflib.get_close_matches(str(value), known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else "known kinds: " + ", ".join(known)
    return UnknownKind(kind=value, family=family, reason=reason, hint=hint)


def _family(structs: list[inspect.StructType]) -> str:
    """Return what a union's records are together."""
    if not structs:
        return "record"
    first = structs[0].cls
    shared = first.__mro__[1].__name__.removesuffix("Node")
    return _FAMILIES.get(first.__name__) or _FAMILIES.get(shared, shared.lower())


def _choices(info: inspect.Type | None) -> str | None:
    core = _core(info)
    if isinstance(core, inspect.LiteralType):
        return "one of " + ", ".join(f"`{value}`" for value in core.values)
    return None


def _plain(expected: str) -> str:
    """Use the words of the document: list and text for array and str."""
    words = {"array": "list", "str": "text", "int": "whole number", "float": "number",
             "bool": "true or false", "null": "null"}  # fmt: skip
    options = re.sub(r"`([^`]*)`", lambda m: " or ".join(
        words.get(word.strip(), word.strip()) for word in m[1].split("|") if word.strip() != "null"
    ), expected)  # fmt: skip
    return options.replace("whole number >= 0", "a whole number from 0")

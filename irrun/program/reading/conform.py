"""Plain objects -> typed document (ir-schema section 19.5).

Two passes. `Tidy` goes over the plain objects along the schema's types and brings every
tolerated spelling into the one that the schema declares: null members dropped, integral floats
made integers, typed arrays read, unknown fields put aside. Then msgspec converts and checks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from irrun.errors import Malformed
from irrun.errors.loading import (
    AbsentTable,
    KeyCollision,
    LimitExceeded,
    MissingField,
    OldForm,
    SpecialNumberText,
    UnknownExtension,
    UnknownField,
    WrongType,
)
from irrun.ir.typed_array import TypedArray
from irrun.limits import DEPTH, PROBLEMS
from irrun.program.document import ProgramIR
from irrun.program.paths import Path, path_text
from irrun.program.reading.complaints import bad_keys, describe, missing_fields, parts, translate
from irrun.program.reading.findings import Findings
from irrun.program.reading.typed_arrays import SPECIAL_NUMBERS, read_typed_array, typed_record

_Tidier = Callable[["Tidy", Any, Path], Any]


class Broken:
    """Stands for a value whose problem is known already."""


BROKEN: Final = Broken()


class Tidy:
    """One pass over a document: what it found, and the unknown fields it put aside."""

    def __init__(self, findings: Findings, problems: list[Malformed] | None = None) -> None:
        self.findings = findings
        self.problems = problems
        """Takes every problem, so that the pass goes on; without it the first one is raised."""
        self.unknown: dict[str, Any] = {}

    def broken(self, error: Malformed) -> Broken:
        """Note a problem and return what stands in for the value; or raise it."""
        if self.problems is None or len(self.problems) >= PROBLEMS.value:
            raise error
        self.problems.append(error)
        return BROKEN

    def put_aside(self, name: str, value: Any, path: Path) -> None:
        """Keep an unknown field and report it once per kind of place."""
        text = path_text((path, name))
        self.unknown[text] = _free(self, value, (path, name))
        self.findings.add(UnknownField, text, text, name=name)


def conform(plain: Any, findings: Findings) -> tuple[ProgramIR, Mapping[str, Any]]:
    """Turn a plain document into a typed one.

    Returns:
        The document, and the unknown fields by JSON path.

    Raises:
        MissingField, WrongType, UnknownKind: IR110 to IR112, with the exact path.
        BadTypedArray, KeyCollision: IR113, IR114.
    """
    tidy = Tidy(findings)
    document = _tidied(tidy, plain)
    try:
        return msgspec.convert(document, ProgramIR, dec_hook=_keep), tidy.unknown
    except msgspec.ValidationError as error:
        raise translate(str(error), document, ProgramIR) from None


def schema_problems(plain: Any, findings: Findings) -> list[Malformed]:
    """Return everything that keeps a plain document from becoming a typed one.

    What `conform` stops at is the first of them, or another one of equal right. Warnings and
    notes go to `findings`.
    """
    problems: list[Malformed] = []
    try:
        document = _tidied(Tidy(findings, problems), plain)
    except Malformed:
        return problems  # as many as are collected
    collect_problems(document, ProgramIR, "$", problems)
    return problems


def _tidied(tidy: Tidy, plain: Any) -> Any:
    """Return a document with every tolerated spelling in the one that the schema declares."""
    for name in ("constants", "stateLayout", "outputs"):
        if isinstance(plain, dict) and plain.get(name) is None:
            tidy.findings.add(AbsentTable, "$", name, name=name)
    try:
        return _program_tidier()(tidy, plain, None)
    except Malformed as error:
        return tidy.broken(error)


def collect_problems(value: Any, cls: Any, path: str, problems: list[Malformed]) -> None:
    """Append what keeps a tidied value from being of a schema type.

    Only what does not convert is looked into, part by part, so a sound document costs one
    conversion, and a broken one as many as it is deep.
    """
    try:
        msgspec.convert(value, cls, dec_hook=_keep)
    except msgspec.ValidationError as error:
        if isinstance(value, Broken) or len(problems) >= PROBLEMS.value:
            return
        before = len(problems)
        inner = list(parts(value, cls))
        for part, part_type, step in inner:
            collect_problems(part, part_type, path + step, problems)
        problems += [MissingField(name=name).at(path=path) for name in missing_fields(value, cls)]
        problems += [error.at(path=path + step) for error, step in bad_keys(value, cls)]
        if len(problems) == before and not any(isinstance(p, Broken) for p, _, _ in inner):
            problems.append(within(translate(str(error), value, cls), path))


def within(error: Malformed, path: str) -> Malformed:
    """Return an error whose path starts at a part, with the path of the whole."""
    error.where = replace(error.where, path=path + (error.where.path or "$").removeprefix("$"))
    return error


@cache
def _program_tidier() -> _Tidier:
    return _tidier(inspect.type_info(ProgramIR))


def _keep(cls: type, value: Any) -> Any:
    """Let msgspec pass typed arrays through."""
    return value


def _tidier(info: inspect.Type) -> _Tidier:
    """Return the function that tidies values of one schema type."""
    match info:
        case inspect.Metadata(type=inspect.CustomType(), extra=extra):
            return _array_tidier((extra or {})["element"])
        case inspect.Metadata(type=inspect.AnyType(), extra={"handle": True}):
            return _tidy_handle
        case inspect.Metadata(type=inner):
            return _tidier(inner)
        case inspect.StructType():
            return _lazy_struct_tidier(info)
        case inspect.UnionType(types=types):
            return _union_tidier(types)
        case inspect.VarTupleType(item_type=item):
            return _list_tidier(_tidier(item))
        case inspect.DictType(key_type=key, value_type=value):
            is_integer = isinstance(_core(key), inspect.IntType)
            return _map_tidier(_tidier(value), is_integer)
        case inspect.IntType():
            return _tidy_integer
        case inspect.FloatType():
            return _tidy_number
        case inspect.AnyType():
            return _free
        case inspect.LiteralType(values=values) if isinstance(values[0], int):
            return _tidy_integer
        case _:
            return _as_is


def _core(info: inspect.Type) -> inspect.Type:
    return info.type if isinstance(info, inspect.Metadata) else info


def _as_is(tidy: Tidy, value: Any, path: Path) -> Any:
    """Let msgspec judge what is plain; refuse what has no place in a typed field."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    raise WrongType(expected="plain data", got=describe(value)).at(path=path_text(path))


def _tidy_integer(tidy: Tidy, value: Any, path: Path) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _as_is(tidy, value, path)


def _tidy_number(tidy: Tidy, value: Any, path: Path) -> Any:
    if isinstance(value, str) and value in SPECIAL_NUMBERS:
        tidy.findings.add(SpecialNumberText, path_text(path), value, text=value)
        return SPECIAL_NUMBERS[value]
    return _as_is(tidy, value, path)


def _tidy_handle(tidy: Tidy, value: Any, path: Path) -> Any:
    """Tidy a slot value; null members of a handle count as absent."""
    free = _free(tidy, value, path)
    if isinstance(free, dict) and "kind" in free:
        return {name: member for name, member in free.items() if member is not None}
    return free


_PLAIN: Final = frozenset({type(None), bool, float, str, int})


def _stays(value: list[Any]) -> bool:
    """True if a list of free data stays as it is: long ones are not gone through one by one."""
    kinds = set(map(type, value))
    return kinds <= _PLAIN and (
        int not in kinds or not any(type(v) is int and abs(v) >= 2**53 for v in value)
    )


def _free(tidy: Tidy, value: Any, path: Path, depth: int = 0) -> Any:
    """Tidy free data: text keys, doubles, nothing that JSON or a typed array cannot say."""
    if isinstance(value, dict | list) and depth > DEPTH.value:
        raise LimitExceeded(
            what="the nesting of lists and objects", got=depth, limit=DEPTH.value
        ).at(path=path_text(path))
    if isinstance(value, dict):
        # Before its numbers become doubles: a typed array may hold integers of 64 bits.
        typed = typed_record(value)
        return _free_record(tidy, value, path, depth) if typed is None else typed
    if isinstance(value, list):
        if _stays(value):
            return value
        return [_free(tidy, v, (path, i), depth + 1) for i, v in enumerate(value)]
    if isinstance(value, int) and abs(value) >= 2**53 and not isinstance(value, bool):
        return float(value)  # all numbers are doubles
    if value is None or isinstance(value, bool | int | float | str | bytes | TypedArray):
        return value
    name = type(value).__name__.lower()
    raise UnknownExtension(type=-1, name=name).at(path=path_text(path))


def _free_record(tidy: Tidy, value: dict[Any, Any], path: Path, depth: int) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for key, member in value.items():
        name = str(key)
        if name in record:
            raise KeyCollision(key=repr(name)).at(path=path_text(path))
        record[name] = _free(tidy, member, (path, name), depth + 1)
    return record


def _array_tidier(element: str) -> _Tidier:
    return lambda tidy, value, path: read_typed_array(element, value, path, tidy.findings)


def _never(value: list[Any]) -> bool:
    return False


_STAYS: Final[dict[_Tidier, Callable[[list[Any]], bool]]] = {
    _free: _stays,
    _tidy_integer: lambda value: set(map(type, value)) <= {int},
    _tidy_number: lambda value: set(map(type, value)) <= {int, float},
}
"""Tells of whole lists whether tidying each member would change nothing."""


def _list_tidier(item: _Tidier) -> _Tidier:
    of_numbers = item in (_tidy_integer, _tidy_number)
    stays = _STAYS.get(item, _never)

    def tidy_list(tidy: Tidy, value: Any, path: Path) -> Any:
        if isinstance(value, TypedArray) and of_numbers:
            value = value.tolist()
        if not isinstance(value, list):
            return _as_is(tidy, value, path)
        if stays(value):
            return value
        if tidy.problems is None:
            return [item(tidy, member, (path, i)) for i, member in enumerate(value)]
        return [_tidied_part(tidy, item, member, (path, i)) for i, member in enumerate(value)]

    return tidy_list


def _tidied_part(tidy: Tidy, tidier: _Tidier, value: Any, path: Path) -> Any:
    """Tidy a part of a document whose problems are collected."""
    try:
        return tidier(tidy, value, path)
    except Malformed as error:
        return tidy.broken(error)


def _map_tidier(item: _Tidier, integer_keys: bool) -> _Tidier:
    def tidy_map(tidy: Tidy, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return _as_is(tidy, value, path)
        result: dict[Any, Any] = {}
        for key, member in value.items():
            name = _integer_key(key) if integer_keys else str(key)
            if name in result:
                raise KeyCollision(key=name).at(path=path_text(path))
            try:
                result[name] = item(tidy, member, (path, str(key)))
            except Malformed as error:
                result[name] = tidy.broken(error)
        return result

    return tidy_map


def _integer_key(key: Any) -> Any:
    """Read a decimal text, or an integral number, as an integer; leave the rest to be refused."""
    if isinstance(key, float) and key.is_integer():
        return int(key)
    if isinstance(key, str) and _DECIMAL.match(key):
        return int(key)
    return key


_DECIMAL: Final = re.compile(r"-?[0-9]{1,19}\Z")


def _union_tidier(types: tuple[inspect.Type, ...]) -> _Tidier:
    structs = {t.tag: _tidier(t) for t in types if isinstance(t, inspect.StructType)}
    others = [t for t in types if not isinstance(t, inspect.StructType | inspect.NoneType)]
    # Of `str | int` the integer is the one with two spellings.
    integers = [t for t in others if isinstance(_core(t), inspect.IntType)]
    plain = _tidier((integers or others)[0]) if len(others) == 1 or integers else _as_is

    def tidy_union(tidy: Tidy, value: Any, path: Path) -> Any:
        if isinstance(value, dict) and structs:
            only = next(iter(structs.values())) if len(structs) == 1 else None
            kind = value.get("kind")
            if kind is None and only is None:
                raise MissingField(name="kind").at(path=path_text(path))
            known = structs.get(kind, only) if isinstance(kind, str | None) else only
            return value if known is None else known(tidy, value, path)
        return value if value is None else plain(tidy, value, path)

    return tidy_union


_STRUCT_TIDIERS: Final[dict[type[msgspec.Struct], _Tidier]] = {}


def _lazy_struct_tidier(info: inspect.StructType) -> _Tidier:
    """Return the tidier of a record, which is made when the first such record is met."""

    def tidy_record(tidy: Tidy, value: Any, path: Path) -> Any:
        tidier = _STRUCT_TIDIERS.get(info.cls)
        if tidier is None:
            tidier = _STRUCT_TIDIERS[info.cls] = _struct_tidier(info)
        return tidier(tidy, value, path)

    return tidy_record


def _struct_tidier(info: inspect.StructType) -> _Tidier:
    cls = info.cls
    fields = {field.encode_name: _tidier(field.type) for field in info.fields}
    tag = info.tag_field
    upgrade = getattr(cls, "upgrade", None)

    def tidy_struct(tidy: Tidy, value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return _as_is(tidy, value, path)
        if tag is not None and value.get(tag) is None:
            raise MissingField(name=tag).at(path=path_text(path))
        if upgrade is not None:
            value = _upgraded(tidy, upgrade, value, path)
        result: dict[str, Any] = {}
        for key, member in value.items():
            tidy_member = fields.get(key)
            if tidy_member is not None:
                # For an optional field null is the same as absent; a required one is then missing.
                if member is not None:
                    try:
                        result[key] = tidy_member(tidy, member, (path, key))
                    except Malformed as error:
                        result[key] = tidy.broken(error)
            elif key == tag:
                result[key] = member
            else:
                tidy.put_aside(str(key), member, path)
        return result

    return tidy_struct


def _upgraded(
    tidy: Tidy,
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
        error.where = replace(error.where, path=path_text(path) + inner)
        raise
    if what is not None:
        tidy.findings.add(OldForm, path_text(path), what, what=what)
    return copy

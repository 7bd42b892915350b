"""Data that the schema leaves free: constants, slot values, parameters, unknown fields."""

from typing import Any, Final

from irrun.errors import Malformed
from irrun.errors.loading import KeyCollision, UnknownExtension
from irrun.ir.typed_array import TypedArray
from irrun.limits import DEPTH
from irrun.program.paths import Path
from irrun.program.reading.typed_arrays import typed_record
from irrun.program.reading.walk import Walk

_LEAVES: Final = frozenset({str, bool, type(None), float, bytes, TypedArray})
"""What stays as it is. Integers do where a double holds them."""
_FLAT: Final = _LEAVES | {int}
_EXACT: Final = 2**53


def read_free(walk: Walk, value: Any, path: Path) -> Any:
    """Tidy free data: text keys, doubles, nothing that JSON or a typed array cannot say.

    Lists and objects are changed in place. Nothing here recurses, so what is refused does not
    depend on how deep the caller's stack is; and lists of plain values cost no call for each.

    Problems that the walk is told of:
        LimitExceeded: IR105, nested too deep.
        UnknownExtension: IR107, a value that has no place in a program.
        KeyCollision: IR114, two keys are one text.
    """
    holder = [value]
    above = _length(path)
    stack: list[tuple[Any, Any]] = [(holder, iter((0,)))]
    keys: list[Any] = [None]
    while stack:
        container, left = stack[-1]
        for key in left:
            keys[-1] = key
            try:
                member = _settled(container, key, above + len(stack))
            except Malformed as error:
                here: Path = path
                for inner in keys[1:]:
                    here = (here, inner)
                return walk.broken(error, here)
            if member is not None:
                stack.append((member, iter(member if type(member) is dict else range(len(member)))))
                keys.append(None)
                break
        else:
            stack.pop()
            keys.pop()
    return holder[0]


def _length(path: Path) -> int:
    length = 0
    while path is not None:
        path, _ = path
        length += 1
    return length


def _settled(container: Any, key: Any, level: int) -> dict[str, Any] | list[Any] | None:
    """Settle one member of a list or object; return it if its own members are still to be."""
    member = container[key]
    kind = type(member)
    if kind in _LEAVES:
        return None
    if kind is int:
        if not -_EXACT < member < _EXACT:
            container[key] = float(member)  # all numbers are doubles
        return None
    if kind is not list and kind is not dict:
        raise UnknownExtension(type=-1, name=kind.__name__.lower())
    if level > DEPTH.value:
        raise DEPTH.exceeded("the nesting of lists and objects", level)
    if not member:
        return None
    if kind is list:
        return None if _is_flat(member) else member
    array = typed_record(member)
    if array is not None:
        container[key] = array
        return None
    if set(map(type, member)) != {str}:
        member = container[key] = _with_text_keys(member)
    return member  # type: ignore[no-any-return]


def _is_flat(values: list[Any]) -> bool:
    """True if a list holds no lists and objects; its integers are doubles then, if need be."""
    kinds = set(map(type, values))
    if not kinds <= _FLAT:
        return False
    if int in kinds and [v for v in values if type(v) is int and not -_EXACT < v < _EXACT]:
        values[:] = [float(v) if type(v) is int and not -_EXACT < v < _EXACT else v for v in values]
    return True


def _with_text_keys(record: dict[Any, Any]) -> dict[str, Any]:
    renamed = {str(key): member for key, member in record.items()}
    if len(renamed) < len(record):
        seen: set[str] = set()
        twice = next(n for n in map(str, record) if n in seen or seen.add(n))  # type: ignore[func-returns-value]
        raise KeyCollision(key=repr(twice))
    return renamed

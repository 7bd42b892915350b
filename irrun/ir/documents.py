"""Typed records -> the plain objects of a document."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec


def record_members(record: msgspec.Struct) -> dict[str, Any]:
    """Return a record's wire members by wire name, its kind first; absent ones are left out."""
    members: dict[str, Any] = {}
    config = record.__struct_config__
    if config.tag is not None:
        members[str(config.tag_field)] = config.tag
    for name, wire in zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True):
        value = getattr(record, name)
        if value is not None:
            members[wire] = value
    return members


def to_plain(value: Any, leaf: Callable[[Any], Any] = lambda value: value) -> Any:
    """Return records as objects, tuples as lists, keys as text; `leaf` converts all else."""
    if isinstance(value, msgspec.Struct):
        return {name: to_plain(member, leaf) for name, member in record_members(value).items()}
    if isinstance(value, Mapping):
        return {str(key): to_plain(member, leaf) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(member, leaf) for member in value]
    return leaf(value)

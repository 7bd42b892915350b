"""Typed records -> the plain objects of a document."""

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

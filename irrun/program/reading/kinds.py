"""What the kinds of a union are called together, and what is said of a kind that is none."""

from typing import Final

import msgspec

from irrun.errors import Malformed
from irrun.errors.loading import UnknownKind
from irrun.errors.showing import nearest

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
    "Instances2DPass": "pass",
    "KindRecord": "record",
}
"""What the records of a union are called, by the first of them or by their base."""

_REFUSED_KINDS: Final = {
    ("field expression", "inputSlot"): ": only the design documents have it; use broadcastSig",
    ("field expression", "sampleSignal"): ": only the design documents have it; use broadcastSig",
}


def unknown_kind(kind: str, records: list[type[msgspec.Struct]]) -> Malformed:
    """Return the error for a kind that none of a union's records has."""
    known = [str(record.__struct_config__.tag) for record in records]
    family = _family(records[0])
    reason = _REFUSED_KINDS.get((family, kind), "")
    near = nearest(kind, known)
    hint = f"did you mean `{near}`?" if near else "known kinds: " + ", ".join(known)
    return UnknownKind(kind=kind, family=family, reason=reason, hint=hint)


def _family(first: type[msgspec.Struct]) -> str:
    """Return what a union's records are together."""
    shared = first.__mro__[1].__name__.removesuffix("Node")
    return _FAMILIES.get(first.__name__) or _FAMILIES.get(shared, shared.lower())

"""Field expression nodes: 7 kinds, one value per domain element each (ir-schema section 11)."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from irrun.ir.buses import CombineSpec
from irrun.ir.expressions.functions import PureFn
from irrun.ir.types import (
    ChainId,
    ConstId,
    FieldId,
    Index,
    KindRecord,
    Record,
    SignalId,
    SlotId,
    TypeDesc,
    as_index,
)
from irrun.numerics.text import SPACE

_LEADING: Final = re.compile(rf"{SPACE}*([+-]?)([0-9]+)")
_TRAILING: Final = re.compile(r"([0-9]+)\Z")
_MAX_DIGITS: Final = 16


@cache
def field_id_of(expr_id: str) -> int | None:
    """Return the field id that a text means, or None if it means none.

    The integer that it begins with, else the number that it ends with (runtime-semantics 10.1).
    """
    leading = _LEADING.match(expr_id)
    found = leading[2] if leading is not None else _last_digits(expr_id)
    digits = found.lstrip("0") or "0"
    if leading is not None and leading[1] == "-" and digits != "0":
        return None
    return int(digits) if found and len(digits) <= _MAX_DIGITS else None  # exact: digits


def _last_digits(text: str) -> str:
    found = _TRAILING.search(text)
    return "" if found is None else found[1]


class FieldNode(KindRecord, frozen=True, kw_only=True):
    """What every field node has."""

    type: TypeDesc

    @property
    def operands(self) -> tuple[int, ...]:
        """Ids of all fields this node is made of."""
        return ()

    @property
    def signals(self) -> tuple[int, ...]:
        """Ids of all signals this node asks for."""
        return ()


def _param_signals(params: Mapping[str, Any] | None) -> tuple[int, ...]:
    """Return the signals named by `{"signalSlot": id}` parameters (ir-schema 11.4)."""
    named = (v.get("signalSlot") for v in (params or {}).values() if isinstance(v, dict))
    return tuple(i for i in map(as_index, named) if i is not None)


class ConstField(FieldNode, frozen=True, kw_only=True, tag="const"):
    """A constant: one value for all elements, or a list with one to an element."""

    const_id: ConstId


class BroadcastField(FieldNode, frozen=True, kw_only=True, tag="broadcastSig"):
    """A signal's value for every element."""

    sig: SignalId
    domain_slot: SlotId

    @property
    def signals(self) -> tuple[int, ...]:
        return (self.sig,)


class MapField(FieldNode, frozen=True, kw_only=True, tag="map"):
    """A unary function per element."""

    src: FieldId
    fn: PureFn
    params: Mapping[str, Any] | None = None

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.src,)

    @property
    def signals(self) -> tuple[int, ...]:
        return _param_signals(self.params)


class ZipField(FieldNode, frozen=True, kw_only=True, tag="zip"):
    """A binary function per element."""

    a: FieldId
    b: FieldId
    fn: PureFn
    params: Mapping[str, Any] | None = None

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.a, self.b)

    @property
    def signals(self) -> tuple[int, ...]:
        return _param_signals(self.params)


class SelectField(FieldNode, frozen=True, kw_only=True, tag="select"):
    """`t` where `cond` is not 0, else `f`."""

    cond: FieldId
    t: FieldId
    f: FieldId

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.cond, self.t, self.f)


class TransformField(FieldNode, frozen=True, kw_only=True, tag="transform"):
    """A transform chain per element."""

    src: FieldId
    chain: ChainId

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.src,)


class BusCombineField(FieldNode, frozen=True, kw_only=True, tag="busCombine"):
    """Terms combined per element, in list order."""

    bus_index: Index
    terms: tuple[FieldId, ...]
    combine: CombineSpec

    @property
    def operands(self) -> tuple[int, ...]:
        return self.terms


Field = (
    ConstField
    | BroadcastField
    | MapField
    | ZipField
    | SelectField
    | TransformField
    | BusCombineField
)


class FieldTable(Record, frozen=True, kw_only=True):
    """All field nodes; a node's index is its field id. `materialization` is never read."""

    nodes: tuple[Field, ...]
    materialization: Mapping[str, Any] | None = None

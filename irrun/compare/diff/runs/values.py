"""Compare what two runs hold in one slot or state cell."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from irrun.compare.diff.data.pair import Pair
from irrun.compare.lineage.parts import Ref
from irrun.compare.output.leaves import Leaf, LeafComparer
from irrun.compare.output.tolerance import EXACT, Tolerance
from irrun.compare.output.values import ValueRecorder
from irrun.ir.expressions.fields import field_id_of
from irrun.ir.render_frame import RenderFrame
from irrun.ir.types import Storage
from irrun.ir.values import (
    AnyFieldHandle,
    Array,
    Buffer,
    CombinedField,
    FieldRef,
    TransformedField,
)


class ValueComparer:
    """Compares values exactly first, which is fast, and looks closer where they differ."""

    def __init__(self, pair: Pair) -> None:
        self._walk = pair.expressions()
        self._numbers_in_a = {b: a for a, b in pair.slots.items()}

    def leaf(
        self, expected: Any, got: Any, storage: Storage = "object", tolerance: Tolerance = EXACT
    ) -> Leaf | None:
        """Return the first part in which two values differ beyond a tolerance, if any."""
        if is_same(expected, got) or self._are_same_field(expected, got):
            return None
        both = ValueRecorder(keep_arrays=True), ValueRecorder(keep_arrays=True)
        documents = both[0].value(expected), both[1].value(got)
        if isinstance(got, RenderFrame):
            documents = documents[0], in_numbers_of(documents[1], self._numbers_in_a)
        comparer = _comparer(both, tolerance, single=storage == "f32")
        found = next(comparer.differing(*documents), None)
        if found is None and isinstance(expected, AnyFieldHandle):
            return Leaf("", *documents, note="the field expressions differ")
        return found

    def cell_leaf(self, expected: Array, got: Array, tolerance: Tolerance = EXACT) -> Leaf | None:
        """Return the first element in which two state cells differ beyond a tolerance."""
        if is_same(expected, got):
            return None
        single = expected.dtype == np.float32
        both = ValueRecorder(keep_arrays=True), ValueRecorder(keep_arrays=True)
        documents = both[0].elements(expected), both[1].elements(got)
        return next(_comparer(both, tolerance, single=single).differing(*documents), None)

    def _are_same_field(self, expected: Any, got: Any) -> bool:
        """True for handles of field expressions that are the same all the way down."""
        if isinstance(expected, CombinedField) and isinstance(got, CombinedField):
            terms = len(expected.terms) == len(got.terms) and expected.mode == got.mode
            pairs = zip(expected.terms, got.terms, strict=False)
            return terms and all(self._are_same_field(a, b) for a, b in pairs)
        if isinstance(expected, TransformedField) and isinstance(got, TransformedField):
            chains = Ref("chain", expected.chain), Ref("chain", got.chain)
            return self._walk.same(*chains) and self._are_same_field(expected.source, got.source)
        if not isinstance(expected, FieldRef) or not isinstance(got, FieldRef):
            return False
        a, b = field_id_of(expected.expr_id), field_id_of(got.expr_id)
        if a is None or b is None:
            return expected == got
        return self._walk.same(Ref("field", a), Ref("field", b))


_SLOT_OF_PASS: Final = re.compile(r"-(\d+)\Z")


def in_numbers_of(frame: Any, slots: Mapping[int, int]) -> Any:
    """Return a frame's document with the slots that it names numbered as in the other program.

    A frame names its arrays, and its passes their domains, by slot (semantics 12.2).
    """
    if isinstance(frame, list):
        return [in_numbers_of(item, slots) for item in frame]
    if not isinstance(frame, dict):
        return frame
    found = {name: in_numbers_of(member, slots) for name, member in frame.items()}
    if isinstance(found.get("bufferId"), int):
        found["bufferId"] = slots.get(found["bufferId"], found["bufferId"])
    if isinstance(found.get("header"), dict):
        found["header"] = found["header"] | {"id": _pass_id(found["header"].get("id"), slots)}
    if "passes" in found and isinstance(found.get("buffers"), dict):
        items = found["buffers"].items()
        found["buffers"] = {str(slots.get(int(i), int(i))): array for i, array in items}
    return found


def _pass_id(text: Any, slots: Mapping[int, int]) -> Any:
    slot = _SLOT_OF_PASS.search(text) if isinstance(text, str) else None
    if slot is None:
        return text
    return f"{text[: slot.start()]}-{slots.get(int(slot[1]), int(slot[1]))}"


def _comparer(
    both: tuple[ValueRecorder, ValueRecorder], tolerance: Tolerance, *, single: bool
) -> LeafComparer:
    return LeafComparer(
        tolerance, single=single, expected_arrays=both[0].arrays, got_arrays=both[1].arrays
    )


def is_same(a: Any, b: Any) -> bool:
    """True if two values are certainly the same; NaN is NaN, -0 is not 0.

    False says nothing about values of many parts.
    """
    if isinstance(a, float) and isinstance(b, float):
        if a == b:
            return a != 0 or math.copysign(1, a) == math.copysign(1, b)
        return a != a and b != b
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, Buffer) and isinstance(b, Buffer):
        forms = (a.components, a.element), (b.components, b.element)
        return forms[0] == forms[1] and is_same(a.data, b.data)
    # A field's handle names a number, which may mean something else in the other program.
    return a is b and not isinstance(a, AnyFieldHandle)

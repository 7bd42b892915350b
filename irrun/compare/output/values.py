"""Slot and state values as a golden records them: numbers whole, large arrays in summary."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
import numpy as np

from irrun.compare.output.summaries import (
    components_kept,
    elements_kept,
    frame_arrays,
    learned_kept,
    numbers_kept,
)
from irrun.ir.render_frame import RenderFrame
from irrun.ir.values import Array, MeshBuffer
from irrun.numerics.convert import to_number
from irrun.numerics.digest import array_digest, shape_of
from irrun.numerics.text import SPECIAL_NUMBERS
from irrun.trace.values import RememberedArrays, number_document, value_document

GoldenVersion = Literal[1, 2]
GOLDEN_VERSION: Final = 2
"""What is written; of version 1 is what was recorded so, until it is recorded anew."""

LISTED: Final = 8
"""A state cell of up to so many elements is recorded whole."""

ABSENT: Final[dict[str, Any]] = {"kind": "absent"}
"""What stands for a value that is not there."""

ArrayStore = Mapping[str, Array]
"""Whole arrays by digest."""

_MESH: Final = {"positions": 3, "normals": 3, "uvs": 2}
"""Numbers of an element of a mesh's arrays."""

_KEPT: Final = re.compile(rb'"digest": "([0-9a-f]{32})", ("(?:all|sample)": [^{}]*)\}')
"""An array within the text of a value: its digest, and what is kept of it."""
_MOST_KNOWN: Final = 4096


class ValueRecorder:
    """Turns values into documents, and keeps the whole arrays behind them if asked to.

    Args:
        keep_arrays: Keep them.
        version: Of the format of goldens.
    """

    def __init__(
        self, *, keep_arrays: bool = False, version: GoldenVersion = GOLDEN_VERSION
    ) -> None:
        self.arrays: dict[str, Array] = {}
        self._keeps = keep_arrays
        self._version = version
        self._summaries = RememberedArrays(self._summary)
        self._flat = RememberedArrays(self._flat_summary)
        self._known: dict[bytes, bytes] = {}

    def value(self, value: Any) -> Any:
        """Return a slot's value as a document."""
        if self._version > 1 and isinstance(value, RenderFrame) and value.buffers:
            return self._frame(value)
        if self._version > 1 and isinstance(value, MeshBuffer):
            return self._mesh(value)
        return value_document(value, self._summaries)

    def learn(self, text: bytes) -> None:
        """Take over what a golden keeps of arrays: where the digest is the same, it is the same.

        So a check that finds all as it was need not compute it again.

        Args:
            text: A value of a golden of the version that is recorded.
        """
        if self._version > 1:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known.update(_KEPT.findall(text))

    def elements(self, elements: Array) -> Any:
        """Return a state cell: a number, a short list of numbers, or a summary."""
        if elements.size == 1:
            return number_document(elements[0].item())
        if elements.size <= LISTED:
            return [number_document(x) for x in elements.tolist()]
        return {"kind": "array"} | self._summary(elements, 1)

    def _frame(self, frame: RenderFrame) -> Any:
        """Return a render frame: what the elements of its arrays are, its passes tell."""
        document = value_document(msgspec.structs.replace(frame, buffers=None), self._summaries)
        known = frame_arrays(document)
        arrays = {}
        for i, array in (frame.buffers or {}).items():
            _, components = known.get(str(i), ("", 1))
            arrays[str(i)] = {"kind": "array"} | self._flat(array, components)
        return document | {"buffers": arrays}

    def _mesh(self, mesh: MeshBuffer) -> Any:
        document = value_document(mesh, self._summaries)
        for name, components in _MESH.items():
            array = getattr(mesh, name)
            if array is not None:
                document[name] = {"kind": "array"} | self._flat(array, components)
        return document

    def _summary(self, array: Array, components: int) -> dict[str, Any]:
        """Return an array in summary: dtype, shape, digest and what is kept of it."""
        return self._summarised(array, components, components)

    def _flat_summary(self, array: Array, components: int) -> dict[str, Any]:
        """Return the same of an array that lies flat where it is: so is its shape."""
        return self._summarised(array, 1, components)

    def _summarised(self, array: Array, shaped: int, components: int) -> dict[str, Any]:
        flat = np.ascontiguousarray(array).reshape(-1)
        shape, digest = shape_of(flat, shaped), array_digest(flat, shaped)
        if self._keeps and digest not in self.arrays:
            self.arrays[digest] = flat.reshape(shape).copy()
        kept = self._kept(flat, components, digest)
        return {"dtype": array.dtype.name, "shape": list(shape), "digest": digest} | kept

    def _kept(self, flat: Array, components: int, digest: str) -> dict[str, Any]:
        if self._version == 1:
            return numbers_kept(flat)
        learned = self._known.get(digest.encode())
        if learned is not None:
            found = learned_kept(learned)
            # The same numbers may be parts of other elements elsewhere.
            if found is not None and components_kept(found) == components:
                return found
        return elements_kept(flat, components)


def golden_value(value: Any, version: GoldenVersion = GOLDEN_VERSION) -> Any:
    """Return a slot's value as a golden records it."""
    return ValueRecorder(version=version).value(value)


def as_number(document: Any) -> float | None:
    """Return the number that a document stands for, or None."""
    if isinstance(document, str):
        return SPECIAL_NUMBERS.get(document)
    if isinstance(document, int | float) and not isinstance(document, bool):
        return to_number(document)
    return None

"""Compare two recorded values number by number, down to the parts of structured ones."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import numpy as np

from irrun.compare.output.changes import changes
from irrun.compare.output.summaries import frame_arrays, is_array_summary
from irrun.compare.output.tolerance import Tolerance
from irrun.compare.output.values import ABSENT, ArrayStore, as_number
from irrun.ir.values import Array
from irrun.numerics.ulps import ulps_between

_KEPT: Final = ("digest", "all", "sample", "least", "greatest", "sum", "nonFinite")
"""What two arrays of one kind need not have in common."""


class Leaf(msgspec.Struct, frozen=True):
    """One number, text or array that differs."""

    path: str
    """Where within the value: empty for a plain number, else such as `.passes[0].posXY[3]`."""
    expected: Any
    """The recorded document of this part; `ABSENT` if it is not there."""
    got: Any
    absolute: float | None = None
    """|got - expected|, for two finite numbers."""
    relative: float | None = None
    """That divided by |expected|; infinite for an expected 0."""
    ulps: int | None = None
    """Steps between representable numbers."""
    note: str = ""
    """What else is to be known, such as that only a sample could be looked at."""
    changes: tuple[str, ...] = ()
    """How the array differs that this is, or is the first different element of: in words."""
    role: str = ""
    """What the array is to those that refer to it, such as `colorRGBA`."""

    @property
    def remarks(self) -> str:
        """Note and changes, in one line."""
        return "; ".join(filter(None, [self.note, *self.changes]))

    @property
    def is_numeric(self) -> bool:
        """True for two finite numbers: a tolerance could accept it."""
        return self.absolute is not None


class LeafComparer:
    """Compares recorded values under one tolerance.

    Args:
        tolerance: When numbers count as equal.
        single: Count ulps of plain numbers in float32; arrays say themselves what they hold.
        expected_arrays: Whole arrays of the expected side by digest, as far as there are some.
        got_arrays: The same of the other side.
    """

    def __init__(
        self,
        tolerance: Tolerance,
        *,
        single: bool = False,
        expected_arrays: ArrayStore | None = None,
        got_arrays: ArrayStore | None = None,
    ) -> None:
        self._tolerance = tolerance
        self._single = single
        self._expected_arrays = expected_arrays or {}
        self._got_arrays = got_arrays or {}
        self._roles: dict[str, str] = {}
        """What the arrays of render frames are, by path."""

    def differing(self, expected: Any, got: Any, path: str = "") -> Iterator[Leaf]:
        """Yield every leaf that differs more than the tolerance allows, in document order."""
        a, b = as_number(expected), as_number(got)
        if a is not None and b is not None:
            if not self._tolerance.accepts(a, b, single=self._single):
                yield numeric_leaf(path, a, b, single=self._single)
        elif is_array_summary(expected) and is_array_summary(got):
            yield from self._arrays(expected, got, path)
        elif isinstance(expected, dict) and isinstance(got, dict):
            if "passes" in expected and "buffers" in expected:
                known = frame_arrays(expected["passes"])
                self._roles |= {f"{path}.buffers.{i}": name for i, (name, _) in known.items()}
            for key in dict.fromkeys([*expected, *got]):
                parts = expected.get(key, ABSENT), got.get(key, ABSENT)
                yield from self.differing(*parts, f"{path}.{key}")
        elif isinstance(expected, list) and isinstance(got, list):
            for i in range(max(len(expected), len(got))):
                parts = (expected[i] if i < len(expected) else ABSENT,
                         got[i] if i < len(got) else ABSENT)  # fmt: skip
                yield from self.differing(*parts, f"{path}[{i}]")
        elif expected != got or type(expected) is not type(got):
            yield Leaf(path, expected, got)

    def _arrays(self, expected: dict[str, Any], got: dict[str, Any], path: str) -> Iterator[Leaf]:
        """Compare two arrays: by digest, then element by element, else by their samples."""
        for key in dict.fromkeys(["kind", "dtype", "shape", *expected, *got]):
            if key not in _KEPT and expected.get(key) != got.get(key):
                yield Leaf(f"{path}.{key}", expected.get(key), got.get(key))
                return
        if expected["digest"] == got["digest"]:
            return
        whole = self._expected_arrays.get(expected["digest"]), self._got_arrays.get(got["digest"])
        if whole[0] is not None and whole[1] is not None:
            yield from self._elements(expected, got, (whole[0], whole[1]), path)
        elif _is_numbers(expected) or _is_numbers(got):
            yield self._sampled(expected, got, path)
        else:
            # Without the whole arrays no tolerance is known to accept them.
            words, role = changes(expected, got), self._roles.get(path, "")
            yield Leaf(path, expected, got, changes=words, role=role)

    def _sampled(self, expected: dict[str, Any], got: dict[str, Any], path: str) -> Leaf:
        """Return the difference of two arrays of which only digest and sample are known."""
        single = expected["dtype"] == "float32"
        samples = expected.get("sample", ()), got.get("sample", ())
        for i, (a, b) in enumerate(zip(*samples, strict=False)):
            x, y = as_number(a), as_number(b)
            if x is None or y is None or self._tolerance.accepts(x, y, single=single):
                continue
            found = numeric_leaf(f"{path}.sample[{i}]", x, y, single=single)
            note = "only a sample of the array was recorded; --buffers full records all of it"
            # Without the whole arrays no tolerance is known to accept them.
            return Leaf(found.path, found.expected, found.got, note=note)
        note = "no sampled element differs beyond the tolerance, but the arrays do"
        return Leaf(f"{path}.digest", expected["digest"], got["digest"], note=note)

    def _elements(
        self, a: dict[str, Any], b: dict[str, Any], whole: tuple[Array, Array], path: str
    ) -> Iterator[Leaf]:
        """Yield the elements that differ; the first says how the arrays do."""
        expected, got = whole
        single = expected.dtype == np.float32
        words: tuple[str, ...] = ()
        if not (_is_numbers(a) or _is_numbers(b)):
            words = changes(a, b, whole)
        same = expected.view(np.uint8).reshape(expected.size, -1) == got.view(np.uint8).reshape(
            got.size, -1
        )
        for i in np.flatnonzero(~same.all(axis=1)).tolist():
            x, y = float(expected.flat[i]), float(got.flat[i])
            if not self._tolerance.accepts(x, y, single=single):
                leaf = numeric_leaf(f"{path}[{i}]", x, y, single=single)
                if words:
                    role = self._roles.get(path, "")
                    leaf = msgspec.structs.replace(leaf, changes=words, role=role)
                yield leaf
                words = ()


def _is_numbers(summary: Mapping[str, Any]) -> bool:
    """True for an array as version 1 and saved runs keep it: some numbers, and nothing else."""
    return "sample" in summary and "least" not in summary


def numeric_leaf(path: str, expected: float, got: float, *, single: bool) -> Leaf:
    """Return the difference of two numbers, measured where both are finite."""
    if not (math.isfinite(expected) and math.isfinite(got)):
        return Leaf(path, expected, got)
    absolute = abs(got - expected)  # infinite if it is beyond all doubles
    if absolute == 0:
        # The two zeros: no tolerance accepts them, only the wish to take them for equal.
        return Leaf(path, expected, got, note="the zeros differ in sign")
    # By halves: the distance itself may be beyond all doubles.
    half = abs(got / 2 - expected / 2)
    relative = half / abs(expected / 2) if expected / 2 != 0 else math.inf
    return Leaf(path, expected, got, absolute, relative, ulps_between(expected, got, single=single))

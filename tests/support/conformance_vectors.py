"""Conformance vectors: how to load them, and the rule by which results are compared.

Both are laid down in `conformance/README.md`, next to the vectors.
"""

import gzip
import json
import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from irrun.ir.types import StateStorage
from irrun.program.program import Program
from irrun.program.reading.codec import loads

Case = dict[str, Any]

Approx = Literal["f64", "f32"]
"""The width of a number that is marked as approximate."""

FOLDER: Final = Path(__file__).parents[1] / "conformance"

PROGRAMS: Final = Path(__file__).parents[3] / "shared" / "conformance" / "programs"
"""Compiled programs of real patches, in a folder beside the checkout; it may be absent."""

_SPECIAL: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "-0": -0.0}
_ULPS: Final[dict[Approx, int]] = {"f64": 4, "f32": 2}
_RELATIVE: Final = 1e-12


def vector_bytes(topic: str) -> bytes:
    """Return a vectors file as it was written, whether or not it is stored compressed."""
    plain = FOLDER / "vectors" / f"{topic}.json"
    if plain.exists():
        return plain.read_bytes()
    return gzip.decompress(plain.with_suffix(".json.gz").read_bytes())


@cache
def cases(topic: str) -> tuple[Case, ...]:
    """Return the cases of a topic, with the special numbers in `args` and `expect` decoded."""
    found = json.loads(vector_bytes(topic))["cases"]
    return tuple(
        case | {key: decode(case[key]) for key in ("args", "expect") if key in case}
        for case in found
    )


def case_name(case: Case) -> str:
    """Return a case's name, as the id of its test."""
    return str(case["name"])


def decode(value: Any) -> Any:
    """Replace the four texts that stand for special numbers, at any depth."""
    if isinstance(value, str):
        return _SPECIAL.get(value, value)
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        return {key: decode(item) for key, item in value.items()}
    return value


def program_of(case: Case) -> Program:
    """Load the program of a run case."""
    return loads(json.dumps(case["program"]).encode(), name=case_name(case))


def difference(got: Any, expected: Any, approx: Approx | None = None, at: str = "$") -> str | None:
    """Return where and how `got` differs from `expected`, or None if it passes.

    Numbers are compared as doubles: NaN equals NaN, 0 and -0 differ. Under `approx` a few
    units in the last place are allowed. Lists and arrays are compared by length and element,
    records by keys and member.
    """
    if isinstance(got, np.ndarray | np.generic):
        got = got.tolist()
    if isinstance(expected, dict):
        if not isinstance(got, Mapping) or got.keys() != expected.keys():
            return f"{at}: got {got!r}, expected the keys {list(expected)}"
        parts = ((got[key], expected[key], f"{at}.{key}") for key in expected)
        return _first(difference(g, e, approx, place) for g, e, place in parts)
    if isinstance(expected, list):
        if not isinstance(got, Sequence) or isinstance(got, str) or len(got) != len(expected):
            return f"{at}: got {got!r}, expected a list of {len(expected)}"
        return _first(
            difference(g, e, approx, f"{at}[{i}]")
            for i, (g, e) in enumerate(zip(got, expected, strict=True))
        )
    if _is_number(expected) and _is_number(got):
        same = _agree(float(got), float(expected), approx)
    else:
        same = type(got) is type(expected) and got == expected
    return None if same else f"{at}: got {got!r}, expected {expected!r}"


def frame_difference(
    case: Case,
    frame: int,
    slots: Mapping[int, Any],
    state: Mapping[StateStorage, Sequence[float]],
    storage_of: Callable[[int], str],
) -> str | None:
    """Return how slots and state after a frame of a run case differ, by the case's marks."""
    expected = case["expect"][frame]
    marked = set(case.get("approxSlots", ()))
    for text, wanted in expected["slots"].items():
        slot = int(text)
        width: Approx = "f32" if storage_of(slot) == "f32" else "f64"
        approx = width if slot in marked else None
        found = difference(slots.get(slot), wanted, approx, f"frame {frame}, slot {slot}")
        if found is not None:
            return found
    marks = case.get("approxState", {})
    for storage, cells in expected["state"].items():
        width = "f32" if storage == "f32" else "f64"
        if len(state[storage]) != len(cells):
            return f"frame {frame}, state.{storage}: got {len(state[storage])} elements"
        for i, wanted in enumerate(cells):
            approx = width if i in marks.get(storage, ()) else None
            at = f"frame {frame}, state.{storage}[{i}]"
            found = difference(state[storage][i], wanted, approx, at)
            if found is not None:
                return found
    return None


def _first(differences: Iterable[str | None]) -> str | None:
    return next((found for found in differences if found is not None), None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _agree(got: float, expected: float, approx: Approx | None) -> bool:
    if got == expected:
        return math.copysign(1.0, got) == math.copysign(1.0, expected)
    if math.isnan(got) or math.isnan(expected):
        return math.isnan(got) and math.isnan(expected)
    if approx is None or 0.0 in (got, expected) or math.isinf(got) or math.isinf(expected):
        return False
    if abs(_ordinal(got, approx) - _ordinal(expected, approx)) <= _ULPS[approx]:
        return True
    return approx == "f64" and abs(got - expected) <= _RELATIVE * abs(expected)


def _ordinal(number: float, width: Approx) -> int:
    """Return the position of a number among all numbers of its width."""
    as_float, as_int = ("<d", "<q") if width == "f64" else ("<f", "<i")
    bits = int(struct.unpack(as_int, struct.pack(as_float, number))[0])
    return bits if bits >= 0 else -(bits & (2 ** (63 if width == "f64" else 31) - 1))

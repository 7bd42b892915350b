"""No number, wherever it stands in a program, makes irrun crash: it has a value, or a problem."""

import copy
import json
import math
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import cycle, product
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from mutate import PROGRAMS
from support.conformance_vectors import cases

from irrun.errors import IrrunError
from irrun.program.checks.engine import check_source
from irrun.program.reading.codec import loads
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf

OTHERS: Final = (INF, -INF, 1e308, -1e308, -0.0, 1e-320, 0.5, -1, -3.5, 2.0**53, 2.0**63)
FRAMES: Final = (0.0, 16.7, 16.7)
"""Times of frames; the last one has a length of 0."""

NO_EFFECT: Final = ("$.seed", "$.schedule.stepIdToIndex", "$.meta", "$.constants",
                    "$.schedule.initialSlotValues")  # fmt: skip
"""Members whose numbers nothing is computed from, and free data: a value may be any number."""


class Place(NamedTuple):
    """A number in a document."""

    name: str
    """Where it is, with the kinds of records instead of indices."""
    document: Any
    keys: tuple[str | int, ...]

    @property
    def path(self) -> str:
        """The JSON path."""
        return "$" + "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in self.keys)

    @property
    def is_disabled(self) -> bool:
        """True for a number of a publisher that takes no part."""
        holder = self.document
        for key in self.keys[:-1]:
            holder = holder[key]
        return isinstance(holder, dict) and holder.get("enabled") is False

    def with_number(self, number: float) -> bytes:
        """Return the document with another number there."""
        document = copy.deepcopy(self.document)
        holder = document
        for key in self.keys[:-1]:
            holder = holder[key]
        holder[self.keys[-1]] = number
        return json.dumps(document).encode()


def documents() -> Iterator[Any]:
    """Yield the bundled programs, and those of the stateful and the transform vectors."""
    for path in sorted(Path(PROGRAMS).glob("*.json")):
        yield json.loads(path.read_bytes())
    for topic in ("stateful", "transforms"):
        yield from (case["program"] for case in cases(topic))


def places_in(document: Any) -> Iterator[Place]:
    """Yield every number of a document."""
    todo: list[tuple[str, tuple[str | int, ...], Any]] = [("$", (), document)]
    while todo:
        name, keys, value = todo.pop()
        if isinstance(value, dict):
            kind = f"<{value.get('op') or value.get('kind')}>" if "kind" in value else ""
            todo += [(f"{name}{kind}.{'#' if k.isdigit() else k}", (*keys, k), item)
                     for k, item in value.items()]  # fmt: skip
        elif isinstance(value, list):
            todo += [(f"{name}[]", (*keys, i), item) for i, item in enumerate(value)]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield Place(name, document, keys)


@cache
def places() -> tuple[Place, ...]:
    """Return one place of each name, from the smallest program that has one."""
    found: dict[str, Place] = {}
    for document in sorted(documents(), key=lambda d: len(json.dumps(d))):
        for place in places_in(document):
            found.setdefault(place.name, place)
    return tuple(found.values())


def run(data: bytes, *, quirks: bool) -> None:
    """Run a few frames without asking first; a problem is an answer."""
    with suppress(IrrunError):
        runtime = Runtime(loads(data, name="any number"), quirks=quirks)
        for t_ms in FRAMES:
            runtime.run_frame(t_ms)


def test_any_number_in_any_place_has_a_value_or_a_problem() -> None:
    """Nothing else is raised; a NumPy warning would be, as an error."""
    others = cycle(product(OTHERS, (False, True)))
    for place in places():
        for number, quirks in ((NAN, False), (NAN, True), next(others)):
            try:
                data = place.with_number(number)
                check_source(data, "any number")
                run(data, quirks=quirks)
            except Exception as error:
                pytest.fail(f"{place.path} = {number}: {type(error).__name__}: {error}")


def problems_in(data: bytes) -> set[tuple[str, str]]:
    """Return code and path of everything that is wrong with a program."""
    found = check_source(data, "some numbers").problems
    return {(p.code, p.where.path) for p in found if p.where.path is not None}


def test_nan_is_reported_wherever_something_is_computed_from_it() -> None:
    """By validate, at its path, or at the record that is wrong by it."""
    silent = []
    for place in places():
        if place.path.startswith(NO_EFFECT) or place.is_disabled:
            continue
        new = problems_in(place.with_number(NAN)) - problems_in(json.dumps(place.document).encode())
        if not any(place.path.startswith(path) and path != "$" for _, path in new):
            silent.append(place.path)

    assert silent == []


def test_the_places_are_many() -> None:
    """A sweep over nothing shows nothing."""
    names = {place.name for place in places()}

    assert len(names) > 250
    assert any(name.endswith("<delayFrames>.params.delayFrames") for name in names)

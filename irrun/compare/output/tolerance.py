"""When two numbers count as equal, and which tolerance a value has (design.md section 9)."""

import math
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, Literal, get_args

import msgspec

from irrun.numerics.ulps import ulps_between

Kind = Literal["atol", "rtol", "ulp"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
EVERYTHING: Final = "*"
"""The name that stands for all values without a rule of their own."""


class Tolerance(msgspec.Struct, frozen=True):
    """How far a number may be from the expected one; nothing given means not at all."""

    atol: float = 0.0
    rtol: float = 0.0
    ulp: float = 0
    equal_zeros: bool = False
    """Take -0 and 0 for equal."""

    def accepts(self, expected: float, got: float, *, single: bool = False) -> bool:
        """True if |got - expected| <= atol + rtol * |expected|, or they are `ulp` steps apart.

        NaN equals NaN, an infinity equals itself, and -0 is apart from 0 unless `equal_zeros`,
        whatever the tolerances.
        """
        if expected != expected or got != got:
            return expected != expected and got != got
        if expected == got:
            is_one_zero = math.copysign(1, expected) != math.copysign(1, got)
            return expected != 0 or self.equal_zeros or not is_one_zero
        if math.isinf(expected) or math.isinf(got):
            return False
        distance = abs(got - expected)
        # A distance beyond all doubles is not accepted because the sum is beyond them too.
        if distance <= self.atol + self.rtol * abs(expected) and math.isfinite(distance):
            return True
        return self.ulp > 0 and ulps_between(expected, got, single=single) <= self.ulp

    def needed(self, expected: float, got: float) -> tuple[float, float]:
        """Return the smallest `atol`, and the smallest `rtol`, that accept two finite numbers.

        Each with the other tolerances as they are; infinite where none would do.
        """
        distance, size = abs(got - expected), abs(expected)
        if math.isinf(distance):
            return math.inf, math.inf
        atol = max(0.0, distance - self.rtol * size)
        while distance > atol + self.rtol * size:
            atol = math.nextafter(atol, math.inf)
        if size == 0:
            return atol, math.inf
        rtol = max(0.0, distance - self.atol) / size
        while distance > self.atol + rtol * size:
            rtol = math.nextafter(rtol, math.inf)
        return atol, rtol


EXACT: Final = Tolerance()


class Policy(msgspec.Struct, frozen=True):
    """The tolerances of all values of a golden.

    A rule names a value by slot number, label, output id or a glob over these; `*` stands for
    all values that no other rule names. Of several rules that name a value the last counts.
    """

    rules: Mapping[Kind, Mapping[str, float]] = msgspec.field(default_factory=dict)
    equal_zeros: bool = False

    def tolerance(self, names: Iterable[str]) -> Tolerance:
        """Return the tolerance of a value that has these names."""
        known = tuple(names)
        found = {kind: _rule_for(known, self.rules.get(kind, {})) for kind in KINDS}
        return Tolerance(found["atol"], found["rtol"], found["ulp"], self.equal_zeros)

    def unused(self, values: Iterable[Iterable[str]]) -> list[str]:
        """Return the rules, as `atol frame`, that name none of the values."""
        known = [tuple(names) for names in values]
        return [
            f"{kind} {pattern}"
            for kind in KINDS
            for pattern in self.rules.get(kind, {})
            if pattern != EVERYTHING and not any(_names(pattern, names) for names in known)
        ]

    def with_rules(self, rules: Mapping[Kind, Mapping[str, float]], equal_zeros: bool) -> "Policy":
        """Return this policy with further rules, which come after its own.

        A further rule for all values replaces every rule of its kind.
        """
        merged = {kind: _merged(self.rules.get(kind, {}), rules.get(kind, {})) for kind in KINDS}
        kept: dict[Kind, Mapping[str, float]] = {kind: merged[kind] for kind in KINDS}
        return Policy(
            {kind: rule for kind, rule in kept.items() if rule}, self.equal_zeros or equal_zeros
        )

    def document(self) -> dict[str, Any]:
        """Return the policy as a golden holds it."""
        document: dict[str, Any] = {
            kind: dict(self.rules[kind]) for kind in KINDS if self.rules.get(kind)
        }
        return document | ({"equalZeros": True} if self.equal_zeros else {})


def _merged(own: Mapping[str, float], further: Mapping[str, float]) -> dict[str, float]:
    kept = {} if EVERYTHING in further else own
    return {name: value for name, value in kept.items() if name not in further} | dict(further)


def _rule_for(names: tuple[str, ...], rules: Mapping[str, float]) -> float:
    found = rules.get(EVERYTHING, 0.0)
    for pattern, value in rules.items():
        if pattern != EVERYTHING and _names(pattern, names):
            found = value
    return found


def _names(pattern: str, names: tuple[str, ...]) -> bool:
    """True if a rule's pattern names a value; a name that looks like a glob names itself too."""
    return any(name == pattern or fnmatchcase(name, pattern) for name in names)

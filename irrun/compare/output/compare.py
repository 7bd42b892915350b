"""Compare two goldens: the first divergence, how much differs, what tolerance would have passed."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from irrun.compare.output.document import Golden, GoldenFrame, GoldenRun, GoldenValue, decoded
from irrun.compare.output.leaves import Leaf, LeafComparer
from irrun.compare.output.summaries import is_array_summary
from irrun.compare.output.tolerance import Policy, Tolerance
from irrun.trace.text import value_text

DIFF_FORMAT: Final = {"format": "irrun-diff", "version": 1}
"""How a comparison for machines begins, whatever was compared (docs/output-format.md)."""
_KEPT_FRAMES: Final = 24
"""Frames of each value whose differences are kept for showing."""


class Divergence(msgspec.Struct, frozen=True):
    """One place where the outputs differ."""

    name: str
    info: GoldenValue
    frame: int
    t_ms: float
    leaf: Leaf


class ValueDifference(msgspec.Struct):
    """How one value differs over all frames."""

    name: str
    info: GoldenValue
    first: Divergence
    tolerance: Tolerance
    """What it was compared with."""
    frames: int = 0
    """In how many frames it differs."""
    largest: Divergence | None = None
    """The numeric difference that is largest in absolute terms."""
    arrays: list[Divergence] = msgspec.field(default_factory=list)
    """The arrays that differ in the first frame, but for that of the first difference."""
    shown: list[Divergence] = msgspec.field(default_factory=list)
    """The first frames' first differences."""
    needed_atol: float = 0.0
    """The smallest absolute tolerance that would have accepted it, the others as they are."""
    needed_rtol: float = 0.0
    needed_ulp: int = 0
    acceptable: bool = True
    """False if no tolerance could accept it: NaN, texts, arrays of which a sample is known."""

    def add(self, leaves: Iterable[Divergence]) -> None:
        """Take the differences of one frame."""
        for i, found in enumerate(leaves):
            if i > 0 and self.frames == 1 and found.leaf.changes:
                self.arrays.append(found)
            if i == 0:
                self.frames += 1
                if len(self.shown) < _KEPT_FRAMES:
                    self.shown.append(found)
            self._measure(found)

    def _measure(self, found: Divergence) -> None:
        leaf = found.leaf
        if leaf.absolute is None or leaf.ulps is None:
            self.acceptable = False
            return
        atol, rtol = self.tolerance.needed(leaf.expected, leaf.got)
        self.needed_atol = max(self.needed_atol, atol)
        self.needed_rtol = max(self.needed_rtol, rtol)
        self.needed_ulp = max(self.needed_ulp, leaf.ulps)
        if self.largest is None or leaf.absolute > (self.largest.leaf.absolute or 0.0):
            self.largest = found


class Comparison(msgspec.Struct, frozen=True):
    """What comparing two goldens came to."""

    frames: int
    """How many frames were compared."""
    frames_differing: int
    values: tuple[ValueDifference, ...]
    """The values that differ, by first divergence."""
    accepted: int
    """How many values differ within their tolerance."""
    settings: tuple[str, ...]
    """Settings of the run that differ: the frames cannot be paired then."""
    added: tuple[str, ...]
    """Values that only the new output has."""
    removed: tuple[str, ...]
    """Values that only the golden has."""
    unused: tuple[str, ...]
    """Tolerances that name no value."""

    @property
    def is_same(self) -> bool:
        """True if nothing differs beyond the tolerances."""
        return not (self.values or self.settings or self.added or self.removed)

    @property
    def first(self) -> Divergence | None:
        """The first divergence: earliest frame, then the order in which a frame writes values."""
        return self.values[0].first if self.values else None

    @property
    def alike(self) -> list[list[Divergence]]:
        """First differences of all values, and of arrays within them; those that are alike.

        Arrays are that differ in the same frame in the same words; all else stands alone.
        """
        found: dict[object, list[Divergence]] = {}
        for at in (at for value in self.values for at in (value.first, *value.arrays)):
            changes = at.leaf.changes
            found.setdefault((at.frame, changes, "" if changes else at.name), []).append(at)
        return list(found.values())

    @property
    def needs_whole(self) -> bool:
        """True if a tolerance might have accepted all, had the arrays been kept whole."""
        refused = [v for v in self.values if not v.acceptable]
        is_structural = self.settings or self.added or self.removed
        arrays = all(is_array_summary(v.first.leaf.expected) for v in refused)
        return bool(refused) and arrays and not is_structural

    @property
    def largest(self) -> Divergence | None:
        """The largest absolute difference of all."""
        found = [v.largest for v in self.values if v.largest is not None]
        return max(found, key=lambda d: d.leaf.absolute or 0.0, default=None)

    @property
    def needed(self) -> dict[str, float] | None:
        """The smallest of each tolerance that would have passed alone; None if none could."""
        is_structural = self.settings or self.added or self.removed
        if is_structural or not self.values or not all(v.acceptable for v in self.values):
            return None
        needed: dict[str, float] = {
            "atol": max(v.needed_atol for v in self.values),
            "rtol": max(v.needed_rtol for v in self.values),
            "ulp": max(v.needed_ulp for v in self.values),
        }
        return {kind: value for kind, value in needed.items() if math.isfinite(value)}


def compare_goldens(
    expected: Golden,
    got: Golden,
    policy: Policy | None = None,
    excused: Mapping[str, frozenset[int]] | None = None,
) -> Comparison:
    """Compare a golden with new output.

    Frames whose digests are equal are not looked at. Values are matched by name.

    Args:
        expected: The golden.
        got: What came out now, with the golden's settings.
        policy: Tolerances; the golden's own if None.
        excused: Frames in which a value may differ in any way, by its name.
    """
    policy = policy or expected.header.policy.policy()
    return _Comparing(expected, got, policy, excused or {}).comparison()


class _Comparing:
    def __init__(
        self,
        expected: Golden,
        got: Golden,
        policy: Policy,
        excused: Mapping[str, frozenset[int]],
    ) -> None:
        self._expected, self._got = expected, got
        self._excused = excused
        a, b = expected.header.values, got.header.values
        self._infos: Mapping[str, GoldenValue] = {**b, **a}
        self._common = [name for name in b if name in a]
        self._aliases = {name: expected.aliases(name) for name in self._common}
        self._tolerances = {n: policy.tolerance(self._aliases[n]) for n in self._common}
        self._comparers = {name: self._comparer(name) for name in self._common}
        self._found: dict[str, ValueDifference] = {}
        self._accepted: set[str] = set()
        self._unused = policy.unused(self._aliases.values())

    def _comparer(self, name: str) -> LeafComparer:
        return LeafComparer(
            self._tolerances[name],
            single=self._infos[name].is_single,
            expected_arrays=self._expected.arrays,
            got_arrays=self._got.arrays,
        )

    def comparison(self) -> Comparison:
        """Compare settings, then all frames."""
        a, b = self._expected.header, self._got.header
        settings = tuple(_setting_differences(a.run, b.run)) + tuple(
            _setting_differences(_other_settings(self._expected), _other_settings(self._got))
        )
        differing = 0
        pairs = zip(self._expected.values(), self._got.values(), strict=False)
        for (frame, expected), (other, got) in pairs:
            if frame.digest != other.digest:
                differing += self._frame(frame, expected, got)
        order = {name: i for i, name in enumerate(b.values)}
        values = sorted(self._found.values(), key=lambda v: (v.first.frame, order[v.name]))
        return Comparison(
            frames=min(len(self._expected.frames), len(self._got.frames)),
            frames_differing=differing,
            values=tuple(values),
            accepted=len(self._accepted - self._found.keys()),
            settings=settings,
            added=tuple(name for name in b.values if name not in a.values),
            removed=tuple(name for name in a.values if name not in b.values),
            unused=tuple(self._unused),
        )

    def _frame(
        self, frame: GoldenFrame, expected: Mapping[str, bytes], got: Mapping[str, bytes]
    ) -> bool:
        """Compare the values of one frame; True if one differs beyond its tolerance."""
        is_different = False
        for name in self._common:
            if expected.get(name) == got.get(name):
                continue
            leaves = list(self._leaves(frame, name, expected.get(name), got.get(name)))
            if not leaves or frame.index in self._excused.get(name, ()):
                self._accepted.add(name)
                continue
            is_different = True
            if name not in self._found:
                self._found[name] = ValueDifference(
                    name, self._infos[name], leaves[0], self._tolerances[name]
                )
            self._found[name].add(leaves)
        return is_different

    def _leaves(
        self, frame: GoldenFrame, name: str, expected: bytes | None, got: bytes | None
    ) -> Iterator[Divergence]:
        for leaf in self._comparers[name].differing(decoded(expected), decoded(got)):
            yield Divergence(name, self._infos[name], frame.index, frame.t_ms, leaf)


def _other_settings(golden: Golden) -> dict[str, Any]:
    """Return what makes runs comparable besides the settings of the run."""
    return {"stubs": [stub.step for stub in golden.header.stubs], **golden.settings}


def _setting_differences(expected: Any, got: Any) -> Iterator[str]:
    """Yield the settings that differ, as text."""
    a = expected if isinstance(expected, dict) else _members(expected)
    b = got if isinstance(got, dict) else _members(got)
    for name in dict.fromkeys([*a, *b]):
        if name == "times":
            yield from _time_difference(a.get(name), b.get(name))
        elif a.get(name) != b.get(name):
            yield f"{name.replace('_', ' ')}: {_shown(a.get(name))} -> {_shown(b.get(name))}"


def _shown(value: Any) -> str:
    """Return a setting as people write it."""
    return value if isinstance(value, str) else value_text(value)


def _time_difference(expected: Any, got: Any) -> Iterator[str]:
    """Yield where two lists of frame times part; one may be given as frames and fps instead."""
    if expected == got:
        return
    if expected is None or got is None:
        yield "times: a list on one side, frames and fps on the other"
        return
    pairs = zip(expected, got, strict=False)
    first = next((i for i, (a, b) in enumerate(pairs) if a != b), None)
    if first is not None:
        yield f"times: {expected[first]} -> {got[first]} ms in frame {first}"


def _members(run: GoldenRun) -> dict[str, Any]:
    """Return the settings of a run; of swaps their frames, for the programs may move and change."""
    members = {name: getattr(run, name) for name in run.__struct_fields__ if name != "swaps"}
    return members | {"swaps at frames": [swap.frame for swap in run.swaps]}

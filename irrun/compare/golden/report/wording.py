"""What checking came to, in words: for tables, JUnit, annotations and pytest alike.

Long names are cut here; whoever shows a line makes it safe (`shown`).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from irrun.compare.golden.check import CheckResult, Verdict
from irrun.compare.golden.pictures import PictureDifference
from irrun.compare.output.changes import summary_text
from irrun.compare.output.compare import Comparison, Divergence
from irrun.compare.output.document import GoldenValue
from irrun.compare.output.leaves import Leaf
from irrun.compare.output.summaries import is_array_summary
from irrun.compare.output.values import ABSENT
from irrun.errors.showing import plural, shown
from irrun.numerics.text import SPECIAL_NUMBERS, number_text
from irrun.trace.text import value_text

if TYPE_CHECKING:
    from irrun.compare.lineage.behind import Behind

_NAMED: Final = 3
"""How many are named of those that differ alike."""
_OTHERS: Final = 8
"""How many differences are shown besides the first."""


def summary_line(result: CheckResult) -> str:
    """Return what a result is, in a few words: what stands beside its verdict."""
    match result.verdict:
        case Verdict.SAME | Verdict.PROGRAM_CHANGED:
            return plural(result.frames, "frame")
        case Verdict.WITHIN:
            accepted = 0 if result.comparison is None else result.comparison.accepted
            exact = f"{plural(result.frames, 'frame')}, {plural(accepted, 'value')} not exact"
            return "; ".join([exact, *_pictures_in_short(result)])
        case Verdict.DIFFERS if result.comparison is not None:
            values = [] if result.comparison.is_same else [difference_line(result.comparison)]
            return "; ".join([*values, *_pictures_in_short(result)])
        case Verdict.BY_TEST:
            return "no program file belongs to it; pytest checks it"
        case Verdict.NO_GOLDEN:
            taken = result.taken_by
            why = "" if taken is None else f"; {result.golden} is that of {taken}"
            return f"{result.program} has no golden{why}; record it, or name what is checked"
        case Verdict.STALE:
            return f"its program {result.program} is gone; remove the golden, or record it anew"
        case Verdict.NO_PROGRAM:
            return f"its program {result.program} is not there"
        case _:
            found = result.error
            return "" if found is None else f"{found.code} {found.sentence}"


def _pictures_in_short(result: CheckResult) -> Iterator[str]:
    """Yield how much of the pictures differs, in a few words."""
    found = result.pictures
    compared = [difference for difference in found if difference.note is None]
    if compared:
        worst = max(compared, key=lambda difference: (difference.beyond, difference.differing))
        count = f"{worst.differing:,}" if worst.differing else "no"
        number = plural(len(compared), "picture")
        yield f"{number}: {count} of {worst.pixels:,} pixels differ in frame {worst.frame}"
    if len(compared) < len(found):
        yield "pixels were not compared"


def picture_lines(result: CheckResult) -> Iterator[str]:
    """Yield how each picture differs, and what would have accepted it."""
    for found in result.pictures:
        yield f"picture of frame {found.frame}: {_pixels_text(found)}"
        if found.image is not None:
            yield f"  expected, got, difference: {found.image}"
    compared = [found for found in result.pictures if found.note is None]
    rule = result.threshold
    if rule is not None and compared:
        share = number_text(rule.share)
        accepted = sum(found.is_within for found in compared)
        yield (
            f"the pixel threshold {rule.channel},{share} accepts {accepted} of "
            f"{plural(len(compared), 'picture')}; it says nothing of other frames and values"
        )
    elif rule is not None and not result.pictures:
        yield "what is drawn in frames with pictures is the same: no pixel threshold accepts this"
    elif compared:
        largest = max(found.largest for found in compared)
        yield f"--pixel-threshold {largest} would accept what is drawn in these frames"


def _pixels_text(found: PictureDifference) -> str:
    if found.note is not None:
        return f"the draw commands differ; {found.note}"
    if not found.differing:
        return "the draw commands differ, no pixel does"
    part = number_text(round(100 * found.differing / found.pixels, 3))
    beyond = "" if found.beyond == found.differing else f", {found.beyond:,} beyond the threshold"
    return (
        f"{found.differing:,} of {found.pixels:,} pixels differ ({part} %{beyond}), "
        f"by at most {found.largest} of 255"
    )


def difference_line(comparison: Comparison) -> str:
    """Return how much differs, in one line."""
    if comparison.settings or not comparison.values:
        return "not the same values are there" if not comparison.settings else "another run"
    return (
        f"{comparison.frames_differing} of {plural(comparison.frames, 'frame')}, "
        f"{plural(len(comparison.values), 'value')}, from frame {comparison.values[0].first.frame}"
    )


def difference_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what differs: the first divergence, how much, and what would have passed."""
    for setting in comparison.settings:
        yield f"not the same run: {shown(setting)}"
    if comparison.removed:
        yield f"no longer there: {_names(comparison.removed)}"
    if comparison.added:
        yield f"new: {_names(comparison.added)}"
    first = comparison.first
    if first is not None:
        yield f"first at {place(first)}"
        yield from (f"  {line}" for line in leaf_lines(first.leaf))
        like = comparison.alike[0][1:]
        if like:
            yield f"  {like_it(like)}"
        yield _extent(comparison)
        yield acceptance(comparison)
    for rule in comparison.unused:
        yield f"the tolerance {shown(rule)} names no value"


def place(found: Divergence) -> str:
    """Return where a divergence is: frame, time, value with slot and type, writing step."""
    name = part_name(found)
    return f"frame {found.frame} (t = {number_text(found.t_ms)} ms): {name}{described(found.info)}"


def part_name(found: Divergence) -> str:
    """Return which part of which value a divergence is."""
    role = f" [{found.leaf.role}]" if found.leaf.role else ""
    return shown(f"{found.name}{found.leaf.path}{role}")


def like_it(found: Sequence[Divergence]) -> str:
    """Return which others differ in the very same way."""
    names = ", ".join(map(part_name, found[:_NAMED]))
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return f"and {len(found):,} more like it: {names}{more}"


def described(info: GoldenValue) -> str:
    """Return what is known of a value: slot, type, label, writing step."""
    parts = [] if info.slot is None else [f"slot {info.slot}"]
    parts += [shown(part) for part in (info.type, info.label) if part is not None]
    known = f" ({', '.join(parts)})" if parts else ""
    return known + (f", written by {shown(info.step)}" if info.step is not None else "")


def leaf_lines(leaf: Leaf) -> Iterator[str]:
    """Yield what was expected, what came, and by how much it is off."""
    if leaf.changes and is_array_summary(leaf.expected):
        yield from leaf.changes
        return
    yield f"expected {leaf_text(leaf.expected)}"
    yield f"got      {leaf_text(leaf.got)}"
    if leaf.is_numeric:
        yield f"off by   {distance(leaf)}"
    for i, line in enumerate(leaf.changes):
        yield f"{'         ' if i else 'in all   '}{line}"
    if leaf.note:
        yield f"note     {leaf.note}"


def distance(leaf: Leaf) -> str:
    """Return how far off a number is: absolute, relative, in ulps."""
    if leaf.absolute is None or leaf.relative is None:
        return ""
    relative = (
        f"relative {leaf.relative:.3g}, " if math.isfinite(leaf.relative) else "expected was 0, "
    )
    return f"{number_text(leaf.absolute)} ({relative}{_ulps(leaf.ulps)})"


def _ulps(count: int | None) -> str:
    if count is None:
        return ""
    if count >= 10**9:
        return f"{count:.2g} ulps".replace("e+", "e")
    return plural(count, "ulp")


def leaf_text(document: Any) -> str:
    """Return a recorded document on one line."""
    if document == ABSENT:
        return "nothing: it is not there"
    if isinstance(document, str) and document in SPECIAL_NUMBERS:
        return document
    if isinstance(document, dict) and document.keys() == {"kind", "text"}:
        document = document["text"]
    if is_array_summary(document):
        return summary_text(document)
    text = value_text(document)
    return text if len(text) <= 160 else text[:157] + "..."


def _extent(comparison: Comparison) -> str:
    largest = comparison.largest
    line = (
        f"{comparison.frames_differing} of {plural(comparison.frames, 'frame')} and "
        f"{plural(len(comparison.values), 'value')} differ"
    )
    if largest is None or largest.leaf.absolute is None:
        return line
    at = shown(f"{largest.name}{largest.leaf.path}")
    return f"{line}; largest: {number_text(largest.leaf.absolute)}, {at} in frame {largest.frame}"


def acceptance(comparison: Comparison) -> str:
    """Return the smallest tolerances that would have passed, as options."""
    needed = comparison.needed
    if needed is None:
        hint = "; arrays are not kept whole (--buffers full)" if comparison.needs_whole else ""
        return f"no tolerance would have accepted this{hint}"
    options = [f"--{kind} {_amount(value)}" for kind, value in needed.items()]
    return f"would have passed with {', or '.join(options)}"


def _amount(value: float) -> str:
    return str(value) if isinstance(value, int) else number_text(value)


def result_lines(result: CheckResult) -> Iterator[str]:
    """Yield all that is to be said of a result that does not pass."""
    if result.comparison is not None:
        yield from difference_lines(result.comparison)
        if result.behind is not None:
            yield from behind_lines(result.behind)
        yield from other_lines(result.comparison)
        yield from picture_lines(result)
    elif result.error is not None:
        yield f"{result.error.severity} {result.error.code}: {result.error.sentence}"
        where = result.error.where.text()
        if where:
            yield f"  at {where}"
        if result.error.hint_text:
            yield f"  hint: {result.error.hint_text}"
    else:
        yield summary_line(result)
    if result.program_changed:
        yield "the program is not the one that was recorded"
    if result.pending is not None:
        yield f"new output: {result.pending}"
    if result.not_left is not None:
        yield f"the new output could not be left beside the golden: {result.not_left}"


def behind_lines(found: "Behind") -> Iterator[str]:
    """Yield how the earliest value that differs comes to show; nothing if it is what shows."""
    if found.origin is found.symptom:
        return
    way = " -> ".join(map(shown, found.way))
    yield f"shows in {shown(found.symptom.name)} from frame {found.symptom.first.frame} on: {way}"


def other_lines(comparison: Comparison) -> Iterator[str]:
    """Yield how values differ besides the first, those that do so alike together."""
    others = comparison.alike[1:]
    for found in others[:_OTHERS]:
        first, leaf = found[0], found[0].leaf
        texts = [f"expected {leaf_text(leaf.expected)}, got {leaf_text(leaf.got)}"]
        if is_array_summary(leaf.expected) and leaf.changes:
            texts = list(leaf.changes)
        yield f"also {part_name(first)}: frame {first.frame}, {'; '.join(texts)}"
        if len(found) > 1:
            yield f"  {like_it(found[1:])}"
    left = sum(map(len, others[_OTHERS:]))
    if left:
        yield f"and {left:,} more that differ"


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(shown, names))

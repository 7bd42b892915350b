"""What is not seen in the pictures of a run: counted over them, and said in words."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import msgspec

from irrun.errors.rendering import CannotDraw
from irrun.errors.showing import plural, shown
from irrun.ir.render_frame import RenderFrame
from irrun.ir.values import Viewport
from irrun.numerics.text import number_text
from irrun.render.unseen.look import EMPTY, PassLook, drawn_passes, look_at
from irrun.render.unseen.origins import Origin, assembled_by, origins_of
from irrun.render.vector.colors import Paint, ground_of
from irrun.runtime.view import FrameView

_MOST: Final = 8
"""Lines; of more there is a number."""

_ALL_AT: Final = "all at one place"
_WORDS: Final = {
    "size": ("size", "has", "size 0"),
    "opacity": ("opacity", "has", "opacity 0"),
    "color": ("color", "has", "a colour of alpha 0"),
    "paint": ("", "has", "neither fill nor stroke"),
    "points": ("points", "has", "no points to draw"),
    "area": ("place", "has", "no area"),
    "outside": ("place", "is", "outside the viewport"),
    "clip": ("", "is", "hidden by the clip of the pass"),
    "tiny": ("size", "is", "smaller than half a pixel"),
    "behind": ("place", "is", "behind the camera"),
    "culled": ("place", "is", "outside what the camera sees"),
    "clipped": ("place", "is", "outside the viewport of the projection"),
    "dropped": ("place", "has", "a place that is not finite, and cannot be projected"),
    "place": ("place", "is", _ALL_AT),
}
"""By cause: the attribute whose slot makes it so, and what is said of an element."""
_MANY: Final = {"has": "have", "is": "are"}


class Line(msgspec.Struct):
    """Elements of one pass that are not seen for one reason."""

    what: str
    cause: str
    slot: int | None
    in_pass: str
    count: int = 0
    of: int = 0
    pictures: int = 0
    place: tuple[float, float] | None = None
    """Where they all are, if that is one place in all pictures."""


class Census(msgspec.Struct):
    """What is not seen, over pictures."""

    pictures: int = 0
    unseen: int = 0
    """Pictures in which nothing is seen."""
    even: int = 0
    """Pictures of one colour."""
    without_passes: int = 0
    colors: set[str] = msgspec.field(default_factory=set)
    """Of pictures of one colour."""
    lines: dict[tuple[int, str], Line] = msgspec.field(default_factory=dict)
    """By number of the pass and cause."""

    def add(
        self,
        frame: RenderFrame,
        view: FrameView,
        output: str,
        viewport: Viewport,
        ground: Paint | None = None,
    ) -> None:
        """Look at a picture.

        Args:
            frame: What is drawn.
            view: What the run's frame has left.
            output: Id of the output that the frame is.
            viewport: What is drawn to.
            ground: Takes the place of what the frame is cleared with.

        Raises:
            CannotDraw: IR483.
        """
        look = look_at(frame, viewport, ground_of(frame.clear) if ground is None else ground)
        origins = [*origins_of(frame, view, output, viewport)]
        self.pictures += 1
        self.unseen += not look.seen
        self.without_passes += not look.passes
        if look.color is not None:
            self.even += 1
            self.colors.add(look.color)
        for number, drawn in enumerate(drawn_passes(frame)):
            found = look.passes[number]
            origin = origins[number] if number < len(origins) else Origin()
            in_pass = f" of pass {shown(found.id)}" if len(look.passes) > 1 else ""
            if drawn is not None:
                self._add_pass(number, found, origin, in_pass)
            elif not found.is_enabled:
                self._count(number, "disabled", found, origin, in_pass)

    def add_last(self, view: FrameView, viewport: Viewport) -> None:
        """Look at the frame that a run has ended with, if its first output is one it assembled."""
        name, value = next(iter(view.outputs.items()), ("", None))
        if isinstance(value, RenderFrame) and assembled_by(view, name) is not None:
            with suppress(CannotDraw):  # which is for who draws it to tell
                self.add(value, view, name, viewport)

    def _add_pass(self, number: int, found: PassLook, origin: Origin, in_pass: str) -> None:
        drops, of, rows = origin.drops, found.count, dict[str, int](found.unseen)
        rows.pop("not finite", None)  # which has a place of its own in every summary
        if drops is not None:
            projected = {
                "behind": drops.behind, "culled": drops.culled,
                "clipped": drops.clipped, "dropped": drops.not_finite,
            }  # fmt: skip
            rows = {cause: count for cause, count in projected.items() if count} | rows
            for count in projected.values():
                of += count
        if of == 0:
            self._count(number, "empty", found, origin, in_pass)
        if found.place is not None and of not in rows.values():
            rows["place"] = of
        for cause, count in rows.items():
            line = self._count(number, cause, found, origin, in_pass)
            line.count += count
            line.of += of
            if line.pictures == 1 and (count == of):
                line.place = found.place
            elif line.place != found.place:
                line.place = None

    def _count(
        self, number: int, cause: str, found: PassLook, origin: Origin, in_pass: str
    ) -> Line:
        """Return the line of a pass and a cause, with one picture more."""
        attribute = _WORDS[cause][0] if cause in _WORDS else "count"
        line = self.lines.get((number, cause))
        if line is None:
            line = Line(found.what, cause, origin.slots.get(attribute), in_pass)
            self.lines[number, cause] = line
        line.pictures += 1
        return line

    def texts(self) -> list[str]:
        """Return what is said to a person; nothing if all is seen."""
        found = [self._text(line) for line in self.lines.values()]
        if len(found) > _MOST:
            found[_MOST - 1 :] = [f"and {len(found) - _MOST + 1:,} more of the kind"]
        if self.without_passes:
            found.append(f"{self._frames(self.without_passes, 'the frame has', 'have')} no passes")
        return [*found, *self._even()]

    def _text(self, line: Line) -> str:
        slot = "" if line.slot is None else f" (slot {line.slot})"
        among = "" if self.pictures == 1 else f" in {plural(line.pictures, 'picture')}"
        if line.cause not in _WORDS:
            what = f"the pass{line.in_pass.removeprefix(' of pass')}"
            is_off = line.cause == "disabled"
            return (
                f"{what} is disabled{among}"
                if is_off
                else f"{what} has no {line.what}s{among}{slot}"
            )
        _, verb, words = _WORDS[line.cause]
        verb = verb if line.count == 1 else _MANY[verb]
        text = f"{line.count:,} of {plural(line.of, line.what)}{line.in_pass}{among} {verb} {words}"
        if line.place is None:
            return text + slot
        x, y = (number_text(float(f"{number:.6g}")) for number in line.place)
        if line.cause == "place":
            return text.replace(_ALL_AT, f"all at ({x}, {y})") + slot
        return f"{text}{slot}, all at ({x}, {y})"

    @property
    def is_elsewhere(self) -> bool:
        """True if another part of the plane would show more."""
        return any(cause in ("outside", "tiny") for _, cause in self.lines)

    def _even(self) -> Iterator[str]:
        """Yield that pictures are of one colour: those in which nothing is seen, and others."""
        color = f"all {next(iter(self.colors))}" if len(self.colors) == 1 else "of one colour"
        color = color.removeprefix("all ") if self.colors == {EMPTY} else color
        if self.unseen:
            which = self._frames(self.unseen, "the picture is", "are")
            yield f"so nothing is seen: {which} {color}"
        if self.even > self.unseen:
            yield f"{self._frames(self.even - self.unseen, 'the picture is', 'are')} {color}"

    def _frames(self, count: int, one: str, many: str) -> str:
        """Return of how many pictures something is said; `one` where there is only one."""
        if self.pictures == 1:
            return one
        return f"{count:,} of {self.pictures:,} pictures {many}"

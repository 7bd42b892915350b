"""A drawing: SVG elements in the order in which they are painted, and what was counted."""

from collections.abc import Sequence
from typing import Final

import msgspec

from irrun.errors.rendering import OutOfReach
from irrun.ir.values import Viewport
from irrun.limits import PICTURE_REACH
from irrun.numerics.text import number_text
from irrun.render.vector.colors import Paint
from irrun.render.vector.numbers import EXACT, num
from irrun.render.vector.space import OUTSIDE

XMLNS: Final = "http://www.w3.org/2000/svg"


class Layer(msgspec.Struct):
    """Elements that are painted one after the other."""

    id: str = ""
    """Of the pass."""
    elements: list[str] = msgspec.field(default_factory=list)
    definitions: str = ""
    """What the elements refer to."""
    opening: str = ""
    """The group around the elements, if there is one."""
    is_added: bool = False
    """Each element is added to what is there, colour by colour; few programs can do that."""
    far: dict[int, float] = msgspec.field(default_factory=dict)
    """Elements, by position, that reach too far for pixels, and how many pixels (see `Space`)."""

    def markup(self, *, for_pixels: bool) -> str:
        """Return the layer as SVG.

        Args:
            for_pixels: Leave out what is far outside the picture.

        Raises:
            OutOfReach: IR487, for pixels something reaches too far.
        """
        return self.around(self.drawn_as_pixels() if for_pixels else self.elements)

    def drawn_as_pixels(self) -> Sequence[str]:
        """Return the elements that pixels are made of.

        Raises:
            OutOfReach: IR487, one of them reaches too far.
        """
        for reach in self.far.values():
            if reach != OUTSIDE:
                far, limit = number_text(float(f"{reach:.3g}")), PICTURE_REACH.value
                raise OutOfReach(id=self.id, what="a shape or a line", reach=far, limit=limit)
        if not self.far:
            return self.elements
        return [text for i, text in enumerate(self.elements) if i not in self.far]

    def around(self, elements: Sequence[str]) -> str:
        """Return elements with what all of the layer have in common, as SVG."""
        body = "\n".join(elements)
        inside = f"{self.opening}\n{body}\n</g>" if self.opening else body
        return f"{self.definitions}\n{inside}" if self.definitions else inside


class Drawing(msgspec.Struct):
    """One frame, ready to be written."""

    viewport: Viewport
    background: Paint | None = None
    layers: list[Layer] = msgspec.field(default_factory=list)
    passes: int = 0
    """Passes that were drawn."""
    instances: int = 0
    paths: int = 0
    left_out: int = 0
    """Instances whose place, size or rotation is not finite."""
    characters: int = 0
    """Of all elements."""

    @property
    def is_added_to(self) -> bool:
        """True if some layer is added to what is below."""
        return any(layer.is_added for layer in self.layers)

    def markup(self, *, for_pixels: bool = False) -> str:
        """Return background and layers as SVG, without the frame around them.

        Raises:
            OutOfReach: IR487, for pixels something reaches too far.
        """
        layers = [layer.markup(for_pixels=for_pixels) for layer in self.layers]
        return "\n".join([*self.background_markup(), *layers])

    def background_markup(self) -> list[str]:
        """Return the rectangle that covers the viewport, if there is one."""
        if self.background is None or self.background.alpha == 0:
            return []
        size = f'width="{num(self.viewport.w, EXACT)}" height="{num(self.viewport.h, EXACT)}"'
        return [f"<rect {size}{fill_text(self.background)}/>"]


def svg_document(width: int, height: int, viewport: Viewport, markup: str) -> str:
    """Return an SVG document of a size in pixels that shows a viewport."""
    return (
        f'<svg xmlns="{XMLNS}" width="{width}" height="{height}" '
        f'viewBox="{view_box(viewport)}" preserveAspectRatio="none">\n'
        f"{markup}\n</svg>\n"
    )


def view_box(viewport: Viewport) -> str:
    """Return what an SVG document or picture shows."""
    return f"0 0 {num(viewport.w, EXACT)} {num(viewport.h, EXACT)}"


def fill_text(paint: Paint | None, alpha: float = 1.0) -> str:
    """Return the attributes of a fill."""
    return ' fill="none"' if paint is None else _paint_text("fill", paint, alpha)


def stroke_text(paint: Paint, alpha: float, width: str) -> str:
    """Return the attributes of a stroke."""
    return _paint_text("stroke", paint, alpha) + f' stroke-width="{width}"'


def _paint_text(name: str, paint: Paint, alpha: float) -> str:
    opacity = paint.alpha * alpha
    shown = "" if opacity >= 1 else f' {name}-opacity="{num(opacity, 4)}"'
    return f' {name}="{paint.text}"{shown}'

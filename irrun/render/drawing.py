"""A drawing: SVG elements in the order in which they are painted, and what was counted."""

from dataclasses import dataclass, field
from typing import Final

from irrun.ir.values import Viewport
from irrun.render.colors import Paint
from irrun.render.numbers import num

XMLNS: Final = "http://www.w3.org/2000/svg"


@dataclass(slots=True)
class Layer:
    """Elements that are painted one after the other."""

    elements: list[str] = field(default_factory=list)
    definitions: str = ""
    """What the elements refer to."""
    opening: str = ""
    """The group around the elements, if there is one."""
    is_added: bool = False
    """Each element is added to what is there, colour by colour; few programs can do that."""

    @property
    def markup(self) -> str:
        """The layer as SVG."""
        body = "\n".join(self.elements)
        inside = f"{self.opening}\n{body}\n</g>" if self.opening else body
        return f"{self.definitions}\n{inside}" if self.definitions else inside


@dataclass(slots=True)
class Drawing:
    """One frame, ready to be written."""

    viewport: Viewport
    background: Paint | None = None
    layers: list[Layer] = field(default_factory=list)
    passes: int = 0
    """Passes that were drawn."""
    instances: int = 0
    paths: int = 0
    left_out: int = 0
    """Instances whose place, size or rotation is not finite."""

    @property
    def is_added_to(self) -> bool:
        """True if some layer is added to what is below."""
        return any(layer.is_added for layer in self.layers)

    def markup(self) -> str:
        """Return background and layers as SVG, without the frame around them."""
        layers = [layer.markup for layer in self.layers]
        return "\n".join([*self.background_markup(), *layers])

    def background_markup(self) -> list[str]:
        """Return the rectangle that covers the viewport, if there is one."""
        if self.background is None or self.background.alpha == 0:
            return []
        size = f'width="{num(self.viewport.w)}" height="{num(self.viewport.h)}"'
        return [f"<rect {size}{fill_text(self.background)}/>"]


def svg_document(width: int, height: int, viewport: Viewport, markup: str) -> str:
    """Return an SVG document of a size in pixels that shows a viewport."""
    return (
        f'<svg xmlns="{XMLNS}" width="{width}" height="{height}" '
        f'viewBox="0 0 {num(viewport.w)} {num(viewport.h)}" preserveAspectRatio="none">\n'
        f"{markup}\n</svg>\n"
    )


def fill_text(paint: Paint | None, alpha: float = 1.0) -> str:
    """Return the attributes of a fill."""
    return ' fill="none"' if paint is None else _paint_text("fill", paint, alpha)


def stroke_text(paint: Paint, alpha: float, width: float) -> str:
    """Return the attributes of a stroke."""
    return _paint_text("stroke", paint, alpha) + f' stroke-width="{num(width)}"'


def _paint_text(name: str, paint: Paint, alpha: float) -> str:
    opacity = paint.alpha * alpha
    shown = "" if opacity >= 1 else f' {name}-opacity="{num(opacity, 4)}"'
    return f' {name}="{paint.text}"{shown}'

"""What notebooks show of a run: its slots as a table, and its last frame as a picture."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import numpy as np

from irrun.errors import IrrunError
from irrun.errors.markup import html_table, safe
from irrun.errors.rendering import CannotDraw
from irrun.numerics.text import number_text
from irrun.program.layout.labels import slot_labels
from irrun.render.drawing import svg_document
from irrun.render.frames import frame_of
from irrun.render.pictures import fitted
from irrun.render.vector.svg import draw
from irrun.runtime.runtime import Runtime, is_frame
from irrun.trace.columns import Columns
from irrun.trace.text import value_text

SHOWN_WIDTH: Final = 480
"""Pixels that a picture is wide in a notebook."""


class Picture(msgspec.Struct, frozen=True):
    """A rendered frame; a notebook shows it as what it is."""

    svg: str
    """The whole drawing, a document of its own."""
    width: int
    height: int

    def __repr__(self) -> str:
        return f"<Picture {self.width}x{self.height}>"

    def _repr_html_(self) -> str:
        # An image runs nothing, and its ids are its own.
        data = b64encode(self.svg.encode()).decode()
        return (
            f'<img width="{self.width}" height="{self.height}" alt="the frame" '
            f'src="data:image/svg+xml;base64,{data}"/>'
        )


def picture_of(outputs: Mapping[str, Any], runtime: Runtime, output: str | None = None) -> Picture:
    """Draw an output as the last frame has left it.

    Args:
        outputs: The outputs of the last frame.
        runtime: What has run.
        output: Its id; None for the first that holds a frame.

    Raises:
        KeyError: There is no such output.
        CannotDraw: IR483, it holds no frame, or one that cannot be drawn.
        PictureLimit: IR486.
    """
    if output is None:
        output = next((name for name, value in outputs.items() if is_frame(value)), None)
    if output is None:
        raise CannotDraw(detail="no output holds a frame")
    if output not in outputs:
        known = ", ".join(map(repr, outputs))
        raise KeyError(f"there is no output {output!r}; there are: {known}")
    frame = frame_of(outputs[output], runtime.values.peek)
    width, height = fitted(runtime.viewport, SHOWN_WIDTH, None)
    drawing = draw(frame, runtime.viewport)
    svg = svg_document(width, height, runtime.viewport, drawing.markup())
    return Picture(svg, width, height)


def run_html(
    title: str,
    columns: Columns,
    outputs: Mapping[str, Any],
    runtime: Runtime,
    findings: tuple[IrrunError, ...],
) -> str:
    """Return a run as HTML: a row to a slot, what was found, and the last frame's picture."""
    names = ("slot", "label", "type", "least", "greatest", "last")
    parts = [html_table(title, names, _rows(columns, runtime))]
    parts += [f"<pre>{'<br/>'.join(map(safe, str(each).splitlines()))}</pre>" for each in findings]
    if runtime.program.outputs and any(map(is_frame, outputs.values())):
        try:
            parts.append(picture_of(outputs, runtime)._repr_html_())
        except IrrunError as error:
            parts.append(f"<p>{safe(error.sentence)}</p>")
    return "".join(parts)


def _rows(columns: Columns, runtime: Runtime) -> Iterator[tuple[str, ...]]:
    labels = slot_labels(runtime.program, runtime.layout)
    for slot in columns.slots:
        numbers, column = columns.numbers(slot), columns.column(slot)
        known = np.zeros(0) if numbers is None else numbers[~np.isnan(numbers)]
        ends = (number_text(known.min()), number_text(known.max())) if known.size else ("", "")
        last = value_text(column[-1]) if columns.length else ""
        known_type = runtime.layout.by_slot.get(slot)
        kind = "" if known_type is None else known_type.type.text()
        yield str(slot), labels.get(slot, ""), kind, *ends, last

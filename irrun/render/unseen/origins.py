"""Where the passes of a frame come from: the slots of their attributes, and what was dropped."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from irrun.errors import IrrunError
from irrun.evaluate.scene.projection import Drops
from irrun.ir.batches import Instance2DBatch, PathBatch
from irrun.ir.render_frame import BufferRef, Instances2DPass, Paths2DPass, RenderFrame, RenderPass
from irrun.ir.values import Instances, Viewport
from irrun.runtime.view import FrameView
from irrun.steps.kinds.project_instances import ProjectInstances
from irrun.steps.kinds.render_assemble import RenderAssemble


class Origin(msgspec.Struct, frozen=True):
    """Where one pass comes from."""

    slots: Mapping[str, int | None] = msgspec.field(default_factory=dict)
    """By attribute: place, size, color, opacity, points, and count for the domain."""
    drops: Drops | None = None
    """Why elements were dropped when they were projected, if some were."""
    step: str = ""
    """The step that dropped them."""


def origins_of(
    frame: RenderFrame, view: FrameView, output: str, viewport: Viewport
) -> list[Origin]:
    """Return where the passes of a frame come from, one for each, in the frame's order.

    Args:
        frame: What was drawn.
        view: What the run's frame has left.
        output: Id of the output that the frame is.
        viewport: What is drawn to.
    """
    assemble = assembled_by(view, output)
    if assemble is None:
        return [Origin(_named(found)) for found in frame.passes]
    batches = assemble.batches(view.values.peek)
    instances, paths = iter(batches[0]), iter(batches[1])
    return [_origin(found, instances, paths, view, viewport) for found in frame.passes]


def assembled_by(view: FrameView, output: str) -> RenderAssemble | None:
    """Return the step that made the frame of an output, if one has for real."""
    for found in view.program.outputs:
        if found.id == output:
            step = _step_of(view, found.slot)
            return step if isinstance(step, RenderAssemble) else None
    return None


def _step_of(view: FrameView, slot: int) -> object:
    """Return the step that has written a slot in this frame, if one has for real."""
    writer = view.values.writer_of(slot) if view.values.is_written(slot) else None
    if writer is None or writer.step is None or view.steps[writer.step].is_stub:
        return None
    return view.steps[writer.step].step


def _origin(
    found: RenderPass,
    instances: Iterator[Instance2DBatch],
    paths: Iterator[PathBatch],
    view: FrameView,
    viewport: Viewport,
) -> Origin:
    if isinstance(found, Instances2DPass):
        batch = next(instances)
        slots = {
            "place": batch.pos_xy_slot,
            "size": batch.size_slot,
            "color": batch.color_rgba_slot,
            "opacity": batch.opacity_slot,
            "count": batch.domain_slot,
        }
        return _with_drops(slots, view, viewport)
    outline = next(paths)
    color = outline.fill_color_slot if outline.draw.fill else None
    return Origin({
        "place": outline.params_slot,
        "points": outline.cmd_len_slot,
        "color": outline.stroke_color_slot if color is None else color,
        "opacity": outline.opacity_slot,
        "count": outline.domain_slot,
    })  # fmt: skip


def _with_drops(slots: Mapping[str, int], view: FrameView, viewport: Viewport) -> Origin:
    step = _step_of(view, slots["place"])
    value = view.values.peek(slots["place"])
    if not isinstance(step, ProjectInstances) or not isinstance(value, Instances):
        return Origin(slots)
    try:
        dropped = step.dropped(view.values.peek, viewport, quirks=view.quirks)
    except IrrunError:
        # An output is drawn that was made before what it is made of has changed.
        return Origin(slots)
    return Origin(slots, dropped, step.id)


def _named(found: RenderPass) -> Mapping[str, int | None]:
    """Return the slots of a frame in the form of a document, which names them itself."""
    if isinstance(found, Instances2DPass):
        buffers = found.buffers
        refs: Sequence[tuple[str, object]] = (
            ("place", buffers.pos_xy), ("size", buffers.size),
            ("color", buffers.color_rgba), ("opacity", buffers.opacity),
        )  # fmt: skip
    elif isinstance(found, Paths2DPass):
        style = found.style
        color = style.fill_color_rgba if found.draw.fill else style.stroke_color_rgba
        refs = (
            ("place", found.geometry.points_xy), ("points", found.geometry.path_command_len),
            ("color", color), ("opacity", style.opacity),
        )  # fmt: skip
    else:
        refs = ()
    return {name: ref.buffer_id for name, ref in refs if isinstance(ref, BufferRef)}

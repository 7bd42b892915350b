"""Instances3DProjectTo2D: project 3D instances to the screen (runtime-semantics 14.5, 14.6)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np

from irrun.errors.checks.values import NanSortKey
from irrun.errors.expressions import BadOperand
from irrun.errors.scene import DefaultCamera, RotationIgnored
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.columns.rows import NumberRows, Same
from irrun.evaluate.operations.vectors import describe_shape
from irrun.evaluate.scene.projection import (
    Bodies,
    Channel,
    Counters,
    Drops,
    Lens,
    Order,
    Projected,
    drops,
    project,
    project_all,
    project_nothing,
)
from irrun.ir.constants import is_number
from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import Array, Buffer, CameraEval, DomainHandle, Instances, Viewport, classify
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.convert import to_number
from irrun.steps.base import Access, Step, element_count, need, need_domain, read, write
from irrun.steps.block import BlockPlan
from irrun.steps.frame import Frame, Subject


class ProjectInstances(Step, frozen=True, kw_only=True, tag="Instances3DProjectTo2D"):
    """Write screen positions, sizes, depths and colours of the instances that are visible."""

    domain_slot: SlotId
    camera_eval_slot: SlotId
    position_slot: SlotId
    color_r_slot: SlotId
    color_g_slot: SlotId
    color_b_slot: SlotId
    color_a_slot: SlotId
    radius_slot: SlotId
    out_slot: SlotId
    z_sort: bool
    cull_mode: Literal["none", "frustum"]
    clip_mode: Literal["discard", "clamp"]
    size_space: Literal["px", "world"]
    rotation_slot: SlotId | None = None
    scale_slot: SlotId | None = None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield need_domain(self.domain_slot)
        yield read(self.camera_eval_slot, "camera", "cameraEvalSlot")
        yield need(self.position_slot, "buffer", "positionSlot")
        if self.rotation_slot is not None:
            yield read(self.rotation_slot, "buffer", "rotationSlot")
        if self.scale_slot is not None:
            yield need(self.scale_slot, "buffer", "scaleSlot")
        yield need(self.color_r_slot, "buffer", "colorRSlot", "number")
        yield need(self.color_g_slot, "buffer", "colorGSlot", "number")
        yield need(self.color_b_slot, "buffer", "colorBSlot", "number")
        yield need(self.color_a_slot, "buffer", "colorASlot", "number")
        yield need(self.radius_slot, "buffer", "radiusSlot", "number")
        yield write(self.out_slot, "instances", "outSlot")

    def run(self, frame: Frame) -> None:
        count = _count(self.domain_slot, frame.read(self.domain_slot))
        if count == 0:
            instances, counters = project_nothing()
        else:
            frame.fields.check_room(len(Instances.__struct_fields__) * count)
            camera = _camera(frame, self.camera_eval_slot)
            if self.rotation_slot is not None:
                ignored = RotationIgnored(slot=self.rotation_slot)
                frame.report(ignored.at(field="rotationSlot"))
            quirks = frame.env.quirks
            bodies = self._bodies(_Read(frame.read), count, quirks)
            lens = self._lens(camera, frame.viewport, quirks)
            instances, counters = project(bodies, lens)
        if self.z_sort and instances.z.size > 0 and np.isnan(instances.z[-1]):
            frame.report(NanSortKey(what="the depth of an instance"))
        if frame.wants_detail:
            _tell(frame, counters)
        frame.write(self.out_slot, instances)

    def columns(self, plan: BlockPlan) -> None:
        """Project the instances of all frames at once."""
        count = _count(self.domain_slot, plan.constant(self.domain_slot))
        if count == 0:
            raise NotInBlocks("it projects nothing")
        camera = plan.constant(self.camera_eval_slot)
        if not isinstance(camera, CameraEval):
            raise NotInBlocks("the default camera stands in")
        lens = self._lens(camera, plan.viewport, plan.quirks)
        slots, report = self._looked_at(plan.quirks), plan.reporter()

        def compute(frames: int, *values: Any) -> NumberRows:
            read = _ReadFrames(dict(zip(slots, values, strict=True)), frames)
            bodies = self._bodies(read, count, plan.quirks)
            projected = project_all(bodies, lens)
            depths = projected.singles[3, : projected.kept]
            if self.z_sort and np.isnan(depths).any():
                report(NanSortKey(what="the depth of an instance"))
            return _rows(projected, lens.order, frames, count)

        plan.note_elements(3 * count)
        made = plan.over_frames(self.kind, [plan.read(slot) for slot in slots], compute)
        plan.write(self.out_slot, made)

    def dropped(
        self, peek: Callable[[int], Any], viewport: Viewport, *, quirks: bool
    ) -> Drops | None:
        """Return why elements were dropped in a frame that has ended.

        Args:
            peek: Reads a slot as the frame has left it.
            viewport: What is drawn to.
            quirks: The frame has the reference's values.

        Returns:
            None if the program's default camera stood in.
        """
        camera = peek(self.camera_eval_slot)
        if not isinstance(camera, CameraEval):
            return None
        count = _count(self.domain_slot, peek(self.domain_slot))
        bodies = self._bodies(_Read(peek), count, quirks)
        return drops(bodies, self._lens(camera, viewport, quirks))

    def _looked_at(self, quirks: bool) -> list[int]:
        """Return the slots that say what is projected."""
        scale = [] if self.scale_slot is None or quirks else [self.scale_slot]
        channels = (self.color_r_slot, self.color_g_slot, self.color_b_slot, self.color_a_slot)
        return [self.position_slot, *scale, *channels, self.radius_slot]

    def _bodies(self, read: "_Read", count: int, quirks: bool) -> Bodies:
        """Read what is projected, in the order of the accesses."""
        positions = read.array(self.position_slot, "positionSlot", 3 * count)
        scale: Channel = 1.0
        if self.scale_slot is not None and not quirks:
            factors = read.array(self.scale_slot, "scaleSlot", count, 3 * count)
            # One to an element: a number, or the x component of a vec3.
            scale = factors[:: 3 * factors.size // positions.size]
        red = read.channel(self.color_r_slot, "colorRSlot", count)
        green = read.channel(self.color_g_slot, "colorGSlot", count)
        blue = read.channel(self.color_b_slot, "colorBSlot", count)
        alpha = read.channel(self.color_a_slot, "colorASlot", count)
        radius = read.channel(self.radius_slot, "radiusSlot", count)
        return Bodies(positions, (red, green, blue, alpha), radius, scale)

    def _lens(self, camera: CameraEval, viewport: Viewport, quirks: bool) -> Lens:
        """Return how it is projected."""
        order: Order = "near first" if quirks else "far first"
        return Lens(
            camera.view_proj,
            viewport,
            proj_y=float(camera.proj[5]),
            culls=self.cull_mode == "frustum",
            clip=self.clip_mode,
            world_sizes=self.size_space == "world" and not quirks,
            order=order if self.z_sort else "as listed",
        )


def _count(slot: int, value: Any) -> int:
    """Return how many elements there are: of a domain handle, or a plain number."""
    if isinstance(value, DomainHandle):
        return element_count(slot, value.count)
    if is_number(value):
        return element_count(slot, value)
    raise _unfit(slot, "domainSlot", "a domain or a number of elements", value)


def _camera(frame: Frame, slot: int) -> CameraEval:
    """Return the evaluated camera of a slot, or the program's default one with a warning."""
    value = frame.read(slot)
    if isinstance(value, CameraEval):
        return value
    camera = frame.cameras.evaluate_default(frame.viewport)
    stand_in = DefaultCamera(slot=slot, got=_described(value), camera=camera.camera_id)
    # The slot may well be named for the domain too.
    frame.report(stand_in.at(field="cameraEvalSlot"))
    return camera


class _Read:
    """Reads what is projected in a frame."""

    def __init__(self, read: Callable[[int], Any]) -> None:
        self._read = read

    def array(self, slot: int, field: str, *lengths: int) -> Array:
        """Return an array of float32 of one of the lengths."""
        return _array(self._read(slot), slot, field, *lengths)

    def channel(self, slot: int, field: str, count: int) -> Channel:
        """Return one number to an element, or one number for all."""
        value = self._read(slot)
        if is_number(value):
            return to_number(value)
        array = _fit(value, count)
        if array is not None:
            return array
        raise _unfit(slot, field, f"a number or a buffer of {count} float32 numbers", value)


class _ReadFrames(_Read):
    """Reads what is projected in a block, the elements of one frame after those of another."""

    def __init__(self, values: Mapping[int, Any], frames: int) -> None:
        super().__init__(values.__getitem__)
        self._frames = frames

    def array(self, slot: int, field: str, *lengths: int) -> Array:
        rows = self._read(slot)
        if isinstance(rows, Same):
            return np.tile(_array(rows.value, slot, field, *lengths), self._frames)
        if isinstance(rows, NumberRows) and rows.are_alike:
            _array(rows[0], slot, field, *lengths)
            return rows.data.reshape(-1)
        return np.concatenate([_array(row, slot, field, *lengths) for row in rows])

    def channel(self, slot: int, field: str, count: int) -> Channel:
        value = self._read(slot)
        if isinstance(value, np.ndarray):
            return np.repeat(to_f32_array(value), count)
        return value if isinstance(value, float) else self.array(slot, field, count)


def _array(value: Any, slot: int, field: str, *lengths: int) -> Array:
    array = _fit(value, *lengths)
    if array is not None:
        return array
    wanted = " or ".join(map(str, lengths))
    raise _unfit(slot, field, f"a buffer of {wanted} float32 numbers", value)


def _fit(value: Any, *lengths: int) -> Array | None:
    """Return an array of float32, bare or in a buffer handle, if it has one of the lengths."""
    array = value.data if isinstance(value, Buffer) else value
    is_fit = isinstance(array, np.ndarray) and array.dtype == np.float32
    return array if is_fit and array.size in lengths else None


def _unfit(slot: int, field: str, wanted: str, value: Any) -> BadOperand:
    unfit = BadOperand(what=field, wanted=wanted, got=_described(value), slot=slot)
    return unfit.at(field=field)


def _rows(projected: Projected, order: Order, frames: int, count: int) -> NumberRows:
    """Return the instances of each frame, of so many elements in each."""
    places = projected.places(np.arange(frames + 1) * count)

    def instances(frame: int) -> Instances:
        first, stop = places[frame], places[frame + 1]
        return projected.instances(order, first, stop, frame * count)

    numbers = projected.singles[:, : projected.kept]
    are_alike = bool((np.diff(places) == places[1]).all())
    return NumberRows(frames, instances, numbers, are_alike=are_alike)


def _described(value: Any) -> str:
    """Return what a value is, for messages; of arrays the length and the element type."""
    array = value.data if isinstance(value, Buffer) else value
    if isinstance(array, np.ndarray):
        return f"a buffer of {array.size} {array.dtype.name} numbers"
    found = classify(value)
    if found in ("domain", "field", "camera", "mesh", "frame"):
        return f"a {found}"
    return "instances" if found == "instances" else describe_shape(value)


def _tell(frame: Frame, counters: Counters) -> None:
    """Tell the trace what became of the elements."""
    rows = (
        ("elements", counters.instances_in),
        ("culled", counters.culled),
        ("culled with NaN", counters.nan_count),
        ("culled with infinities", counters.inf_count),
        ("instances", counters.kept),
        ("clipped", counters.clipped),
        ("alive", counters.instances_out),
    )
    for text, value in rows:
        frame.detail(Subject("count", text), text, value)

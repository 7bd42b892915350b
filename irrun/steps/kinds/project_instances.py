"""Instances3DProjectTo2D: project 3D instances to the screen (runtime-semantics 14.5, 14.6)."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from irrun.errors.checks.values import NanSortKey
from irrun.errors.expressions import BadOperand
from irrun.errors.scene import DefaultCamera, RotationIgnored
from irrun.evaluate.operations.vectors import describe_shape
from irrun.evaluate.scene.projection import (
    Bodies,
    Channel,
    Counters,
    Lens,
    Order,
    project,
    project_nothing,
)
from irrun.ir.constants import is_number
from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import Array, Buffer, CameraEval, DomainHandle, Instances, classify
from irrun.numerics.convert import to_number
from irrun.steps.base import Access, Step, element_count, read, read_domain, write
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
        yield read_domain(self.domain_slot)
        yield read(self.camera_eval_slot, "camera", "cameraEvalSlot")
        yield read(self.position_slot, "buffer", "positionSlot")
        if self.rotation_slot is not None:
            yield read(self.rotation_slot, "buffer", "rotationSlot")
        if self.scale_slot is not None:
            yield read(self.scale_slot, "buffer", "scaleSlot")
        yield read(self.color_r_slot, "buffer", "colorRSlot", "number")
        yield read(self.color_g_slot, "buffer", "colorGSlot", "number")
        yield read(self.color_b_slot, "buffer", "colorBSlot", "number")
        yield read(self.color_a_slot, "buffer", "colorASlot", "number")
        yield read(self.radius_slot, "buffer", "radiusSlot", "number")
        yield write(self.out_slot, "instances", "outSlot")

    def run(self, frame: Frame) -> None:
        count = _count(frame, self.domain_slot)
        if count == 0:
            instances, counters = project_nothing()
        else:
            frame.fields.check_room(len(Instances.__struct_fields__) * count)
            camera = _camera(frame, self.camera_eval_slot)
            instances, counters = project(self._bodies(frame, count), self._lens(frame, camera))
        if self.z_sort and instances.z.size > 0 and np.isnan(instances.z[-1]):
            frame.report(NanSortKey(what="the depth of an instance"))
        if frame.wants_detail:
            _tell(frame, counters)
        frame.write(self.out_slot, instances)

    def _bodies(self, frame: Frame, count: int) -> Bodies:
        """Read what is projected, in the order of the accesses."""
        positions = _array(frame, self.position_slot, "positionSlot", 3 * count)
        if self.rotation_slot is not None:
            ignored = RotationIgnored(slot=self.rotation_slot)
            frame.report(ignored.at(field="rotationSlot"))
        scale: Channel = 1.0
        if self.scale_slot is not None and not frame.env.quirks:
            scale = _scale(frame, self.scale_slot, count)
        red = _channel(frame, self.color_r_slot, "colorRSlot", count)
        green = _channel(frame, self.color_g_slot, "colorGSlot", count)
        blue = _channel(frame, self.color_b_slot, "colorBSlot", count)
        alpha = _channel(frame, self.color_a_slot, "colorASlot", count)
        radius = _channel(frame, self.radius_slot, "radiusSlot", count)
        return Bodies(positions, (red, green, blue, alpha), radius, scale)

    def _lens(self, frame: Frame, camera: CameraEval) -> Lens:
        """Return how it is projected."""
        quirks = frame.env.quirks
        order: Order = "near first" if quirks else "far first"
        return Lens(
            camera.view_proj,
            frame.viewport,
            proj_y=float(camera.proj[5]),
            culls=self.cull_mode == "frustum",
            clip=self.clip_mode,
            world_sizes=self.size_space == "world" and not quirks,
            order=order if self.z_sort else "as listed",
        )


def _count(frame: Frame, slot: int) -> int:
    """Return how many elements there are: of a domain handle, or a plain number."""
    value = frame.read(slot)
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


def _array(frame: Frame, slot: int, field: str, *lengths: int) -> Array:
    """Return an array of float32, bare or in a buffer handle, of one of the lengths."""
    value = frame.read(slot)
    array = value.data if isinstance(value, Buffer) else value
    is_fit = isinstance(array, np.ndarray) and array.dtype == np.float32
    if is_fit and array.size in lengths:
        return array
    wanted = " or ".join(map(str, lengths))
    raise _unfit(slot, field, f"a buffer of {wanted} float32 numbers", value)


def _channel(frame: Frame, slot: int, field: str, count: int) -> Channel:
    """Return one number to an element, or one number for all."""
    value = frame.read(slot)
    if is_number(value):
        return to_number(value)
    array = value.data if isinstance(value, Buffer) else value
    is_fit = isinstance(array, np.ndarray) and array.dtype == np.float32
    if is_fit and array.size == count:
        return array
    raise _unfit(slot, field, f"a number or a buffer of {count} float32 numbers", value)


def _scale(frame: Frame, slot: int, count: int) -> Array:
    """Return one factor to an element: a number, or the x component of a vec3."""
    array = _array(frame, slot, "scaleSlot", count, 3 * count)
    return array if array.size == count else array[::3]


def _unfit(slot: int, field: str, wanted: str, value: Any) -> BadOperand:
    unfit = BadOperand(what=field, wanted=wanted, got=_described(value), slot=slot)
    return unfit.at(field=field)


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

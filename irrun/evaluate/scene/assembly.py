"""Put passes together from the values of slots (runtime-semantics 12.2, 12.3)."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.errors import IrrunError
from irrun.errors.expressions import BadHexDigit
from irrun.errors.rendering import RenderInputLength, UnusableRenderInput
from irrun.evaluate.colors import coerce_color, has_bad_digits, pack_color
from irrun.evaluate.operations.vectors import describe_shape
from irrun.ir.batches import Instance2DBatch, PathBatch
from irrun.ir.constants import is_number
from irrun.ir.render_frame import (
    BufferRef,
    InstanceBuffers,
    Instances2DPass,
    PassHeader,
    PathGeometry,
    Paths2DPass,
    PathStyle,
    ScalarF32,
    ScalarU16,
    ScalarU32,
    Shape2DMaterial,
)
from irrun.ir.values import Array, Buffer, Instances

Element = Literal["f32", "u32", "u16", "u8"]
_DTYPES: Final[dict[Element, np.dtype[Any]]] = {
    "f32": np.dtype("<f4"),
    "u32": np.dtype("<u4"),
    "u16": np.dtype("<u2"),
    "u8": np.dtype("<u1"),
}
_SHORT: Final = {"float32": "f32", "float64": "f64", "int32": "i32", "uint32": "u32",
                 "uint16": "u16", "uint8": "u8", "int8": "i8", "int16": "i16"}  # fmt: skip


class Attribute(msgspec.Struct, frozen=True):
    """What an attribute of instances or paths may be."""

    name: str
    """What messages call it."""
    element: Element
    components: int = 1
    scalar: type[ScalarF32 | ScalarU16 | ScalarU32] | None = None
    """What a number in the slot becomes; None if it must be an array."""
    derived: Callable[[Instances], Array] | None = None
    """What a projected-instances object gives for it."""


def _positions(found: Instances) -> Array:
    return np.stack([found.x, found.y], axis=1).astype(np.float32).reshape(-1)


def _colors(found: Instances) -> Array:
    """Return premultiplied bytes: round((c * a) / 255), halves up, in whole numbers."""
    alpha = found.a.astype(np.uint32)
    straight = (channel.astype(np.uint32) for channel in (found.r, found.g, found.b))
    channels = [(2 * c * alpha + 255) // 510 for c in straight]
    return np.stack([*channels, alpha], axis=1).astype(np.uint8).reshape(-1)


POSITION: Final = Attribute("posXY", "f32", 2, derived=_positions)
SIZE: Final = Attribute("size", "f32", scalar=ScalarF32, derived=lambda found: found.s)
ROTATION: Final = Attribute("rot", "f32", scalar=ScalarF32)
COLOR: Final = Attribute("colorRGBA", "u8", 4, ScalarU32, _colors)
OPACITY: Final = Attribute("opacity", "f32", scalar=ScalarF32)
SHAPE: Final = Attribute("shapeId", "u32", scalar=ScalarU16)
STROKE_WIDTH: Final = Attribute("strokeWidth", "f32", scalar=ScalarF32)
STROKE_COLOR: Final = Attribute("strokeColorRGBA", "u8", 4, ScalarU32)

_PATH_FILL: Final = Attribute("fillColorRGBA", "u8", 4, ScalarU32)


class InstanceSpec(msgspec.Struct, frozen=True):
    """The slots that the attributes of instances are in."""

    pos_xy: int
    size: int | None = None
    rot: int | None = None
    color_rgba: int | None = None
    opacity: int | None = None
    shape_id: int | None = None
    stroke_width: int | None = None
    stroke_color_rgba: int | None = None


_ATTRIBUTES: Final = {
    "size": SIZE,
    "rot": ROTATION,
    "color_rgba": COLOR,
    "opacity": OPACITY,
    "shape_id": SHAPE,
    "stroke_width": STROKE_WIDTH,
    "stroke_color_rgba": STROKE_COLOR,
}
"""By member of `InstanceSpec` and `InstanceBuffers`, in the order in which they are checked."""


class _Selection(msgspec.Struct, frozen=True):
    """Which elements of the domain are drawn, and in which order."""

    count: int
    elements: int
    """Elements of the domain."""
    order: NDArray[np.intp] | None = None
    """The element that each instance is; None for all, in order."""


class Assembler:
    """Builds the passes of one frame, and keeps the arrays that they refer to.

    Args:
        read: Reads a slot.
        report: Takes warnings.
    """

    def __init__(
        self,
        read: Callable[[int], Any],
        report: Callable[[IrrunError], None] = lambda finding: None,
    ) -> None:
        self._read = read
        self._report = report
        self.buffers: dict[int, Array] = {}
        """By buffer id: a slot, or negative for an array that was derived from one."""
        self.not_finite: dict[int, tuple[int, int]] = {}
        """How many NaN and infinite numbers there are, by slot, where there are any."""

    def instances(self, batch: Instance2DBatch, elements: int) -> Instances2DPass:
        """Return the pass of a batch over a domain of so many elements.

        Raises:
            UnusableRenderInput: IR480.
            RenderInputLength: IR481.
        """
        spec = InstanceSpec(
            pos_xy=batch.pos_xy_slot,
            size=batch.size_slot,
            color_rgba=batch.color_rgba_slot,
            opacity=batch.opacity_slot,
        )
        buffers, count = self.instance_buffers(spec, elements)
        if buffers.shape_id is None:
            buffers = _with_circles(buffers)
        return Instances2DPass(
            header=_header(f"instances2d-{batch.domain_slot}"),
            count=count,
            material=Shape2DMaterial(),
            buffers=buffers,
        )

    def instance_buffers(self, spec: InstanceSpec, elements: int) -> tuple[InstanceBuffers, int]:
        """Return the attributes of instances, and how many instances there are."""
        value = self._read(spec.pos_xy)
        chosen = _selection(value, elements)
        place = self._attribute(POSITION, spec.pos_xy, value, chosen)
        members: dict[str, Any] = {}
        for name, attribute in _ATTRIBUTES.items():
            slot = getattr(spec, name)
            if slot is not None:
                members[name] = self._attribute(attribute, slot, self._read(slot), chosen)
        return InstanceBuffers(pos_xy=place, **members), chosen.count

    def paths(self, batch: PathBatch, count: int) -> Paths2DPass:
        """Return the pass of a batch of so many paths.

        Raises:
            UnusableRenderInput: IR480.
            RenderInputLength: IR481.
        """
        commands = self._stream("commands", batch.cmds_slot, "u16")
        points = self._stream("pointsXY", batch.params_slot, "f32")
        geometry = PathGeometry(
            path_count=count,
            path_command_start=self._stream("cmdStart", batch.cmd_start_slot, "u32", count),
            path_command_len=self._stream("cmdLen", batch.cmd_len_slot, "u32", count),
            path_point_start=self._stream("pointStart", batch.point_start_slot, "u32", count),
            path_point_len=self._stream("pointLen", batch.point_len_slot, "u32", count),
            commands=commands,
            points_xy=points,
        )
        style = PathStyle(
            fill_color_rgba=self._style(_PATH_FILL, batch.fill_color_slot),
            stroke_color_rgba=self._style(STROKE_COLOR, batch.stroke_color_slot),
            stroke_width=self._style(STROKE_WIDTH, batch.stroke_width_slot),
            opacity=self._style(OPACITY, batch.opacity_slot),
            fill_rule=batch.fill_rule,
            line_cap=batch.line_cap,
            line_join=batch.line_join,
            miter_limit=batch.miter_limit,
            dash=batch.dash,
        )
        header = _header(f"paths2d-{batch.domain_slot}")
        return Paths2DPass(header=header, geometry=geometry, style=style, draw=batch.draw)

    def _attribute(self, attribute: Attribute, slot: int, value: Any, chosen: _Selection) -> Any:
        """Return an attribute of instances as a scalar or as a reference."""
        scalar = self._scalar(attribute, slot, value)
        if scalar is not None:
            return scalar
        if isinstance(value, Instances) and attribute.derived is not None:
            derived = attribute.derived(value)[_spread(_alive(value), attribute.components)]
            _check_length(attribute, slot, derived.size, chosen.count)
            return self._derived(slot, derived, attribute.element)
        array = _array(attribute, slot, value)
        wide = attribute.components
        if chosen.order is not None and array.size == chosen.elements * wide:
            permuted = array[_spread(chosen.order, wide)]
            return self._derived(slot, permuted, attribute.element)
        _check_length(attribute, slot, array.size, chosen.count)
        return self._reference(slot, array, attribute.element)

    def _style(self, attribute: Attribute, slot: int | None) -> Any:
        """Return an attribute of paths; its length is not checked here."""
        if slot is None:
            return None
        value = self._read(slot)
        scalar = self._scalar(attribute, slot, value)
        if scalar is not None:
            return scalar
        return self._reference(slot, _array(attribute, slot, value), attribute.element)

    def _stream(self, name: str, slot: int, element: Element, least: int = 0) -> BufferRef:
        """Return a reference to one of the arrays that describe paths."""
        attribute = Attribute(name, element)
        array = _array(attribute, slot, self._read(slot))
        if array.size < least:
            raise RenderInputLength(
                what=name, wanted=f"at least {least}", count=least, slot=slot, got=array.size
            )
        return self._reference(slot, array, element)

    def _scalar(self, attribute: Attribute, slot: int, value: Any) -> Any:
        """Return a number or colour as a scalar; None if the value is neither."""
        if attribute.scalar is None:
            return None
        if is_number(value):
            if value - value != 0.0:
                self._count(slot, np.array([value], dtype=np.float64))
            return attribute.scalar(value=value)
        is_color = isinstance(value, str) or (isinstance(value, Mapping) and "r" in value)
        if attribute.scalar is not ScalarU32 or not is_color:
            return None
        if isinstance(value, str) and has_bad_digits(value):
            self._report(BadHexDigit(text=value))
        found = coerce_color(value)
        return None if found is None else ScalarU32(value=pack_color(found))

    def _reference(self, slot: int, array: Array, element: Element) -> BufferRef:
        kept = self.buffers.get(slot)
        if kept is None:
            kept = self.buffers[slot] = _captured(array)
            self._count(slot, kept)
        return BufferRef(buffer_id=slot, type=element, length=kept.size)

    def _derived(self, slot: int, array: Array, element: Element) -> BufferRef:
        """Keep an array that is in no slot, under a negative id (section 12.2)."""
        number = -1 - sum(1 for key in self.buffers if key < 0)  # exact: integers
        kept = self.buffers[number] = _captured(array.astype(_DTYPES[element], copy=False))
        self._count(slot, kept)
        return BufferRef(buffer_id=number, type=element, length=kept.size)

    def _count(self, slot: int, array: Array) -> None:
        """Count the numbers that cannot be drawn."""
        if array.dtype.kind != "f" or np.isfinite(array).all():
            return
        nan, infinite = self.not_finite.get(slot, (0, 0))
        nan += int(np.count_nonzero(np.isnan(array)))
        self.not_finite[slot] = nan, infinite + int(np.count_nonzero(np.isinf(array)))


def _header(pass_id: str) -> PassHeader:
    return PassHeader(id=pass_id, z=0, enabled=True)


def _with_circles(buffers: InstanceBuffers) -> InstanceBuffers:
    members = {name: getattr(buffers, name) for name in buffers.__struct_fields__}
    return InstanceBuffers(**members | {"shape_id": ScalarU16(value=0)})


def _alive(found: Instances) -> NDArray[np.intp]:
    return np.flatnonzero(found.alive)


def _selection(value: Any, elements: int) -> _Selection:
    """Return which elements are drawn: those that live, if the positions were projected."""
    if not isinstance(value, Instances):
        return _Selection(elements, elements)
    alive = _alive(value)
    return _Selection(alive.size, elements, value.index[alive].astype(np.intp))


def _spread(indices: NDArray[np.intp], components: int) -> NDArray[np.intp]:
    """Return the indices of all components of some elements."""
    if components == 1:
        return indices
    return (indices[:, None] * components + np.arange(components)).reshape(-1)


def _array(attribute: Attribute, slot: int, value: Any) -> Array:
    """Return the array in a handle or bare, if it is of the right element type."""
    array = value.data if isinstance(value, Buffer) else value
    wanted = _DTYPES[attribute.element]
    if isinstance(array, np.ndarray) and array.dtype == wanted:
        return array
    also = "" if attribute.scalar is None else ", or a number"
    raise UnusableRenderInput(
        what=attribute.name,
        wanted=f"{attribute.element} numbers{also}",
        slot=slot,
        got=_described(array),
    )


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.size} {_SHORT.get(value.dtype.name, value.dtype.name)} numbers"
    return "projected instances" if isinstance(value, Instances) else describe_shape(value)


def _check_length(attribute: Attribute, slot: int, got: int, count: int) -> None:
    wanted = attribute.components * count
    if got != wanted:
        raise RenderInputLength(what=attribute.name, wanted=wanted, count=count, slot=slot, got=got)


def _captured(array: Array) -> Array:
    """Return an array that nobody can change any more; what is so already is not copied."""
    if not array.flags.writeable:
        return array
    copy = array.copy()
    copy.flags.writeable = False
    return copy

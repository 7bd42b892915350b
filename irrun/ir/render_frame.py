"""The render frame: what a program's frame results in (ir-schema section 17)."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from numpy.typing import NDArray

from irrun.ir.types import KindRecord, Record, SafeInt


class BufferRef(Record, frozen=True, kw_only=True):
    """A reference to a typed array of the frame; `length` counts its elements.

    `buffer_id` is the slot that the array was in, or negative if it was derived from one.
    """

    buffer_id: int
    type: Literal["f32", "u32", "u16", "u8"]
    length: int


class ScalarF32(KindRecord, frozen=True, kw_only=True, tag="scalar:f32"):
    """One number for all."""

    value: float


class ScalarU32(KindRecord, frozen=True, kw_only=True, tag="scalar:u32"):
    """One packed colour for all, as the slot held it."""

    value: float


class ScalarU16(KindRecord, frozen=True, kw_only=True, tag="scalar:u16"):
    """One small number for all, as the slot held it."""

    value: float


class ClearSpec(Record, frozen=True, kw_only=True):
    """How the canvas is cleared; the colour is packed 0xRRGGBBAA (section 16.1)."""

    mode: Literal["none", "color"]
    color_rgba: int | None = msgspec.field(name="colorRGBA", default=None)


class RectClip(KindRecord, frozen=True, kw_only=True, tag="rect"):
    """A clip rectangle in CSS pixels."""

    x: float
    y: float
    w: float
    h: float


class PathClip(KindRecord, frozen=True, kw_only=True, tag="path"):
    """A clip path."""

    geometry: Any


class View(Record, frozen=True, kw_only=True):
    """x' = a*x + c*y + e, y' = b*x + d*y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float


class Blend(Record, frozen=True, kw_only=True):
    """How a pass is put over what is there."""

    mode: Literal["normal", "add", "multiply", "screen"]
    opacity: float | None = None


class PassHeader(Record, frozen=True, kw_only=True):
    """What every pass has; drawn by ascending z, stable."""

    id: str
    z: float
    enabled: bool
    clip: RectClip | PathClip | None = None
    view: View | None = None
    blend: Blend | None = None
    notes: tuple[str, ...] | None = None


class Shape2DMaterial(KindRecord, frozen=True, kw_only=True, tag="shape2d"):
    """Plain shapes."""

    shading: Literal["flat"] = "flat"
    color_space: Literal["srgb", "linear"] = "srgb"


class SpriteMaterial(KindRecord, frozen=True, kw_only=True, tag="sprite"):
    """Textures."""

    sampling: Literal["nearest", "linear"]
    texture_id: str


class GlyphMaterial(KindRecord, frozen=True, kw_only=True, tag="glyph"):
    """Glyphs of a font."""

    font_id: str


class SortSpec(Record, frozen=True, kw_only=True):
    """Instance order; not drawn by the reference."""

    kind: Literal["none", "byKey"]
    key: BufferRef | None = None
    order: Literal["asc", "desc"] | None = None


class InstanceBuffers(Record, frozen=True, kw_only=True):
    """Attributes of instances; absent ones have the defaults of ir-schema 17.2."""

    pos_xy: BufferRef = msgspec.field(name="posXY")
    size: BufferRef | ScalarF32 | None = None
    rot: BufferRef | ScalarF32 | None = None
    color_rgba: BufferRef | ScalarU32 | None = msgspec.field(name="colorRGBA", default=None)
    opacity: BufferRef | ScalarF32 | None = None
    shape_id: BufferRef | ScalarU16 | None = None
    stroke_width: BufferRef | ScalarF32 | None = None
    stroke_color_rgba: BufferRef | ScalarU32 | None = msgspec.field(
        name="strokeColorRGBA", default=None
    )
    custom: Mapping[str, BufferRef] | None = None


class Instances2DPass(KindRecord, frozen=True, kw_only=True, tag="instances2d"):
    """`count` shapes."""

    header: PassHeader
    count: SafeInt
    material: Shape2DMaterial | SpriteMaterial | GlyphMaterial
    buffers: InstanceBuffers
    sort: SortSpec | None = None


class PathEncoding(KindRecord, frozen=True, kw_only=True, tag="v1"):
    """How path commands are numbered."""

    commands: tuple[str, ...] = ("M", "L", "Q", "C", "Z")


class PathGeometry(Record, frozen=True, kw_only=True):
    """All paths of a pass (ir-schema 17.3)."""

    path_count: SafeInt
    path_command_start: BufferRef
    path_command_len: BufferRef
    path_point_start: BufferRef
    path_point_len: BufferRef
    commands: BufferRef
    points_xy: BufferRef = msgspec.field(name="pointsXY")
    encoding: PathEncoding = PathEncoding()
    aux: BufferRef | None = None


class Dash(Record, frozen=True, kw_only=True):
    """A dash pattern in CSS pixels."""

    pattern: tuple[float, ...]
    offset: float | None = None


class PathStyle(Record, frozen=True, kw_only=True):
    """How paths are filled and stroked (ir-schema 17.4)."""

    fill_color_rgba: BufferRef | ScalarU32 | None = msgspec.field(
        name="fillColorRGBA", default=None
    )
    stroke_color_rgba: BufferRef | ScalarU32 | None = msgspec.field(
        name="strokeColorRGBA", default=None
    )
    fill_rule: Literal["nonzero", "evenodd"] | None = None
    stroke_width: BufferRef | ScalarF32 | None = None
    line_cap: Literal["butt", "round", "square"] | None = None
    line_join: Literal["miter", "round", "bevel"] | None = None
    miter_limit: float | None = None
    dash: Dash | None = None
    opacity: BufferRef | ScalarF32 | None = None


class PathDraw(Record, frozen=True, kw_only=True):
    """What of a path is drawn."""

    stroke: bool
    fill: bool


class Paths2DPass(KindRecord, frozen=True, kw_only=True, tag="paths2d"):
    """Paths."""

    header: PassHeader
    geometry: PathGeometry
    style: PathStyle
    draw: PathDraw


class PostFxPass(KindRecord, frozen=True, kw_only=True, tag="postfx"):
    """Reserved."""

    header: PassHeader


RenderPass = Instances2DPass | Paths2DPass | PostFxPass


class RenderFrame(Record, frozen=True, kw_only=True):
    """What one frame of a program shows."""

    clear: ClearSpec
    passes: tuple[RenderPass, ...] = ()
    version: Literal[1] = 1
    frame_key: str | float | None = None
    overlays: tuple[RenderPass, ...] | None = None
    meta: Mapping[str, Any] | None = None
    buffers: Mapping[int, NDArray[Any]] | None = None
    """The arrays that passes refer to, by buffer id, as they were when the frame was put
    together. irrun's own: frames of the format leave their arrays in slots (decision 10)."""

"""Transform chains: 7 kinds of chain step (ir-schema section 12)."""

from typing import Literal

from irrun.ir.expressions.functions import PureFn
from irrun.ir.types import ConstId, Index, KindRecord, Record, TypeDesc

CastOp = Literal[
    "numberToVec2", "vec2ToNumber", "colorToVec3", "vec3ToColor",
    "hslToRGB", "rgbToHSL", "numberToBool", "boolToNumber",
]  # fmt: skip


class CastStep(KindRecord, frozen=True, kw_only=True, tag="cast"):
    """A type conversion."""

    op: CastOp


class MapStep(KindRecord, frozen=True, kw_only=True, tag="map"):
    """A unary function."""

    fn: PureFn
    params_id: ConstId | None = None


class ScaleBiasStep(KindRecord, frozen=True, kw_only=True, tag="scaleBias"):
    """v * scale + bias."""

    scale: float
    bias: float


class NormalizeStep(KindRecord, frozen=True, kw_only=True, tag="normalize"):
    """A clamp to the range; it does not rescale."""

    mode: Literal["0..1", "-1..1"]


class QuantizeStep(KindRecord, frozen=True, kw_only=True, tag="quantize"):
    """round(v / step) * step."""

    step: float


class EaseStep(KindRecord, frozen=True, kw_only=True, tag="ease"):
    """A built-in easing curve over the value clamped to 0..1."""

    curve_id: Index


class SlewStep(KindRecord, frozen=True, kw_only=True, tag="slew"):
    """A slew with its memory at a raw index of the f64 state array."""

    state_offset: Index
    rate: float


TransformStep = (
    CastStep | MapStep | ScaleBiasStep | NormalizeStep | QuantizeStep | EaseStep | SlewStep
)


class TransformChain(Record, frozen=True, kw_only=True):
    """Steps applied left to right; an empty chain is the identity."""

    steps: tuple[TransformStep, ...]
    from_type: TypeDesc | None = None
    to_type: TypeDesc | None = None
    cost: Literal["cheap", "normal", "heavy"] | None = None


class TransformTable(Record, frozen=True, kw_only=True):
    """All chains; a chain's index is its chain id."""

    chains: tuple[TransformChain, ...]

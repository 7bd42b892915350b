"""Signal expression nodes: 13 kinds, one number per frame each (ir-schema section 9)."""

from typing import Literal

from irrun.ir.expressions.functions import PureFn
from irrun.ir.types import (
    ChainId,
    ConstId,
    Count,
    Index,
    KindRecord,
    Record,
    SignalId,
    SlotId,
    TypeDesc,
)

StatefulOp = Literal[
    "integrate", "sampleHold", "slew", "delayMs", "delayFrames",
    "edgeDetectWrap", "pulseDivider", "envelopeAD",
]  # fmt: skip


class SignalNode(KindRecord, frozen=True, kw_only=True):
    """What every signal node has."""

    type: TypeDesc

    @property
    def operands(self) -> tuple[int, ...]:
        """Ids of all signals this node may evaluate, in the order of evaluation."""
        return ()


class ConstSignal(SignalNode, frozen=True, kw_only=True, tag="const"):
    """A constant."""

    const_id: ConstId


class TimeAbsMsSignal(SignalNode, frozen=True, kw_only=True, tag="timeAbsMs"):
    """Absolute time in ms."""


class TimeModelMsSignal(SignalNode, frozen=True, kw_only=True, tag="timeModelMs"):
    """Model time in ms."""


class Phase01Signal(SignalNode, frozen=True, kw_only=True, tag="phase01"):
    """Phase of a cyclic model, else 0."""


class WrapEventSignal(SignalNode, frozen=True, kw_only=True, tag="wrapEvent"):
    """1 in the frame where a cyclic model wraps, else 0."""


class InputSlotSignal(SignalNode, frozen=True, kw_only=True, tag="inputSlot"):
    """The number in a value slot: a slot read that no step names."""

    slot: SlotId


class MapSignal(SignalNode, frozen=True, kw_only=True, tag="map"):
    """A unary function of one signal."""

    src: SignalId
    fn: PureFn

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.src,)


class ZipSignal(SignalNode, frozen=True, kw_only=True, tag="zip"):
    """A binary function of two signals."""

    a: SignalId
    b: SignalId
    fn: PureFn

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.a, self.b)


class SelectSignal(SignalNode, frozen=True, kw_only=True, tag="select"):
    """`t` if `cond` > 0.5, else `f`; only the branch taken is evaluated."""

    cond: SignalId
    t: SignalId
    f: SignalId

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.cond, self.t, self.f)


class TransformSignal(SignalNode, frozen=True, kw_only=True, tag="transform"):
    """A transform chain applied to one signal."""

    src: SignalId
    chain: ChainId

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.src,)


class SignalCombine(Record, frozen=True, kw_only=True):
    """How a signal bus combines its terms; modes are listed in runtime-semantics 6.4."""

    mode: str
    default: float | None = None


class BusCombineSignal(SignalNode, frozen=True, kw_only=True, tag="busCombine"):
    """Terms combined in list order."""

    bus_index: Index
    terms: tuple[SignalId, ...]
    combine: SignalCombine

    @property
    def operands(self) -> tuple[int, ...]:
        return self.terms


class StatefulParams(Record, frozen=True, kw_only=True):
    """Parameters of the stateful operations; defaults are in runtime-semantics 6.7."""

    state_offset: Index | None = None
    """Raw index of the memory, in place of the cell."""
    trigger: SignalId | None = None
    rate: float | None = None
    delay_ms: float | None = None
    buffer_size: Count | None = None
    delay_frames: float | None = None
    divisions: float | None = None
    attack: float | None = None
    decay: float | None = None
    peak: float | None = None
    was_triggered_state_id: str | Index | None = None


class StatefulSignal(SignalNode, frozen=True, kw_only=True, tag="stateful"):
    """An operation with memory; its cell is found through `state_id`."""

    op: StatefulOp
    state_id: str | int
    input: SignalId | None = None
    params: StatefulParams | None = None

    @property
    def trigger(self) -> int | None:
        """Signal id of `params.trigger`, if it is one."""
        return None if self.params is None else self.params.trigger

    @property
    def operands(self) -> tuple[int, ...]:
        trigger = self.trigger if self.op == "sampleHold" else None
        return tuple(i for i in (self.input, trigger) if i is not None)


class ClosureBridgeSignal(SignalNode, frozen=True, kw_only=True, tag="closureBridge"):
    """A host function; not runnable from data. `input_slots` holds signal ids."""

    closure_id: str
    input_slots: tuple[SignalId, ...]

    @property
    def operands(self) -> tuple[int, ...]:
        return self.input_slots


Signal = (
    ConstSignal
    | TimeAbsMsSignal
    | TimeModelMsSignal
    | Phase01Signal
    | WrapEventSignal
    | InputSlotSignal
    | MapSignal
    | ZipSignal
    | SelectSignal
    | TransformSignal
    | BusCombineSignal
    | StatefulSignal
    | ClosureBridgeSignal
)


class SignalTable(Record, frozen=True, kw_only=True):
    """All signal nodes; a node's index is its signal id."""

    nodes: tuple[Signal, ...]

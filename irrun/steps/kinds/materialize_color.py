"""materializeColor: spread a colour over four channels (runtime-semantics 11.1)."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, Literal

import numpy as np

from irrun.errors.fields import ListLength, MissingColor
from irrun.evaluate.colors import WHITE
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.columns.rows import NumberRows, array_rows
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.fields.constants import color_row
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.elements import MEMBERS, Elements, as_kind, spread
from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import AnyFieldHandle, Array
from irrun.numerics.arrays import to_f32_array
from irrun.steps.base import Access, Execute, Step, domain_at, domain_of, need_domain, read, write
from irrun.steps.block import BlockPlan
from irrun.steps.details import telling_expressions
from irrun.steps.frame import Frame
from irrun.steps.placeholders import filled, placeholder_number

_CHANNELS: Final = MEMBERS["color"]


class MaterializeColor(Step, frozen=True, kw_only=True, tag="materializeColor"):
    """Write four float32 channels, one number to an element each."""

    domain_slot: SlotId
    color_expr_slot: SlotId
    out_r_slot: SlotId
    out_g_slot: SlotId
    out_b_slot: SlotId
    out_a_slot: SlotId
    format: Literal["rgba_f32"] | None = None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield need_domain(self.domain_slot)
        yield read(self.color_expr_slot, "color", "colorExprSlot", "field", "number")
        yield write(self.out_r_slot, "buffer", "outRSlot")
        yield write(self.out_g_slot, "buffer", "outGSlot")
        yield write(self.out_b_slot, "buffer", "outBSlot")
        yield write(self.out_a_slot, "buffer", "outASlot")

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Keep the channels as long as they come of the very same colours."""
        known: tuple[Any, int, tuple[Array, ...]] | None = None

        def run(frame: Frame) -> None:
            nonlocal known
            domain = domain_at(frame, self.domain_slot)
            value = self._color_value(frame)
            source = self._field_colors(frame, value, domain) if is_field(value) else value
            if known is None or known[0] is not source or known[1] != domain.count:
                rows = source if is_field(value) else self._rows(frame, value, domain.count)
                frame.fields.check_room(4 * domain.count)
                known = (source, domain.count, _channels(rows, domain.count))
            slots = (self.out_r_slot, self.out_g_slot, self.out_b_slot, self.out_a_slot)
            for slot, channel in zip(slots, known[2], strict=True):
                frame.write(slot, channel)

        return run

    def columns(self, plan: BlockPlan) -> None:
        """Spread the colours of all frames at once."""
        evaluator, slot = plan.fields.evaluator, self.color_expr_slot
        value = plan.constant(self.domain_slot)
        domain = domain_of(evaluator, self.domain_slot, value)
        if not plan.was_ever_written(slot):
            raise NotInBlocks("it is given no colour")
        colors = plan.read(slot)
        if is_field(plan.planner.constants.get(colors.number)):
            handle = plan.planner.constants[colors.number]
            rows = plan.fields.elements(handle, domain, partial(_of_all_frames, slot))
        elif colors.shape == _CHANNELS and colors.number not in plan.planner.constants:
            rows = plan.planner.emit(
                "colours", (colors,), lambda column: column[:, None, :], None,
                shape=None, kind="object",
            )  # fmt: skip
        else:
            raise NotInBlocks("its colours never change, or are no colours or fields")
        plan.note_elements(4 * domain.count)
        slots = (self.out_r_slot, self.out_g_slot, self.out_b_slot, self.out_a_slot)
        for i, out in enumerate(slots):
            made = plan.over_frames(f"channel {i}", [rows], partial(_channel, i, domain.count))
            plan.write(out, made)

    def _color_value(self, frame: Frame) -> Any:
        """Return what the colour slot holds; white if that is nothing."""
        slot = self.color_expr_slot
        value = frame.read(slot) if frame.was_ever_written(slot) else None
        if value is None:
            frame.report(MissingColor(slot=slot))
            return WHITE
        return value

    def _field_colors(self, frame: Frame, value: Any, domain: FieldDomain) -> Array:
        with telling_expressions(frame):
            elements = frame.fields.evaluate_handle(value, domain)
        return as_kind(elements, "color", f"slot {self.color_expr_slot}").data

    def _rows(self, frame: Frame, value: Any, count: int) -> Array:
        """Return colours as channels, one for all elements or one to each."""
        what, env = f"slot {self.color_expr_slot}", frame.env
        if not isinstance(value, list | tuple):
            return np.array([color_row(value, what, env)])
        if len(value) != count:
            raise ListLength(what=what, length=len(value), count=count)
        rows = [color_row(entry, f"an entry of {what}", env) for entry in value]
        return np.array(rows, dtype=np.float64).reshape(-1, 4)

    def placeholder(self, access: Access, frame: int, count: int) -> Array:
        return filled("f32", count, placeholder_number(access.slot, frame))


def is_field(value: Any) -> bool:
    """True for a field expression handle."""
    return isinstance(value, AnyFieldHandle)


def _channels(rows: Array, count: int) -> tuple[Array, ...]:
    """Return the four channels of colours, straight, float32."""
    channels = tuple(np.array(spread(to_f32_array(rows[..., i]), count)) for i in range(4))
    for channel in channels:
        channel.flags.writeable = False
    return channels


def _of_all_frames(slot: int, elements: Elements) -> Array:
    """Return colours, shape (frames, n, 4); frames or n are 1 where all are alike."""
    data = as_kind(elements, "color", f"slot {slot}").data
    return data if data.ndim > 2 else data[None]


def _channel(i: int, count: int, frames: int, rows: Array) -> NumberRows:
    """Return one channel of the colours of each frame; shape (frames, n, 4), 1 where alike."""
    channel = np.array(np.broadcast_to(to_f32_array(rows[..., i]), (frames, count)))
    channel.flags.writeable = False
    return array_rows(channel)

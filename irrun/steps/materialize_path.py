"""materializePath: encode paths as command and coordinate arrays (runtime-semantics 11.2)."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import Array
from irrun.steps.base import Access, Step, read, read_domain, write
from irrun.steps.placeholders import filled, placeholder_number

MIN_COMMANDS: Final = 64
MIN_PARAMS: Final = 128


class MaterializePath(Step, frozen=True, kw_only=True, tag="materializePath"):
    """Write commands, coordinates, and where each path starts and how long it is."""

    domain_slot: SlotId
    path_expr_slot: SlotId
    out_cmds_slot: SlotId
    out_params_slot: SlotId
    out_cmd_start_slot: SlotId
    out_cmd_len_slot: SlotId
    out_point_start_slot: SlotId
    out_point_len_slot: SlotId
    flatten_tolerance_px: float | None = None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield read_domain(self.domain_slot)
        yield read(self.path_expr_slot, "path", "pathExprSlot", "field")
        yield write(self.out_cmds_slot, "buffer", "outCmdsSlot")
        yield write(self.out_params_slot, "buffer", "outParamsSlot")
        yield write(self.out_cmd_start_slot, "buffer", "outCmdStartSlot")
        yield write(self.out_cmd_len_slot, "buffer", "outCmdLenSlot")
        yield write(self.out_point_start_slot, "buffer", "outPointStartSlot")
        yield write(self.out_point_len_slot, "buffer", "outPointLenSlot")

    def placeholder(self, access: Access, frame: int, count: int) -> Array:
        """Return one of the six arrays: every path is a single M to the placeholder number."""
        match access.field:
            case "outCmdsSlot":
                return np.zeros(max(count, MIN_COMMANDS), dtype=np.uint16)
            case "outParamsSlot":
                number = placeholder_number(access.slot, frame)
                return filled("f32", max(2 * count, MIN_PARAMS), number)
            case "outCmdStartSlot" | "outPointStartSlot":
                return np.arange(count, dtype=np.uint32)
            case _:
                return np.ones(count, dtype=np.uint32)

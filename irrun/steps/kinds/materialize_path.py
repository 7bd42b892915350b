"""materializePath: encode paths as command and coordinate arrays (runtime-semantics 11.2)."""

import operator
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from irrun.errors.fields import ListLength, NotAPath, OtherTolerance
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.fields.constants import paths_of
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.scene.flatten import flatten
from irrun.evaluate.scene.paths import (
    EncodedPath,
    EncodedPaths,
    check_length,
    concatenate,
    encode_path,
)
from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import AnyFieldHandle, Array
from irrun.numerics.convert import to_f32
from irrun.numerics.text import number_text
from irrun.steps.base import Access, Execute, Step, domain_at, need, need_domain, write
from irrun.steps.details import telling_expressions
from irrun.steps.frame import Frame
from irrun.steps.placeholders import filled, placeholder_number

MIN_COMMANDS: Final = 64
MIN_PARAMS: Final = 128

TOLERANCE_PX: Final = 0.75
"""The one tolerance of flattening, in device pixels."""
ZOOM: Final = 1.0


class PathMemo:
    """What a step has encoded: nothing is encoded again that has not changed."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, EncodedPath]] = {}
        self._last: tuple[Sequence[Any], int, float | None] | None = None
        self._made: EncodedPaths | None = None

    def encoded(
        self, paths: Sequence[Any], count: int, tolerance: float | None, what: str
    ) -> EncodedPaths:
        """Return paths as arrays, flattened if there is a tolerance."""
        if self._made is not None and self._is_last(paths, count, tolerance):
            return self._made
        if self._last is not None and self._last[2] != tolerance:
            self._known = {}
        found: dict[int, tuple[Any, EncodedPath]] = {}
        commands = 0
        for path in paths:
            if id(path) not in found:
                known = self._known.get(id(path))
                made = _encoded(path, tolerance, what) if known is None else known[1]
                found[id(path)] = (path, made)
                commands += len(made.codes)
                check_length(commands)
        parts = [found[id(path)][1] for path in paths]
        arrays = concatenate(parts, count, room=(MIN_COMMANDS, MIN_PARAMS))
        for array in arrays:
            array.flags.writeable = False
        self._known, self._last, self._made = found, (paths, count, tolerance), arrays
        return arrays

    def _is_last(self, paths: Sequence[Any], count: int, tolerance: float | None) -> bool:
        if self._last is None or self._last[1:] != (count, tolerance):
            return False
        last = self._last[0]
        return len(last) == len(paths) and all(map(operator.is_, last, paths))


def _encoded(path: Any, tolerance: float | None, what: str) -> EncodedPath:
    encoded = encode_path(path, what)
    return encoded if tolerance is None else flatten(encoded, tolerance)


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
        yield need_domain(self.domain_slot)
        yield need(self.path_expr_slot, "path", "pathExprSlot", "field")
        yield write(self.out_cmds_slot, "buffer", "outCmdsSlot")
        yield write(self.out_params_slot, "buffer", "outParamsSlot")
        yield write(self.out_cmd_start_slot, "buffer", "outCmdStartSlot")
        yield write(self.out_cmd_len_slot, "buffer", "outCmdLenSlot")
        yield write(self.out_point_start_slot, "buffer", "outPointStartSlot")
        yield write(self.out_point_len_slot, "buffer", "outPointLenSlot")

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Encode again what has changed, and nothing else."""
        memo = PathMemo()
        return lambda frame: self._encode(frame, memo)

    def _encode(self, frame: Frame, memo: PathMemo) -> None:
        domain = domain_at(frame, self.domain_slot)
        value = frame.read(self.path_expr_slot)
        with telling_expressions(frame):
            paths = self._paths(frame, value, domain)
        what, tolerance = f"slot {self.path_expr_slot}", self._tolerance(frame)
        made = memo.encoded(paths, domain.count, tolerance, what)
        outs = (
            self.out_cmds_slot,
            self.out_params_slot,
            self.out_cmd_start_slot,
            self.out_cmd_len_slot,
            self.out_point_start_slot,
            self.out_point_len_slot,
        )
        for slot, array in zip(outs, made, strict=True):
            frame.write(slot, array)

    def _paths(self, frame: Frame, value: Any, domain: FieldDomain) -> Sequence[Any]:
        """Return the paths of a slot: one for all elements, or one to each."""
        what = f"slot {self.path_expr_slot}"
        if isinstance(value, AnyFieldHandle):
            elements = frame.fields.evaluate_handle(value, domain)
            if elements.kind != "path":
                raise NotAPath(what=what, got=f"a field of {elements.kind} elements")
            return list(elements.data)
        if isinstance(value, list | tuple):
            if len(value) != domain.count:
                raise ListLength(what=what, length=len(value), count=domain.count)
            return list(paths_of(value, what).data)
        return list(paths_of([value], what).data)

    def _tolerance(self, frame: Frame) -> float | None:
        """Return how far lines may be from their curves, in path units; None to keep curves.

        The reference always keeps them.
        """
        if self.flatten_tolerance_px is None or frame.env.quirks:
            return None
        if self.flatten_tolerance_px != TOLERANCE_PX:
            got = number_text(self.flatten_tolerance_px)
            frame.report(OtherTolerance(got=got, used=TOLERANCE_PX))
        return to_f32(TOLERANCE_PX / (ZOOM * frame.viewport.dpr))

    def placeholder(self, access: Access, frame: int, count: int) -> Array:
        """Return one of the six arrays: every path is a single M to the placeholder number."""
        match access.field:
            case "outCmdsSlot":
                return np.zeros(max(count, MIN_COMMANDS), dtype=np.uint16)  # exact: whole numbers
            case "outParamsSlot":
                number = placeholder_number(access.slot, frame)
                return filled("f32", max(2 * count, MIN_PARAMS), number)
            case "outCmdStartSlot" | "outPointStartSlot":
                return np.arange(count, dtype=np.uint32)
            case _:
                return np.ones(count, dtype=np.uint32)

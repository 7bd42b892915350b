"""Fields over a block: the code of one frame, with an axis of frames before the elements."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from irrun.evaluate.columns.plan import NotInBlocks, Planner, Register
from irrun.evaluate.columns.rows import NumberRows, buffer_rows
from irrun.evaluate.columns.signals import SignalPlanner
from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.constancy import Constancy
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.elements import Elements
from irrun.evaluate.fields.evaluator import FieldEvaluator
from irrun.evaluate.fields.formats import BufferTarget
from irrun.evaluate.fields.nodes import asked_signals
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.reachable import fields_of_handle, reachable_fields
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.tables import Tables
from irrun.ir.values import AnyFieldHandle, Array


class ColumnSignals:
    """Signals as columns over the frames of the block that is computed."""

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}

    def evaluate(self, signal_id: int, /) -> Any:
        """Return a number for all frames, or a column; a vector as a record of these."""
        return self.values[signal_id]


class FieldPlanner:
    """Plans the fields of one program.

    Args:
        tables: The program's tables.
        finder: Finds the memory that a block works on.
        env: The inputs of a block.
        cache: What a block has computed.
        planner: Takes the operations.
        signals: Plans the signals that fields ask for.
    """

    def __init__(
        self,
        tables: Tables,
        finder: CellFinder,
        env: Environment,
        cache: FrameCache,
        planner: Planner,
        signals: SignalPlanner,
    ) -> None:
        self._tables = tables
        self._cache = cache
        self._planner = planner
        self._signals = signals
        self._constancy = Constancy(tables)
        self._given = ColumnSignals()
        self._block: Any = None
        self.enter: Callable[[], None] = lambda: None
        """Tells who computes the fields that are planned now, for what is reported."""
        self._finder = finder
        self._env = env

    @cached_property
    def evaluator(self) -> FieldEvaluator:
        """Computes fields over a block."""
        return FieldEvaluator(self._tables, self._given, self._finder, self._cache, self._env)

    def is_constant(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame."""
        return self._constancy.field(field_id)

    def buffer(
        self, field_id: int, domain: FieldDomain, domain_slot: int, target: BufferTarget
    ) -> Register:
        """Return a field that changes as a buffer to each frame.

        Raises:
            NotInBlocks: The field keeps a memory.
        """
        evaluator = self.evaluator

        def buffers() -> Any:
            found = evaluator.buffer(field_id, domain, domain_slot, target)
            return found if found.data.ndim == 1 else buffer_rows(found.data, found)

        evaluator.expect((field_id,))
        return self._over_frames("materialize", self._asked((field_id,)), buffers)

    def elements(
        self, handle: AnyFieldHandle, domain: FieldDomain, use: Callable[[Elements], Any]
    ) -> Register:
        """Return what `use` makes of the elements that a handle stands for, over all frames.

        Raises:
            NotInBlocks: They never change, or something keeps a memory.
        """
        fields, chains = fields_of_handle(handle)
        if any(map(self._constancy.remembers, chains)):
            raise NotInBlocks("a chain of a bus of fields keeps something from frame to frame")
        if all(map(self._constancy.field, fields)):
            raise NotInBlocks("its fields never change")
        evaluator = self.evaluator
        evaluator.expect(fields)
        return self._over_frames(
            "elements", self._asked(fields), lambda: use(evaluator.evaluate_handle(handle, domain))
        )

    def _asked(self, fields: Sequence[int]) -> dict[int, Register]:
        """Demand the signals that fields ask for; what never changes is given once and for all.

        A field that never changes is computed once: it must not see columns.
        """
        asked: dict[int, Register] = {}
        for field in reachable_fields(self._tables, fields):
            if self._constancy.has_memory(field):
                raise NotInBlocks(f"field {field} keeps something from frame to frame")
            for sig in asked_signals(self._tables.field_nodes[field]):
                register = self._signals.demand(sig)
                if register.shape is None:
                    raise NotInBlocks(f"signal {sig} is not always of one shape")
                if register.number in self._planner.constants:
                    self._given.values[sig] = self._planner.constants[register.number]
                else:
                    asked[sig] = register
        return asked

    def _over_frames(
        self, name: str, asked: dict[int, Register], compute: Callable[[], Any]
    ) -> Register:
        """Add an operation that computes fields, once what they ask for is there."""
        index, enter = self._planner.times["index"], self.enter

        def column(frames: Array, *values: Any) -> Any:
            if frames is not self._block:
                self._cache.begin_frame()
                self._block = frames
            for (sig, register), value in zip(asked.items(), values, strict=True):
                self._given.values[sig] = _given(register, value)
            enter()
            found = compute()
            is_to_each = isinstance(found, NumberRows) or getattr(found, "ndim", 0) > 1
            return found if is_to_each else [found] * len(frames)

        inputs = [index, *asked.values()]
        return self._planner.emit(name, inputs, column, None, shape=None, kind="object")


def _given(register: Register, value: Array) -> Any:
    """Return a column as fields take it."""
    if not register.shape:
        return value
    return {name: value[:, k] for k, name in enumerate(register.shape)}

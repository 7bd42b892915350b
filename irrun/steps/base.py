"""What all step kinds share: the step record, its accesses, and how it is carried out."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

import msgspec

from irrun.errors import Crash
from irrun.errors.running import BadElementCount, NotADomain, TooManyElements
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.evaluator import FieldEvaluator
from irrun.evaluate.operations.vectors import describe_value
from irrun.evaluate.reachable import ReachedSlot
from irrun.ir.constants import is_number
from irrun.ir.tables import Tables
from irrun.ir.types import Index, KindRecord, SlotId, TypeDesc, kind_of
from irrun.ir.values import DomainHandle, ValueClass
from irrun.limits import ELEMENTS
from irrun.numerics.text import number_text
from irrun.numerics.whole import whole
from irrun.steps.actors import Actor
from irrun.steps.block import BlockPlan
from irrun.steps.frame import Frame
from irrun.steps.placeholders import STUB_COUNT, placeholder
from irrun.steps.uses import Use

Mode = Literal["read", "write"]


class Access(msgspec.Struct, frozen=True):
    """One step touching one slot (design.md section 4)."""

    slot: int
    mode: Mode
    expects: ValueClass
    """The class of value that the step writes there, or looks for there."""
    field: str
    """Wire path within the step, or within the document for a hidden read."""
    also: tuple[ValueClass, ...] = ()
    """Classes that a reader takes besides."""
    hidden: bool = False
    """True for a read that goes through an expression, which is what `field` leads to."""
    evidence: bool = True
    """False for an access that says nothing about what the slot holds (debugProbe)."""
    weak: bool = False
    """True for a slot that is named but whose value is not needed."""
    vital: bool = False
    """True for a read that a step with anything to do fails at where the slot holds nothing."""

    def takes(self, value: ValueClass) -> bool:
        """True if a value of this class fits the access."""
        return "any" in (value, self.expects) or value == self.expects or value in self.also


def read(slot: int, expects: ValueClass, field: str, *also: ValueClass) -> Access:
    """Declare a read."""
    return Access(slot, "read", expects, field, also)


def need(slot: int, expects: ValueClass, field: str, *also: ValueClass) -> Access:
    """Declare a read of what the step cannot do without."""
    return Access(slot, "read", expects, field, also, vital=True)


def read_through(reached: ReachedSlot) -> Access:
    """Declare a hidden read, of a slot that an expression names (ir-schema 14.3)."""
    expects = class_of_type(reached.type)
    return Access(reached.slot, "read", expects, reached.path, hidden=True)


def write(slot: int, expects: ValueClass, field: str) -> Access:
    """Declare a write."""
    return Access(slot, "write", expects, field)


def need_domain(slot: int, field: str = "domainSlot") -> Access:
    """Declare the read of a domain, which may be a handle or a plain number of elements."""
    return need(slot, "domain", field, "number")


class CacheDep(KindRecord, frozen=True, kw_only=True):
    """What a cache key depends on; a hint without effect (ir-schema 15.3)."""


class SlotDep(CacheDep, frozen=True, kw_only=True, tag="slot"):
    """A slot."""

    slot: SlotId


class BusDep(CacheDep, frozen=True, kw_only=True, tag="bus"):
    """A bus."""

    bus_index: Index


class TimeModelDep(CacheDep, frozen=True, kw_only=True, tag="timeModel"):
    """The time model."""


class SeedDep(CacheDep, frozen=True, kw_only=True, tag="seed"):
    """The seed."""


class StateCellDep(CacheDep, frozen=True, kw_only=True, tag="stateCell"):
    """A state cell."""

    state_id: str | int


class ExternalDep(CacheDep, frozen=True, kw_only=True, tag="external"):
    """Something outside."""

    id: str


AnyCacheDep = SlotDep | BusDep | TimeModelDep | SeedDep | StateCellDep | ExternalDep


class NoCache(KindRecord, frozen=True, kw_only=True, tag="none"):
    """Never cached."""


class PerFrameCache(KindRecord, frozen=True, kw_only=True, tag="perFrame"):
    """Cached for one frame."""


class UntilInvalidatedCache(KindRecord, frozen=True, kw_only=True, tag="untilInvalidated"):
    """Cached until a dependency changes."""

    deps: tuple[AnyCacheDep, ...]


CacheKey = NoCache | PerFrameCache | UntilInvalidatedCache


Execute = Callable[[Frame], None]
"""Carries a step out in one frame."""


class Step(KindRecord, frozen=True, kw_only=True):
    """One schedule step. A kind is one subclass, in a file of its own.

    A kind declares its wire fields, the slots that it touches (accesses) and what else it names
    (uses). `stub` and everything else that needs to know what a step is about follow from those.
    """

    runs_by_row: ClassVar[bool] = True
    """False if the step evaluates signals itself: blocks do that beside it, and once is enough."""
    evaluates_fields: ClassVar[bool] = True
    """False if field handles that the step reads are only handed on."""

    id: str
    deps: tuple[str, ...] = ()
    cache_key: CacheKey | None = None
    label: str | None = None

    @property
    def kind(self) -> str:
        """The wire name of the kind."""
        return kind_of(self)

    @staticmethod
    def upgrade(document: dict[str, Any]) -> str | None:
        """Rewrite an older document form in place; return what was rewritten, if anything."""
        return None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        """Yield every slot access, in the order in which they happen (ir-schema 14.4)."""
        raise Crash(detail=f"step kind {self.kind} declares no accesses")

    def uses(self) -> Iterator[Use]:
        """Yield everything else that the step names: expressions, rows of tables, state cells."""
        return iter(())

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Return what carries the step out in one runtime.

        It may keep what it works out once; nothing else outlives a frame.
        """
        return self.run

    def run(self, frame: Frame) -> None:
        """Carry the step out; a kind that keeps something overrides `prepare` instead."""
        raise Crash(detail=f"step kind {self.kind} cannot be carried out")

    def sees_more(self, tables: Tables) -> bool:
        """True if what the step writes depends on more than the slots and signals that it names."""
        return False

    def columns(self, plan: BlockPlan) -> None:
        """Plan the step for blocks of frames, as operations on columns.

        Raises:
            NotInBlocks: It has no such form, or none here: it runs frame by frame.
        """
        raise NotInBlocks(f"{self.kind} has no form for columns")

    def stub_columns(self, plan: BlockPlan) -> None:
        """Plan the stub of the step likewise."""
        raise NotInBlocks("a stub stands in for it")

    def stub(self, frame: Frame) -> None:
        """Read what the step reads; write a placeholder to each slot that it writes.

        Placeholders are the same in every run and tell slot and frame (see `placeholders`).
        State cells are left alone.
        """
        count = STUB_COUNT
        for access in frame.accesses:
            if access.weak:
                continue
            if access.mode == "read":
                value = frame.read(access.slot)
                if isinstance(value, DomainHandle):
                    count = element_count(access.slot, value.count)
            else:
                frame.write(access.slot, self.placeholder(access, frame.index, count))

    def placeholder(self, access: Access, frame: int, count: int) -> Any:
        """Return what the stub writes for one access."""
        return placeholder(access.expects, access.slot, frame, count)


class PlannedStep(msgspec.Struct, frozen=True):
    """A step ready to run: its accesses collected, its executor chosen."""

    index: int
    step: Step
    accesses: tuple[Access, ...]
    is_stub: bool
    execute: Execute
    actor: Actor
    """Under which it reads and writes."""


def domain_at(frame: Frame, slot: int) -> FieldDomain:
    """Read a slot that holds a domain, or a plain number of elements; raises as `domain_of`."""
    return domain_of(frame.fields, slot, frame.read(slot))


def domain_of(fields: FieldEvaluator, slot: int, value: Any) -> FieldDomain:
    """Return the domain that a slot holds, or that a plain number of elements is.

    Raises:
        NotADomain: IR435.
        BadElementCount, TooManyElements: As `element_count` does.
    """
    if isinstance(value, DomainHandle):
        return fields.domain(element_count(slot, value.count), value)
    if not is_number(value):
        raise NotADomain(slot=slot, got=describe_value(value))
    return fields.domain(element_count(slot, value))


def element_count(slot: int, count: float) -> int:
    """Return the number of elements of a domain.

    Raises:
        BadElementCount: IR405, not a whole number from 0 (runtime-semantics 10.2).
        TooManyElements: IR404, more than the limit.
    """
    if ELEMENTS.value < count < math.inf:
        raise TooManyElements(slot=slot, count=number_text(count), limit=ELEMENTS.value)
    found = whole(count, 0)
    if found is None:
        raise BadElementCount(slot=slot, count=number_text(count))
    return found


_CLASS_OF_DOMAIN: Final[Mapping[str, ValueClass]] = {
    "vec2": "vector",
    "vec3": "vector",
    "vec4": "vector",
    "quat": "vector",
    "color": "color",
    "path": "path",
    "domain": "domain",
    "camera": "camera",
    "mesh": "mesh",
}


def class_of_type(type_desc: TypeDesc) -> ValueClass:
    """Return the class of value that a slot of the declared type holds."""
    if type_desc.world == "event":
        return "events"
    if type_desc.world == "field":
        return "buffer"
    if type_desc.is_numeric:
        return "number"
    return _CLASS_OF_DOMAIN.get(type_desc.domain, "any")

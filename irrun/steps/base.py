"""What all step kinds share: the step record, its accesses, and the frame that a step sees."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from irrun.errors import Crash, IrrunError
from irrun.errors.running import BadElementCount, NotADomain, TooManyElements
from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.evaluator import FieldEvaluator
from irrun.evaluate.nodes import NodeEvaluator
from irrun.evaluate.scene.cameras import CameraEvaluator
from irrun.evaluate.scene.meshes import MeshBuilder
from irrun.evaluate.signals.evaluator import SignalEvaluator
from irrun.evaluate.transforms import ChainRunner
from irrun.evaluate.vectors import describe_value
from irrun.ir.constants import is_number
from irrun.ir.tables import Tables
from irrun.ir.types import Index, KindRecord, SlotId, TypeDesc, kind_of
from irrun.ir.values import DomainHandle, ValueClass, Viewport
from irrun.limits import ELEMENTS
from irrun.numerics.text import number_text
from irrun.numerics.whole import whole
from irrun.steps.placeholders import STUB_COUNT, placeholder

Mode = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Access:
    """One step touching one slot (design.md section 4)."""

    slot: int
    mode: Mode
    expects: ValueClass
    """The class of value that the step writes there, or looks for there."""
    field: str
    """Wire path within the step, or of the expression that a hidden read goes through."""
    also: tuple[ValueClass, ...] = ()
    """Classes that a reader takes besides."""
    evidence: bool = True
    """False for an access that says nothing about what the slot holds (debugProbe)."""
    weak: bool = False
    """True for a slot that is named but whose value is not needed."""

    def takes(self, value: ValueClass) -> bool:
        """True if a value of this class fits the access."""
        return "any" in (value, self.expects) or value == self.expects or value in self.also


def read(slot: int, expects: ValueClass, field: str, *also: ValueClass) -> Access:
    """Declare a read."""
    return Access(slot, "read", expects, field, also)


def write(slot: int, expects: ValueClass, field: str) -> Access:
    """Declare a write."""
    return Access(slot, "write", expects, field)


def read_domain(slot: int, field: str = "domainSlot") -> Access:
    """Declare the read of a domain, which may be a handle or a plain number of elements."""
    return read(slot, "domain", field, "number")


class FrameTime(Protocol):
    """The resolved time of a frame (runtime-semantics section 2)."""

    @property
    def t_abs_ms(self) -> float: ...
    @property
    def t_model_ms(self) -> float: ...
    @property
    def phase01(self) -> float | None: ...
    @property
    def wrap_event(self) -> float | None: ...
    @property
    def progress01(self) -> float | None: ...
    @property
    def delta_sec(self) -> float: ...
    @property
    def delta_ms(self) -> float: ...


class Frame(Protocol):
    """All that a step sees of the runtime."""

    @property
    def index(self) -> int:
        """Frame index, from 0."""

    @property
    def time(self) -> FrameTime:
        """The frame's time."""

    @property
    def tables(self) -> Tables:
        """The program's tables."""

    @property
    def env(self) -> Environment:
        """The frame's inputs, as expressions see them."""

    @property
    def signals(self) -> SignalEvaluator:
        """Evaluates signals; values are memoised for the frame."""

    @property
    def nodes(self) -> NodeEvaluator:
        """Evaluates nodes."""

    @property
    def fields(self) -> FieldEvaluator:
        """Evaluates fields over domains; elements are kept for the frame."""

    @property
    def transform_chains(self) -> ChainRunner:
        """Runs transform chains."""

    @property
    def viewport(self) -> Viewport:
        """What is drawn to."""

    @property
    def cameras(self) -> CameraEvaluator:
        """Evaluates cameras; results are kept from frame to frame."""

    @property
    def meshes(self) -> MeshBuilder:
        """Builds meshes; results are kept from frame to frame."""

    @property
    def position(self) -> int:
        """Index of the step that is running; unlike its id it is always unique."""

    @property
    def plans(self) -> dict[int, Any]:
        """What steps have worked out once for all frames, by position."""

    def detail(self, text: str, value: Any, note: str = "") -> None:
        """Tell the trace one thing that happened within the step."""

    @property
    def accesses(self) -> tuple[Access, ...]:
        """The accesses of the step that is running."""

    @property
    def read(self) -> Callable[[int], Any]:
        """Return a slot's value; an unknown slot traps, an unwritten one is reported."""

    @property
    def write(self) -> Callable[[int, Any], None]:
        """Write a slot; a second write in one frame traps."""

    def peek(self, slot: int) -> Any:
        """Return a slot's value without counting as a read."""

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot."""

    @property
    def wants_detail(self) -> bool:
        """True if the trace takes details."""

    def report(self, finding: IrrunError) -> None:
        """Collect a warning, once per step and cause; under strict, raise it."""

    def probe(self, probe_id: str, mode: str, slot: int, value: Any) -> None:
        """Record one probed value."""


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


class Step(KindRecord, frozen=True, kw_only=True):
    """One schedule step. A kind is one subclass, in a file of its own.

    A kind declares its wire fields and its accesses; `stub` and everything else that needs to
    know which slots a step touches follow from those.
    """

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

    def run(self, frame: Frame) -> None:
        """Carry the step out."""
        raise Crash(detail=f"step kind {self.kind} cannot be carried out")

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


def domain_at(frame: Frame, slot: int) -> FieldDomain:
    """Read a slot that holds a domain, or a plain number of elements.

    Raises:
        NotADomain: IR435.
        BadElementCount, TooManyElements: As `element_count` does.
    """
    value = frame.read(slot)
    if isinstance(value, DomainHandle):
        return frame.fields.domain(element_count(slot, value.count), value)
    if not is_number(value):
        raise NotADomain(slot=slot, got=describe_value(value))
    return frame.fields.domain(element_count(slot, value))


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

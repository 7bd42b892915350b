"""The base of all wire records, type descriptions and the kinds of index (ir-schema 1.3, 3)."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

from irrun.numerics.whole import MOST, whole

MAX_INDEX: Final = MOST

SafeInt = Annotated[int, Meta(ge=-MAX_INDEX, le=MAX_INDEX)]
"""A whole number that every JSON reader keeps exactly."""
Index = Annotated[int, Meta(ge=0, le=MAX_INDEX)]
"""A whole number from 0. On the wire it may also be a float with an integral value."""
SlotId = Annotated[int, Meta(ge=0, le=MAX_INDEX)]
SignalId = Annotated[int, Meta(ge=0, le=MAX_INDEX)]
FieldId = Annotated[int, Meta(ge=0, le=MAX_INDEX)]
EventId = Annotated[int, Meta(ge=0, le=MAX_INDEX)]
ChainId = Annotated[int, Meta(ge=0, le=MAX_INDEX)]
ConstId = Annotated[int, Meta(ge=0, le=MAX_INDEX)]
Count = Annotated[int, Meta(ge=0, le=MAX_INDEX)]

StateStorage = Literal["f64", "f32", "i32"]
NumericStorage = Literal[StateStorage, "u32"]
Storage = Literal[NumericStorage, "object"]
STATE_STORAGES: Final[tuple[StateStorage, ...]] = get_args(StateStorage)
STORAGES: Final[tuple[Storage, ...]] = get_args(Storage)

World = Literal["signal", "field", "scalar", "event", "special"]
Domain = Literal[
    "number", "boolean", "timeMs", "phase01", "unit01", "trigger",
    "string",
    "vec2", "vec3", "vec4", "quat", "mat4", "bounds",
    "color", "path", "mesh", "camera", "strokeStyle", "filterDef",
    "domain",
    "renderTree", "renderNode", "renderCmds", "canvasRender", "scene", "sceneTargets",
    "sceneStrokes", "program",
    "unknown",
]  # fmt: skip


def as_index(value: Any) -> int | None:
    """Return a number of free data as an index, or None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return whole(value, 0)


NUMERIC_DOMAINS: Final = frozenset({"number", "boolean", "timeMs", "phase01", "unit01", "trigger"})
MEMBERS: Final[Mapping[Domain, tuple[str, ...]]] = {
    "vec2": ("x", "y"),
    "vec3": ("x", "y", "z"),
    "vec4": ("x", "y", "z", "w"),
    "quat": ("x", "y", "z", "w"),
    "color": ("r", "g", "b", "a"),
}
"""Member names of structured values, in the order of their components."""


class Record(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A wire record: snake_case here, camelCase in the document."""


class KindRecord(Record, frozen=True, kw_only=True, tag_field="kind"):
    """A wire record that its `kind` tells apart; each subclass sets its tag."""


def kind_of(record: KindRecord | type[KindRecord]) -> str:
    """Return the wire `kind` of a record or record class."""
    return str(record.__struct_config__.tag)


class TypeDesc(Record, frozen=True, kw_only=True):
    """What kind of value something is (ir-schema section 3)."""

    world: World
    domain: Domain
    semantics: str | None = None
    unit: str | None = None

    @property
    def is_numeric(self) -> bool:
        """True for a plain number: a numeric domain in world signal or scalar."""
        return self.world in ("signal", "scalar") and self.domain in NUMERIC_DOMAINS

    def text(self) -> str:
        """Return the type as `world:domain`."""
        return f"{self.world}:{self.domain}"

    def short_text(self) -> str:
        """Return the type for narrow columns: the world only where it is not to be expected."""
        if self.world in ("signal", "special"):
            return self.domain
        return f"{self.world} {self.domain}"


class TypeTable(Record, frozen=True, kw_only=True):
    """The type interning table; nothing refers to it."""

    type_ids: tuple[TypeDesc, ...] = ()


class SlotMetaEntry(Record, frozen=True, kw_only=True):
    """One entry of the program's own slot table (ir-schema 6.1)."""

    slot: SlotId
    storage: Storage
    offset: Index
    type: TypeDesc

"""A program in the making: what there is to build on, and the rows of all tables."""

from dataclasses import dataclass
from typing import Any, Final

from program_builder import INFINITE, Document, ProgramBuilder, type_desc

from .source import Source

SHAPES: Final = ("vec2", "vec3", "vec4", "color")
"""Structured values that signals have besides numbers."""
MEMBERS: Final = {"vec2": "xy", "vec3": "xyz", "vec4": "xyzw", "quat": "xyzw", "color": "rgba"}
NUMERIC: Final = ("f64", "f32", "i32", "u32")
MOST_ELEMENTS: Final = 7
"""Elements of a domain, but for a few large ones."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A slot that says how many elements there are."""

    slot: int
    count: int | None
    """None if that changes from frame to frame."""
    most: int

    @property
    def key(self) -> int:
        """What is made for a number of elements is kept by: that number, or this slot's own key."""
        return -1 - self.slot if self.count is None else self.count


@dataclass(frozen=True, slots=True)
class Chain:
    """A transform chain: what it takes and makes."""

    id: int
    source: str
    result: str
    room: int | None
    """Numbers that its slews can remember; None if it has none."""
    for_fields: bool
    """True if each of its steps can be done to a field."""


@dataclass(frozen=True, slots=True)
class BufferSlot:
    """A slot that holds an array, and over which domain."""

    slot: int
    domain: Domain
    components: int
    element: str


class Draft:
    """A program in the making. Slots are known by what they hold."""

    def __init__(self, source: Source, size: int, *, structured: bool = True) -> None:
        self.source = source
        self.structured = structured
        self.builder = ProgramBuilder("random", self._time_model(source))
        self.room = size
        """Signals that may still be added before operands are shared or simple."""
        self.field_room = size
        """The same for fields."""
        self.signals: dict[str, list[int]] = {}
        """Signals by what they are: `number`, or one of the shapes."""
        self.fields: dict[tuple[str, int | None], list[int]] = {}
        """Fields by what their elements are and over how many they work: None for any number."""
        self.chains: list[Chain] = []
        self.slots: dict[str, list[int]] = {}
        """Slots that hold something, by what it is; written by a step before, or from the start."""
        self.later: list[int] = []
        """Number slots that are read already, and that a step will write."""
        self.fed_back: list[tuple[int, int]] = []
        """Signals, and the slots that a step at the end will write them to."""
        self.counter: int | None = None
        """The signal that counts frames, if one does."""
        self.domains: list[Domain] = []
        self.buffers: list[BufferSlot] = []
        self.cells: list[str] = []
        """Ids of state cells of one f64 number, which several operations may share."""
        self.objects: set[int] = set()
        """Slots that hold no plain number."""
        self._storages: dict[int, str] = {}
        self._indexed: list[tuple[bool, Document, str, Document]] = []
        self._sharing: dict[int, int] = {}
        self._next_slot = 0
        self._next_step = 0
        self._next_cell = 0

    @staticmethod
    def _time_model(source: Source) -> Document:
        length = source.pick((700.0, 100.0, 33.0, 1000.0, 1e-3, 2500.5))
        if source.chance(0.06):
            length = source.pick((0.0, -5.0, 1e300, 5e-324))
        kind = source.weighted({"infinite": 3, "finite": 2, "loop": 3, "pingpong": 2})
        match kind:
            case "infinite":
                return INFINITE
            case "finite":
                cue = {"id": "c", "label": "c", "tMs": 5.0, "behavior": "snap"}
                model: Document = {"kind": "finite", "durationMs": length}
                return model | ({"cuePoints": [cue]} if source.chance(0.2) else {})
            case _:
                return {
                    "kind": "cyclic", "periodMs": length, "mode": kind, "phaseDomain": "0..1",
                }  # fmt: skip

    # --- Slots ------------------------------------------------------------------------------

    def slot(self, shape: str, storage: str | None = None) -> int:
        """Return a new slot for what `shape` says; numbers get any storage unless told."""
        source = self.source
        if source.chance(0.08):
            self._next_slot += source.pick((1, 2, 7, 900))
        slot = self._next_slot
        self._next_slot += 1
        if shape == "number":
            drawn = source.weighted({"f64": 9, "f32": 3, "i32": 2, "u32": 2, "object": 3, "": 3})
            storage = drawn if storage is None else storage
        else:
            self.objects.add(slot)
            storage = ("object" if source.chance(0.5) else "") if storage is None else storage
        self._storages[slot] = storage
        return slot

    def holds(self, shape: str, slot: int) -> int:
        """Note that a slot holds something from here on."""
        self.slots.setdefault(shape, []).append(slot)
        return slot

    def written(self, shape: str) -> int:
        """Return a slot for a step to write, perhaps one that is read already."""
        if shape == "number" and self.later and self.source.chance(0.5):
            return self.holds(shape, self.later.pop(0))
        return self.holds(shape, self.slot(shape))

    def initial(self, shape: str, value: Any) -> int:
        """Return a slot that holds a value from the start."""
        return self.holds(shape, self.builder.initial(self.slot(shape), value))

    def storages(self) -> None:
        """Write `slotMeta`: in any order, offsets with gaps, some equal to the slot's number."""
        source, rows = self.source, []
        next_offset = dict.fromkeys((*NUMERIC, "object"), 0)
        as_numbered = source.chance(0.2)
        for slot in source.shuffled(sorted(self._storages)):
            storage = self._storages[slot]
            if not storage:
                continue
            if slot in self._sharing:
                continue
            offset = next_offset[storage] + (source.count(1, 9) if source.chance(0.1) else 0)
            next_offset[storage] = offset + 1
            is_object = slot in self.objects
            kind = type_desc("renderTree", "special") if is_object else type_desc()
            row = {"slot": slot, "storage": storage, "offset": slot if as_numbered else offset}
            rows.append(row | {"type": kind})
        for slot, other in self._sharing.items():
            rows += [row | {"slot": slot} for row in rows if row["slot"] == other]
        self.builder.doc["slotMeta"] = rows

    def shares(self, slot: int, other: int) -> None:
        """Let a slot be where another one is."""
        self._sharing[slot] = other

    # --- Rows -------------------------------------------------------------------------------

    def step(self, kind: str, **fields: Any) -> str:
        """Add a step with an id of its own."""
        self._next_step += 1
        return self.builder.step(kind, f"s{self._next_step}-{kind}", **fields)

    def state(self, storage: str, size: int, node: str | None = None, **fields: Any) -> str | int:
        """Add a state cell; return its id. Programs have some cells in common, by node and role."""
        self._next_cell += 1
        name: str | int = f"c{self._next_cell}"
        if self.source.chance(0.15):
            name = self._next_cell
        row = {"nodeId": node or f"n{self._next_cell}", "role": "memory"} | fields
        self.builder.cell(str(name), storage, size, **row)
        self.builder.doc["stateLayout"]["cells"][-1]["stateId"] = name
        return name

    def initial_constant(self) -> None:
        """Let the last cell have an initial constant now and then; some of these dangle."""
        cell = self.builder.doc["stateLayout"]["cells"][-1]
        if self.source.chance(0.15):
            self.indexed(cell, "initialConstId", self.source.number())
        elif self.source.chance(0.03):
            cell["initialConstId"] = 4000

    def node_name(self) -> str:
        """Return the name of the node that the next cell belongs to."""
        return f"n{self._next_cell + 1}"

    def constant(self, value: Any) -> int:
        """Add a constant to the pool `json`; return its id."""
        return self.builder.pool_entry(value, "json")

    def number_signal(self, value: float) -> int:
        """Return a constant signal."""
        return self.builder.signal("const", constId=self.constant(value))

    def indexed(self, row: Document, member: str, value: Any) -> None:
        """Let a row name a constant through `constIndex`, as soon as all constants are known."""
        pool = "json"
        if isinstance(value, int | float):
            is_whole = float(value).is_integer() and abs(value) < 2**31
            pool = self.source.pick(("f64", "f32", "i32") if is_whole else ("f64", "f32"))
        index = self.builder.pool_entry(int(value) if pool == "i32" else value, pool)
        self._indexed.append((pool == "json", row, member, {"k": pool, "idx": index}))

    def directory(self) -> None:
        """Write `constIndex`: all of the pool `json`, then what is named through it alone.

        What is no number comes last: there its id is beyond the pool `f64`, where buses look first.
        """
        constants = self.builder.doc["constants"]
        if not self._indexed and self.source.chance(0.7):
            return
        rows = [{"k": "json", "idx": i} for i in range(len(constants["json"]))]
        for _, row, member, entry in sorted(self._indexed, key=lambda indexed: indexed[0]):
            row[member] = len(rows)
            rows.append(entry)
        constants["constIndex"] = rows

"""The constant pool and its one resolver (ir-schema section 5, runtime-semantics 0.6)."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeGuard, get_args

from msgspec import Meta

from irrun.errors.program import ConstantNotFound, ConstIndexOutOfPool
from irrun.ir.typed_array import TypedArray
from irrun.ir.types import Index, Record

Pool = Literal["json", "f64", "f32", "i32"]
ConstPlace = Literal[Pool, "constIndex"]
POOLS: Final[tuple[Pool, ...]] = get_args(Pool)
NUMERIC_POOLS: Final[frozenset[Pool]] = frozenset(POOLS) - {"json"}
"""Where initial values of state cells may be (ir-schema 5.3)."""

F64Array = Annotated[TypedArray, Meta(extra={"element": "f64"})]
F32Array = Annotated[TypedArray, Meta(extra={"element": "f32"})]
I32Array = Annotated[TypedArray, Meta(extra={"element": "i32"})]

SIGNAL_ORDER: Final[tuple[ConstPlace, ...]] = ("json", "constIndex", "f64")
FIELD_ORDER: Final[tuple[ConstPlace, ...]] = ("json", "constIndex")
NODE_ORDER: Final[tuple[ConstPlace, ...]] = ("constIndex", "f64", "json")
SILENT_ORDER: Final[tuple[ConstPlace, ...]] = ("f64", "constIndex", "json")
STATE_ORDERS: Final[dict[str, tuple[ConstPlace, ...]]] = {
    "f64": ("constIndex", "f64"),
    "f32": ("constIndex", "f32"),
    "i32": ("constIndex", "i32"),
}


class ConstIndexEntry(Record, frozen=True, kw_only=True):
    """One row of the directory: constant id -> pool and index."""

    k: Pool
    idx: Index


class Constant(NamedTuple):
    """A resolved constant and the pool that it was found in."""

    value: Any
    pool: Pool


def is_number(value: Any) -> TypeGuard[float]:
    """True for a JSON number; booleans are not numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class ConstPool(Record, frozen=True, kw_only=True):
    """All constants of a program."""

    json: tuple[Any, ...] = ()
    f64: F64Array = TypedArray("f64", ())
    f32: F32Array = TypedArray("f32", ())
    i32: I32Array = TypedArray("i32", ())
    const_index: tuple[ConstIndexEntry, ...] = ()

    def resolve(
        self,
        const_id: int,
        order: tuple[ConstPlace, ...],
        *,
        usable: Callable[[Any], bool] = lambda _: True,
        pools: frozenset[str] = frozenset(POOLS),
        wanted: str = "value",
    ) -> Constant:
        """Return the first usable value that `order` finds under `const_id`.

        Args:
            const_id: The constant id.
            order: The places to look in; each consumer has its own (ir-schema 5.3).
            usable: Which values the consumer can use; others are passed over.
            pools: Which pools `constIndex` may lead to.
            wanted: What the consumer needs, for the message.

        Raises:
            ConstantNotFound: IR201, no place has a usable value.
            ConstIndexOutOfPool: IR202, a directory entry leads beyond its pool.
        """
        for place in order:
            found = self._look_up(const_id, place)
            if found is not None and found.pool in pools and usable(found.value):
                return found
        raise ConstantNotFound(
            const_id=const_id, wanted=wanted, order=", ".join(order), sizes=self._sizes()
        )

    def _look_up(self, const_id: int, place: ConstPlace) -> Constant | None:
        if const_id < 0:
            return None
        if place == "constIndex":
            if const_id >= len(self.const_index):
                return None
            entry = self.const_index[const_id]
            pool = self._pool(entry.k)
            if entry.idx >= len(pool):
                raise ConstIndexOutOfPool(
                    const_id=const_id, pool=entry.k, index=entry.idx, size=len(pool)
                )
            return Constant(pool[entry.idx], entry.k)
        direct = self._pool(place)
        return Constant(direct[const_id], place) if const_id < len(direct) else None

    def _pool(self, name: Pool) -> tuple[Any, ...] | TypedArray:
        pools: dict[Pool, tuple[Any, ...] | TypedArray] = {
            "json": self.json,
            "f64": self.f64,
            "f32": self.f32,
            "i32": self.i32,
        }
        return pools[name]

    def _sizes(self) -> str:
        sizes: dict[str, int] = {name: len(self._pool(name)) for name in POOLS}
        sizes["constIndex"] = len(self.const_index)
        return ", ".join(f"{name} {size}" for name, size in sizes.items())

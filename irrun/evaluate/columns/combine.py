"""Combining the terms of a bus as an operation on columns (runtime-semantics 6.4, section 8)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from irrun.evaluate.buses.combine import ARITHMETIC, CHOICES, combine
from irrun.evaluate.columns.plan import NotInBlocks, Planner, Register
from irrun.ir.values import Array
from irrun.numerics import exact, native


def combined(planner: Planner, mode: str, terms: Sequence[Register]) -> Register:
    """Return at least one value combined with others of its shape, from left to right.

    Raises:
        NotInBlocks: They cannot be combined.
    """
    if mode in CHOICES:
        return terms[CHOICES[mode]]
    shapes = {term.shape for term in terms}
    if mode not in ARITHMETIC or len(shapes) > 1 or None in shapes:
        raise NotInBlocks("a bus cannot combine its terms")

    def row(*values: Any) -> Any:
        return combine(mode, values, "a bus")

    return planner.emit(f"combine {mode}", terms, _COMBINED[mode], row, shape=terms[0].shape)


def _extreme(choose: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    def combined(*values: Array) -> Array:
        result = values[0]
        for value in values[1:]:
            result = choose(result, value)
        return result

    return combined


_COMBINED: Final[dict[str, Callable[..., Any]]] = {
    mode: native.named(f"combine {mode}")(form)
    for mode, form in {
        **ARITHMETIC,
        "min": _extreme(exact.minimum),
        "max": _extreme(exact.maximum),
    }.items()
}
"""Modes for columns: what is written with plain operators serves as it stands."""

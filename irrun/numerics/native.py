"""Where the kernels in C are taken: loaded once, checked, and left out where anything is amiss.

`irrun._native` is built from `irrun/native/` where there was a compiler (docs/native.md). Its
kernels give the bits of the NumPy forms, only sooner. So a form in NumPy says once which kernel
does the same, and everything else is decided here: whether there is one, whether the operands are
such as kernels take, and whether somebody wants none (`IRRUN_NATIVE=off`).
"""

import operator
import os
from binascii import crc32
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

SWITCH: Final = "IRRUN_NATIVE"
"""The environment variable that switches kernels off."""

TABLE_SUM: Final = 0x282C2F73
"""Of the names and types of all kernels, written by tools/record_digests.py."""

RESULTS_SUM: Final = 0x3AF745C2
"""Of their results for `PROBES`, written by tools/record_digests.py."""

PROBES: Final = (
    0.3, -0.0, 1.0, -2.5, 1e-300, 0.75, 3.0, 1e300, -0.5, 7.25, float("nan"), 0.0, 5e-324, 40.125,
    -1e10, 0.1, 1.5, float("inf"), 700.5, -0.9, 2.0**-30, 123456.789, -3.0, 0.9999, 16.0, -740.0,
    4294967297.5, -float("inf"), 0.6, 1e-5, 22.5, -1.0,
)  # fmt: skip
"""What every kernel is tried on before it is used; of another operand begun elsewhere."""

Call = Callable[[str, tuple[Any, ...], Any], None]
F = TypeVar("F", bound=Callable[..., Any])


class Kernel(NamedTuple):
    """What a kernel takes and gives."""

    operands: str
    """The type of each, as a letter of NumPy's."""
    result: str
    width: int
    """Numbers of an element."""
    result_width: int
    """The same of the result; 0 if there is one result in all."""


class _State:
    """Which kernels this process takes: all, or none and why."""

    kernels: dict[str, Kernel] | None = None
    """None until somebody asks."""
    codes: Mapping[str, int] = {}
    """Of moves and kernels, as plans have them."""
    moves: tuple[str, ...] = ()
    call: Call
    run_plan: Callable[..., None]
    unit: str = ""
    reason: str = ""
    is_fault: bool = False


_state: Final = _State()


def kernels() -> dict[str, Kernel]:
    """Return the kernels that are taken, by name; none if there is a reason against it."""
    if _state.kernels is None:
        _load()
    return _state.kernels or {}


def reason() -> str:
    """Return why no kernels are taken; nothing if they are."""
    return "" if kernels() else _state.reason


def is_fault() -> bool:
    """Return whether kernels are left out because they are wrong."""
    return not kernels() and _state.is_fault


def unit() -> str:
    """Return the vector unit that kernels use."""
    return _state.unit


def summary() -> str:
    """Return in a line which kernels are taken, or why there are none."""
    if not kernels():
        return f"no kernels in C: {reason()}"
    return f"{len(kernels())} kernels in C, {unit()}"


def _load() -> None:
    _state.kernels = {}
    if os.environ.get(SWITCH) == "off":
        _state.reason = f"{SWITCH} is off"
        return
    try:
        import irrun._native as _native
    except ModuleNotFoundError:
        _state.reason = "the extension was not built (that takes a compiler and Python's headers)"
        return
    except ImportError as error:
        switch_off(f"the extension cannot be loaded: {error}", is_fault=True)
        return
    found, moves = tables(_native)
    if table_sum(found, moves) != TABLE_SUM:
        _state.reason = "the extension was built from other sources (`make setup` builds it anew)"
    elif results_sum(found, _native.call) != RESULTS_SUM:
        switch_off("the extension computes other bits than are recorded", is_fault=True)
    else:
        _state.kernels, _state.call, _state.unit = found, _native.call, _native.unit()
        _state.moves, _state.run_plan = tuple(name for name, *_ in moves), _native.run_plan
        _state.codes = {name: i for i, name in enumerate((*_state.moves, *found))}


def switch_off(why: str, *, is_fault: bool = False) -> None:
    """Take no kernels from now on."""
    _state.kernels, _state.reason, _state.is_fault = {}, why, is_fault


@contextmanager
def without(why: str = "they are switched off for a while") -> Iterator[None]:
    """Take no kernels meanwhile."""
    before, reason_before = kernels(), _state.reason
    _state.kernels, _state.reason = {}, why
    try:
        yield
    finally:
        _state.kernels, _state.reason = before, reason_before


def moves() -> tuple[str, ...]:
    """Return what plans can do besides kernels (`irrun/native/plan/moves.c`); nothing without C."""
    return _state.moves if kernels() else ()


def code_of(name: str) -> int:
    """Return the number of a move or kernel in the instructions of a plan."""
    return _state.codes[name]


def run_plan(
    code: NDArray[np.int32],
    types: str,
    operands: tuple[Any, ...],
    results: tuple[Any, ...],
    numbers: NDArray[np.float64],
    frames: int,
) -> None:
    """Carry out the plan of a block, if there are kernels.

    Args:
        code: Its instructions (`irrun/native/plan/plan.h`), shape (instructions, 11).
        types: Of its registers, `d` or `B` (masks); operands come first, then results, then those
            that nobody sees.
        operands: Columns, shape (frames,).
        results: Columns that are filled, shape (frames,).
        numbers: Memories, which are left as they are after the last frame, and parameters.
        frames: How many there are.

    Raises:
        ValueError: The plan is none, or lengths differ.
        TypeError: A column has another type.
    """
    _state.run_plan(code.reshape(-1), types, operands, results, numbers, frames)


Moves = list[tuple[str, str, str, int, int]]
"""Of each its name, operands, result, what it keeps, how many numbers it takes."""


def tables(extension: Any) -> tuple[dict[str, Kernel], Moves]:
    """Return the kernels and the moves of the extension, in their order."""
    found = {name: Kernel(*about) for name, about in extension.names().items()}
    # One that was built before there were plans has none.
    return found, getattr(extension, "moves", list)()


def table_sum(found: Mapping[str, Kernel], moves: Moves) -> int:
    """Return a checksum of which kernels and moves there are, and of what they take."""
    return crc32(repr((found, moves)).encode())


def results_sum(found: Mapping[str, Kernel], call: Call) -> int:
    """Return a checksum of the results of all kernels for `PROBES`."""
    total = 0
    for name, kernel in found.items():
        results = np.empty(len(PROBES) if kernel.result_width else 1, kernel.result)
        with np.errstate(over="ignore"):
            operands = tuple(
                np.roll(np.array(PROBES), -5 * i).astype(type_)
                for i, type_ in enumerate(kernel.operands)
            )
        call(name, operands, results)
        little = results.astype(results.dtype.newbyteorder("<"), copy=False)
        total = crc32(little.tobytes(), total)
    return total


def run(name: str, operands: tuple[Any, ...], out: NDArray[Any]) -> bool:
    """Fill an array by a kernel, if it is taken; return whether that was done.

    Args:
        name: That of the kernel; an empty one has none.
        operands: Arrays of the kernel's types in one piece, as long as `out`, or floats.
        out: An array in one piece, or an operand.

    Raises:
        ValueError: The lengths differ, or `out` overlaps with an operand in part.
        TypeError: An operand has another type.
    """
    if name not in kernels():
        return False
    _state.call(name, operands, out)
    return True


def named(name: str) -> Callable[[F], F]:
    """Say which kernel, or operation of a plan, does what a form over columns of doubles does."""

    def mark(plain: F) -> F:
        plain.native_name = name  # type: ignore[attr-defined]
        return plain

    return mark


def name_of(plain: Callable[..., Any] | None) -> str:
    """Return the name of what does the same as a form, or nothing."""
    found: str = getattr(plain, "native_name", OPERATORS.get(plain, ""))
    return found


OPERATORS: Final[Mapping[Any, str]] = {
    operator.add: "add", operator.sub: "sub", operator.mul: "mul", abs: "abs", operator.or_: "or",
}  # fmt: skip
"""Of forms that are Python's own."""


def form(name: str, result: type[np.generic] | None = None) -> Callable[[F], F]:
    """Have a kernel do what a form in NumPy does, where operands are columns or numbers.

    Args:
        name: That of the kernel for doubles; the one for float32 has `_f32` after it.
        result: The type of the result, if it is not that of the operands.
    """
    names = {_DOUBLE: name, _SINGLE: f"{name}_f32"}

    def decorate(plain: F) -> F:
        @wraps(plain)
        def apply(*operands: Any) -> Any:
            column = _column(operands)
            if column is not None and (kernel := names[column.dtype]) in kernels():
                out = np.empty(column.shape, column.dtype if result is None else result)
                _state.call(kernel, operands, out)
                return out
            return plain(*operands)

        return named(name)(apply)  # type: ignore[return-value]

    return decorate


_DOUBLE, _SINGLE = np.dtype(np.float64), np.dtype(np.float32)


def _column(operands: tuple[Any, ...]) -> NDArray[Any] | None:
    """Return an operand that has the result's shape, if all are such as kernels take."""
    column: NDArray[Any] | None = None
    for operand in operands:
        if type(operand) is np.ndarray and operand.ndim:
            column = operand
            break
    if column is None or (column.dtype is not _DOUBLE and column.dtype is not _SINGLE):
        return None
    for operand in operands:
        if type(operand) is float:
            continue
        if type(operand) is not np.ndarray or operand.dtype is not column.dtype:
            return None
        if operand.ndim and not (operand.shape == column.shape and operand.flags.c_contiguous):
            return None
    return column

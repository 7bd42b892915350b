"""The kernels in C: the same bits as the other forms, and none where anything is amiss."""

import math
import os
import subprocess
import sys
from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.examples import examples

from irrun.doctor.samples import OPERATIONS, SPECIAL
from irrun.numerics import arrays, native, transcendental

try:
    from irrun import _native
except ImportError:
    pytest.skip(f"no kernels: {native.reason()}", allow_module_level=True)

KERNELS = {name: native.Kernel(*about) for name, about in sorted(_native.names().items())}

SCALAR: dict[str, Callable[..., Any]] = {op.name.replace(" ", "_"): op.single for op in OPERATIONS}
"""By kernel: what the interpreter computes for one element."""

SAMPLES = {op.name.replace(" ", "_"): op.samples for op in OPERATIONS}

STEPS = np.arange(-400.0, 400.0)
HARD = np.concatenate(
    [
        SPECIAL, -SPECIAL,
        STEPS * (math.pi / 2), STEPS * math.pi * 2.0**40, STEPS * math.pi * 2.0**900,
        STEPS / 64, (STEPS + 0.5) / 64, STEPS / 32 + 2.0**-40, STEPS + 0.5, STEPS / 4096 + 1,
        2.0**52 + STEPS, 2.0**32 + STEPS / 2, np.linspace(-750.0, 750.0, 301),
        np.ldexp(1.0 + 2.0**-52, np.arange(-1074, 1024, 7)),
        np.ldexp(-1.5, np.arange(-1074, 1024, 9)),
        np.array([0xFFF8000000000123, 0x7FF0000000000001], np.uint64).view(np.float64),
    ]
)  # fmt: skip
"""Near the ends of intervals and tables, halves, multiples of pi/2, all sizes, odd NaN."""


def by_kernel(name: str, *operands: Any, count: int | None = None) -> NDArray[Any]:
    """Return what a kernel makes of doubles, rounded to the types that it takes."""
    kernel = KERNELS[name]
    with np.errstate(over="ignore"):
        typed = tuple(
            np.asarray(x, np.float64).astype(type_)
            for x, type_ in zip(operands, kernel.operands, strict=True)
        )
    length = len(typed[0]) if count is None else count
    out = np.empty(length if kernel.result_width else 1, kernel.result)
    _native.call(name, typed, out)
    return out


def same_bits(got: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where two arrays of one type have the same bits, or both NaN."""
    assert got.dtype == expected.dtype
    width = f"u{got.itemsize}"
    both_nan = (got != got) & (expected != expected)
    same: NDArray[np.bool_] = (got.view(width) == expected.view(width)) | both_nan
    return same


def by_scalar(name: str, operands: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    """Return what the scalar form makes of each element."""
    rows = zip(*(x.tolist() for x in operands), strict=True)
    return np.array([SCALAR[name](*row) for row in rows]).astype(dtype)


def assert_same(name: str, *operands: NDArray[Any]) -> None:
    got = by_kernel(name, *operands)
    expected = by_scalar(name, list(operands), got.dtype)
    bad = np.flatnonzero(~same_bits(got, expected))
    assert [(*(x[i] for x in operands), got[i], expected[i]) for i in bad[:5]] == []


ELEMENTWISE = [name for name in KERNELS if name in SCALAR and name != "color"]


def test_kernels_are_taken() -> None:
    """All those of the extension are; nothing is amiss with what this checkout was built to."""
    if os.environ.get(native.SWITCH) != "off":
        assert native.reason() == ""
        assert native.kernels() == KERNELS


def test_every_kernel_is_compared() -> None:
    """None is left out below."""
    assert KERNELS.keys() == set(ELEMENTWISE)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_hard_arguments(name: str) -> None:
    """Bit for bit the scalar form: each hard argument with itself, and with another one."""
    arity = len(KERNELS[name].operands)

    for by in (0, 1, 7, 400):
        assert_same(name, *(np.roll(HARD, by * i) for i in range(arity)))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_samples(name: str) -> None:
    """Bit for bit the scalar form, where its arguments usually are."""
    assert_same(name, *SAMPLES[name](3000))


@pytest.mark.parametrize("name", ELEMENTWISE)
@examples(40, long=2000)
@given(data=st.data())
def test_anything(name: str, data: st.DataObject) -> None:
    """Bit for bit the scalar form, for any doubles."""
    count = data.draw(st.integers(1, 20))
    column = st.lists(st.floats(), min_size=count, max_size=count)
    assert_same(name, *(np.array(data.draw(column)) for _ in KERNELS[name].operands))


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 63, 64, 65, 127, 511, 512, 513, 1025, 5000])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_lengths_do_not_show(name: str, count: int) -> None:
    """Wherever blocks and vectors end; numbers for all elements included; in place included."""
    operands = [x[:count] for x in SAMPLES[name](5000)]
    whole = by_kernel(name, *SAMPLES[name](5000))[:count]

    assert same_bits(by_kernel(name, *operands), whole).all()
    for i, letter in enumerate(KERNELS[name].operands[1:], 1):
        one = [*operands[:i], np.full(count, 1.25), *operands[i + 1 :]]
        typed = [np.array(x, t) for x, t in zip(one, KERNELS[name].operands, strict=True)]
        for number in (1.25, np.array(1.25, letter), np.array([1.25], letter)):
            out = np.empty(count, KERNELS[name].result)
            _native.call(name, (*typed[:i], number, *typed[i + 1 :]), out)
            assert same_bits(out, by_kernel(name, *one)).all()
    if set(KERNELS[name].operands) == {KERNELS[name].result}:
        places = [np.array(x, KERNELS[name].result) for x in operands]
        _native.call(name, tuple(places), places[-1])
        assert same_bits(places[-1], whole).all()


# --- What is refused ------------------------------------------------------------------------

X = np.ones(10)

REFUSED = [
    ("no such kernel", "sine", (X,), np.empty(10), ValueError),
    ("too many operands", "sin", (X, X), np.empty(10), ValueError),
    ("too few results", "sin", (X,), np.empty(9), ValueError),
    ("no element", "sin", (np.empty(0),), np.empty(9), ValueError),
    ("float32", "sin", (X.astype(np.float32),), np.empty(10), TypeError),
    ("integers", "sin", (X.astype(np.int64),), np.empty(10), TypeError),
    ("a result of float32", "sin", (X,), np.empty(10, np.float32), TypeError),
    ("other bytes first", "sin", (X.astype(">f8"),), np.empty(10), TypeError),
    ("a text", "sin", ("x",), np.empty(10), TypeError),
    ("a list of operands", "sin", [X], np.empty(10), TypeError),
    ("every other element", "sin", (np.ones(20)[::2],), np.empty(10), (BufferError, ValueError)),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[0])
def test_what_does_not_fit_is_refused(row: Any) -> None:
    """Before anything is computed."""
    _, name, operands, out, error = row
    out[...] = 7

    with pytest.raises(error):
        _native.call(name, operands, out)
    assert np.all(out == 7)


def test_what_overlaps_is_refused() -> None:
    """A result over an operand's neighbour would be read as an operand."""
    x = np.ones(11)

    with pytest.raises(ValueError, match="overlaps"):
        _native.call("sin", (x[:-1],), x[1:])
    assert np.all(x == 1.0)


def test_what_cannot_be_written_is_refused() -> None:
    """An array that is read only."""
    out = np.ones(10)
    out.flags.writeable = False

    with pytest.raises((BufferError, ValueError)):
        _native.call("sin", (X,), out)


def test_threads_do_not_see_each_other() -> None:
    """Long loops run at the same time; each has the results of its own operands."""
    from concurrent.futures import ThreadPoolExecutor

    columns = [np.linspace(i, i + 1, 20_000) for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: by_kernel("sin", x), columns))

    assert all(
        same_bits(got, by_kernel("sin", x)).all() for got, x in zip(found, columns, strict=True)
    )


# --- Switching them off -----------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process know nothing of kernels, and forget afterwards what it finds out."""
    state = copy(native._state)
    state.kernels = None
    monkeypatch.setattr(native, "_state", state)
    monkeypatch.delenv(native.SWITCH, raising=False)


@pytest.mark.usefixtures("fresh")
def test_the_variable_switches_them_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""
    monkeypatch.setenv("IRRUN_NATIVE", "off")

    assert native.kernels() == {}
    assert native.reason() == "IRRUN_NATIVE is off"
    assert not native.is_fault()
    assert arrays.sin(X).tolist() == [transcendental.sin(1.0)] * 10


@pytest.mark.usefixtures("fresh")
def test_an_extension_of_other_sources_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout may be newer than what was built in it."""
    monkeypatch.setattr(native, "TABLE_SUM", 0)

    assert native.kernels() == {}
    assert "make setup" in native.reason()
    assert not native.is_fault()


@pytest.mark.usefixtures("fresh")
def test_an_extension_with_other_bits_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is a fault, unlike all else."""
    monkeypatch.setattr(native, "RESULTS_SUM", 0)

    assert native.kernels() == {}
    assert "other bits" in native.reason()
    assert native.is_fault()


@pytest.mark.usefixtures("fresh")
def test_none_is_taken_meanwhile() -> None:
    """`without` gives back what was there."""
    with native.without():
        assert native.kernels() == {}
        assert native.reason()
    assert native.kernels() == KERNELS


def test_nothing_asks_for_an_extension() -> None:
    """Without one, in a process of its own, everything works and the reason is known."""
    code = (
        "import sys; sys.modules['irrun._native'] = None\n"
        "from irrun.numerics import arrays, native\n"
        "print(arrays.sin([0.5])[0], native.reason())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.startswith(f"{transcendental.sin(0.5)} the extension was not built")

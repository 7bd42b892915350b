"""The kernels in C: the same bits as the other forms, and none where anything is amiss."""

import os
import subprocess
import sys
from copy import copy
from fractions import Fraction
from importlib.abc import MetaPathFinder
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.examples import examples
from support.kernels import HARD, SCALAR, by_scalar, same_bits, samples, typed

from irrun.doctor.samples import uniform
from irrun.numerics import arrays, exact, native, single, transcendental
from irrun.numerics.convert import to_color_bytes
from irrun.numerics.formulas import single_circular

try:
    from irrun import _native
except ImportError:
    pytest.skip(f"no kernels: {native.reason()}", allow_module_level=True)

KERNELS = {name: native.Kernel(*about) for name, about in sorted(_native.names().items())}


def by_kernel(name: str, *operands: NDArray[Any]) -> NDArray[Any]:
    """Return what a kernel makes of operands of its types."""
    out = np.empty(operands[0].shape, KERNELS[name].result)
    _native.call(name, operands, out)
    return out


def assert_same(name: str, *operands: NDArray[Any]) -> None:
    """Compare a kernel with the scalar form, bit for bit."""
    given_ = typed(KERNELS[name], operands)
    got, expected = by_kernel(name, *given_), by_scalar(name, KERNELS[name], given_)
    bad = np.flatnonzero(~same_bits(got, expected)).tolist()
    assert [(*(x[i] for x in given_), got[i], expected[i]) for i in bad[:5]] == []
    if got.dtype.kind == "f":
        assert set(got[got != got].view(f"u{got.itemsize}").tolist()) <= ONE_NAN


ONE_NAN = {0x7FF8000000000000, 0x7FC00000}
ELEMENTWISE = sorted(KERNELS.keys() - {"color", "sum"})


def test_kernels_are_taken() -> None:
    """All those of the extension are; nothing is amiss with what this checkout was built to."""
    if os.environ.get(native.SWITCH) != "off":
        assert native.reason() == ""
        assert native.kernels() == KERNELS


def test_every_kernel_is_compared() -> None:
    """None is left out below."""
    assert KERNELS.keys() == (SCALAR.keys() & KERNELS.keys()) | {"sum"}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_hard_arguments(name: str) -> None:
    """Bit for bit the scalar form: each hard argument with itself, and with another one."""
    arity = len(KERNELS[name].operands)

    for by in (0, 1, 7, 400):
        assert_same(name, *(np.roll(HARD, by * i) for i in range(arity)))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_samples(name: str) -> None:
    """Bit for bit the scalar form, where its arguments usually are."""
    assert_same(name, *samples(name, KERNELS[name], 2000))


@pytest.mark.parametrize("name", ELEMENTWISE)
@examples(40, long=400)
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
    long = typed(KERNELS[name], samples(name, KERNELS[name], 5000))
    operands = [x[:count] for x in long]
    whole = by_kernel(name, *long)[:count]

    assert same_bits(by_kernel(name, *operands), whole).all()
    for i, letter in enumerate(KERNELS[name].operands[1:], 1):
        expected = by_kernel(name, *operands[:i], np.full(count, 1.25, letter), *operands[i + 1 :])
        for number in (1.25, np.array(1.25, letter), np.array([1.25], letter)):
            out = np.empty(count, KERNELS[name].result)
            _native.call(name, (*operands[:i], number, *operands[i + 1 :]), out)
            assert same_bits(out, expected).all()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_results_may_take_the_place_of_an_operand(name: str) -> None:
    """Of any of them, where they have its type."""
    operands = typed(KERNELS[name], samples(name, KERNELS[name], 777))
    expected = by_kernel(name, *operands)

    for i, letter in enumerate(KERNELS[name].operands):
        if letter == KERNELS[name].result:
            given_ = [x.copy() for x in operands]
            _native.call(name, tuple(given_), given_[i])
            assert same_bits(given_[i], expected).all()


@examples(30, long=500)
@given(st.lists(st.floats(-0.5, 1.5) | st.floats(), min_size=4, max_size=80))
def test_colours(channels: list[float]) -> None:
    """Four numbers each."""
    rgba = np.array(channels[: len(channels) // 4 * 4]).reshape(-1, 4)

    assert by_kernel("color", rgba).tolist() == [list(to_color_bytes(*c)) for c in rgba.tolist()]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 64, 513, 10_000])
def test_sums_are_added_from_left_to_right(count: int) -> None:
    """Nothing sums up to 0, and -0 to 0."""
    values = uniform(-1.0, 1.0, count, 7) * 2.0 ** uniform(-40.0, 40.0, count, 8)
    expected = 0.0
    for value in values.tolist():
        expected = expected + value
    out = np.empty(1)
    _native.call("sum", (values,), out)

    assert out.tolist() == [expected]


def test_products_and_sums_are_not_fused() -> None:
    """Among the samples are some of which a fused operation makes other bits."""
    a, b, t = (uniform(-1.0, 1.0, 500, seed) for seed in range(3))
    rows = list(zip(a.tolist(), b.tolist(), t.tolist(), strict=True))
    fused = [float(Fraction(x) + Fraction(y - x) * Fraction(z)) for x, y, z in rows]
    got = by_kernel("lerp", a, b, t).tolist()

    assert sum(x != y for x, y in zip(fused, got, strict=True)) > 50
    assert got == [x + (y - x) * z for x, y, z in rows]


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


# --- What asks for them -----------------------------------------------------------------------

FORMS = [
    (exact.minimum, "min"), (exact.round_half_up, "round"), (single.remainder, "mod"),
    (single.clamp, "clamp_b"), (arrays.to_u32_array, "u32"), (single_circular.sin, "sin_to_f32"),
]  # fmt: skip
"""Forms in NumPy, and the kernel that each one names."""


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["doubles", "float32"])
@pytest.mark.parametrize(("form", "kernel"), FORMS, ids=lambda x: x if isinstance(x, str) else "")
def test_a_form_gives_the_same_without_kernels(form: Any, kernel: str, dtype: Any) -> None:
    """Columns, with numbers for all elements; other layouts and types; one of each alone."""
    arity = len(KERNELS[kernel].operands)
    column: NDArray[Any] = np.concatenate([HARD[HARD == HARD], X])
    column = column[np.abs(column) < 1e30].astype(dtype)
    if form in (single.remainder, single.clamp) and dtype is np.float64:
        pytest.skip("a form of float32")
    one = 1.25 if arity == 3 else column[3:4]
    for first in (column, column[::2], column[:1], column[: column.size // 4 * 4].reshape(4, -1)):
        rest = [one] * (arity - 1)
        with np.errstate(all="ignore"):
            got = form(first, *rest)
            with native.without():
                expected = form(first, *rest)
        assert got.shape == expected.shape
        assert same_bits(np.ascontiguousarray(got), np.ascontiguousarray(expected)).all()


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
def test_an_extension_without_plans_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was built before there were any."""
    monkeypatch.delattr(_native, "moves")

    assert native.kernels() == {}
    assert "make setup" in native.reason()


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
    env = {name: value for name, value in os.environ.items() if name != native.SWITCH}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=env, capture_output=True, text=True, check=True)

    assert run.stdout.startswith(f"{transcendental.sin(0.5)} the extension was not built")


@pytest.mark.usefixtures("fresh")
def test_an_extension_that_does_not_load_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was built for another system: what the loader says is handed on."""

    class Broken(MetaPathFinder):
        def find_spec(self, name: str, path: Any, target: Any = None) -> None:
            if name == "irrun._native":
                raise ImportError("GLIBC_9.99 not found")

    monkeypatch.delitem(sys.modules, "irrun._native")
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])

    assert native.kernels() == {}
    assert native.summary().endswith("cannot be loaded: GLIBC_9.99 not found")
    assert native.is_fault()

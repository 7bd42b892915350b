"""No kind of numbers takes an array form to another way of computing than all at once."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any, Final

import numpy as np
import pytest
from support.work import lines

from irrun.doctor.samples import OPERATIONS, Operation, uniform
from irrun.numerics import blocks, exact, native, single
from irrun.numerics.arrays import one_nan_copy
from irrun.numerics.blocks import FEW, Block
from irrun.numerics.formulas import reduction

Make = Callable[[int], Block]

COUNT, TIMES = 100, 10
"""Elements of an array, and how often a longer one has each of them; both fit one block."""


def _sizes(least: int, most: int) -> Make:
    """Return numbers between two powers of two, all sizes alike, both signs."""
    return lambda count: (
        np.ldexp(uniform(1.0, 2.0, count, 1), uniform(least, most, count, 2).astype(int))
        * np.where(uniform(0.0, 1.0, count, 3) < 0.5, -1.0, 1.0)
    )


def _only(number: float) -> Make:
    return lambda count: np.full(count, number)


CLASSES: Final[dict[str, Make]] = {
    "NaN": _only(math.nan),
    "infinity": _only(math.inf),
    "-infinity": _only(-math.inf),
    "0": _only(0.0),
    "-0": _only(-0.0),
    "1": _only(1.0),
    "-1": _only(-1.0),
    "ordinary": _sizes(-6, 1),
    "whole": lambda count: np.floor(uniform(-9.0, 9.0, count, 4)),
    "large": _sizes(12, 20),
    "huge": _sizes(21, 1023),
    "tiny": _sizes(-1022, -400),
    "subnormal": _sizes(-1074, -1023),
    "just finite as an exponent": lambda count: uniform(708.0, 709.8, count, 5),
    "subnormal as an exponent": lambda count: uniform(-745.2, -708.0, count, 5),
    "subnormal as a power": lambda count: np.floor(uniform(-1080.0, -1020.0, count, 6)),
}
"""Kinds of numbers, by what some function has to mind."""

ARRAYS: Final = [op for op in OPERATIONS if op.name != "f32"]


IDS: Final = [op.name for op in ARRAYS]


@pytest.fixture
def all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing done one by one, though a class has few of something."""
    for module in (blocks, exact, reduction):
        monkeypatch.setattr(module, "FEW", 0)


def grows(many: Callable[..., Any], operands: list[Any]) -> bool:
    """True if for ten times the elements NumPy's form executes more lines of Python."""
    longer = [np.concatenate([x] * TIMES) for x in operands]
    with np.errstate(all="ignore"), native.without():
        many(*operands)  # what is prepared once
        return lines(lambda: many(*operands)) != lines(lambda: many(*longer))


@pytest.mark.usefixtures("all_at_once")
@pytest.mark.parametrize("op", ARRAYS, ids=IDS)
def test_work_does_not_grow_with_the_elements(op: Operation) -> None:
    """Ten times the elements are no line of Python more: no loop, no scalar form."""
    for names in product(CLASSES, repeat=len(op.ranges)):
        assert not grows(op.many, [CLASSES[name](COUNT) for name in names]), names


@pytest.mark.usefixtures("all_at_once")
def test_work_of_remainders_in_float32() -> None:
    """The one float32 form that has to mind which numbers it is given."""
    for names in product(CLASSES, repeat=2):
        with np.errstate(all="ignore"):
            operands = [CLASSES[name](COUNT).astype(np.float32) for name in names]
        assert not grows(single.remainder, operands), names


def same_bits(op: Operation, operands: list[Block]) -> bool:
    """True if both forms of an operation give the same."""
    many = op.many(*operands)
    rows = zip(*(x.tolist() for x in operands), strict=True)
    alone = np.array([op.single(*numbers) for numbers in rows], many.dtype)
    return one_nan_copy(many).tobytes() == one_nan_copy(alone).tobytes()


@pytest.mark.usefixtures("forms")
@pytest.mark.parametrize("op", ARRAYS, ids=IDS)
def test_bits_are_those_of_the_scalar_form(op: Operation) -> None:
    """In each class of numbers, with ordinary ones between them in the other half."""
    for names in product(CLASSES, repeat=len(op.ranges)):
        operands = [CLASSES[name](COUNT) for name in names]
        for x, ends in zip(operands, op.ranges, strict=True):
            is_ordinary = uniform(0.0, 1.0, COUNT, 7) < 0.5
            is_ordinary[: COUNT // 2] = False
            np.copyto(x, uniform(*ends, COUNT, 8), where=is_ordinary)
        assert same_bits(op, operands), names


@pytest.mark.usefixtures("forms")
@pytest.mark.parametrize("count", [1, FEW, FEW + 1])
def test_few_or_many(count: int) -> None:
    """The same bits one by one, which is quicker for few, and all at once."""
    for op in ARRAYS:
        for name in CLASSES:
            operands = [uniform(*ends, COUNT, 9) for ends in op.ranges]
            operands[0][:count] = CLASSES[name](count)
            assert same_bits(op, operands), (op.name, name)

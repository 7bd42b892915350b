"""Parameters of field operations: numbers, texts, or the value of a signal (section 10.5)."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from irrun.errors.expressions import BadOperand, MissingParameter
from irrun.errors.fields import BadParameter
from irrun.evaluate.environment import Signals
from irrun.evaluate.fields.ops import DEFAULTS, SIGNAL_OPS, Number, Parameter
from irrun.evaluate.operations.vectors import describe_shape, first_of_columns
from irrun.ir.types import as_index
from irrun.numerics.convert import to_number
from irrun.numerics.text import number_text

ReadParameter = Callable[[], Parameter]


def reader(
    params: Mapping[str, Any], name: str, what: str, signals: Signals, axes: int
) -> ReadParameter:
    """Return a function that yields a parameter's value in the running frame.

    Where signals are evaluated for a block of F frames it is a column, shape (F, 1, ...) with so
    many axes after that of the frames.

    Raises:
        MissingParameter: IR418.
        BadParameter: IR441.
    """
    if name not in params:
        if name not in DEFAULTS:
            raise MissingParameter(what=what, name=name)
        default = DEFAULTS[name]
        return lambda: default
    value = params[name]
    if name == "op":
        return _text_reader(value, what)
    if isinstance(value, Mapping) and "signalSlot" in value:
        return _signal_reader(value["signalSlot"], name, what, signals, axes)
    number = to_number(value)
    if not math.isfinite(number):
        got = number_text(number) if isinstance(value, int | float) else describe_shape(value)
        raise BadParameter(name=name, what=what, got=got, wanted="a finite number")
    return lambda: number


def _text_reader(value: Any, what: str) -> ReadParameter:
    if not isinstance(value, str) or value not in SIGNAL_OPS:
        got = f"`{value}`" if isinstance(value, str) else describe_shape(value)
        raise BadParameter(name="op", what=what, got=got, wanted="one of " + ", ".join(SIGNAL_OPS))
    return lambda: value


def _signal_reader(signal: Any, name: str, what: str, signals: Signals, axes: int) -> ReadParameter:
    signal_id = as_index(signal)
    if signal_id is None:
        got = f"the signal {describe_shape(signal)}"
        raise BadParameter(name=name, what=what, got=got, wanted="a signal id")

    along_frames = (-1, *[1] * axes)

    def read() -> Number:
        value = signals.evaluate(signal_id)
        if isinstance(value, float):
            return value
        if isinstance(value, np.ndarray):
            return value.reshape(along_frames)
        got = describe_shape(first_of_columns(value))
        raise BadOperand(what=f"the parameter `{name}` of {what}", wanted="a number", got=got)

    return read

"""Elements as plain values, and in their two forms."""

from typing import Any

import numpy as np
import pytest

from irrun.evaluate.fields.elements import Elements, in_doubles, objects, seen, uniform, value_of


@pytest.mark.parametrize(
    ("elements", "value"),
    [
        (uniform("number", 0.1), 0.1),
        (seen(uniform("number", 0.1)), 0.1),
        (seen(uniform("number", 16777217.0)), 16777216.0),
        (seen(uniform("vec2", 0.1, -0.0)), {"x": 0.1, "y": -0.0}),
        (uniform("color", 0.1, 0.2, 0.3, 1.0), {"r": 0.1, "g": 0.2, "b": 0.3, "a": 1.0}),
        (seen(uniform("mat4", *[0.1] * 16)), [0.1] * 16),
        (objects("string", ["red"]), "red"),
    ],
    ids=["doubles", "float32", "rounded", "vec2", "color", "mat4", "text"],
)
def test_one_element(elements: Elements, value: Any) -> None:
    """float32 numbers are shown in their shortest form."""
    found = value_of(elements, 0)
    assert found == value
    assert repr(found) == repr(value)


def test_numbers_are_seen_rounded_and_colours_are_not() -> None:
    """Section 10.2, 10.7; and what is seen is not rounded again."""
    third = uniform("number", 1 / 3)
    rounded = seen(third)
    assert seen(rounded) is rounded
    assert seen(third).data.dtype == np.float32
    assert in_doubles(seen(third)).data[0] == float(np.float32(1 / 3))
    assert in_doubles(third) is third

    color = uniform("color", 1 / 3, 0, 0, 1)
    assert seen(color) is color

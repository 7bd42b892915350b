"""Which field an expression id means (runtime-semantics 10.1)."""

import pytest

from irrun.ir.expressions.fields import field_id_of


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("7", 7),
        ("007", 7),
        ("12abc", 12),
        ("\ufeff\u2003 7", 7),
        ("+5", 5),
        ("-0", 0),
        ("field-3", 3),
        ("f12-3", 3),
        ("\x1c7", 7),
        ("-1", None),
        (" -12abc", None),
        ("-1-2", None),
        ("", None),
        ("field", None),
        ("- 1x", None),
        ("9" * 17, None),
    ],
)
def test_field_id(text: str, field: int | None) -> None:
    """The integer that a text begins with, else the digits that it ends with; no table has -1."""
    assert field_id_of(text) == field

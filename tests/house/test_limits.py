"""The one table of limits, and what the environment may say of them."""

import pytest

from irrun import limits
from irrun.errors.loading import BadLimit, UnknownLimit
from irrun.limits import DEPTH, ELEMENTS, GIVEN, MOST, all_limits, check_given


def test_a_limit_is_called_what_the_table_calls_it() -> None:
    """The variable of `limits.ELEMENTS` is IRRUN_MAX_ELEMENTS, and so on."""
    assert {limit.name: limit for limit in all_limits()} == {
        name: value for name, value in vars(limits).items() if isinstance(value, limits.Limit)
    }
    assert ELEMENTS.variable == "IRRUN_MAX_ELEMENTS"


@pytest.mark.parametrize("value", [1, 3, ELEMENTS.default + 1, MOST])
def test_the_environment_sets_a_limit(value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up or down."""
    monkeypatch.setitem(GIVEN, ELEMENTS.variable, str(value))

    check_given()

    assert ELEMENTS.value == value


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "1.5", "1e6", "many", "٣", " 7", str(MOST + 1), "9" * 5000]
)
def test_what_is_no_whole_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing checks the environment beforehand."""
    monkeypatch.setitem(GIVEN, ELEMENTS.variable, text)

    with pytest.raises(BadLimit):
        _ = ELEMENTS.value
    with pytest.raises(BadLimit):
        check_given()


@pytest.mark.parametrize("variable", ["IRRUN_MAX_", "IRRUN_MAX_ELEMENT", DEPTH.variable])
def test_a_limit_that_nobody_can_set_is_refused(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt name would be without effect otherwise."""
    monkeypatch.setitem(GIVEN, variable, "7")

    assert DEPTH.value == DEPTH.default
    with pytest.raises(UnknownLimit):
        check_given()

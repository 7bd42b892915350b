"""What is kept, for how long, and that it is counted as held meanwhile."""

import numpy as np
import pytest

from irrun.errors.running import TooMuchHeld
from irrun.evaluate.held import Held
from irrun.evaluate.memo import Memo
from irrun.limits import GIVEN, HELD_NUMBERS


def test_a_frame_ends_and_what_is_kept_for_good_stays() -> None:
    held = Held()
    memo = Memo(held)
    memo.keep(1, "moving", np.zeros(3))
    memo.keep(2, "constant", np.zeros(5), for_good=True)
    memo.keep(3, "counted elsewhere")
    assert held.numbers == 8

    memo.end_frame()
    assert memo.values == {2: "constant"}
    assert held.numbers == 5

    memo.clear()
    assert memo.values == {}
    assert held.numbers == 0


@pytest.mark.parametrize("for_good", [False, True])
def test_the_latest_value_of_a_key_is_kept_and_counted(for_good: bool) -> None:
    held = Held()
    memo = Memo(held)
    for size in (3, 4):
        memo.keep(1, size, np.zeros(size), for_good=for_good)

    assert memo.values == {1: 4}
    assert held.numbers == 4
    memo.drop(1)
    assert memo.values == {}
    assert held.numbers == 0


def test_what_is_too_much_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GIVEN, HELD_NUMBERS.variable, "5")
    held = Held()
    memo = Memo(held)
    with pytest.raises(TooMuchHeld):
        memo.keep(1, "much", np.zeros(6))

    assert memo.values == {}
    assert held.numbers == 0
    memo.end_frame()

"""Where new output is left: every golden has a place of its own, and finds back from it."""

from pathlib import Path

import pytest

from irrun.compare.golden.pending import Pending

PATHS = [
    "p.golden", "a/p.golden", "../p.golden", "../../a/p.golden", "__up__/p.golden",
    "__up___/p.golden", "../__up__/p.golden", "__up__/__up____/p.golden", "up/p.golden",
    "__up__x/p.golden",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_the_golden_of_new_output_is_found_again(path: str) -> None:
    """Whatever its folders are called; nothing is left outside of the folder that was named."""
    pending = Pending(Path("new"))
    place = pending.place(Path(path))

    assert pending.golden(place) == Path(path)
    assert ".." not in place.parts


def test_no_two_goldens_have_one_place() -> None:
    """A folder that is called like what stands for `..` neither."""
    assert len({Pending(Path("new")).place(Path(path)) for path in PATHS}) == len(PATHS)

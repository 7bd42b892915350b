"""The array forms are tested twice: as NumPy computes them, and as the kernels in C do."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from irrun.numerics import native


@pytest.fixture(params=["numpy", "native"])
def forms(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take one kind of array forms."""
    if request.param == "native" and not native.kernels():
        pytest.skip(f"no kernels: {native.reason()}")
    with native.without() if request.param == "numpy" else nullcontext():
        yield

"""The extension module of `irrun/native/*.c`: kernels over columns. It may be missing."""

from typing import Any

def call(name: str, operands: tuple[Any, ...], out: Any, /) -> None:
    """Fill an array with the results of a kernel.

    Args:
        name: That of the kernel.
        operands: Arrays in one piece, of the types that the kernel takes, and of as many elements
            as `out`; or of one, or a float, for all elements.
        out: An array in one piece, of the type of the results. It may be an operand.

    Raises:
        ValueError: There is no such kernel, it takes more or fewer operands, their lengths differ,
            or `out` overlaps with one in part. Nothing is changed then.
        TypeError: An operand is no array, or of another type.
        BufferError: An array is not in one piece, or cannot be written to.
    """

def names() -> dict[str, tuple[str, str, int, int]]:
    """Return what every kernel takes and gives, by its name.

    The type of each operand as a letter (`dd`), that of the result, and how many numbers an element
    of both has: 4 of a colour, 0 of a result that is one for all.
    """

def unit() -> str:
    """Return the vector unit whose code is taken: `avx512f`, `avx2`, or `baseline`."""

def moves() -> list[tuple[str, str, str, int, int]]: ...
def run_plan(
    code: Any,
    types: str,
    operands: tuple[Any, ...],
    results: tuple[Any, ...],
    numbers: Any,
    frames: int,
    /,
) -> None: ...

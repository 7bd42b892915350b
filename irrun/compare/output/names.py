"""Names under which values are recorded, none of them twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from irrun.ir.state import StateCell
from irrun.program.document import Output


def unique(name: str, is_taken: Callable[[str], bool]) -> str:
    """Return a name that is not taken: itself, or with a number."""
    candidate, count = name, 1
    while is_taken(candidate):
        count += 1
        candidate = f"{name} ({count})"
    return candidate


def numbered(names: Iterable[str]) -> Iterator[str]:
    """Yield names; one that repeats is numbered."""
    taken: set[str] = set()
    for name in names:
        found = unique(name, taken.__contains__)
        taken.add(found)
        yield found


def recorded_outputs(outputs: Sequence[Output]) -> dict[int, str]:
    """Return the name of each slot that is an output: the id of the first output that it is."""
    first: dict[int, Output] = {}
    for output in outputs:
        first.setdefault(output.slot, output)
    names = numbered(f"output {output.id}" for output in first.values())
    return dict(zip(first, names, strict=True))


def recorded_cells(cells: Sequence[StateCell]) -> Iterator[tuple[int, str]]:
    """Yield index and name of each state cell that has elements: by its stable key."""
    indices = [i for i, cell in enumerate(cells) if cell.size > 0]
    names = numbered(f"state {cells[i].stable_key}" for i in indices)
    return zip(indices, names, strict=True)

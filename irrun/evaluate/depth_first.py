"""Evaluate expressions operands first, without recursion: the depth of a program is no limit."""

from collections.abc import Callable, Sequence
from typing import Final

_SHOWN: Final = 12
"""Members of a cycle that a message names."""


class Cycle(Exception):
    """An expression needs itself."""

    def __init__(self, ring: Sequence[int]) -> None:
        super().__init__()
        self.ring = ring

    @property
    def text(self) -> str:
        """The cycle as messages show it: `3 -> 7 -> 3`."""
        names = [str(i) for i in self.ring]
        shown = names if len(names) <= _SHOWN + 1 else [*names[: _SHOWN - 2], "...", names[-1]]
        return " -> ".join(shown)


def depth_first(
    root: int,
    check: Callable[[int], None],
    next_operand: Callable[[int, list[int]], int | None],
    run: Callable[[int], None],
) -> None:
    """Run an expression after all operands that it asks for.

    Args:
        root: Id of the expression.
        check: Raises for an id that does not exist.
        next_operand: Returns the next operand of an expression that is still needed, or None.
            Its second argument ends in a cursor that it may keep for the next call.
        run: Computes an expression, unless that has been done.

    Raises:
        Cycle: An expression needs itself.
        IrrunError: Of `check` and `run`.
    """
    check(root)
    stack, cursors, open_nodes = [root], [0], {root}
    while stack:
        current = stack[-1]
        needed = next_operand(current, cursors)
        if needed is not None:
            check(needed)
            if needed in open_nodes:
                raise Cycle([*stack[stack.index(needed) :], needed])
            stack.append(needed)
            cursors.append(0)
            open_nodes.add(needed)
            continue
        run(current)
        stack.pop()
        cursors.pop()
        open_nodes.discard(current)

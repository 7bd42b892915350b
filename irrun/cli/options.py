"""Options that several commands share, and the texts that they take."""

import math
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from irrun.program.codec import load
from irrun.program.program import Program

F = TypeVar("F", bound=Callable[..., Any])

program_argument = click.argument("program", metavar="PROGRAM")
"""A program file, or `-` for stdin."""


def common_options(command: F) -> F:
    """Add -q, -v and --traceback."""
    traceback = click.option(
        "--traceback", is_flag=True, help="Show Python's traceback for an error."
    )
    verbose = click.option(
        "-v", "--verbose", is_flag=True, help="Show notes, and all of long lists."
    )
    quiet = click.option("-q", "--quiet", is_flag=True, help="Show problems only.")
    return quiet(verbose(traceback(command)))


def load_program(name: str) -> Program:
    """Load a program from a path, or from stdin for `-`."""
    if name == "-":
        return load(sys.stdin.buffer, name="stdin")
    return load(name, name=name)


def parse_frames(text: str, total: int, option: str) -> frozenset[int]:
    """Read frame indices such as `0,5,-1` or `0-9`; negative ones count from the end.

    Raises:
        click.BadParameter: Not a number, or no such frame.
    """
    found: set[int] = set()
    for part in _parts(text):
        first, _, last = part.partition("-") if not part.startswith("-") else (part, "", "")
        try:
            low, high = int(first), int(last or first)
        except ValueError:
            raise click.BadParameter(
                f"'{part}' is no frame; give indices such as 0,5,-1 or 0-9", param_hint=option
            ) from None
        for index in range(low, high + 1):
            if not -total <= index < total:
                raise click.BadParameter(
                    f"there is no frame {index} in {total} frames", param_hint=option
                )
            found.add(index % total)
    return frozenset(found)


def parse_times(text: str) -> list[float]:
    """Read absolute times in ms such as `0,16.7,33.3`.

    Raises:
        click.BadParameter: Not a finite number.
    """
    times = []
    for part in _parts(text):
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise click.BadParameter(f"'{part}' is no time in ms", param_hint="--times")
        times.append(value)
    if not times:
        raise click.BadParameter("give at least one time", param_hint="--times")
    return times


def parse_slots(texts: tuple[str, ...], program: Program, known: set[int]) -> tuple[int, ...]:
    """Read slots such as `3,7`; an output id stands for the output's slot.

    Raises:
        click.BadParameter: Neither a slot of the program nor an output id.
    """
    outputs = {output.id: output.slot for output in program.outputs}
    found: list[int] = []
    for part in _parts(",".join(texts)):
        slot = int(part) if part.isascii() and part.isdigit() else outputs.get(part)
        if slot is None or slot not in known:
            numbers = sorted(known)
            there = f"slots {numbers[0]} to {numbers[-1]}" if numbers else "no slots"
            names = f" and outputs {', '.join(outputs)}" if outputs else ""
            raise click.BadParameter(
                f"'{part}' is no slot; the program has {there}{names}", param_hint="--watch"
            )
        found.append(slot)
    return tuple(dict.fromkeys(found))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]

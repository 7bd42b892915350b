"""Holds the block engine against the interpreter: every value of every frame, to the bit."""

from collections import Counter
from dataclasses import dataclass, field

from msgspec.structs import replace

from irrun.errors import IrrunError
from irrun.errors.bugs import EnginesDisagree
from irrun.runtime.block.report import how_it_runs
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run


@dataclass
class Held:
    """What became of one run under both engines."""

    difference: str | None = None
    frames: int = 0
    in_blocks: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Why frames were for the interpreter, by reason."""
    by_row: Counter[str] = field(default_factory=Counter)
    """Steps that ran frame by frame within blocks, by reason."""
    columns: Counter[str] = field(default_factory=Counter)
    """Steps that ran as columns, by kind."""
    circles: int = 0
    """How many circles the plan has."""
    error: str = ""
    """What both engines have raised in the end."""


def hold(run: Run, frames: int | None = None) -> Held:
    """Run under both engines and return what differs first, if anything.

    Args:
        run: The run.
        frames: Length of blocks; None for blocks that grow as they do for users.
    """
    held = Held()
    try:
        driver = Driver(replace(run, engine="both"))
    except IrrunError:
        return held  # it cannot be set up: no engine has a part in that
    if frames is not None:
        driver.fix_blocks(frames)
    try:
        for _ in driver.frames():
            held.frames += 1
            held.in_blocks += driver.is_in_block
    except EnginesDisagree as error:
        held.difference = f"{error}, {error.where.text()}"
    except IrrunError as error:
        held.error = error.code  # both engines raise it
    held.reasons.update(driver.refusals)
    if driver.engine is not None:
        how = how_it_runs(driver.engine, driver.runtime.plan)
        held.by_row.update(how.by_row.values())
        held.columns.update(step.kind for step in how.columns)
        held.circles = len(how.circles)
    return held

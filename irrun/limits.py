"""How much irrun takes on: a hostile or damaged file ends in an error, not in a full memory.

Every limit is a row here, and `docs/limits.md` is made from the rows (`make limits-doc`). A limit
that is not fixed is raised, or lowered, by an environment variable, which is read when irrun
starts: `IRRUN_MAX_` and the limit's name.
"""

import os
from typing import Final

import msgspec

from irrun.errors.loading import BadLimit, LimitExceeded, UnknownLimit

PREFIX: Final = "IRRUN_MAX_"
GIVEN: Final = {name: text for name, text in os.environ.items() if name.startswith(PREFIX)}
"""What the environment says about limits."""
MOST: Final = 2**53
"""Largest value that a limit can be given."""
_DIGITS: Final = len(str(MOST))


class Limit(msgspec.Struct, frozen=True):
    """One limit: how many of `unit` there may be of what `bounds` says."""

    name: str
    default: int
    unit: str
    bounds: str
    fixed: str = ""
    """Why it cannot be raised, if it cannot."""

    @property
    def variable(self) -> str:
        """The environment variable that sets the limit."""
        return PREFIX + self.name

    @property
    def value(self) -> int:
        """The limit as it holds.

        Raises:
            BadLimit: IR118, the environment gives it as something else than a whole number from 1.
        """
        text = None if self.fixed else GIVEN.get(self.variable)
        if text is None:
            return self.default
        if not (
            text.isascii() and text.isdigit() and len(text) <= _DIGITS and 1 <= int(text) <= MOST
        ):
            raise BadLimit(variable=self.variable, text=text)
        return int(text)

    def exceeded(self, what: str, got: object) -> LimitExceeded:
        """Return the error for something that is larger."""
        return LimitExceeded(
            what=what,
            got=f"{got} {self.unit}",
            limit=f"{self.value} {self.unit}",
            hint=self.way_out,
        )

    @property
    def way_out(self) -> str:
        """What can be done where the limit is too low, for a hint."""
        return self.fixed or f"{self.variable} sets this limit; irrun reads it when it starts"


def check_given() -> None:
    """Refuse what the environment says about limits if it means nothing.

    Raises:
        UnknownLimit: IR119, no limit has this name, or it cannot be changed.
        BadLimit: IR118, a limit is given as something else than a whole number from 1.
    """
    known = {limit.variable: limit for limit in all_limits() if not limit.fixed}
    for variable in sorted(GIVEN):
        if variable not in known:
            raise UnknownLimit(variable=variable)
        _ = known[variable].value


def all_limits() -> tuple[Limit, ...]:
    """Return all limits, in the order of this file."""
    return tuple(value for value in globals().values() if isinstance(value, Limit))


# --- Reading a program ------------------------------------------------------------------------

FILE_BYTES: Final = Limit(
    "FILE_BYTES", 256 << 20, "bytes", "a file that is read, and what a gzip file unpacks to"
)
RECORDED_BYTES: Final = Limit(
    "RECORDED_BYTES", 1 << 30, "bytes",
    "a file of recorded values, and what it unpacks to: a saved run, the arrays beside a golden",
)  # fmt: skip
SETTINGS_BYTES: Final = Limit("SETTINGS_BYTES", 1 << 20, "bytes", "a file of settings")
SEARCHED: Final = Limit(
    "SEARCHED", 100_000, "files and folders", "what one search for programs or goldens looks at"
)
DEPTH: Final = Limit(
    "DEPTH", 100, "levels", "lists and objects of a document within each other",
    fixed="no program needs that: compiled ones stay below 20 levels",
)  # fmt: skip
VALUES: Final = Limit(
    "VALUES",
    1 << 21,
    "values",
    "a document, keys included; typed arrays in MessagePack are one each",
)
DIGITS: Final = Limit(
    "DIGITS", 4000, "digits", "one whole number of a JSON text",
    fixed="a double holds no more than 309",
)  # fmt: skip
PROBLEMS: Final = Limit(
    "PROBLEMS", 1000, "problems", "what is reported of one document that is no program",
    fixed="mend some of these first",
)  # fmt: skip

# --- Laying it out ----------------------------------------------------------------------------

SLOT_OFFSET: Final = Limit("SLOT_OFFSET", 1 << 20, "places", "one storage of the value store")
STATE_SIZE: Final = Limit("STATE_SIZE", 1 << 20, "places", "one storage of the state buffer")

# --- Running it -------------------------------------------------------------------------------

ELEMENTS: Final = Limit("ELEMENTS", 1 << 24, "elements", "one domain")
HELD_NUMBERS: Final = Limit(
    "HELD_NUMBERS", 1 << 26, "numbers", "all buffers and fields that are held at a time"
)
PATH_COMMANDS: Final = Limit("PATH_COMMANDS", 1 << 24, "commands", "all paths of one step")
FLAT_LINES: Final = Limit("FLAT_LINES", 1 << 20, "lines", "all paths of one step, flattened")
PROFILE_POINTS: Final = Limit("PROFILE_POINTS", 1 << 18, "points", "the profile of one mesh")

# --- Looking on -------------------------------------------------------------------------------

EXPLAIN_NODES: Final = Limit(
    "EXPLAIN_NODES", 2000, "expressions", "one explanation; the rest is cut off, and said to be"
)
EXPLAIN_DEPTH: Final = Limit(
    "EXPLAIN_DEPTH", 150, "levels", "one explanation; the rest is cut off, and said to be",
    fixed="nobody reads further",
)  # fmt: skip
RUN_FRAMES: Final = Limit(
    "RUN_FRAMES", 1 << 53, "frames", "one run", fixed="beyond that no double counts them"
)
GOLDEN_FRAMES: Final = Limit(
    "GOLDEN_FRAMES", 1_000_000, "frames", "one golden",
    fixed="the schema of golden files states it",
)  # fmt: skip
GOLDEN_PICTURES: Final = Limit("GOLDEN_PICTURES", 10_000, "pictures", "one golden")
GOLDEN_PICTURE_SIDE: Final = Limit(
    "GOLDEN_PICTURE_SIDE", 4096, "pixels", "each side of a picture of a golden",
    fixed="the schema of golden files states it",
)  # fmt: skip

# --- Drawing ----------------------------------------------------------------------------------

PICTURE_SIDE: Final = Limit("PICTURE_SIDE", 16384, "pixels", "each side of a picture")
PICTURE_PIXELS: Final = Limit("PICTURE_PIXELS", 1 << 26, "pixels", "one picture, or one sheet")
ADDED_PIXELS: Final = Limit(
    "ADDED_PIXELS", 1 << 24, "pixels", "one picture with a pass whose colours are added"
)
PICTURE_REACH: Final = Limit(
    "PICTURE_REACH", 1_000_000, "pixels", "what is drawn as pixels, from the picture's corner",
    fixed="places further away cannot be told apart in float32",
)  # fmt: skip
SVG_CHARACTERS: Final = Limit(
    "SVG_CHARACTERS", 100_000_000, "characters", "one picture, or one sheet, as SVG"
)
GIF_PIXELS: Final = Limit("GIF_PIXELS", 1 << 30, "pixels", "all frames of one GIF")
GIF_BYTES: Final = Limit("GIF_BYTES", 1 << 29, "bytes", "all frames of one GIF, packed as PNG")
GIF_SECONDS: Final = Limit("GIF_SECONDS", 10_000_000, "seconds", "one GIF from begin to end")
SHEET_CELLS: Final = Limit("SHEET_CELLS", 1000, "cells", "each side of a contact sheet")
SHAPE_POINTS: Final = Limit(
    "SHAPE_POINTS", 1000, "points", "one star or polygon; one with more is drawn with so many",
    fixed="more cannot be told from a circle",
)  # fmt: skip

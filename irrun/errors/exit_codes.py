"""What a command exits with (design.md section 7)."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes; of several problems the largest counts."""

    FINE = 0
    FOUND = 1
    """A comparison or a check found something."""
    USAGE = 2
    """The command was asked for something that it cannot do."""
    INVALID = 3
    """A file could not be loaded, or is invalid."""
    FAILED = 4
    """The program failed while running."""
    BUG = 70
    INTERRUPTED = 130
    READER_GONE = 141

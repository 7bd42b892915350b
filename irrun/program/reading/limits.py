"""How large a program may be: a hostile or damaged file ends in an error, not in a full memory."""

from typing import Final

MAX_FILE_BYTES: Final = 256 * 1024 * 1024
"""Largest file, and largest content of a gzip file."""
MAX_DEPTH: Final = 200
"""Deepest nesting of lists and maps; a real program stays below 20."""
MAX_LENGTH: Final = 16 * 1024 * 1024
"""Most members of one list or map."""
MAX_PROBLEMS: Final = 1000
"""Most problems of one document that are collected; who has more has seen enough."""
MAX_DIGITS: Final = 4000
"""Most digits of one JSON integer; more than a double can use."""

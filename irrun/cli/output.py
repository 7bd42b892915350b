"""Output files: written whole or not at all, and never over what the command reads."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from irrun.cli.paths import STANDARD_STREAM, cannot_write, guard
from irrun.cli.streams import OutputFailed
from irrun.files.writing import make_folder, replacing


@contextmanager
def open_output(path: Path, *, with_folder: bool = False) -> Iterator[BinaryIO]:
    """Open a file (or stdout for `-`) for binary output; what fails is wrong usage, exit code 2.

    Args:
        path: The file.
        with_folder: Make its folder, too.
    """
    if str(path) == STANDARD_STREAM:
        yield sys.stdout.buffer
        return
    allowed = guard()
    try:
        if with_folder:
            make_folder(path.parent)
        with replacing(path, about=allowed.about, inputs=allowed.inputs) as file:
            yield file
    except (BrokenPipeError, OutputFailed):
        raise  # of standard output
    except OSError as error:
        raise cannot_write(path, error) from None

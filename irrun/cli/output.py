"""Output files: written whole or not at all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from irrun.trace.files import replacing


@contextmanager
def open_output(path: Path) -> Iterator[BinaryIO]:
    """Open a file (or stdout for `-`) for binary output; what fails is wrong usage, exit code 2."""
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    try:
        with replacing(path) as file:
            yield file
    except BrokenPipeError:
        raise  # of another stream
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.UsageError(f"cannot write {path}: {reason}") from None

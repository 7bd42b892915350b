"""New output that differs from its golden, left for somebody to look at."""

import os
from dataclasses import dataclass
from pathlib import Path

from irrun.golden.document import Golden
from irrun.golden.store import NEW_SUFFIX, SUFFIX, remove_golden, write_golden


def in_ci() -> bool:
    """True if this runs in CI: `CI` is set to anything but nothing and `false`."""
    return os.environ.get("CI", "").lower() not in ("", "false", "0")


@dataclass(frozen=True, slots=True)
class Pending:
    """Where new output is left: beside the golden, or in a folder of its own."""

    folder: Path | None = None
    """The folder; within it goldens keep their paths from the working folder."""

    def place(self, golden: Path) -> Path:
        """Return where a golden's new output is left."""
        new = golden.with_name(golden.name.removesuffix(SUFFIX) + NEW_SUFFIX)
        if self.folder is None:
            return new
        path = Path(os.path.relpath(new))
        is_outside = path.is_absolute() or ".." in path.parts
        return self.folder / (path.name if is_outside else path)

    def golden(self, new: Path) -> Path:
        """Return the golden that new output belongs to."""
        path = new if self.folder is None else Path(os.path.relpath(new, self.folder))
        return path.with_name(path.name.removesuffix(".new"))


def leave_pending(place: Path, got: Golden) -> None:
    """Write new output.

    Raises:
        OSError: The folder cannot be written to.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    write_golden(place, got)


def remove_pending(place: Path) -> None:
    """Remove new output that no longer differs, if there is some."""
    if place.exists():
        remove_golden(place)

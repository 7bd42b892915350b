"""Draw the pictures of the documentation: `make pictures`."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

from picture_programs import PICTURES  # noqa: E402
from render.samples import SAMPLES  # noqa: E402 - the samples are those of the tests

from irrun.cli.main import run_command  # noqa: E402
from irrun.ir.values import Viewport  # noqa: E402
from irrun.render.files import Destination, encoded  # noqa: E402
from irrun.render.pictures import DrawPlan, Painter  # noqa: E402
from irrun.runtime.run import Run  # noqa: E402

FOLDER: Final = ROOT / "docs" / "pictures"
PROGRAMS: Final = ROOT / "programs"
SIZES: Final = {
    "shapes": (600, 300),
    "blends": (600, 130),
    "strokes": (460, 280),
    "clips": (460, 180),
    "ring": (400, 300),
}


def pictures() -> dict[str, bytes]:
    """Return the file of every picture by its name."""
    found: dict[str, bytes] = {}
    for name, (width, height) in SIZES.items():
        viewport = Viewport(float(width), float(height), 1.0)
        run = Run(program=SAMPLES[name]().program(), times=[0.0], viewport=viewport)
        drawn = Painter(DrawPlan(run)).pictures()
        found |= dict(encoded(Destination("svg", f"{name}.svg", (width, height)), drawn))
    return found


_SMALL: Final = ("--size", "320", "--quiet")


def commands() -> dict[str, list[str]]:
    """Return the arguments of `irrun` that draw each picture of a bundled program, by its name."""
    sheets = {
        f"{name}.png": ["render", str(PROGRAMS / f"{name}.json"), "--sheet", "3x2", "-n", "240"]
        for name in PICTURES
    }
    moving = ["render", str(PROGRAMS / "orbit.json"), "--fps", "12", "-n", "96"]
    return {
        name: [*arguments, *_SMALL, "-o", str(FOLDER / name)]
        for name, arguments in (sheets | {"orbit.gif": moving}).items()
    }


def main() -> int:
    """Write the pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in pictures().items():
        (FOLDER / name).write_bytes(data)
    return max(run_command(arguments) for arguments in commands().values())


if __name__ == "__main__":
    sys.exit(main())

"""Draw the pictures of docs/rendering.md: `python tools/build_pictures.py`."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

from render.samples import SAMPLES  # noqa: E402 - the samples are those of the tests

from irrun.ir.values import Viewport  # noqa: E402
from irrun.render.files import Target, encoded  # noqa: E402
from irrun.render.pictures import DrawPlan, Painter  # noqa: E402

FOLDER: Final = ROOT / "docs" / "pictures"
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
        plan = DrawPlan([0.0], viewport=Viewport(float(width), float(height), 1.0))
        drawn = Painter(SAMPLES[name]().program(), plan).pictures()
        found |= dict(encoded(Target("svg", f"{name}.svg", (width, height)), drawn))
    return found


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in pictures().items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()

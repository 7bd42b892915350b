"""Write docs/limits.md: every limit that irrun keeps (`make limits-doc`)."""

import sys
from pathlib import Path
from typing import Final

from irrun.limits import Limit, all_limits

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "limits.md"

HEAD: Final = """# Limits

How much irrun takes on. What is larger is refused with an error that names the limit, so that a
hostile or damaged file never fills the memory of a machine. This page is made by `make limits-doc`
from `irrun/limits.py`.

A limit with a variable is raised, or lowered, by setting that environment variable to a whole
number, for the command line, the pytest plugin and the library alike; irrun reads it when it
starts. A variable that is misspelt or no number is an error (IR118, IR119). What a higher limit
costs is memory and time.

| limit | unit | of what | how to raise it |
| ---: | --- | --- | --- |
"""


def page() -> str:
    """Return the page."""
    return HEAD + "".join(map(_row, all_limits()))


def _row(limit: Limit) -> str:
    way = f"not at all: {limit.fixed}" if limit.fixed else f"`{limit.variable}`"
    return f"| {limit.default:,} | {limit.unit} | {limit.bounds} | {way} |\n"


def main() -> int:
    """Write the page, or with --check say whether it is up to date."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write("docs/limits.md is out of date: make limits-doc\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""Write docs/diagnostics.md: every code that irrun knows (`make diagnostics-doc`)."""

import sys
from pathlib import Path
from typing import Final

from irrun.errors import Crash, Invalid, IrrunError, Malformed, Trap
from irrun.errors.catalogue import all_problems, explanation

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "diagnostics.md"

HEAD: Final = """# Diagnostics

Every problem that irrun reports, by code. `irrun explain CODE` prints one of these; this page is
made by `make diagnostics-doc`. Codes from x50 on are warnings and notes. `{...}` stands for a fact
of the case. Where two severities stand, `irrun validate` takes the second: of an error where no
frame is sure to meet it, of a warning where every run is sure to end there.
"""

FAMILIES: Final[dict[type[IrrunError], str]] = {
    Malformed: "IR1: these bytes are not a program",
    Invalid: "IR2, IR3: a program breaks a rule",
    Trap: "IR4: a program meets data that it cannot continue with",
    Crash: "IR9: a bug in irrun",
}


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for family, title in FAMILIES.items():
        parts.append(f"\n## {title}\n")
        parts += [_entry(cls) for cls in all_problems().values() if issubclass(cls, family)]
    return "".join(parts)


def _entry(cls: type[IrrunError]) -> str:
    severity = cls.severity if cls.may_be is None else f"{cls.severity} or {cls.may_be}"
    lines = [f"\n### {cls.code} {cls.title}\n", f"\n*{severity}*: `{cls.message}`\n"]
    lines.append(f"\n{explanation(cls)}\n")
    if cls.right:
        lines.append(f"\n```text\nwrong  {cls.wrong}\nright  {cls.right}\n```\n")
    if cls.hint:
        lines.append(f"\nWhat to do: {cls.hint}\n")
    if cls.section:
        lines.append(f"\nThe rule: {cls.section}\n")
    return "".join(lines)


def main() -> int:
    """Write the page, or with --check say whether it is up to date."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write("docs/diagnostics.md is out of date: make diagnostics-doc\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""The constants and tables of tools/numerics_constants.py as C, for irrun/native/."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill, indent
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from numerics_constants import Constant, Polynomial

NATIVE: Final = Path(__file__).resolve().parent.parent / "irrun" / "native" / "formulas"

HEADER: Final = """/* {title} of the transcendental functions.
 *
 * Written by tools/numerics_constants.py from their definitions; not edited by hand. */

"""
WIDTH: Final = 100
"""Characters of a line of source."""


def c_files(
    polynomials: Sequence["Polynomial"],
    constants: Sequence["Constant"],
    first_entries: Mapping[str, int],
) -> dict[Path, str]:
    """Return the text of each generated file.

    Args:
        polynomials: All of them.
        constants: All of them.
        first_entries: Of which step a table's first entry is, by how its name begins. In C entry
            i is that of step i, with zeros before the first.
    """
    tables = {}
    for c in constants:
        if isinstance(c.value, list):
            before = first_entries.get(c.name.partition("_")[0], 0)
            tables[c.name] = [0.0] * before + [0.0 if v == 0 else v for v in c.value]
    return {
        NATIVE / "constants.h": _constants_header(polynomials, constants),
        NATIVE / "tables.h": _tables_header(tables),
        NATIVE / "tables.c": _tables_source(tables),
    }


def _guarded(title: str, guard: str, lines: list[str]) -> str:
    """Return the text of a header."""
    start = [HEADER.format(title=title), f"#ifndef {guard}\n#define {guard}\n"]
    return "".join([*start, *lines, "\n#endif\n"])


def _constants_header(polynomials: Sequence["Polynomial"], constants: Sequence["Constant"]) -> str:
    out = []
    for p in polynomials:
        out.append(f"\n/* {p.meaning} */\n")
        out += [f"#define {p.name}_{i} {c.hex()}\n" for i, c in enumerate(p.coefficients())]
    out.append("\n")
    for constant in constants:
        if isinstance(constant.value, float):
            number = constant.value.hex()
            out.append(f"#define {constant.name} {number} /* {constant.meaning} */\n")
        elif isinstance(constant.value, int):
            words = indent(_words(constant.value), "    ").replace("\n", " \\\n")
            out.append(f"/* {constant.meaning} */\n#define {constant.name} \\\n{words}\n")
    return _guarded("Constants", "IRRUN_CONSTANTS_H", out)


def _words(value: int) -> str:
    """Return a large integer as its words of 32 bits, the lowest first, in lines."""
    count = (value.bit_length() + 31) // 32
    words = ", ".join(f"0x{value >> 32 * i & 0xFFFFFFFF:08X}u" for i in range(count))
    return fill(words, WIDTH - 10, break_on_hyphens=False)


def _tables_header(tables: Mapping[str, list[float]]) -> str:
    rows = [f"extern const double {name}[{len(row)}];\n" for name, row in tables.items()]
    return _guarded("Tables", "IRRUN_TABLES_H", ["\n", *rows])


def _tables_source(tables: Mapping[str, list[float]]) -> str:
    out = [HEADER.format(title="Tables"), '#include "tables.h"\n']
    for name, row in tables.items():
        numbers = fill(", ".join(v.hex() for v in row), WIDTH - 5, break_on_hyphens=False)
        out.append(f"\nconst double {name}[{len(row)}] = {{\n{indent(numbers, '    ')},\n}};\n")
    return "".join(out)

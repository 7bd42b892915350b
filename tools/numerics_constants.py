"""Compute the constants and tables of irrun/numerics from their definitions, with mpmath.

    python tools/numerics_constants.py            write them, for Python and for C, and the tables
                                                  of docs/numerics.md
    python tools/numerics_constants.py --check    fail if any is not what would be written

Nothing is copied from another library: every coefficient comes out of the definitions below.
A polynomial is the interpolation of its function at the Chebyshev nodes of its interval (in 60
digits, then each coefficient rounded to a double): within a small factor of the best possible,
and the same on every machine. Splits and tables are roundings of exact values.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill, indent
from typing import Any, Final

from markers import between_markers
from mpmath import mp, mpf
from native_constants import c_files

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "irrun" / "numerics" / "formulas" / "constants.py"
TABLES: Final = ROOT / "irrun" / "numerics" / "formulas" / "tables.py"
DOCUMENT: Final = ROOT / "docs" / "numerics.md"

mp.dps = 60

EXP_STEPS: Final = 256
LOG_STEPS: Final = 4096
LOG_FINE: Final = 3840
"""From this step on, near 1, the factors of the logarithm are on a finer grid."""

ATAN_STEPS: Final = 64
TANH_STEPS: Final = 32
TANH_FIRST, TANH_LAST = 4, 704
TAN_STEPS: Final = 64
TAN_FIRST, TAN_LAST = 4, 52


FIRST_ENTRIES: Final = {"TAN": TAN_FIRST, "TANH": TANH_FIRST}
"""Of which step a table's first entry is, where it has no others. In C there are zeros before."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A polynomial that stands for a function on an interval."""

    name: str
    meaning: str
    function: Callable[[Any], Any]
    low: Any
    high: Any
    terms: int

    def coefficients(self) -> list[float]:
        """Return the coefficients, constant term first, as doubles."""
        nodes = self._nodes()
        matrix = mp.matrix([[x**power for power in range(self.terms)] for x in nodes])
        values = mp.matrix([self.function(x) for x in nodes])
        return [float(c) for c in mp.lu_solve(matrix, values)]

    def _nodes(self) -> list[Any]:
        """Return where the polynomial is exact.

        In an interval that starts at 0 errors near 0 do not count, since the polynomial is
        multiplied by its argument: there is one node more, the first at 0, where nothing needs
        to be exact.
        """
        extra = 1 if self.low == 0 else 0
        count = self.terms + extra
        places = [-mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)][extra:]
        first = -mp.cos(mp.pi / (2 * count)) if extra else mpf(-1)
        return [self.low + (self.high - self.low) * (p - first) / (1 - first) for p in places]


def _of_square(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return (f(x) - x) / x^3 as a function of z = x^2."""
    return lambda z: (f(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3


def _log_tail(r: Any) -> Any:
    """Return (log(1 + r) - r + r^2/2) / r^3 by its series: r may be 0."""
    return sum((-r) ** n / (n + 3) for n in range(40))


def _exp_tail(r: Any) -> Any:
    """Return (e^r - 1 - r) / r^2 by its series: r may be 0."""
    return sum(r**n / mp.factorial(n + 2) for n in range(40))


def polynomials() -> list[Polynomial]:
    """Return all polynomials. Intervals are a little wider than what reduction leaves."""
    quarter = (mp.pi / 4) ** 2 * mpf("1.0001")
    exp_reach = mp.log(2) / (2 * EXP_STEPS) * mpf("1.001")
    log_reach = mpf("1.485") / LOG_STEPS
    return [
        Polynomial("SIN", "(r - sin r) / r^3, in z = r^2", lambda z: -_of_square(mp.sin)(z),
                   mpf(0), quarter, 6),
        Polynomial("COS", "(cos r - 1 + z/2) / z^2, in z = r^2",
                   lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, mpf(0), quarter, 6),
        Polynomial("TAN", "(tan d - d) / d^3, in z = d^2", _of_square(mp.tan), mpf(0),
                   (mpf("3.51") / TAN_STEPS) ** 2, 5),
        Polynomial("ATAN", "(atan t - t) / t^3, in z = t^2", _of_square(mp.atan), mpf(0),
                   (mpf("3.51") / ATAN_STEPS) ** 2, 5),
        Polynomial("ASIN", "(asin x - x) / x^3, in z = x^2", _of_square(mp.asin), mpf(0),
                   mpf("0.25"), 13),
        Polynomial("TANH", "(tanh d - d) / d^3, in z = d^2", _of_square(mp.tanh), mpf(0),
                   (mpf("3.51") / TANH_STEPS) ** 2, 6),
        Polynomial("EXP", "(e^r - 1 - r) / r^2, in r", _exp_tail,
                   -exp_reach, exp_reach, 3),
        Polynomial("LOG", "(log(1 + r) - r + r^2/2) / r^3, in r",
                   _log_tail, -log_reach, log_reach, 4),
    ]  # fmt: skip


def on_grid(value: Any, bits: int) -> float:
    """Round to a multiple of 2^-bits, ties away from what never happens."""
    return float(mp.nint(value * mpf(2) ** bits) / mpf(2) ** bits)


def pair(value: Any) -> tuple[float, float]:
    """Return the double nearest to a value, and the double nearest to what is left."""
    high = float(value)
    return high, float(value - mpf(high))


def split(value: Any, *grids: int) -> list[float]:
    """Return parts on the given grids (2^-bits), largest first, and the double of the rest."""
    parts: list[float] = []
    for bits in grids:
        parts.append(on_grid(value, bits))
        value = value - mpf(parts[-1])
    return [*parts, float(value)]


def log_factor(i: int) -> float:
    """Return a short number near 4096 / i: a multiple of 2^-12 near 1, of 2^-11 elsewhere.

    With more bits r = z c - 1 would not be exact; with fewer it would be larger than need be near
    1, where the logarithm is small and r^2 its largest error.
    """
    grid = LOG_STEPS if i >= LOG_FINE else LOG_STEPS // 2
    return on_grid(mpf(LOG_STEPS) / i, grid.bit_length() - 1)


@dataclass(frozen=True, slots=True)
class Constant:
    """A named constant: one double, an integer, or a table."""

    name: str
    meaning: str
    value: Any


def constants() -> list[Constant]:
    """Return everything that is not a polynomial."""
    half_pi, ln2 = mp.pi / 2, mp.log(2)
    p1, p2, p3, p4 = split(half_pi, 32, 65, 98)
    step1, step2 = split(ln2 / EXP_STEPS, 43)
    ln2_high, ln2_low = split(ln2, 42)
    hi, lo = pair(half_pi)
    with mp.workprec(1400):
        turns = int(mp.floor(2 / mp.pi * mpf(2) ** 1280))
        quarter_turn = int(mp.nint(mp.pi / 2 * mpf(2) ** 192))
    powers = [pair(mpf(2) ** (mpf(i) / EXP_STEPS)) for i in range(EXP_STEPS)]
    factors = [log_factor(i) for i in range(LOG_STEPS // 2, LOG_STEPS + 1)]
    logs = [split(-mp.log(mpf(c)), 42) for c in factors]
    angles = [pair(mp.atan(mpf(i) / ATAN_STEPS)) for i in range(ATAN_STEPS + 1)]
    tangents = [mp.tan(mpf(i) / TAN_STEPS) for i in range(TAN_FIRST, TAN_LAST + 1)]
    steps = range(TANH_FIRST, TANH_LAST + 1)
    hyperbolic = [pair(mp.tanh(mpf(i) / TANH_STEPS)) for i in steps]
    return [
        Constant("TWO_OVER_PI", "2/pi", float(2 / mp.pi)),
        Constant("HALF_PI_1", "pi/2 to a multiple of 2^-32", p1),
        Constant("HALF_PI_2", "the rest of pi/2 to a multiple of 2^-65", p2),
        Constant("HALF_PI_3", "the rest of pi/2 to a multiple of 2^-98", p3),
        Constant("HALF_PI_4", "the rest of pi/2", p4),
        Constant("HALF_PI_HI", "pi/2", hi),
        Constant("HALF_PI_LO", "the rest of pi/2", lo),
        Constant("STEPS_OVER_LN2", "256 / ln 2", float(EXP_STEPS / ln2)),
        Constant("LN2_STEP_1", "ln 2 / 256 to a multiple of 2^-43", step1),
        Constant("LN2_STEP_2", "the rest of ln 2 / 256", step2),
        Constant("LN2_HI", "ln 2 to a multiple of 2^-42", ln2_high),
        Constant("LN2_LO", "the rest of ln 2", ln2_low),
        Constant("TWO_OVER_PI_1280", "floor(2/pi * 2^1280), an integer", turns),
        Constant("HALF_PI_192", "pi/2 * 2^192, rounded to an integer", quarter_turn),
        Constant("EXP_HI", "2^(i/256), i = 0..255", [p[0] for p in powers]),
        Constant("EXP_LO", "2^(i/256) - EXP_HI[i]", [p[1] for p in powers]),
        Constant("LOG_FACTOR", "4096/i to a multiple of 2^-11, from i = 3840 on of 2^-12; "
                 "i = 2048..4096", factors),
        Constant("LOG_HI", "-log(LOG_FACTOR[i]) to a multiple of 2^-42, i = 2048..4096",
                 [p[0] for p in logs]),
        Constant("LOG_LO", "-log(LOG_FACTOR[i]) - LOG_HI[i], i = 2048..4096", [p[1] for p in logs]),
        Constant("TAN_HI", "tan(i/64), i = 4..52", [pair(t)[0] for t in tangents]),
        Constant("TAN_LO", "tan(i/64) - TAN_HI[i], i = 4..52", [pair(t)[1] for t in tangents]),
        Constant("TANH_HI", "tanh(i/32), i = 4..704", [t[0] for t in hyperbolic]),
        Constant("TANH_LO", "tanh(i/32) - TANH_HI[i], i = 4..704", [t[1] for t in hyperbolic]),
        Constant("ATAN_HI", "atan(i/64), i = 0..64", [a[0] for a in angles]),
        Constant("ATAN_LO", "atan(i/64) - ATAN_HI[i]", [a[1] for a in angles]),
    ]  # fmt: skip


HEADER: Final = '''"""{title} of the transcendental functions.

Written by tools/numerics_constants.py from their definitions; not edited by hand. Decimal
literals are in shortest round-trip form, so each is exactly the double that was computed.
"""

{before}from typing import Final

'''
WIDTH: Final = 100
"""Characters of a line of source."""


def rows(values: list[float]) -> str:
    """Return a table as Python source, as many numbers in a line as fit."""
    numbers = ", ".join(repr(0.0 if v == 0 else v) for v in values)
    return "(\n" + indent(fill(numbers, WIDTH - 5, break_on_hyphens=False), "    ") + ",\n)"


def int_literal(value: int) -> str:
    """Return a large integer as the sum of readable hexadecimal lines."""
    digits = f"{value:x}"
    lines = [digits[i : i + 64] for i in range(0, len(digits), 64)]
    return "int(\n" + "".join(f'    "{line}"\n' for line in lines).rstrip("\n") + ",\n    16,\n)"


def declared(c: Constant, text: str) -> str:
    """Return a constant as Python source, with what it means."""
    return f'{c.name}: Final = {text}\n"""{c.meaning}"""\n'


def source_of_tables() -> str:
    """Return the text of the module with the tables."""
    before = "# Several numbers in a line, where the formatter would put each on one of its own.\n"
    out = [HEADER.format(title="Tables", before=before + "# fmt: off\n")]
    out += [declared(c, rows(c.value)) for c in constants() if isinstance(c.value, list)]
    return "".join(out)


def source() -> str:
    """Return the text of the module with single numbers."""
    out = [HEADER.format(title="Constants", before="")]
    for p in polynomials():
        names = [f"{p.name}_{i}" for i in range(p.terms)]
        out.append(f"# {p.meaning}\n")
        values = zip(names, p.coefficients(), strict=True)
        out.extend(f"{name}: Final = {value!r}\n" for name, value in values)
        out.append("\n")
    single = (c for c in constants() if not isinstance(c.value, list))
    out += [declared(c, int_literal(c.value) if isinstance(c.value, int) else repr(c.value))
            for c in single]  # fmt: skip
    return "".join(out)


def table() -> str:
    """Return the constants as tables for the document, doubles in hexadecimal."""
    out = ["| polynomial | stands for | coefficients, constant term first |", "| --- | --- | --- |"]
    for p in polynomials():
        values = " ".join(f"`{c.hex()}`" for c in p.coefficients())
        out.append(f"| {p.name} | {p.meaning} | {values} |")
    out += ["", "| constant | meaning | value |", "| --- | --- | --- |"]
    for c in constants():
        if isinstance(c.value, float):
            shown = f"`{c.value.hex()}`"
        else:
            home = TABLES if isinstance(c.value, list) else TARGET
            shown = f"see `{home.relative_to(ROOT).as_posix()}`"
        out.append(f"| {c.name} | {c.meaning} | {shown} |")
    return "\n".join(out)


def main() -> int:
    """Write or check all files."""
    files = {
        TARGET: source(),
        TABLES: source_of_tables(),
        **c_files(polynomials(), constants(), FIRST_ENTRIES),
    }
    text = DOCUMENT.read_text(encoding="utf-8")
    files[DOCUMENT] = between_markers(text, "constants", table())
    for path, new in files.items():
        if "--check" not in sys.argv:
            path.write_text(new, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != new:
            print(f"{path} is not what tools/numerics_constants.py writes")  # noqa: T201
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

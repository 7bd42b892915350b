"""Forbid arithmetic whose result depends on the machine, where outputs are computed.

    python tools/lint_numerics.py [FILE ...]

Without files, every folder that evaluates is looked at. Outside `irrun/numerics` nothing may use
the C library's or NumPy's transcendental functions, sums whose order is not fixed, BLAS, or
operations that irrun has rules of its own for. Texts of a program are ECMAScript's: Python's idea
of white space, digits and letters is forbidden too. Where one is harmless after all (integers,
say), a comment `# exact: why` on the line allows it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent

FOLDERS: Final = ("evaluate", "ir", "steps", "runtime", "render")
"""Folders below `irrun` in which values are computed; one that is not there yet is passed over."""

_EXACT_MATH: Final = """
ceil copysign e fabs floor fmod frexp gcd inf isfinite isinf isnan isqrt ldexp modf nan nextafter
pi sqrt tau trunc ulp
"""
"""What of `math` IEEE fixes, or is no computation."""

_TRANSCENDENTAL: Final = """
sin cos tan arcsin arccos arctan arctan2 asin acos atan atan2 sinh cosh tanh arcsinh arccosh
arctanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2 power pow
float_power hypot cbrt sinc i0 deg2rad rad2deg degrees radians angle
"""

_ORDERED: Final = """
sum nansum mean nanmean average std var nanstd nanvar prod nanprod median trapezoid cov corrcoef
dot vdot vecdot inner outer matmul matvec vecmat tensordot einsum kron cross trace convolve
correlate interp linalg fft random polyfit polyval
"""
"""Sums in an order of their own, and BLAS."""

_RULED: Final = """
round around rint mod remainder divmod sign minimum maximum fmin fmax clip nan_to_num
"""
"""What irrun has rules of its own for: halves, NaN, signed zeros, the sign of a remainder."""

_METHODS: Final = "sum mean dot prod std var round clip trace cumprod matmul"
"""Of arrays; no other object on these paths has methods of these names."""

_TEXT: Final = """
strip lstrip rstrip isspace isdigit isdecimal isnumeric isalpha isalnum splitlines lower upper
casefold title capitalize swapcase
"""
"""Of texts: they go by Python's tables of characters (see `irrun/numerics/text.py`)."""

_CLASSES: Final = re.compile(r"(?<!\\)(?:\\\\)*\\[sSdDwWbB]")
"""Classes of characters in a regular expression, by the same tables."""

EXACT_MATH: Final = frozenset(_EXACT_MATH.split())
FORBIDDEN_NUMPY: Final = frozenset((_TRANSCENDENTAL + _ORDERED + _RULED).split())
FORBIDDEN_METHODS: Final = frozenset(_METHODS.split())
FORBIDDEN_TEXT: Final = frozenset(_TEXT.split())

FORBIDDEN_BUILTINS: Final = {
    "sum": "adds with compensation from Python 3.12 on",
    "pow": "is the C library's",
    "round": "rounds halves to even",
}

FORBIDDEN_MODULES: Final = frozenset({"cmath", "statistics", "random", "decimal"})

_ALLOWED: Final = re.compile(r"#\s*exact:\s*\S")


class Fault(NamedTuple):
    """A line that uses something forbidden."""

    path: str
    line: int
    message: str


def faults_in(source: str, path: str = "<text>") -> list[Fault]:
    """Return what is forbidden in a module's text, by line."""
    lines = source.splitlines()
    found = [
        Fault(path, node_line, message)
        for node_line, message in _messages(ast.parse(source))
        if not _ALLOWED.search(lines[node_line - 1])
    ]
    return sorted(found)


def _messages(tree: ast.Module) -> Iterator[tuple[int, str]]:
    modules = _module_names(tree)
    for node in ast.walk(tree):
        message = _message(node, modules)
        if message is not None:
            yield node.lineno, message  # type: ignore[attr-defined]


def _module_names(tree: ast.Module) -> dict[str, str]:
    """Return the names under which modules are known in a file."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def _message(node: ast.AST, modules: dict[str, str]) -> str | None:
    """Return what is wrong with a node, if anything."""
    match node:
        case ast.Import(names=names):
            bad = [alias.name for alias in names if alias.name in FORBIDDEN_MODULES]
            return f"module {bad[0]}" if bad else None
        case ast.ImportFrom(module=str(module), names=names):
            return next((m for a in names if (m := _member(module, a.name))), None)
        case ast.Attribute(value=ast.Name(id=owner), attr=attr) if owner in modules:
            return _member(modules[owner], attr)
        case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_BUILTINS:
            return f"{name}() {FORBIDDEN_BUILTINS[name]}"
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in FORBIDDEN_TEXT and _is_blank(node):
            return f".{attr}() knows other characters than ECMAScript"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[pattern, *_]):
            found = next(filter(None, map(_CLASSES.search, _texts(pattern))), None)
            return f"{found[0][-2:]} knows other characters than ECMAScript" if found else None
        case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in FORBIDDEN_METHODS:
            is_module = isinstance(owner, ast.Name) and owner.id in modules
            return None if is_module else f".{attr}()"
        case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
            return "@ is BLAS"
        case ast.BinOp(op=ast.Pow(), left=left, right=right):
            return None if _is_int(left) and _is_int(right) else "** is the C library's pow"
        case ast.AugAssign(op=ast.Pow()):
            return "**= is the C library's pow"
    return None


def _member(module: str, name: str) -> str | None:
    """Return what is wrong with a name of a module, if anything."""
    if module in FORBIDDEN_MODULES:
        return f"module {module}"
    if module == "math" and name not in EXACT_MATH:
        return f"math.{name}"
    is_numpy = module == "numpy" or module.startswith("numpy.")
    return f"numpy.{name}" if is_numpy and name in FORBIDDEN_NUMPY else None


def _is_blank(call: ast.Call) -> bool:
    """True for a call without an argument: one that says which characters is fine."""
    return not call.args


def _texts(pattern: ast.expr) -> Iterator[str]:
    """Yield the texts of which an expression is made, those of f-strings too."""
    for node in ast.walk(pattern):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_int(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_int(node.operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def evaluating_files() -> list[Path]:
    """Return every module in which values are computed."""
    package = ROOT / "irrun"
    return sorted(path for folder in FOLDERS for path in (package / folder).rglob("*.py"))


def main(arguments: list[str]) -> int:
    """Print the faults; return 1 if there are any."""
    files = [Path(name) for name in arguments] or evaluating_files()
    found = [f for path in files for f in faults_in(path.read_text(encoding="utf-8"), str(path))]
    for path, line, message in found:
        print(f"{path}:{line}: {message}; use irrun.numerics, or say `# exact: why`")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

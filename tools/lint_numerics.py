"""Forbid arithmetic whose result depends on the machine, where outputs are computed.

    python tools/lint_numerics.py [FILE ...]

Without files, every folder that evaluates is looked at. Outside `irrun/numerics` nothing may use
the C library's or NumPy's transcendental functions, sums whose order is not fixed, BLAS, or
operations that irrun has rules of its own for. Texts of a program are ECMAScript's: Python's idea
of white space, digits and letters is forbidden too.

Two rules are about numbers that a document or a run gives, which may be NaN or infinite. A float
becomes a whole number through `irrun.numerics.whole` alone: `int()` and `math.floor` stop at NaN.
(`range` and the sizes of arrays take no float; mypy sees to that.) And numbers are sorted by
`irrun.numerics.order`: what compares with NaN is false, so that the result of `sorted`, `min` and
`max` depends on the order of what they are given.

Where one is harmless after all (integers, say), a comment `# exact: why` on the line allows it.
What is evidently whole needs none: literals, lengths, sizes, counts that NumPy makes.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent

FOLDERS: Final = ("evaluate", "ir", "steps", "runtime", "render")
"""Folders below `irrun` in which values are computed; one that is not there yet is passed over."""

WHOLE_FOLDERS: Final = ("program", "trace")
"""Folders in which numbers of documents and runs are read and shown: for `int()` alone."""

_EXACT_MATH: Final = """
copysign e fabs fmod frexp gcd inf isfinite isinf isnan isqrt ldexp modf nan nextafter
pi sqrt tau ulp
"""
"""What of `math` IEEE fixes, or is no computation, and ends for every number."""

_TO_WHOLE: Final = frozenset({"floor", "ceil", "trunc"})
_ORDERING: Final = frozenset({"sorted", "min", "max"})

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

_SORTING: Final = """
sort argsort lexsort partition argpartition unique searchsorted min max amin amax nanmin nanmax
argmin argmax
"""
"""What compares numbers with each other."""

_METHODS: Final = """
sum mean dot prod std var round clip trace cumprod matmul
sort argsort partition argpartition searchsorted min max argmin argmax
"""
"""Of arrays; no other object on these paths has methods of these names."""

_TEXT: Final = """
strip lstrip rstrip isspace isdigit isdecimal isnumeric isalpha isalnum splitlines lower upper
casefold title capitalize swapcase
"""
"""Of texts: they go by Python's tables of characters (see `irrun/numerics/text.py`)."""

_CLASSES: Final = re.compile(r"(?<!\\)(?:\\\\)*\\[sSdDwWbB]")
"""Classes of characters in a regular expression, by the same tables."""

EXACT_MATH: Final = frozenset(_EXACT_MATH.split())
FORBIDDEN_NUMPY: Final = frozenset((_TRANSCENDENTAL + _ORDERED + _RULED + _SORTING).split())
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


def faults_in(source: str, path: str = "<text>", *, evaluates: bool = True) -> list[Fault]:
    """Return what is forbidden in a module's text, by line.

    Where nothing is evaluated, only what turns floats into whole numbers is.
    """
    lines = source.splitlines()
    tree = ast.parse(source)
    modules = _module_names(tree)
    found = []
    for node in ast.walk(tree):
        message = _whole_message(node, modules)
        if message is None and evaluates:
            message = _message(node, modules)
        line: int = getattr(node, "lineno", 0)
        if message is not None and not _ALLOWED.search(lines[line - 1]):
            found.append(Fault(path, line, message))
    return sorted(found)


def _module_names(tree: ast.Module) -> dict[str, str]:
    """Return the names under which modules are known in a file."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def _whole_message(node: ast.AST, modules: dict[str, str]) -> str | None:
    """Return what is wrong with a node that makes a whole number, if anything."""
    match node:
        case ast.Call(func=ast.Name(id="int"), args=[argument]) if not _is_count(argument):
            return "int() stops at NaN"
        case ast.Attribute(value=ast.Name(id=owner), attr=attr) if modules.get(owner) == "math":
            return f"math.{attr} stops at NaN" if attr in _TO_WHOLE else None
        case ast.ImportFrom(module="math", names=names):
            bad = [alias.name for alias in names if alias.name in _TO_WHOLE]
            return f"math.{bad[0]} stops at NaN" if bad else None
    return None


def _is_in_order(call: ast.Call) -> bool:
    """True if what is compared is whole, or compared by the one order of numbers."""
    if _has_key_in_order(call):
        return True
    is_sorted = isinstance(call.func, ast.Name) and call.func.id == "sorted"
    defaults = [keyword.value for keyword in call.keywords if keyword.arg == "default"]
    return not is_sorted and any(map(_is_whole, (*call.args, *defaults)))


def _has_key_in_order(call: ast.Call) -> bool:
    keys = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
    return any(
        isinstance(node, ast.Name) and node.id == "ascending" for k in keys for node in ast.walk(k)
    )


def _is_count(node: ast.expr) -> bool:
    """True for a whole number of NumPy's."""
    match node:
        case ast.Attribute(attr="size") | ast.Call(func=ast.Attribute(attr="count_nonzero")):
            return True
    return False


def _is_whole(node: ast.expr) -> bool:
    """True for what is evidently a whole number, or a row of them.

    Who adds 1 to something, or doubles it, counts.
    """
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int)
        case ast.Call(func=ast.Name(id="len" | "int")):
            return True
        case ast.Call(func=ast.Name(id="min" | "max"), args=arguments):
            return any(map(_is_whole, arguments))
        case ast.UnaryOp(operand=operand):
            return _is_whole(operand)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv() | ast.LShift()):
            return _is_whole(node.left) or _is_whole(node.right)
        case ast.GeneratorExp(elt=item) | ast.ListComp(elt=item):
            return _is_whole(item)
    return _is_count(node)


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
        case ast.Call(func=ast.Name(id=name)) if name in _ORDERING:
            return None if _is_in_order(node) else f"{name}() has no place for NaN"
        case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_BUILTINS:
            return f"{name}() {FORBIDDEN_BUILTINS[name]}"
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in FORBIDDEN_TEXT and _is_blank(node):
            return f".{attr}() knows other characters than ECMAScript"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[pattern, *_]):
            found = next(filter(None, map(_CLASSES.search, _texts(pattern))), None)
            return f"{found[0][-2:]} knows other characters than ECMAScript" if found else None
        case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in FORBIDDEN_METHODS:
            is_module = isinstance(owner, ast.Name) and owner.id in modules
            return None if is_module or _has_key_in_order(node) else f".{attr}()"
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


def files_below(folders: Iterable[str]) -> list[Path]:
    """Return every module of folders of the package."""
    package = ROOT / "irrun"
    return sorted(path for folder in folders for path in (package / folder).rglob("*.py"))


def main(arguments: list[str]) -> int:
    """Print the faults; return 1 if there are any."""
    looked_at = [(Path(name), True) for name in arguments] or [
        *((path, True) for path in files_below(FOLDERS)),
        *((path, False) for path in files_below(WHOLE_FOLDERS)),
    ]
    found = [
        fault
        for path, evaluates in looked_at
        for fault in faults_in(path.read_text(encoding="utf-8"), str(path), evaluates=evaluates)
    ]
    for path, line, message in found:
        print(f"{path}:{line}: {message}; use irrun.numerics, or say `# exact: why`")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

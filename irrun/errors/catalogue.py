"""Every problem that irrun knows, by code: for `irrun explain`, and for choosing codes."""

import pkgutil
from functools import cache
from importlib import import_module

import irrun.errors
from irrun.errors.base import IrrunError


@cache
def all_problems() -> dict[str, type[IrrunError]]:
    """Return all problem classes by code, in order."""
    for module in pkgutil.walk_packages(irrun.errors.__path__, "irrun.errors."):
        import_module(module.name)
    found: dict[str, type[IrrunError]] = {}
    todo: list[type[IrrunError]] = [IrrunError]
    while todo:
        for cls in todo.pop().__subclasses__():
            todo.append(cls)
            if cls.__module__.startswith("irrun.errors.") and "code" in vars(cls):
                found[cls.code] = cls
    return dict(sorted(found.items()))


def unknown_codes(prefixes: tuple[str, ...]) -> list[str]:
    """Return the prefixes that no code starts with."""
    return [p for p in prefixes if not p or not any(code.startswith(p) for code in all_problems())]


def explanation(cls: type[IrrunError]) -> str:
    """Return a problem's explanation: its docstring, without indentation."""
    lines = (cls.__doc__ or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines)

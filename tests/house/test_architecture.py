"""The house rules that code alone does not keep (design.md sections 3 and 7)."""

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import irrun
import irrun.errors
from irrun.errors import Crash, Invalid, IrrunError, Malformed, Trap

PACKAGE = Path(irrun.__file__).parent

DESIGN = Path(__file__).parents[2] / "docs" / "design.md"

ROW = re.compile(r"^\| (\d+) \| `([\w.]+)` \| ", re.MULTILINE)

FLOORS = {room: int(floor) for floor, room in ROW.findall(DESIGN.read_text(encoding="utf-8"))}
"""Room -> floor, as design.md section 3 has them. Imports go to a lower floor, or stay at home."""

API_LEVEL = FLOORS["cli"] - 1
"""The package itself: its names come from anywhere below the command line."""

MODULES = sorted([*PACKAGE.rglob("*.py"), PACKAGE / "_native.pyi"])
"""The extension in C shows its names in a stub."""


def module_name(path: Path) -> str:
    """Return a file's module name below `irrun`, such as `steps.base`; the package's is empty."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


class Import(NamedTuple):
    """One import statement: the importing and the imported module."""

    importer: str
    line: int
    target: str


def imports_of(path: Path) -> Iterator[Import]:
    """Yield every import of a file, also those inside functions and under TYPE_CHECKING."""
    importer = module_name(path)
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (Import(importer, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            names = [f"irrun.{alias.name}" for alias in node.names] if base == "irrun" else [base]
            yield from (Import(importer, node.lineno, name) for name in names)


ALL_IMPORTS = [found for path in MODULES for found in imports_of(path)]


def room_of(module: str) -> str:
    """Return the room of a module below `irrun`: the longest one that it is in."""
    parts = module.split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((name for name in names if name in FLOORS), "")


def test_every_module_has_a_room() -> None:
    """Nothing stands outside the table of rooms but the package itself, and no room is empty."""
    rooms = {module_name(path): room_of(module_name(path)) for path in MODULES}

    assert [module for module, room in rooms.items() if module and not room] == []
    assert FLOORS.keys() <= set(rooms.values())


def level_of(target: str) -> int:
    """Return the level of an imported module; what is not irrun's own is at the bottom."""
    if target == "irrun":
        return API_LEVEL
    return FLOORS.get(room_of(target.removeprefix("irrun.")), API_LEVEL)


def is_at_home(found: Import) -> bool:
    """Return whether a module imports from its own room, or from outside of irrun."""
    if not found.target.startswith("irrun."):
        return found.target != "irrun"
    target = found.target.removeprefix("irrun.")
    return target == "__version__" or room_of(target) == room_of(found.importer)


def test_imports_are_absolute() -> None:
    """Each import says in full where a name comes from."""
    assert [found for found in ALL_IMPORTS if found.target.startswith(".")] == []


def test_imports_go_one_way() -> None:
    """No module imports from another room but those below its own; the public API may."""
    inner = [found for found in ALL_IMPORTS if found.importer != "" and not is_at_home(found)]

    assert len(inner) > 200
    assert [i for i in inner if level_of(i.target) >= FLOORS[room_of(i.importer)]] == []


def test_public_api_imports_nothing_at_once() -> None:
    """`import irrun` loads no part of irrun: each name is imported when it is asked for."""
    tree = ast.parse((PACKAGE / "__init__.py").read_bytes())
    at_once = [
        node
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(name.startswith("irrun") for name in _imported(node))
    ]

    assert at_once == []


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def test_terminal_libraries_stay_in_the_command_line() -> None:
    """Nothing below `cli` imports click or rich."""
    outside = [
        found
        for found in ALL_IMPORTS
        if found.target.split(".")[0] in ("click", "rich")
        and room_of(found.importer) not in ("cli", "__main__")
    ]

    assert outside == []


SHOWN_BY = {
    "rich.text": {"cli.text"},
    "rich.table": {"cli.tables.base"},
    "click.echo": {"cli.say", "cli.main"},
    "click.prompt": {"cli.say"},
    "click.confirm": set(),
    "click.secho": set(),
}
"""What puts texts on a terminal, and the modules that make them safe first."""


def test_only_what_makes_texts_safe_shows_them() -> None:
    """Names of a program reach a terminal through `Text`, `Table` and `say` alone."""
    used = {(found.target, found.importer) for found in ALL_IMPORTS if found.target in SHOWN_BY}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
                used |= {(name, module_name(path))} if name in SHOWN_BY else set()

    assert {(name, module) for name, module in used if module not in SHOWN_BY[name]} == set()
    assert ("rich.text", "cli.text") in used


OPENING = frozenset(
    {
        "open", "fdopen", "mkstemp", "mmap", "memmap", "fromfile", "tofile", "ZipFile",
        "read_bytes", "read_text", "write_bytes", "write_text", "touch", "mkdir", "makedirs",
        "rename", "link", "symlink_to", "hardlink_to", "copyfile",
        "scandir", "glob", "iglob", "rglob", "is_file", "is_dir", "exists",
    }
)  # fmt: skip
"""What opens a file, looks for one or makes one: as a function, or a method of a path or module."""

ALLOWED = {
    "cli.streams": "the system's waste basket, in place of a stream that is closed",
    "render.native": "a file that is nowhere, which takes what native code says",
}
"""Who else opens something, and what."""


def opened() -> Iterator[tuple[str, int, str]]:
    """Yield every call that opens a file outside the room for that."""
    for path in MODULES:
        module = module_name(path)
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            is_plain = isinstance(function, ast.Name) and function.id == "open"
            name = "open" if is_plain else getattr(function, "attr", "")
            of = getattr(getattr(function, "value", None), "id", "")
            is_library = isinstance(function, ast.Attribute) and of in {"ast", "Image"}
            is_opening = name in OPENING or (of, name) == ("os", "walk")
            if is_opening and not is_library and room_of(module) != "files":
                yield module, node.lineno, name


def test_files_are_opened_in_one_room() -> None:
    """What is read and what is written goes through `irrun/files`, which guards it."""
    assert [found for found in opened() if found[0] not in ALLOWED] == []


# --- Errors ---------------------------------------------------------------------------------


def error_classes() -> list[type[IrrunError]]:
    """Return every class of the error modules that has a code of its own."""
    for module in pkgutil.walk_packages(irrun.errors.__path__, "irrun.errors."):
        importlib.import_module(module.name)
    found: list[type[IrrunError]] = []
    todo: list[type[IrrunError]] = [IrrunError]
    while todo:
        for cls in todo.pop().__subclasses__():
            todo.append(cls)
            if cls.__module__.startswith("irrun.errors") and "code" in vars(cls):
                found.append(cls)
    return sorted(found, key=lambda cls: (cls.code, cls.__name__))


ERRORS = error_classes()

FAMILIES: dict[type[IrrunError], tuple[tuple[str, ...], int]] = {
    Malformed: (("IR1",), 3),
    Invalid: (("IR2", "IR3"), 3),
    Trap: (("IR4",), 4),
    Crash: (("IR9",), 70),
}
"""Of each family: what its codes start with, and its exit code."""


class Anything(str):
    """A fact that can be formatted in any way."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return str(self)


def fields_of(template: str | None) -> set[str]:
    """Return the names that a template asks for."""
    parsed = string.Formatter().parse(template or "")
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in parsed if name is not None}


def error_name(cls: type[IrrunError]) -> str:
    return f"{cls.code} {cls.__name__}"


def test_error_codes_are_unique() -> None:
    """A code means one problem."""
    codes = [cls.code for cls in ERRORS]

    assert len(codes) > 40
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("cls", ERRORS, ids=error_name)
def test_error_belongs_to_its_family(cls: type[IrrunError]) -> None:
    """Each error is in one family, whose codes and exit code it has."""
    (family,) = (base for base in FAMILIES if issubclass(cls, base))
    prefixes, exit_code = FAMILIES[family]

    assert cls.code.startswith(prefixes)
    assert len(cls.code) == 5
    assert cls.code[2:].isdigit()
    assert cls.exit_code == exit_code
    assert cls.family == family.__name__.lower()


@pytest.mark.parametrize("cls", ERRORS, ids=error_name)
def test_error_explains_itself(cls: type[IrrunError]) -> None:
    """Each error has a title, a docstring of its own, and a message that its facts fill."""
    names = fields_of(cls.message) | fields_of(cls.hint)
    facts: dict[str, Any] = {name: Anything(f"<{name}>") for name in names}
    error = cls(**facts)

    assert "title" in vars(cls)
    assert (vars(cls)["__doc__"] or "").strip()
    assert "message" in vars(cls)
    assert all(f"<{name}>" in str(error) for name in fields_of(cls.message))
    assert all(name.isidentifier() for name in names)
    assert cls.hint is None or error.hint_text


@pytest.mark.parametrize("cls", ERRORS, ids=error_name)
def test_only_warnings_can_become_errors(cls: type[IrrunError]) -> None:
    """`strict_error` marks warnings; an error needs no such mark."""
    assert not cls.strict_error or cls.severity == "warning"


class Raised(NamedTuple):
    """A place that makes an error, with the facts that it gives."""

    place: str
    cls: type[IrrunError]
    facts: frozenset[str]


def raised() -> Iterator[Raised]:
    """Yield every place that makes an error of a known class with its facts spelled out."""
    by_name = {cls.__name__: cls for cls in ERRORS}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call) or any(k.arg is None for k in node.keywords):
                continue
            facts = frozenset(str(keyword.arg) for keyword in node.keywords)
            place = f"{module_name(path)}:{node.lineno}"
            if isinstance(node.func, ast.Name) and node.func.id in by_name:
                yield Raised(place, by_name[node.func.id], facts)
            first: Any = node.args[0] if node.args else None
            is_added = isinstance(node.func, ast.Attribute) and node.func.attr == "add"
            if is_added and isinstance(first, ast.Name) and first.id in by_name:
                yield Raised(place, by_name[first.id], facts | {"count"})


def test_errors_are_made_with_all_their_facts() -> None:
    """Every place that makes an error gives what its message and its hint ask for."""
    found = list(raised())
    missing = [
        (made.place, (fields_of(made.cls.message) | fields_of(made.cls.hint)) - made.facts)
        for made in found
    ]

    assert len(found) > 40
    assert [(place, facts) for place, facts in missing if facts] == []


def test_every_error_is_made_somewhere() -> None:
    """No code is documented that nothing can raise."""
    named = {
        node.id
        for path in MODULES
        if not module_name(path).startswith("errors") or module_name(path) == "errors.boundary"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Name)
    }

    assert [cls.__name__ for cls in ERRORS if cls.__name__ not in named] == []

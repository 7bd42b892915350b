"""No value is taken for a missing one because it is 0 or empty.

`x or default` replaces every `x` that is false: an empty array, a number that is 0, a text of no
letters. What is meant is mostly `x is None`. So each `or` that gives a value is either made of
truths, or gives "nothing" for nothing, or stands in the list below with the reason why an empty
or a zero left side is as good as none.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import irrun
from irrun.ir.typed_array import TypedArray

MODULES: Final = sorted(Path(irrun.__file__).parent.rglob("*.py"))

TEXT = "a text of no letters says nothing"
OBJECT = "records, functions and exceptions are never false"
NOTHING = "an empty list has nothing to choose from, and there is something in its place"
ZERO = "a number that may be missing: 0 gives what 0 gives, and there is no -0"
CHECKED = "0 is refused before"
TRUTH = "true or false, though the name does not say so"

ALLOWED: Final[dict[str, str]] = {
    "self._where is None or self._now[self._where]": TRUTH,
    "self._is_timeless(sig_id) or (planned is not None and planned.everywhere)": TRUTH,
    "slot in self._frames.written or self._store.was_ever_written(slot)": TRUTH,
    "name or 'the stream'": TEXT,
    "kind_of_name(path.name) or kind_of_name(real(path).name)": TEXT,
    "kind_of_content(file) or kind": TEXT,
    "power or 0": TEXT,
    "is_packed_name(path.name) or seems_program(file)": TRUTH,
    "error.strerror or str(error)": TEXT,
    "error.strerror or error": TEXT,
    "str(error) or type(error).__name__": TEXT,
    "str(error).rstrip('.') or 'no more could be had'": TEXT,
    "str(found).rstrip('.') or 'no more could be had'": TEXT,
    "sys.stdout.encoding or 'ascii'": TEXT,
    "console.color_system or 'none'": TEXT,
    "name.strip() or EVERYTHING": TEXT,
    "ends[1] or ends[2]": TEXT,
    "ends[1] or ends[3]": TEXT,
    "last or first": TEXT,
    "encoding or _encoding_of(target)": TEXT,
    "decision or 'skip'": TEXT,
    "Path(program).name.split('.')[0] or 'picture'": TEXT,
    "options['dump_frames'] or '-1'": TEXT,
    "', '.join(parts) or 'nothing found'": TEXT,
    "'; '.join(drawn) or 'only the order of values'": TEXT,
    "tuple(lines[:_LINES] + more) or (_UNSEEN,)": NOTHING,
    "largest or 'not a number'": TEXT,
    "'; '.join(leaf.changes) or 'sampled array'": TEXT,
    "value.info.step or '-'": TEXT,
    "sizes or 'all 0'": TEXT,
    "' and '.join((f'step {name}' for name in names)) or 'the outputs'": TEXT,
    "folder or '.'": TEXT,
    "many or one + 's'": TEXT,
    "', '.join(map(str, value)) or 'nothing'": TEXT,
    "', '.join(map(repr, known)) or 'none'": TEXT,
    "', '.join(map(str, self.columns.slots)) or 'none'": TEXT,
    "self._asked['select'] or settings.select": NOTHING,
    "self._asked['ignore'] or settings.ignore": NOTHING,
    "texts or ['none']": NOTHING,
    "found.lstrip('0') or '0'": TEXT,
    "self.fixed or f'{self.variable} sets this limit; irrun reads it when it starts'": TEXT,
    "listed(items) or 'nothing'": TEXT,
    "name.removesuffix(PACKED) or name": TEXT,
    "words.get(found) or (describe_shape(value) if found == 'vector' else f'a {found}')": TEXT,
    "_FAMILIES.get(first.__name__) or _FAMILIES.get(shared, shared.lower())": TEXT,
    "named.get(domain) or kind_of_components(buffer.components)": TEXT,
    "op.second or kind": TEXT,
    "plan.background or BLACK": TEXT,
    "error.__cause__ or error": OBJECT,
    "way.earliest() or symptom": OBJECT,
    "policy or Policy()": OBJECT,
    "policy or expected.header.policy.policy()": OBJECT,
    "self.threshold or (None if picture is None else picture.threshold)": OBJECT,
    "threshold or EXACT": OBJECT,
    "where or Where()": OBJECT,
    "_BY_OPCODE.get(fn.opcode) or _plain(fn.opcode)": OBJECT,
    "self._compute[i] or self._compiler.compile(i)": OBJECT,
    "compute[i] or compile_node(i)": OBJECT,
    "node.params or StatefulParams()": OBJECT,
    "_strongest(numbers) or evidence[0]": OBJECT,
    "before.get(key) or of_other_storage.get(cell.stable_key)": OBJECT,
    "report or self.findings.append": OBJECT,
    "ends or (min(finite), max(finite))": OBJECT,
    "places or ((folder,) if folder is not None else (Path(),))": NOTHING,
    "listed or ['-']": NOTHING,
    "list(places)[:_PLACES] or [self._first_place(pair)]": NOTHING,
    "self.settings or self.added or self.removed": NOTHING,
    "self.frames or (0, frames // 2, frames - 1)": NOTHING,
    "writers or [e for e in found if e.origin == 'initialSlotValues']": NOTHING,
    "[a for a in about if (a.mode == 'write') == is_write] or about": NOTHING,
    "[x for x in points[0::2] if is_finite(x)] or [0.0]": NOTHING,
    "[y for y in points[1::2] if is_finite(y)] or [0.0]": NOTHING,
    "found[2] or 0": ZERO,
    "found[1] or 0": ZERO,
    "side or 0": ZERO,
    "node.compiler_tag or 0": ZERO,
    "self.opcode_id or 0": ZERO,
    "leaf.absolute or 0.0": ZERO,
    "self.largest.leaf.absolute or 0.0": ZERO,
    "d.leaf.absolute or 0.0": ZERO,
    "f.where.frame or 0": ZERO,
    "os.cpu_count() or 1": ZERO,
    "cell.stamp or -1": ZERO,
    "options['jobs'] or default_jobs(len(targets))": CHECKED,
    "options['full'] or options['verbose']": TRUTH,
    "named or any((a in ('--format=json', '--format=jsonl') for a in arguments))": TRUTH,
    "expected != 0 or self.equal_zeros or (not is_one_zero)": TRUTH,
    "self.equal_zeros or equal_zeros": TRUTH,
    "weak or not publisher.enabled": TRUTH,
}


TRUTHS: Final = (
    "is_",
    "has_",
    "are_",
    "wants_",
    "may_",
    "can_",
    "starts",
    "ends",
    "isdigit",
    "isascii",
)
CALLS: Final = {
    "isinstance",
    "issubclass",
    "hasattr",
    "callable",
    "any",
    "all",
    "bool",
    "fnmatchcase",
}


def is_truth(node: ast.expr) -> bool:
    """True for an expression that is True or False, as far as its form or its name tells."""
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()) | ast.Constant(value=bool()):
            return True
        case ast.BoolOp(values=values):
            return all(map(is_truth, values))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in CALLS or name.startswith(TRUTHS)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.startswith(TRUTHS)
        case _:
            return False


def is_nothing(node: ast.expr) -> bool:
    """True for an empty list, tuple, object or text, for None and for False."""
    match node:
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Constant(value=value):
            return value in (None, "", b"") or value is False
        case _:
            return False


def asks(parents: dict[ast.AST, ast.AST], node: ast.AST) -> bool:
    """True if only the truth of an expression counts where it stands."""
    holder = parents[node]
    match holder:
        case ast.If() | ast.While() | ast.IfExp() | ast.Assert():
            return holder.test is node
        case ast.comprehension():
            return node in holder.ifs
        case ast.match_case():
            return holder.guard is node
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BoolOp():
            return asks(parents, holder)
        case _:
            return False


def defaults(tree: ast.AST) -> Iterator[ast.BoolOp]:
    """Yield every `or` whose value is used and may be something else than a truth."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and not is_truth(node):
            is_in_another = isinstance(parents[node], ast.BoolOp)
            if not is_in_another and not is_nothing(node.values[-1]) and not asks(parents, node):
                yield node


def found(path: Path) -> list[str]:
    """Return the text of every such `or` of a module."""
    return [ast.unparse(node) for node in defaults(ast.parse(path.read_bytes()))]


REASONS: Final = {ast.unparse(ast.parse(text)): reason for text, reason in ALLOWED.items()}
"""The list, spelt as this version of Python spells it."""


def test_a_default_takes_the_place_of_none_only() -> None:
    """Or the list says why what is empty or 0 may go with what is missing."""
    unknown = [(path.name, text) for path in MODULES for text in found(path) if text not in ALLOWED]

    assert unknown == []


def test_a_typed_array_has_no_truth() -> None:
    """Nor can one be taken for nothing by an `if`."""
    for array in (TypedArray("f64", ()), TypedArray("f64", (0,))):
        with pytest.raises(TypeError, match="length"):
            assert array


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("x = y or z", ["y or z"]),
        ("return_ = f(record) or record", ["f(record) or record"]),
        ("x = a or 1", ["a or 1"]),
        ("x = a or b or 7", ["a or b or 7"]),
        ("f(a or TypedArray())", ["a or TypedArray()"]),
        ("x = a or None", []),
        ("x = a or ()", []),
        ("if a or b: pass", []),
        ("x = [y for y in z if y or w]", []),
        ("x = not (a or b)", []),
        ("x = a < 1 or is_b", []),
        ("x = 1 if a or b else 2", []),
        ("x = (a or b) if c else 2", ["a or b"]),
    ],
)
def test_what_is_found(source: str, texts: list[str]) -> None:
    """Defaults are, questions are not."""
    assert [ast.unparse(node) for node in defaults(ast.parse(source))] == texts

"""Evaluated fields: one value to an element, all elements in one array (runtime-semantics 10)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from irrun.errors.expressions import BadOperand
from irrun.evaluate.colors import parse_color
from irrun.ir.types import NUMERIC_DOMAINS, TypeDesc
from irrun.ir.values import Array

ElementKind = Literal[
    "number", "boolean", "vec2", "vec3", "vec4", "quat", "mat4", "color", "string", "path"
]
"""What one element of a field is."""

COMPONENTS: Final[Mapping[ElementKind, int]] = {
    "number": 1, "boolean": 1, "vec2": 2, "vec3": 3, "vec4": 4, "quat": 4, "mat4": 16, "color": 4,
}  # fmt: skip
"""Numbers of one element; texts and paths are no numbers."""

NUMBERS: Final[frozenset[ElementKind]] = frozenset({"number", "boolean"})
COMPONENTWISE: Final[frozenset[ElementKind]] = NUMBERS | {"vec2", "vec3", "vec4", "color"}
"""Kinds whose numbers may be computed with one by one."""

_ALIKE: Final[tuple[frozenset[ElementKind], ...]] = (NUMBERS, frozenset({"vec4", "quat"}))
_FILLED_BY_NUMBER: Final[frozenset[ElementKind]] = frozenset({"vec2", "vec3", "vec4", "color"})

_SINGLE: Final = np.dtype(np.float32).char
"""Comparing dtypes takes longer than adding 1,000 numbers."""

MEMBERS: Final[Mapping[ElementKind, tuple[str, ...]]] = {
    "vec2": ("x", "y"),
    "vec3": ("x", "y", "z"),
    "vec4": ("x", "y", "z", "w"),
    "quat": ("x", "y", "z", "w"),
    "color": ("r", "g", "b", "a"),
}
"""Member names of structured elements, in the order of their components."""

_KINDS: Final[Mapping[str, ElementKind]] = {
    kind: kind for kind in (*COMPONENTS, "string", "path") if kind not in NUMBERS
}


class Elements(NamedTuple):
    """The values of a field over a domain.

    `data` holds numbers, shape (n,) or (n, components) for what has several: doubles as they were
    computed, or float32 as other expressions see them (section 10.2). Colours are always doubles;
    texts and paths are objects, shape (n,). n is the number of elements, or 1 where all are alike.
    """

    kind: ElementKind
    data: Array


def kind_of_type(type_desc: TypeDesc) -> ElementKind | None:
    """Return what the elements of a declared type are, or None if they are nothing known."""
    if type_desc.domain in NUMERIC_DOMAINS:
        return "boolean" if type_desc.domain == "boolean" else "number"
    return _KINDS.get(type_desc.domain)


def kind_of_components(components: int) -> ElementKind | None:
    """Return what the elements of a plain buffer are."""
    kinds: dict[int, ElementKind] = {1: "number", 2: "vec2", 3: "vec3", 4: "vec4", 16: "mat4"}
    return kinds.get(components)


def uniform(kind: ElementKind, *numbers: float) -> Elements:
    """Return elements that are all alike."""
    data = np.array(numbers, dtype=np.float64)
    return Elements(kind, data if kind in NUMBERS else data.reshape(1, -1))


def objects(kind: ElementKind, values: Sequence[Any]) -> Elements:
    """Return texts or paths."""
    data = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        data[i] = value
    return Elements(kind, data)


def spread(data: Array, count: int) -> Array:
    """Return data with a row for each element; the array may share its memory."""
    return data if len(data) == count else np.broadcast_to(data, (count, *data.shape[1:]))


def is_rounded(kind: ElementKind) -> bool:
    """True if other expressions see such elements rounded to float32 (section 10.2).

    Colours are doubles until they are stored (section 10.7).
    """
    return kind in COMPONENTS and kind != "color"


def seen(elements: Elements) -> Elements:
    """Return elements as other expressions see them."""
    if elements.data.dtype.char == _SINGLE or not is_rounded(elements.kind):
        return elements
    return Elements(elements.kind, elements.data.astype(np.float32))


def in_doubles(elements: Elements) -> Elements:
    """Return elements in doubles, for what is computed in these."""
    if elements.data.dtype.char != _SINGLE:
        return elements
    return Elements(elements.kind, elements.data.astype(np.float64))


def as_kind(elements: Elements, kind: ElementKind, what: str) -> Elements:
    """Return elements as another kind: a number fills every component, a text is a colour.

    Raises:
        BadOperand: IR417, they cannot be that.
    """
    if elements.kind == kind:
        return elements
    if any({elements.kind, kind} <= alike for alike in _ALIKE):
        return Elements(kind, elements.data)
    if elements.kind in NUMBERS and kind in _FILLED_BY_NUMBER:
        column = elements.data.reshape(-1, 1)
        return Elements(kind, np.repeat(column, COMPONENTS[kind], axis=1))
    if elements.kind == "string" and kind == "color":
        return colors_of_texts(elements.data.tolist())
    raise BadOperand(what=what, wanted=f"{kind} elements", got=f"{elements.kind} elements")


def colors_of_texts(texts: Sequence[str]) -> Elements:
    """Return texts as colours; each text is read once."""
    known = {text: tuple(parse_color(text).values()) for text in set(texts)}
    rows = [known[text] for text in texts]
    return Elements("color", np.array(rows, dtype=np.float64).reshape(-1, 4))


def common_kind(terms: Sequence[Elements]) -> ElementKind:
    """Return the kind that elements are combined as: numbers give way to everything else."""
    structured = [term.kind for term in terms if term.kind not in NUMBERS]
    return structured[0] if structured else terms[0].kind


def value_of(elements: Elements, index: int) -> Any:
    """Return one element as a plain value: a number, a record, a list, a text or a path.

    A float32 is the shortest number that it is the float32 of: 0.1, not 0.10000000149011612.
    """
    row = elements.data[index if len(elements.data) > 1 else 0]
    if elements.data.dtype.char == _SINGLE:
        shortest = [float(str(number)) for number in np.atleast_1d(row)]
        row = np.array(shortest).reshape(np.shape(row))
    members = MEMBERS.get(elements.kind)
    if members is not None:
        return dict(zip(members, row.tolist(), strict=True))
    return row.tolist() if isinstance(row, np.generic | np.ndarray) else row

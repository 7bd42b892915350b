"""Evaluated fields: one value to an element, all elements in one array (runtime-semantics 10).

The code of fields computes one frame, or a block of F frames at once. Where an axis of elements is
meant it is counted from the last, so that an axis of frames before it makes no difference; what is
alike in all frames need not have that axis, or has it with length 1. All is broadcast.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from irrun.errors.expressions import BadOperand
from irrun.evaluate.colors import parse_color
from irrun.ir.types import MEMBERS as MEMBERS
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

STRUCTURED: Final[frozenset[ElementKind]] = frozenset(COMPONENTS) - NUMBERS
"""Kinds with several numbers to an element."""

_ALIKE: Final[tuple[frozenset[ElementKind], ...]] = (NUMBERS, frozenset({"vec4", "quat"}))
_FILLED_BY_NUMBER: Final[frozenset[ElementKind]] = frozenset({"vec2", "vec3", "vec4", "color"})

_SINGLE: Final = np.dtype(np.float32).char
"""Comparing dtypes takes longer than adding 1,000 numbers."""

_KINDS: Final[Mapping[str, ElementKind]] = {
    kind: kind for kind in (*COMPONENTS, "string", "path") if kind not in NUMBERS
}


class Elements(NamedTuple):
    """The values of a field over a domain, in one frame or in a block of frames.

    `data` holds numbers, shape (n,) or (n, components) for what has several: doubles as they were
    computed, or float32 as other expressions see them (section 10.2). Colours are always doubles;
    texts and paths are objects, shape (n,). n is the number of elements, or 1 where all are alike.
    Over a block of F frames it is (F, n) or (F, n, components); F is 1, or not there, where all
    frames are alike.
    """

    kind: ElementKind
    data: Array

    @property
    def axis(self) -> int:
        """The axis of the elements, counted from the last."""
        return -2 if self.kind in STRUCTURED else -1

    @property
    def frames(self) -> int:
        """The number of frames, or 1 where all are alike."""
        return len(self.data) if self.data.ndim + self.axis else 1


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


def uniform_in_frames(kind: ElementKind, *columns: float | Array) -> Elements:
    """Return elements that are all alike in each frame; columns have shape (F,)."""
    data = np.stack(np.broadcast_arrays(*columns), axis=-1)
    return Elements(kind, data if kind in NUMBERS else data[:, None, :])


def objects(kind: ElementKind, values: Sequence[Any]) -> Elements:
    """Return texts or paths."""
    data = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        data[i] = value
    return Elements(kind, data)


def spread(data: Array, count: int, axis: int = -1) -> Array:
    """Return data with a row for each element along an axis; the array may share its memory."""
    if data.shape[axis] == count:
        return data
    shape = list(data.shape)
    shape[axis] = count
    return np.broadcast_to(data, shape)


def flat(data: Array, axis: int) -> Array:
    """Return data with the numbers of all elements of a frame on the last axis."""
    if axis == -1:
        return data
    return data.reshape(*data.shape[:-2], data.shape[-2] * data.shape[-1])


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
        return Elements(kind, filled(elements.data, COMPONENTS[kind]))
    if elements.kind == "string" and kind == "color":
        return colors_of_texts(elements.data)
    raise BadOperand(what=what, wanted=f"{kind} elements", got=f"{elements.kind} elements")


def filled(data: Array, components: int) -> Array:
    """Return numbers as vectors or colours that have them in every component."""
    return np.repeat(data[..., None], components, axis=-1)


def colors_of_texts(texts: Array) -> Elements:
    """Return texts, an array of objects, as colours; each text is read once."""
    listed: list[str] = texts.reshape(-1).tolist()
    known = {text: tuple(parse_color(text).values()) for text in set(listed)}
    rows = [known[text] for text in listed]
    return Elements("color", np.array(rows, dtype=np.float64).reshape(*texts.shape, 4))


def of_frame(elements: Elements, frame: int) -> Elements:
    """Return the elements of one frame of a block."""
    if elements.data.ndim + elements.axis == 0:
        return elements
    return Elements(elements.kind, elements.data[frame if elements.frames > 1 else 0])


def common_kind(terms: Sequence[Elements]) -> ElementKind:
    """Return the kind that elements are combined as: numbers give way to everything else."""
    structured = [term.kind for term in terms if term.kind not in NUMBERS]
    return structured[0] if structured else terms[0].kind


def value_of(elements: Elements, index: int, frame: int = 0) -> Any:
    """Return one element as a plain value: a number, a record, a list, a text or a path.

    A float32 is the shortest number that it is the float32 of: 0.1, not 0.10000000149011612.
    """
    rows = of_frame(elements, frame).data
    row = rows[index if len(rows) > 1 else 0]
    if elements.data.dtype.char == _SINGLE:
        shortest = [float(str(number)) for number in np.atleast_1d(row)]
        row = np.array(shortest).reshape(np.shape(row))
    members = MEMBERS.get(elements.kind)
    if members is not None:
        return dict(zip(members, row.tolist(), strict=True))
    return row.tolist() if isinstance(row, np.generic | np.ndarray) else row

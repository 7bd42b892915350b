"""IR4xx: what fields meet, and buffers, colours and paths made of them; warnings from IR450 on."""

from irrun.errors.base import IrrunError, Severity, Trap


class BadFieldId(Trap):
    """The text that should name a field has no number at its beginning or end."""

    code = "IR436"
    title = "text names no field"
    may_be = Severity.WARNING
    wrong = '"fieldExprId": "positions"'
    right = '"fieldExprId": "3"'
    section = "runtime-semantics 10.1"
    message = "`{text}` names no field: it neither begins nor ends with a field id"


class ListLength(Trap):
    """A list holds one value to an element, but not as many as there are elements."""

    code = "IR437"
    title = "list of the wrong length"
    wrong = '"json": [[1, 2]] as a field over a domain of 3'
    right = '"json": [[1, 2, 3]], or "json": [1] for all'
    message = "{what} is a list of {length} for {count} elements"


class FormatMismatch(Trap):
    """The elements of a field do not fit the format that they are to be stored in."""

    code = "IR438"
    title = "field does not fit the format"
    may_be = Severity.WARNING
    wrong = '{"components": 1, "elementType": "f32"} for a field of vec2'
    right = '{"components": 2, "elementType": "f32"} for a field of vec2'
    section = "runtime-semantics 10.3"
    message = "field {field} has {kind} elements, which cannot be stored as {format} in slot {slot}"


class FieldCycle(Trap):
    """A field needs its own values to be computed."""

    code = "IR439"
    title = "cycle of fields"
    may_be = Severity.WARNING
    wrong = 'field 0: {"kind": "map", "src": 0, ...}'
    right = 'field 1: {"kind": "map", "src": 0, ...}'
    section = "runtime-semantics 10.1"
    message = "these fields need each other: {cycle}"


class UnsupportedField(Trap):
    """A field is of a type whose elements cannot be computed with."""

    code = "IR440"
    title = "field type cannot be evaluated"
    may_be = Severity.WARNING
    wrong = '{"kind": "const", "type": {"world": "field", "domain": "mesh"}}'
    right = '{"kind": "const", "type": {"world": "field", "domain": "number"}}'
    section = "runtime-semantics 10.1"
    message = "field {field} is of type {type}; no elements of that type can be computed"


class BadParameter(Trap):
    """A parameter of an operation is no finite number, or none of the texts it may be.

    Of a delay, it is the number of milliseconds or frames, and no ring can be that long.
    """

    code = "IR441"
    title = "bad parameter"
    may_be = Severity.WARNING
    wrong = '"params": {"k": "fast"}'
    right = '"params": {"k": 2}'
    section = "runtime-semantics 10.5"
    message = "the parameter `{name}` of {what} is {got}; {wanted} is needed"


def member_at_fault(error: IrrunError) -> str:
    """Return which member of an expression a problem is about, as the end of a JSON path."""
    return f".params.{error.facts['name']}" if isinstance(error, BadParameter) else ""


class NotAColor(Trap):
    """Something that cannot be a colour stands where one is needed."""

    code = "IR442"
    title = "not a colour"
    may_be = Severity.WARNING
    wrong = '{"json": [{"x": 1}]} for a field of color'
    right = '{"json": ["#ff8800"]} for a field of color'
    section = "runtime-semantics 10.8"
    message = "{what} is {got}, which cannot be a colour"


class NotAPath(Trap):
    """Something that is no path stands where one is needed."""

    code = "IR443"
    title = "not a path"
    may_be = Severity.WARNING
    wrong = '{"json": [5]} for a field of path'
    right = '{"json": [{"commands": []}]} for a field of path'
    section = "runtime-semantics 11.2"
    message = "{what} is {got}, which is no path"


class PathTooLong(Trap):
    """Paths have more commands than irrun is willing to allocate."""

    code = "IR444"
    title = "too many path commands"
    wrong = "a path of 20,000,000 commands"
    right = "a path of 200 commands"
    message = "the paths have {count} commands; the limit is {limit}"
    hint = "docs/limits.md says how to raise the limit"


class MissingColor(Trap):
    """A colour is wanted from a slot that holds none; every element becomes opaque white."""

    code = "IR465"
    title = "colour is missing"
    wrong = '"colorExprSlot": 8, and nothing in slot 8'
    right = '"colorExprSlot": 8, and "#ff8800" in slot 8'
    message = "slot {slot} holds no colour; every element is opaque white"
    severity = Severity.WARNING
    strict_error = True


class OtherTolerance(Trap):
    """Paths are flattened with one tolerance only; another one is not used."""

    code = "IR466"
    title = "flattening tolerance is not 0.75"
    wrong = '"flattenTolerancePx": 0.1'
    right = '"flattenTolerancePx": 0.75'
    message = "flattenTolerancePx is {got}; {used} is used"
    severity = Severity.WARNING
    strict_error = True

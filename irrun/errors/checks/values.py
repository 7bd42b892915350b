"""IR3xx: constants, types and numbers of expressions."""

from irrun.errors.base import Invalid, Severity


class ConstantInOtherPool(Invalid):
    """`constIndex` leads a consumer to a pool of another type than it keeps.

    A state cell takes numbers from the numeric pools only, and converts them to its own storage;
    a constant of the `json` pool counts as absent.
    """

    code = "IR350"
    title = "constant in another pool"
    message = "constant {const_id} is in pool {pool}, but {consumer} wants {wanted}"
    severity = Severity.WARNING
    wrong = '"constIndex": [{"k": "i32", "idx": 0}] for {"storage": "f64", "initialConstId": 0}'
    right = '"constIndex": [{"k": "f64", "idx": 0}] for {"storage": "f64", "initialConstId": 0}'
    section = "ir-schema 5.3"


class NonFiniteConstant(Invalid):
    """A constant is NaN or infinite, and everything that is computed from it will be, too."""

    code = "IR351"
    title = "constant is not finite"
    message = "constant {const_id} is {value}, and {consumer} uses it"
    severity = Severity.WARNING
    wrong = '"f64": [Infinity]'
    right = '"f64": [1e9]'
    section = "ir-schema 5"


class OperandTypeMismatch(Invalid):
    """An expression is made of others whose declared types do not fit.

    Types are declarations: what counts at run time is the value. But a number where a colour was
    meant is a mistake of the compiler, and a colour where a number is needed stops the frame.
    """

    code = "IR352"
    title = "types do not fit"
    message = "{owner} takes {wanted}, but {operand} is declared {got}"
    severity = Severity.WARNING
    wrong = '{"kind": "map", "src": 3, "fn": {"opcode": 110}} where signal 3 is a color'
    right = '{"kind": "map", "src": 2, "fn": {"opcode": 110}} where signal 2 is a number'
    section = "ir-schema 13"


class NodeArity(Invalid):
    """A node step gives its opcode another number of inputs or outputs than it takes.

    Inputs beyond the arity are ignored, missing ones are NaN; outputs beyond the first are never
    written.
    """

    code = "IR353"
    title = "inputs do not fit the opcode"
    message = "node {node} ({name}) has {declared}, but {wanted}"
    severity = Severity.WARNING
    wrong = '{"opcodeId": 133} (lerp, 3 inputs) with "inputSlots": [3, 4]'
    right = '{"opcodeId": 133} (lerp, 3 inputs) with "inputSlots": [3, 4, 5]'
    section = "runtime-semantics 7.1"


class ChainTypeFlow(Invalid):
    """A step of a transform chain gets another type than it takes, or the chain gives another."""

    code = "IR354"
    title = "types do not flow through the chain"
    message = "chain {chain}: {place} takes {wanted}, but gets {got}"
    severity = Severity.WARNING
    wrong = '{"fromType": number, "steps": [{"kind": "cast", "op": "colorToVec3"}]}'
    right = '{"fromType": color, "steps": [{"kind": "cast", "op": "colorToVec3"}]}'
    section = "ir-schema 12"


class NanSortKey(Invalid):
    """Things are sorted by a number, and one of these numbers is NaN.

    A NaN is neither above nor below any number. Things that have one come last, in an order of
    their own: publishers by id, occurrences and passes as they are listed, instances by element.
    """

    code = "IR388"
    title = "sorted by NaN"
    message = "{what} is NaN, which sorts behind all numbers"
    severity = Severity.WARNING
    wrong = '{"publisherId": "a", "sortKey": NaN, ...}'
    right = '{"publisherId": "a", "sortKey": 2, ...}'
    section = "runtime-semantics 0.3"


class NonFiniteNumber(Invalid):
    """A parameter is NaN or infinite, and what is computed from it will be, too.

    Where no value could come of it, that is an error of its own, IR441.
    """

    code = "IR389"
    title = "parameter is not finite"
    message = "{name} is {value}"
    severity = Severity.WARNING
    wrong = '{"op": "slew", "params": {"rate": Infinity}}'
    right = '{"op": "slew", "params": {"rate": 1000}}'
    section = "runtime-semantics 0.3"

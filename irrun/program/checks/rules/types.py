"""Rules for declared types: expressions are made of others that fit."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from irrun.errors import IrrunError
from irrun.errors.checks.values import OperandTypeMismatch
from irrun.evaluate.operations.opcodes import OPCODES, Opcode
from irrun.ir.expressions.fields import (
    BroadcastField,
    BusCombineField,
    MapField,
    SelectField,
    TransformField,
    ZipField,
)
from irrun.ir.expressions.functions import OpcodeFn
from irrun.ir.expressions.signals import (
    BusCombineSignal,
    MapSignal,
    SelectSignal,
    StatefulSignal,
    TransformSignal,
    ZipSignal,
)
from irrun.ir.types import NUMERIC_DOMAINS, TypeDesc
from irrun.program.checks.facts import Facts
from irrun.program.checks.rule import rule
from irrun.program.program import Program


def sort_of(type_desc: TypeDesc | str) -> str:
    """Return what a declared type is to functions: `number`, or the domain; `any` for unknown."""
    domain = type_desc if isinstance(type_desc, str) else type_desc.domain
    if domain in NUMERIC_DOMAINS:
        return "number"
    return "any" if domain in ("unknown", "any") else domain.removeprefix("field ")


def fits(wanted: str, got: str) -> bool:
    """True if a value of one sort can stand where another is wanted."""
    return "any" in (wanted, got) or wanted == got


class _Typing:
    """Compares the declared types of the nodes of one table."""

    def __init__(self, nodes: Sequence[Any], what: str, table: str) -> None:
        self._nodes = nodes
        self._what = what
        self._table = table

    def takes(self, i: int, operand: int | None, wanted: str, field: str) -> Iterator[IrrunError]:
        """Yield a warning if an operand of a node is declared to be something else."""
        if operand is None or operand >= len(self._nodes):
            return
        declared = self._nodes[operand].type
        if not fits(wanted, sort_of(declared)):
            name = f"{self._what} {operand}"
            yield self.mismatch(i, _with_article(wanted), name, declared.domain, field)

    def mismatch(self, i: int, wanted: str, operand: str, got: str, field: str) -> IrrunError:
        """Return the warning for one node."""
        owner = f"{self._what} {i}"
        error = OperandTypeMismatch(owner=owner, wanted=wanted, operand=operand, got=got)
        return error.at(path=f"$.{self._table}.nodes[{i}].{field}")

    def yields(self, i: int, result: str) -> Iterator[IrrunError]:
        """Yield a warning if a node is declared to be something else than it yields."""
        declared = sort_of(self._nodes[i].type)
        if not fits(result, declared):
            owner = f"{self._what} {i}"
            error = OperandTypeMismatch(
                owner=f"the declaration of {owner}", wanted=_with_article(declared),
                operand="its function", got=result,
            )  # fmt: skip
            yield error.at(path=f"$.{self._table}.nodes[{i}].type")


def _with_article(sort: str) -> str:
    return f"a {sort}"


@rule(OperandTypeMismatch)
def signal_types(facts: Facts) -> Iterator[IrrunError]:
    """Signals are made of signals of fitting types."""
    nodes = facts.program.signal_nodes
    check = _Typing(nodes, "signal", "signalTable")
    for i, node in enumerate(nodes):
        own = sort_of(node.type)
        match node:
            case MapSignal(src=src, fn=OpcodeFn(opcode=number)) if number in OPCODES:
                yield from _opcode_types(check, i, OPCODES[number], ((src, "src"),))
            case ZipSignal(a=a, b=b, fn=OpcodeFn(opcode=number)) if number in OPCODES:
                yield from _opcode_types(check, i, OPCODES[number], ((a, "a"), (b, "b")))
            case SelectSignal():
                yield from _select_types(check, i, node, own)
            case BusCombineSignal():
                yield from _term_types(check, i, node.terms, own)
            case StatefulSignal():
                yield from check.takes(i, node.input, "number", "input")
                yield from check.takes(i, node.trigger, "number", "params.trigger")
            case TransformSignal():
                yield from _chain_types(facts.program, check, i, node)


def _select_types(
    check: _Typing, i: int, node: SelectSignal | SelectField, own: str
) -> Iterator[IrrunError]:
    yield from check.takes(i, node.cond, "number", "cond")
    yield from check.takes(i, node.t, own, "t")
    yield from check.takes(i, node.f, own, "f")


def _term_types(check: _Typing, i: int, terms: Sequence[int], own: str) -> Iterator[IrrunError]:
    for k, term in enumerate(terms):
        yield from check.takes(i, term, own, f"terms[{k}]")


def _opcode_types(
    check: _Typing, i: int, row: Opcode, operands: Sequence[tuple[int, str]]
) -> Iterator[IrrunError]:
    """Compare operands and result with the signature of an opcode."""
    for (operand, field), domain in zip(operands, row.operands, strict=False):
        yield from check.takes(i, operand, sort_of(domain), field)
    yield from check.yields(i, sort_of(row.result))


def _chain_types(
    program: Program, check: _Typing, i: int, node: TransformSignal | TransformField
) -> Iterator[IrrunError]:
    """Compare a node and its source with what its chain says of itself."""
    if node.chain >= len(program.chains):
        return
    chain = program.chains[node.chain]
    if chain.from_type is not None:
        yield from check.takes(i, node.src, sort_of(chain.from_type), "src")
    if chain.to_type is not None:
        yield from check.yields(i, sort_of(chain.to_type))


@rule(OperandTypeMismatch)
def field_types(facts: Facts) -> Iterator[IrrunError]:
    """Fields are made of fields and signals of fitting types."""
    program = facts.program
    nodes = program.field_nodes
    check = _Typing(nodes, "field", "fields")
    for i, node in enumerate(nodes):
        own = sort_of(node.type)
        match node:
            case BroadcastField(sig=sig) if sig < len(program.signal_nodes):
                declared = program.signal_nodes[sig].type
                if sort_of(declared) not in ("number", "any") and not fits(own, sort_of(declared)):
                    yield check.mismatch(
                        i, _with_article(own), f"signal {sig}", declared.domain, "sig"
                    )
            case MapField(src=src, fn=OpcodeFn(opcode=number)) if number not in (510, 511):
                yield from check.takes(i, src, own, "src")
            case ZipField(a=a, b=b, fn=OpcodeFn(opcode=number)):
                yield from check.takes(i, a, own, "a")
                yield from check.takes(i, b, "number" if number == 204 else own, "b")
            case SelectField():
                yield from _select_types(check, i, node, own)
            case BusCombineField():
                yield from _term_types(check, i, node.terms, own)
            case TransformField():
                yield from _chain_types(program, check, i, node)


RULES: Final = (signal_types, field_types)

"""IR4xx: what expressions meet: signals, nodes, state, constants, buses; warnings from IR450 on."""

from irrun.errors.base import Severity, Trap


class OpcodeNotAllowed(Trap):
    """An opcode stands where it has no meaning."""

    code = "IR410"
    title = "opcode not allowed here"
    may_be = Severity.WARNING
    wrong = '{"kind": "map", "src": 0, "fn": {"kind": "opcode", "opcode": 133}}'
    right = '{"kind": "map", "src": 0, "fn": {"kind": "opcode", "opcode": 120}}'
    section = "ir-schema 13"
    message = "opcode {opcode} ({name}) cannot be used as {place}"


class SignalCycle(Trap):
    """A signal needs its own value to be computed."""

    code = "IR411"
    title = "cycle of signals"
    may_be = Severity.WARNING
    wrong = 'signal 1: {"kind": "map", "src": 1, ...}'
    right = 'signal 1: {"kind": "map", "src": 0, ...}'
    section = "runtime-semantics 6.1"
    message = "these signals need each other: {cycle}"


class IdOutOfRange(Trap):
    """An id or index leads beyond its table."""

    code = "IR412"
    title = "id out of range"
    may_be = Severity.WARNING
    wrong = '"outputs": [{"sigId": 9, "slot": 4}] with 2 signals'
    right = '"outputs": [{"sigId": 1, "slot": 4}] with 2 signals'
    section = "ir-schema 1.1"
    message = "{what} {id} does not exist: {table} has {size} entries"


class KernelNotRunnable(Trap):
    """A function is named by text, and no such function can be run here."""

    code = "IR413"
    title = "kernel cannot run"
    may_be = Severity.WARNING
    wrong = '"fn": {"kind": "kernel", "kernelId": "reduce_sum"}'
    right = '"fn": {"kind": "opcode", "opcode": 120}'
    section = "ir-schema 9.1"
    message = "kernel `{kernel}` cannot run as {place}{reason}"


class ClosureNotRunnable(Trap):
    """A closure bridge calls into a host program; a file cannot carry that."""

    code = "IR414"
    title = "closure bridge cannot run"
    may_be = Severity.WARNING
    wrong = '{"kind": "closureBridge", "closureId": "host", "inputSlots": []}'
    right = '{"kind": "map", "src": 0, "fn": {"kind": "opcode", "opcode": 120}}'
    section = "ir-schema 1.1"
    message = "signal {signal} is the closure bridge `{closure}`, which cannot run from data"


class StateNotFound(Trap):
    """A stateful operation has no cell, or one that is too small."""

    code = "IR415"
    title = "no state for an operation"
    may_be = Severity.WARNING
    wrong = '{"op": "integrate", "stateId": "acc"} with "cells": []'
    right = '{"op": "integrate", "stateId": "acc"} with a cell "acc"'
    section = "runtime-semantics 6.7"
    message = "{op} has no usable state: {detail}"


class StateOutOfRange(Trap):
    """A raw state offset leads beyond the state array."""

    code = "IR416"
    title = "state offset out of range"
    may_be = Severity.WARNING
    wrong = '"params": {"stateOffset": 5} with "f64Size": 1'
    right = '"params": {"stateOffset": 0} with "f64Size": 1'
    section = "runtime-semantics 4"
    message = "{owner} uses {storage}[{index}], but that state array has {size} elements"


class BadOperand(Trap):
    """An operation met a value of a shape that it cannot use."""

    code = "IR417"
    title = "operand of the wrong shape"
    may_be = Severity.WARNING
    wrong = '{"kind": "map", "src": 3, ...} where signal 3 yields a colour'
    right = '{"kind": "map", "src": 2, ...} where signal 2 yields a number'
    section = "runtime-semantics 6.8"
    message = "{what} needs {wanted}, got {got}"


class MissingParameter(Trap):
    """A parameter that has no default is absent."""

    code = "IR418"
    title = "missing parameter"
    may_be = Severity.WARNING
    wrong = '{"op": "sampleHold", "params": {}}'
    right = '{"op": "sampleHold", "params": {"trigger": 2}}'
    section = "runtime-semantics 6.7"
    message = "{what} needs the parameter `{name}`"


class UnknownMode(Trap):
    """A combine mode that has no meaning here."""

    code = "IR419"
    title = "unknown combine mode"
    may_be = Severity.WARNING
    wrong = '"combine": {"mode": "median"}'
    right = '"combine": {"mode": "average"}'
    section = "ir-schema 8.2"
    message = "`{mode}` is no combine mode for {place}"


class UnknownCurve(Trap):
    """An ease step names a curve that does not exist."""

    code = "IR420"
    title = "unknown easing curve"
    may_be = Severity.WARNING
    wrong = '{"kind": "ease", "curveId": 9}'
    right = '{"kind": "ease", "curveId": 6}'
    section = "ir-schema 12"
    message = "easing curve {curve} does not exist; curves are 0 to 6"


class UnusableConstant(Trap):
    """A constant is of a type that its consumer cannot use."""

    code = "IR421"
    title = "constant of the wrong type"
    may_be = Severity.WARNING
    wrong = '{"kind": "const", "constId": 0} with "json": [[1]]'
    right = '{"kind": "const", "constId": 0} with "json": [1]'
    section = "ir-schema 5.3"
    message = "constant {const_id} is {got}, which cannot be {wanted}"


class MixedPublishers(Trap):
    """The publishers of a bus hold values that cannot be combined."""

    code = "IR422"
    title = "publishers cannot be combined"
    wrong = '"publishers" of one bus: a buffer in slot 4, a number in slot 5'
    right = "a buffer in both slots, or a number in both"
    message = "bus {bus}: {detail}"


class NullConstant(Trap):
    """A constant is null: JSON could not carry what the compiler meant."""

    code = "IR454"
    title = "constant is null"
    wrong = '"json": [null]'
    right = '"json": [0]'
    section = "runtime-semantics 0.6"
    message = "constant {const_id} is null and is taken as NaN"
    severity = Severity.WARNING


class PublishersOutOfOrder(Trap):
    """Publishers are listed in another order than sort key, then publisher id; they are sorted."""

    code = "IR455"
    title = "publishers out of order"
    wrong = '{"publisherId": "b", "sortKey": 1}, {"publisherId": "a", "sortKey": 0}'
    right = '{"publisherId": "a", "sortKey": 0}, {"publisherId": "b", "sortKey": 1}'
    section = "runtime-semantics 8"
    message = "publishers are listed as {listed} and combined as {ordered}"
    severity = Severity.WARNING


class StateOffsetContradiction(Trap):
    """`params.stateOffset` and the cell of `stateId` are different places; the offset counts."""

    code = "IR456"
    title = "state offset contradicts the cell"
    wrong = '"params": {"stateOffset": 1} and a cell at offset 0'
    right = 'a cell at offset 0, and no "stateOffset"'
    section = "runtime-semantics 6.7"
    message = "signal {signal}: stateOffset is {offset}, but cell {state_id} is at {cell_offset}"
    severity = Severity.WARNING


class NodeWithoutState(Trap):
    """A node with a stateful opcode names no state cell; it passes its input through."""

    code = "IR457"
    title = "stateful node without a cell"
    wrong = 'a nodeEval of opcode 404 without "stateWrites"'
    right = 'a nodeEval of opcode 404 with "stateWrites": ["acc"]'
    section = "runtime-semantics 7.4"
    message = "node {node} ({name}) names no state cell; it yields its first input unchanged"
    severity = Severity.WARNING


class PlaceholderOpcode(Trap):
    """With the reference's quirks, an opcode that the reference does not implement yields 0."""

    code = "IR458"
    title = "opcode is a placeholder"
    wrong = "a nodeEval of opcode 404, with --reference-quirks"
    right = "the same without --reference-quirks"
    message = "opcode {opcode} ({name}) is a placeholder in the reference and yields {value}"
    severity = Severity.WARNING


class MissingNodeConstant(Trap):
    """With the reference's quirks, a node Const whose constant is in no pool yields 0."""

    code = "IR467"
    title = "node constant replaced by 0"
    wrong = 'a node of opcode 0 with "constId": 9 and no constant 9, with --reference-quirks'
    right = '"constId": 0 with "json": [1]'
    section = "runtime-semantics 0.6"
    message = "constant {const_id} is in no pool; the reference yields 0"
    severity = Severity.WARNING


class BadHexDigit(Trap):
    """A colour text has digits that are not hexadecimal; what cannot be read is 0."""

    code = "IR459"
    title = "bad hex digit"
    wrong = '"json": ["#12zz56"]'
    right = '"json": ["#123456"]'
    section = "runtime-semantics 10.8"
    message = "the colour text {text!r} has digits that are not hexadecimal"
    severity = Severity.WARNING

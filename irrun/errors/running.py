"""IR4xx: what a running program meets; from IR450 on warnings, from IR480 on errors of pictures."""

from irrun.errors.base import Severity, Trap


class UnknownSlot(Trap):
    """A step names a slot that the layout does not have."""

    code = "IR401"
    title = "unknown slot"
    message = "cannot {operation} slot {slot}: there is no such slot ({known})"


class DoubleWrite(Trap):
    """A slot is written twice in one frame; each slot has one writer per frame."""

    code = "IR402"
    title = "slot written twice in one frame"
    message = "slot {slot} was already written in this frame by {first}; {second} writes it again"
    hint = "give one of the two steps a slot of its own"


class NoRealExecutor(Trap):
    """`--executors real` was asked for and a step kind has only a stub."""

    code = "IR403"
    title = "no real executor"
    message = "step kind {kind} has no real executor yet"
    hint = "use --executors auto to run a stub in its place"


class TooManyElements(Trap):
    """A domain asks for more elements than irrun is willing to allocate."""

    code = "IR404"
    title = "too many elements"
    wrong = '{"kind": "domain", "count": 1e12}'
    right = '{"kind": "domain", "count": 100}'
    section = "runtime-semantics 10.2"
    message = "slot {slot} asks for {count} elements; the limit is {limit}"


class BadElementCount(Trap):
    """A domain's count is not a whole number of elements."""

    code = "IR405"
    title = "bad element count"
    wrong = '{"kind": "domain", "count": 2.5}'
    right = '{"kind": "domain", "count": 3}'
    section = "runtime-semantics 10.2"
    message = "the domain in slot {slot} has count {count}: a whole number from 0 is needed"


class ReadUnwritten(Trap):
    """A step reads a slot that nothing has ever written: it sees 0, or nothing."""

    code = "IR450"
    title = "slot read before anything wrote it"
    wrong = "a busEval that reads slot 7, which no step writes"
    right = "a busEval that reads slot 4, which an earlier signalEval writes"
    section = "runtime-semantics 1.5"
    message = "slot {slot} is read but nothing has ever written it; the read yields {value}"
    severity = Severity.WARNING
    strict_error = True


class NotANumber(Trap):
    """Something that is not a number was written to a numeric slot."""

    code = "IR451"
    title = "not a number in a numeric slot"
    message = "{got} was written to the {storage} slot {slot} and is stored as {stored}"
    severity = Severity.WARNING


class AliasedTimeSlots(Trap):
    """One timeDerive step names a slot for two values; the one written last stays."""

    code = "IR452"
    title = "time slots share one slot"
    wrong = '{"tAbsMsSlot": 0, "out": {"tModelMs": 0}}'
    right = '{"tAbsMsSlot": 0, "out": {"tModelMs": 1}}'
    section = "ir-schema 14.3"
    message = "slot {slot} is named for {names}; it holds {winner}"
    severity = Severity.WARNING


class BadPeriod(Trap):
    """A cyclic time model has no positive period: model time, phase and wrap stay 0."""

    code = "IR453"
    title = "period is not positive"
    wrong = '{"kind": "cyclic", "periodMs": 0, ...}'
    right = '{"kind": "cyclic", "periodMs": 2000, ...}'
    section = "runtime-semantics 2.1"
    message = "the cyclic time model has period {period}; model time, phase and wrap event are 0"
    severity = Severity.WARNING


class OpcodeNotAllowed(Trap):
    """An opcode stands where it has no meaning."""

    code = "IR410"
    title = "opcode not allowed here"
    wrong = '{"kind": "map", "src": 0, "fn": {"kind": "opcode", "opcode": 133}}'
    right = '{"kind": "map", "src": 0, "fn": {"kind": "opcode", "opcode": 120}}'
    section = "ir-schema 13"
    message = "opcode {opcode} ({name}) cannot be used as {place}"


class SignalCycle(Trap):
    """A signal needs its own value to be computed."""

    code = "IR411"
    title = "cycle of signals"
    wrong = 'signal 1: {"kind": "map", "src": 1, ...}'
    right = 'signal 1: {"kind": "map", "src": 0, ...}'
    section = "runtime-semantics 6.1"
    message = "these signals need each other: {cycle}"


class IdOutOfRange(Trap):
    """An id or index leads beyond its table."""

    code = "IR412"
    title = "id out of range"
    wrong = '"outputs": [{"sigId": 9, "slot": 4}] with 2 signals'
    right = '"outputs": [{"sigId": 1, "slot": 4}] with 2 signals'
    section = "ir-schema 1.1"
    message = "{what} {id} does not exist: {table} has {size} entries"


class KernelNotRunnable(Trap):
    """A function is named by text, and no such function can be run here."""

    code = "IR413"
    title = "kernel cannot run"
    wrong = '"fn": {"kind": "kernel", "kernelId": "reduce_sum"}'
    right = '"fn": {"kind": "opcode", "opcode": 120}'
    section = "ir-schema 9.1"
    message = "kernel `{kernel}` cannot run as {place}{reason}"


class ClosureNotRunnable(Trap):
    """A closure bridge calls into a host program; a file cannot carry that."""

    code = "IR414"
    title = "closure bridge cannot run"
    wrong = '{"kind": "closureBridge", "closureId": "host", "inputSlots": []}'
    right = '{"kind": "map", "src": 0, "fn": {"kind": "opcode", "opcode": 120}}'
    section = "ir-schema 1.1"
    message = "signal {signal} is the closure bridge `{closure}`, which cannot run from data"


class StateNotFound(Trap):
    """A stateful operation has no cell, or one that is too small."""

    code = "IR415"
    title = "no state for an operation"
    wrong = '{"op": "integrate", "stateId": "acc"} with "cells": []'
    right = '{"op": "integrate", "stateId": "acc"} with a cell "acc"'
    section = "runtime-semantics 6.7"
    message = "{op} has no usable state: {detail}"


class StateOutOfRange(Trap):
    """A raw state offset leads beyond the state array."""

    code = "IR416"
    title = "state offset out of range"
    wrong = '"params": {"stateOffset": 5} with "f64Size": 1'
    right = '"params": {"stateOffset": 0} with "f64Size": 1'
    section = "runtime-semantics 4"
    message = "{owner} uses {storage}[{index}], but that state array has {size} elements"


class BadOperand(Trap):
    """An operation met a value of a shape that it cannot use."""

    code = "IR417"
    title = "operand of the wrong shape"
    wrong = '{"kind": "map", "src": 3, ...} where signal 3 yields a colour'
    right = '{"kind": "map", "src": 2, ...} where signal 2 yields a number'
    section = "runtime-semantics 6.8"
    message = "{what} needs {wanted}, got {got}"


class MissingParameter(Trap):
    """A parameter that has no default is absent."""

    code = "IR418"
    title = "missing parameter"
    wrong = '{"op": "sampleHold", "params": {}}'
    right = '{"op": "sampleHold", "params": {"trigger": 2}}'
    section = "runtime-semantics 6.7"
    message = "{what} needs the parameter `{name}`"


class UnknownMode(Trap):
    """A combine mode that has no meaning here."""

    code = "IR419"
    title = "unknown combine mode"
    wrong = '"combine": {"mode": "median"}'
    right = '"combine": {"mode": "average"}'
    section = "ir-schema 8.2"
    message = "`{mode}` is no combine mode for {place}"


class UnknownCurve(Trap):
    """An ease step names a curve that does not exist."""

    code = "IR420"
    title = "unknown easing curve"
    wrong = '{"kind": "ease", "curveId": 9}'
    right = '{"kind": "ease", "curveId": 6}'
    section = "ir-schema 12"
    message = "easing curve {curve} does not exist; curves are 0 to 6"


class UnusableConstant(Trap):
    """A constant is of a type that its consumer cannot use."""

    code = "IR421"
    title = "constant of the wrong type"
    wrong = '{"kind": "const", "constId": 0} with "json": [[1]]'
    right = '{"kind": "const", "constId": 0} with "json": [1]'
    section = "ir-schema 5.3"
    message = "constant {const_id} is {got}, which cannot be {wanted}"


class MixedPublishers(Trap):
    """The publishers of a bus hold values that cannot be combined."""

    code = "IR422"
    title = "publishers cannot be combined"
    message = "bus {bus}: {detail}"


class UnknownSceneId(Trap):
    """A step names a camera or a mesh that the program does not have."""

    code = "IR423"
    title = "unknown camera or mesh"
    wrong = '{"kind": "CameraEval", "cameraId": "eye"} with {"cameraIdToIndex": {"cam": 0}}'
    right = '{"kind": "CameraEval", "cameraId": "cam"} with {"cameraIdToIndex": {"cam": 0}}'
    section = "runtime-semantics 14.1"
    message = "there is no {what} `{id}`: {detail}"


class BadCamera(Trap):
    """A camera has a convention that irrun does not know, or a projection that shows nothing."""

    code = "IR424"
    title = "camera cannot be used"
    wrong = '"projection": {"kind": "perspective", "near": 0, "far": 1000, "fovYRad": 1}'
    right = '"projection": {"kind": "perspective", "near": 0.1, "far": 1000, "fovYRad": 1}'
    section = "ir-schema 18.2"
    message = "{member} of camera `{camera}` is {value}; it must be {wanted}"


class BadMesh(Trap):
    """A mesh cannot be built from its recipe."""

    code = "IR425"
    title = "mesh cannot be built"
    wrong = '"profile": {"kind": "ngon", "sides": 2, "radius": 1}'
    right = '"profile": {"kind": "ngon", "sides": 3, "radius": 1}'
    section = "ir-schema 18.3"
    message = "mesh `{mesh}` cannot be built: {detail}"


class BadViewport(Trap):
    """What is drawn to has no area: width, height and device pixels must be above 0."""

    code = "IR426"
    title = "viewport has no area"
    message = "a viewport of {viewport} cannot be drawn to: all three must be finite and above 0"


class DefaultCamera(Trap):
    """A projection's camera slot holds no evaluated camera; the program's default one is used."""

    code = "IR460"
    title = "default camera used"
    message = "slot {slot} holds {got} and no evaluated camera; camera `{camera}` is used"
    severity = Severity.WARNING


class SkewedOrientation(Trap):
    """An orientation is no pure rotation; what the camera sees is scaled."""

    code = "IR461"
    title = "orientation is not of length 1"
    wrong = '"orientation": {"x": 0, "y": 1, "z": 0, "w": 1}'
    right = '"orientation": {"x": 0, "y": 0, "z": 0, "w": 1}'
    section = "runtime-semantics 14.2"
    message = "the orientation of camera `{camera}` has length {length}; it is used as it is"
    severity = Severity.WARNING


class MeshSimplified(Trap):
    """A part of a mesh's recipe is not built as it is written."""

    code = "IR462"
    title = "mesh built more simply"
    wrong = '"extrude": {"kind": "rounded", "depth": 1, ...}'
    right = '"extrude": {"kind": "linear", "depth": 1, "cap": "both"}'
    section = "runtime-semantics 14.4"
    message = "mesh `{mesh}`: {detail}"
    severity = Severity.WARNING


class RotationIgnored(Trap):
    """Projected instances face the viewer; their rotation has no effect."""

    code = "IR463"
    title = "rotation ignored"
    message = "the rotation in slot {slot} has no effect: instances face the viewer"
    severity = Severity.WARNING


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


class BadHexDigit(Trap):
    """A colour text has digits that are not hexadecimal; what cannot be read is 0."""

    code = "IR459"
    title = "bad hex digit"
    wrong = '"json": ["#12zz56"]'
    right = '"json": ["#123456"]'
    section = "runtime-semantics 10.8"
    message = "the colour text {text!r} has digits that are not hexadecimal"
    severity = Severity.WARNING


class PlaceholderOpcode(Trap):
    """With the reference's quirks, an opcode that the reference does not implement yields 0."""

    code = "IR458"
    title = "opcode is a placeholder"
    message = "opcode {opcode} ({name}) is a placeholder in the reference and yields {value}"
    severity = Severity.WARNING


class BatchListStopped(Trap):
    """A list of batches could not be used whole; the passes before the bad entry are drawn."""

    code = "IR470"
    title = "batch list not used whole"
    message = "the batch list in slot {slot} was used up to entry {entry}: {detail}"
    severity = Severity.WARNING


class NotFinite(Trap):
    """A renderer is given NaN or infinity: what has such a place or size is not drawn."""

    code = "IR471"
    title = "NaN or infinity goes to a renderer"
    message = (
        "slot {slot} gives the renderer {nan} NaN and {infinite} infinite numbers "
        "(frames concerned: {frames})"
    )
    severity = Severity.WARNING


class OutputIsNoFrame(Trap):
    """An output is declared as something that can be drawn, but its slot holds something else."""

    code = "IR472"
    title = "output is no frame"
    message = "output `{output}` should be a frame, but slot {slot} holds {got}"
    severity = Severity.WARNING


class NotDrawn(Trap):
    """A frame asks for something that irrun, like the reference, does not draw."""

    code = "IR473"
    title = "not drawn"
    message = "pass `{id}`: {what}"
    severity = Severity.WARNING


class UnusableRenderInput(Trap):
    """A batch names a slot whose value cannot be drawn from."""

    code = "IR480"
    title = "slot cannot be drawn from"
    message = "{what} needs {wanted}; slot {slot} holds {got}"


class RenderInputLength(Trap):
    """A batch names a buffer that is not as long as its instances or paths ask for."""

    code = "IR481"
    title = "buffer of the wrong length"
    message = "{what} needs {wanted} numbers for {count} elements; slot {slot} has {got}"


class FrameMissing(Trap):
    """The program's first output is what is drawn, and it holds no frame."""

    code = "IR482"
    title = "output holds no frame"
    message = "output `{output}` needs a frame; slot {slot} holds {got}"


class CannotDraw(Trap):
    """A frame is damaged: its paths, say, lead beyond their buffers."""

    code = "IR483"
    title = "frame cannot be drawn"
    message = "the frame cannot be drawn: {detail}"


class RenderExtraMissing(Trap):
    """Pictures other than SVG need packages that are not installed."""

    code = "IR484"
    title = "packages for pictures are missing"
    message = "writing {kind} needs the package {package}, which is not installed"
    hint = "pip install 'irrun[render]'; pictures in the form of .svg need nothing"


class NotADomain(Trap):
    """A step needs a number of elements, and the slot holds neither a domain nor a number."""

    code = "IR435"
    title = "slot holds no domain"
    message = "slot {slot} holds {got} where a domain or a number of elements is needed"


class BadFieldId(Trap):
    """The text that should name a field has no number at its beginning or end."""

    code = "IR436"
    title = "text names no field"
    wrong = '"fieldExprId": "positions"'
    right = '"fieldExprId": "3"'
    section = "runtime-semantics 10.1"
    message = "`{text}` names no field: it neither begins nor ends with a field id"


class ListLength(Trap):
    """A list holds one value to an element, but not as many as there are elements."""

    code = "IR437"
    title = "list of the wrong length"
    message = "{what} is a list of {length} for {count} elements"


class FormatMismatch(Trap):
    """The elements of a field do not fit the format that they are to be stored in."""

    code = "IR438"
    title = "field does not fit the format"
    wrong = '{"components": 1, "elementType": "f32"} for a field of vec2'
    right = '{"components": 2, "elementType": "f32"} for a field of vec2'
    section = "runtime-semantics 10.3"
    message = "field {field} has {kind} elements, which cannot be stored as {format} in slot {slot}"


class FieldCycle(Trap):
    """A field needs its own values to be computed."""

    code = "IR439"
    title = "cycle of fields"
    wrong = 'field 0: {"kind": "map", "src": 0, ...}'
    right = 'field 1: {"kind": "map", "src": 0, ...}'
    section = "runtime-semantics 10.1"
    message = "these fields need each other: {cycle}"


class UnsupportedField(Trap):
    """A field is of a type whose elements cannot be computed with."""

    code = "IR440"
    title = "field type cannot be evaluated"
    wrong = '{"kind": "const", "type": {"world": "field", "domain": "mesh"}}'
    right = '{"kind": "const", "type": {"world": "field", "domain": "number"}}'
    section = "runtime-semantics 10.1"
    message = "field {field} is of type {type}; no elements of that type can be computed"


class BadParameter(Trap):
    """A parameter of a field operation is no finite number, or none of the texts it may be."""

    code = "IR441"
    title = "bad parameter"
    wrong = '"params": {"k": "fast"}'
    right = '"params": {"k": 2}'
    section = "runtime-semantics 10.5"
    message = "the parameter `{name}` of {what} is {got}; {wanted} is needed"


class NotAColor(Trap):
    """Something that cannot be a colour stands where one is needed."""

    code = "IR442"
    title = "not a colour"
    wrong = '{"json": [{"x": 1}]} for a field of color'
    right = '{"json": ["#ff8800"]} for a field of color'
    section = "runtime-semantics 10.8"
    message = "{what} is {got}, which cannot be a colour"


class NotAPath(Trap):
    """Something that is no path stands where one is needed."""

    code = "IR443"
    title = "not a path"
    wrong = '{"json": [5]} for a field of path'
    right = '{"json": [{"commands": []}]} for a field of path'
    section = "runtime-semantics 11.2"
    message = "{what} is {got}, which is no path"


class PathTooLong(Trap):
    """Paths have more commands than irrun is willing to allocate."""

    code = "IR444"
    title = "too many path commands"
    message = "the paths have {count} commands; the limit is {limit}"


class MissingColor(Trap):
    """A colour is wanted from a slot that holds none; every element becomes opaque white."""

    code = "IR465"
    title = "colour is missing"
    message = "slot {slot} holds no colour; every element is opaque white"
    severity = Severity.WARNING
    strict_error = True


class OtherTolerance(Trap):
    """Paths are flattened with one tolerance only; another one is not used."""

    code = "IR466"
    title = "flattening tolerance is not 0.75"
    message = "flattenTolerancePx is {got}; {used} is used"
    severity = Severity.WARNING
    strict_error = True

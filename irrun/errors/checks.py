"""IR3xx: what a program that loads does wrong, found by looking at it (irrun.program.checks)."""

from irrun.errors.base import Invalid, Severity

# --- Warnings and notes: the program runs, but not as it seems to be meant ------------------


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


class ReadBeforeWrite(Invalid):
    """A step reads a slot that only a later step of the frame writes.

    Slots keep their values between frames, so the reader sees the previous frame's value, and
    nothing at all in the first frame: a lag of one frame with no visible cause.
    """

    code = "IR355"
    title = "slot read before it is written"
    message = "{reader} reads slot {slot}, which {writer} writes later in the frame"
    hint = "move the writing step forward; for last frame's value, use a state cell"
    severity = Severity.WARNING
    wrong = '"steps": [busEval reads slot 3, signalEval writes slot 3]'
    right = '"steps": [signalEval writes slot 3, busEval reads slot 3]'
    section = "ir-schema 14.4"


class NeverRead(Invalid):
    """A slot is written in every frame, but no step reads it and no output is taken from it."""

    code = "IR356"
    title = "slot written but never read"
    message = "slot {slot} is written by {writer}, but nothing reads it"
    severity = Severity.NOTE
    wrong = '{"sigId": 5, "slot": 20} where no step reads slot 20'
    right = "leave the output out, or read slot 20"
    section = "ir-schema 14.4"


class SlotsNotDeclared(Invalid):
    """slotMeta leaves slots out that the schedule uses; their places are derived."""

    code = "IR357"
    title = "slots without slotMeta"
    message = "slotMeta has no entry for {count} of {all} slots: {slots}"
    hint = "`irrun convert IN OUT --emit-slot-meta` writes the derived entries"
    severity = Severity.NOTE
    wrong = '"slotMeta": [] with a step that writes slot 4'
    right = '"slotMeta": [{"slot": 4, "storage": "f64", "offset": 0, "type": ...}]'
    section = "ir-schema 6.3"


class UnusedSlotMeta(Invalid):
    """slotMeta has entries for slots that no step, initial value or output mentions."""

    code = "IR358"
    title = "slotMeta of unused slots"
    message = "slotMeta has entries for {count} slots that nothing uses: {slots}"
    severity = Severity.NOTE
    wrong = '"slotMeta": [{"slot": 9, ...}] where nothing mentions slot 9'
    right = '"slotMeta": []'
    section = "ir-schema 6.2"


class DuplicateSlotMeta(Invalid):
    """Two slotMeta entries say the same of one slot; one of them is enough."""

    code = "IR359"
    title = "duplicate slotMeta entry"
    message = "slotMeta[{first}] and slotMeta[{second}] both describe slot {slot}"
    severity = Severity.WARNING
    wrong = '"slotMeta": [{"slot": 3, "offset": 0, ...}, {"slot": 3, "offset": 0, ...}]'
    right = '"slotMeta": [{"slot": 3, "offset": 0, ...}]'
    section = "ir-schema 6.2"


class SparseStorage(Invalid):
    """The offsets of a storage leave most of its array unused."""

    code = "IR360"
    title = "storage full of holes"
    message = "{holes} of the {size} elements of {storage} are used by no slot"
    hint = "give slots consecutive offsets in each storage"
    severity = Severity.WARNING
    wrong = '{"slot": 0, "offset": 0}, {"slot": 900, "offset": 900}'
    right = '{"slot": 0, "offset": 0}, {"slot": 900, "offset": 1}'
    section = "ir-schema 6.4"


class DuplicateOutput(Invalid):
    """Two outputs have one id; the later one hides the earlier."""

    code = "IR361"
    title = "duplicate output id"
    message = "outputs[{first}] and outputs[{second}] are both called `{id}`"
    severity = Severity.WARNING
    wrong = '"outputs": [{"id": "frame", "slot": 5}, {"id": "frame", "slot": 6}]'
    right = '"outputs": [{"id": "frame", "slot": 5}, {"id": "debug", "slot": 6}]'
    section = "ir-schema 16.1"


class DuplicateStateId(Invalid):
    """Two state cells have one state id; operations find the first one only."""

    code = "IR362"
    title = "duplicate state id"
    message = "cells[{first}] and cells[{second}] both have the state id {state_id}"
    severity = Severity.WARNING
    wrong = '"cells": [{"stateId": "acc", "offset": 0}, {"stateId": "acc", "offset": 1}]'
    right = '"cells": [{"stateId": "acc", "offset": 0}, {"stateId": "acc2", "offset": 1}]'
    section = "ir-schema 7"


class DuplicateStableKey(Invalid):
    """Two state cells share node id, role and storage, by which a hot swap carries state over.

    The last one represents the key: what the others hold is lost in a swap.
    """

    code = "IR363"
    title = "duplicate stable key"
    message = "cells[{first}] and cells[{second}] share the key `{key}`"
    hint = "give the cells of one node different roles"
    severity = Severity.WARNING
    wrong = '{"nodeId": "n", "role": "memory"}, {"nodeId": "n", "role": "memory"}'
    right = '{"nodeId": "n", "role": "held"}, {"nodeId": "n", "role": "trigger"}'
    section = "runtime-semantics 15"


class StateSizeDiffers(Invalid):
    """A state array is longer than its cells need; the rest belongs to nobody."""

    code = "IR364"
    title = "state size does not add up"
    message = "{storage}Size is {size}, but its cells end at {end}"
    severity = Severity.WARNING
    wrong = '{"cells": [{"storage": "f64", "offset": 0, "size": 1}], "f64Size": 4}'
    right = '{"cells": [{"storage": "f64", "offset": 0, "size": 1}], "f64Size": 1}'
    section = "ir-schema 7"


class UnusedCell(Invalid):
    """No operation that a step can reach uses a state cell."""

    code = "IR365"
    title = "state cell nobody uses"
    message = "state cell {state_id} is used by no step"
    severity = Severity.WARNING
    wrong = '"cells": [{"stateId": "acc", ...}] and no node with "stateId": "acc"'
    right = '"cells": []'
    section = "ir-schema 7"


class UnknownStateId(Invalid):
    """A step or hint names a state cell that the layout does not have."""

    code = "IR366"
    title = "unknown state id"
    message = "{owner} names the state cell {state_id}, which the layout does not have"
    severity = Severity.WARNING
    wrong = '"stateWrites": ["acc"] with "cells": []'
    right = '"stateWrites": ["acc"] with "cells": [{"stateId": "acc", ...}]'
    section = "ir-schema 7"


class DuplicateStepId(Invalid):
    """Two steps have one id; whatever names the id means one of them only."""

    code = "IR367"
    title = "duplicate step id"
    message = "steps[{first}] and steps[{second}] are both called {step_id}"
    severity = Severity.WARNING
    wrong = '"steps": [{"id": "s-a", ...}, {"id": "s-a", ...}]'
    right = '"steps": [{"id": "s-a", ...}, {"id": "s-b", ...}]'
    section = "ir-schema 14.2"


class UnknownDependency(Invalid):
    """A step says that it depends on a step that does not exist."""

    code = "IR368"
    title = "dependency on an unknown step"
    message = "{step_id} depends on {dependency}, which does not exist"
    severity = Severity.WARNING
    wrong = '{"id": "s-b", "deps": ["s-x"]}'
    right = '{"id": "s-b", "deps": ["s-a"]}'
    section = "ir-schema 14.2"


class LateDependency(Invalid):
    """A step depends on one that comes later; the order of the list counts."""

    code = "IR369"
    title = "dependency on a later step"
    message = "{step_id} depends on {dependency}, which comes later"
    severity = Severity.WARNING
    wrong = '"steps": [{"id": "s-b", "deps": ["s-a"]}, {"id": "s-a", "deps": []}]'
    right = '"steps": [{"id": "s-a", "deps": []}, {"id": "s-b", "deps": ["s-a"]}]'
    section = "ir-schema 14.2"


class SelfDependency(Invalid):
    """A step depends on itself, as the reference compiler writes it; that is ignored."""

    code = "IR370"
    title = "dependency on itself"
    message = "{step_id} depends on itself, which has no effect"
    severity = Severity.NOTE
    wrong = '{"id": "s-a", "deps": ["s-a"]}'
    right = '{"id": "s-a", "deps": []}'
    section = "ir-schema 14.2"


class DependencyCycle(Invalid):
    """Steps depend on each other, or need each other's slots: no order can satisfy them."""

    code = "IR371"
    title = "cycle of steps"
    message = "these steps need each other: {cycle}"
    severity = Severity.WARNING
    wrong = '{"id": "s-a", "deps": ["s-b"]}, {"id": "s-b", "deps": ["s-a"]}'
    right = '{"id": "s-a", "deps": []}, {"id": "s-b", "deps": ["s-a"]}'
    section = "ir-schema 14.2"


class TimeStepMisplaced(Invalid):
    """A schedule starts with exactly one timeDerive step."""

    code = "IR372"
    title = "timeDerive is not the first and only one"
    message = "{detail}"
    severity = Severity.WARNING
    wrong = '"steps": [{"kind": "signalEval", ...}, {"kind": "timeDerive", ...}]'
    right = '"steps": [{"kind": "timeDerive", ...}, {"kind": "signalEval", ...}]'
    section = "ir-schema 14.3"


class PhaseOrder(Invalid):
    """A node step stands on the wrong side of the bus steps for its phase.

    The phases are preBus, bus steps, postBus, render; the order of the list counts, and the
    phase says what was meant.
    """

    code = "IR373"
    title = "step out of phase"
    message = "{step_id} is of phase {phase}, but comes {place}"
    severity = Severity.WARNING
    wrong = '[{"kind": "busEval"}, {"kind": "nodeEval", "phase": "preBus"}]'
    right = '[{"kind": "nodeEval", "phase": "preBus"}, {"kind": "busEval"}]'
    section = "ir-schema 14.3"


class UnknownCacheName(Invalid):
    """A caching hint is about something that the program does not have."""

    code = "IR374"
    title = "caching hint for something unknown"
    message = "the hint names {what} {name}, which the program does not have"
    severity = Severity.WARNING
    wrong = '"stepCache": {"s-x": {"kind": "perFrame"}}'
    right = '"stepCache": {"s-a": {"kind": "perFrame"}}'
    section = "ir-schema 15.3"


class DependencyIndexDiffers(Invalid):
    """`schedule.deps` says something else than the steps themselves."""

    code = "IR375"
    title = "dependency index disagrees with the steps"
    message = "{table} says {claimed} for {key}, the steps say {actual}"
    hint = "`irrun convert IN OUT --emit-deps` writes the index that the steps give"
    severity = Severity.WARNING
    wrong = '"slotProducerStep": {"3": "s-b"} where s-a writes slot 3'
    right = '"slotProducerStep": {"3": "s-a"}'
    section = "ir-schema 15.1"


class BusNotInTable(Invalid):
    """A step or expression names a bus that the bus table does not have.

    All that is needed to combine is in the step or expression itself, so nothing is lost but the
    bus's name and type.
    """

    code = "IR376"
    title = "bus is not in the table"
    message = "bus {index} is not in buses.buses, which has {size} entries"
    severity = Severity.WARNING
    wrong = '{"kind": "busCombine", "busIndex": 2, ...} with "buses": []'
    right = '{"kind": "busCombine", "busIndex": 0, ...} with "buses": [{"id": "energy", ...}]'
    section = "ir-schema 8.2"


class BusContradiction(Invalid):
    """A step combines a bus in another way, or as another type, than the bus table says."""

    code = "IR377"
    title = "bus step contradicts the bus table"
    message = "{what} of bus {bus} is {claimed} in the step and {actual} in the table"
    severity = Severity.WARNING
    wrong = '{"busIndex": 0, "combine": {"mode": "max"}} and a table with {"mode": "sum"}'
    right = '{"busIndex": 0, "combine": {"mode": "sum"}} and a table with {"mode": "sum"}'
    section = "ir-schema 8.2"


class BadDuration(Invalid):
    """A finite time model ends at once, or a window has no width."""

    code = "IR378"
    title = "duration is not positive"
    message = "{field} is {value}, and should be above 0"
    severity = Severity.WARNING
    wrong = '{"kind": "finite", "durationMs": 0}'
    right = '{"kind": "finite", "durationMs": 4000}'
    section = "ir-schema 4"


class TimeNotProduced(Invalid):
    """timeDerive names a slot for a value that the time model does not have.

    The slot is never written, and keeps its earlier content.
    """

    code = "IR379"
    title = "time value that does not exist"
    message = "slot {slot} is named for {name}, which {model} time does not have"
    severity = Severity.NOTE
    wrong = '{"timeModel": {"kind": "infinite"}, "out": {"tModelMs": 1, "phase01": 2}}'
    right = '{"timeModel": {"kind": "infinite"}, "out": {"tModelMs": 1}}'
    section = "ir-schema 4"


class BatchCount(Invalid):
    """A batch draws another number of things than its domain has, or a negative number."""

    code = "IR380"
    title = "batch count does not fit"
    message = "the batch has count {count}, but {detail}"
    hint = "use 0, which takes the count from the domain"
    severity = Severity.WARNING
    wrong = '{"count": 50, "domainSlot": 3} where slot 3 is a domain of 100'
    right = '{"count": 0, "domainSlot": 3}'
    section = "ir-schema 14.3"


class IgnoredBatchList(Invalid):
    """A step has embedded batches and the deprecated list slot; the list slot is not read."""

    code = "IR381"
    title = "batch list is ignored"
    message = "{field} is ignored, because the step has batches of its own"
    severity = Severity.NOTE
    wrong = '{"instance2dBatches": [...], "instance2dListSlot": 9}'
    right = '{"instance2dBatches": [...]}'
    section = "ir-schema 14.3"


class UnknownNameInMeta(Invalid):
    """`meta` has a name or an origin for something that the program does not have."""

    code = "IR382"
    title = "name of something unknown"
    message = "{table} has an entry for `{id}`, which is no {what} of the program"
    severity = Severity.WARNING
    wrong = '"names": {"steps": {"s-x": "Old step"}}'
    right = '"names": {"steps": {"s-a": "Step"}}'
    section = "ir-schema 16.2"


class IdTableDiffers(Invalid):
    """The index by id of cameras or meshes disagrees with the list."""

    code = "IR384"
    title = "index by id disagrees with the list"
    message = "{table} says {claimed} for `{id}`, the list says {actual}"
    severity = Severity.WARNING
    wrong = '{"cameras": [{"id": "cam-1"}], "cameraIdToIndex": {"cam-1": 1}}'
    right = '{"cameras": [{"id": "cam-1"}], "cameraIdToIndex": {"cam-1": 0}}'
    section = "ir-schema 18.1"


class DuplicateId(Invalid):
    """Two entries of a table have one id; whatever names the id means one of them only."""

    code = "IR385"
    title = "duplicate id"
    message = "{table} has two entries called `{id}`"
    severity = Severity.WARNING
    wrong = '"nodes": [{"id": "n", ...}, {"id": "n", ...}]'
    right = '"nodes": [{"id": "n", ...}, {"id": "m", ...}]'
    section = "ir-schema 1.1"


class OrderByAccident(Invalid):
    """The order of two steps is right, but only because the list happens to have it.

    One step reads what the other writes, yet sorting the steps by their `deps`, with the
    program's own tie-break, would put the reader first. Whoever schedules anew from `deps`
    breaks the program.
    """

    code = "IR386"
    title = "order right by accident"
    message = "{reader} reads slot {slot} of {writer}, but its deps do not say so"
    hint = "add the writing step to the reader's deps"
    severity = Severity.NOTE
    wrong = '{"id": "s-a", "deps": []} reads what {"id": "s-b", "deps": []} before it writes'
    right = '{"id": "s-a", "deps": ["s-b"]}'
    section = "ir-schema 15.2"


class ChecksIncomplete(Invalid):
    """A rule could not be applied, because something that it builds on is wrong already."""

    code = "IR387"
    title = "not everything could be checked"
    message = "{what} could not be checked: {detail}"
    hint = "mend the errors, and check again"
    severity = Severity.NOTE
    wrong = '"signalTable": {"nodes": [{"kind": "mapp", ...}]}'
    right = '"signalTable": {"nodes": [{"kind": "map", ...}]}'
    section = "ir-schema 2"


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

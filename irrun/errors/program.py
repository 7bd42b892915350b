"""IR2xx: a program that loads but breaks a rule; found without running it."""

from irrun.errors.base import Invalid, Severity


class ConstantNotFound(Invalid):
    """No pool that this consumer looks in has a usable value under the constant id."""

    code = "IR201"
    title = "constant not found"
    may_be = Severity.WARNING
    wrong = '{"kind": "const", "constId": 5} with "json": [1]'
    right = '{"kind": "const", "constId": 0} with "json": [1]'
    section = "ir-schema 5.3"
    message = "constant {const_id} has no {wanted} in {order} (sizes: {sizes})"


class ConstIndexOutOfPool(Invalid):
    """A `constIndex` entry names a place beyond the end of its pool."""

    code = "IR202"
    title = "constIndex entry beyond its pool"
    may_be = Severity.WARNING
    wrong = '"f64": [1], "constIndex": [{"k": "f64", "idx": 3}]'
    right = '"f64": [1], "constIndex": [{"k": "f64", "idx": 0}]'
    section = "ir-schema 5.3"
    message = "constIndex[{const_id}] names {pool}[{index}], but {pool} has {size} entries"


class OffsetTooLarge(Invalid):
    """A slot's offset would need an array beyond the size limit."""

    code = "IR210"
    title = "offset too large"
    wrong = '{"slot": 5, "storage": "f64", "offset": 1048576}'
    right = '{"slot": 5, "storage": "f64", "offset": 5}'
    section = "ir-schema 6.4"
    message = "slot {slot} has offset {offset} in {storage}; the limit is {limit}"
    hint = "give slots consecutive offsets, or leave the entry out to have one derived"


class SlotMetaContradiction(Invalid):
    """Two slotMeta entries describe one slot differently."""

    code = "IR211"
    title = "contradicting slotMeta entries"
    wrong = '{"slot": 4, "storage": "f64", ...}, {"slot": 4, "storage": "f32", ...}'
    right = '{"slot": 4, "storage": "f64", ...}'
    section = "ir-schema 6.2"
    message = "slotMeta[{first}] and slotMeta[{second}] describe slot {slot} differently"


class SlotsOverlap(Invalid):
    """Two slots share one element of one storage, so that each write changes both."""

    code = "IR212"
    title = "slots share an offset"
    wrong = '{"slot": 4, "offset": 0, ...}, {"slot": 5, "offset": 0, ...}'
    right = '{"slot": 4, "offset": 0, ...}, {"slot": 5, "offset": 1, ...}'
    section = "ir-schema 6.4"
    message = "slots {first} and {second} both live at {storage}[{offset}]"
    hint = "give each slot an offset of its own"


class StateTooLarge(Invalid):
    """A state array is larger than irrun is willing to allocate."""

    code = "IR213"
    title = "state array too large"
    wrong = '"f64Size": 99999999'
    right = '"f64Size": 1'
    section = "ir-schema 7"
    message = "stateLayout.{storage}Size is {size}; the limit is {limit}"


class StorageOverridden(Invalid):
    """slotMeta names a numeric storage for a slot that holds something else.

    An object slot holds plain numbers unchanged, so nothing is lost by the promotion.
    """

    code = "IR250"
    title = "slotMeta storage overridden"
    wrong = '{"slot": 10, "storage": "f64"} and a domain in slot 10'
    right = '{"slot": 10, "storage": "object"} and a domain in slot 10'
    section = "runtime-semantics 5.4"
    message = "slot {slot} is {declared} by slotMeta but is stored as object, because {because}"
    severity = Severity.WARNING


class ClassConflict(Invalid):
    """One side puts a class of value into a slot that another side cannot use."""

    code = "IR251"
    title = "conflicting use of a slot"
    wrong = "materialize writes a buffer to slot 3, nodeEval reads a number there"
    right = "materialize writes to slot 3, renderAssemble reads it as posXYSlot"
    section = "ir-schema 6.5"
    message = "slot {slot}: {first} gives {first_class}, but {second} takes {second_class}"
    severity = Severity.WARNING


class TwoWriters(Invalid):
    """Two steps write one slot; the second write of a frame traps."""

    code = "IR252"
    title = "two writers of one slot"
    may_be = Severity.ERROR
    wrong = 'two steps with "outputs": [{"sigId": 0, "slot": 4}]'
    right = '"outputs": [{"sigId": 0, "slot": 4}] and [{"sigId": 0, "slot": 5}]'
    section = "ir-schema 14.4"
    message = "slot {slot} is written by {first} and by {second}: the second write traps"
    severity = Severity.WARNING


class CellOutside(Invalid):
    """A state cell reaches beyond its array; what lies outside is ignored."""

    code = "IR260"
    title = "state cell outside its array"
    wrong = '{"offset": 0, "size": 4} with "f64Size": 2'
    right = '{"offset": 0, "size": 4} with "f64Size": 4'
    section = "ir-schema 7"
    message = "state cell {state_id} needs {storage}[{first}..{last}], but {storage}Size is {size}"
    severity = Severity.WARNING


class CellsOverlap(Invalid):
    """Two state cells share elements of one array."""

    code = "IR261"
    title = "state cells overlap"
    wrong = '{"offset": 0, "size": 2}, {"offset": 1, "size": 1}'
    right = '{"offset": 0, "size": 2}, {"offset": 2, "size": 1}'
    section = "ir-schema 7"
    message = "state cells {first} and {second} share {storage}[{low}..{high}]"
    severity = Severity.WARNING


class DanglingInitial(Invalid):
    """A state cell names an initial constant that no numeric pool has."""

    code = "IR262"
    title = "initial constant not found"
    wrong = '{"initialConstId": 9} with "constIndex": []'
    right = '{"initialConstId": 0} with "constIndex": [{"k": "f64", "idx": 0}]'
    section = "runtime-semantics 4"
    message = (
        "state cell {state_id}: initial constant {const_id} does not exist; it counts as absent"
    )
    severity = Severity.WARNING
    strict_error = True


class TimeModelsDiffer(Invalid):
    """A timeDerive step carries another time model than the program; the program's is used."""

    code = "IR263"
    title = "time models differ"
    wrong = '"periodMs": 2000 in timeModel, 7 in the step'
    right = '"periodMs": 2000 in both'
    section = "ir-schema 4"
    message = "the step's time model differs from the program's, which is used"
    severity = Severity.WARNING


class StepIndexDiffers(Invalid):
    """`stepIdToIndex` disagrees with the list of steps, which is used."""

    code = "IR264"
    title = "stepIdToIndex disagrees with steps"
    wrong = '"stepIdToIndex": {"s-time": 4}'
    right = '"stepIdToIndex": {"s-time": 0}'
    section = "ir-schema 14.1"
    message = "schedule.stepIdToIndex says {claimed} for step {step_id}, the list says {actual}"
    severity = Severity.WARNING

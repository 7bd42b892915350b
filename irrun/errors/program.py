"""IR2xx: a program that loads but breaks a rule; found without running it."""

from irrun.errors.base import Invalid, Severity


class ConstantNotFound(Invalid):
    """No pool that this consumer looks in has a usable value under the constant id."""

    code = "IR201"
    title = "constant not found"
    message = "constant {const_id} has no {wanted} in {order} (sizes: {sizes})"


class ConstIndexOutOfPool(Invalid):
    """A `constIndex` entry names a place beyond the end of its pool."""

    code = "IR202"
    title = "constIndex entry beyond its pool"
    message = "constIndex[{const_id}] names {pool}[{index}], but {pool} has {size} entries"


class OffsetTooLarge(Invalid):
    """A slot's offset would need an array beyond the size limit."""

    code = "IR210"
    title = "offset too large"
    message = "slot {slot} has offset {offset} in {storage}; the limit is {limit}"
    hint = "give slots consecutive offsets, or leave the entry out to have one derived"


class SlotMetaContradiction(Invalid):
    """Two slotMeta entries describe one slot differently."""

    code = "IR211"
    title = "contradicting slotMeta entries"
    message = "slotMeta[{first}] and slotMeta[{second}] describe slot {slot} differently"


class SlotsOverlap(Invalid):
    """Two slots share one element of one storage, so that each write changes both."""

    code = "IR212"
    title = "slots share an offset"
    message = "slots {first} and {second} both live at {storage}[{offset}]"
    hint = "give each slot an offset of its own"


class StateTooLarge(Invalid):
    """A state array is larger than irrun is willing to allocate."""

    code = "IR213"
    title = "state array too large"
    message = "stateLayout.{storage}Size is {size}; the limit is {limit}"


class StorageOverridden(Invalid):
    """slotMeta names a numeric storage for a slot that holds something else.

    An object slot holds plain numbers unchanged, so nothing is lost by the promotion.
    """

    code = "IR250"
    title = "slotMeta storage overridden"
    message = "slot {slot} is {declared} by slotMeta but is stored as object, because {because}"
    severity = Severity.WARNING


class ClassConflict(Invalid):
    """One side puts a class of value into a slot that another side cannot use."""

    code = "IR251"
    title = "conflicting use of a slot"
    message = "slot {slot}: {first} gives {first_class}, but {second} takes {second_class}"
    severity = Severity.WARNING


class TwoWriters(Invalid):
    """Two steps write one slot; the second write of a frame traps."""

    code = "IR252"
    title = "two writers of one slot"
    message = "slot {slot} is written by {first} and by {second}: the second write traps"
    severity = Severity.WARNING


class CellOutside(Invalid):
    """A state cell reaches beyond its array; what lies outside is ignored."""

    code = "IR260"
    title = "state cell outside its array"
    message = "state cell {state_id} needs {storage}[{first}..{last}], but {storage}Size is {size}"
    severity = Severity.WARNING


class CellsOverlap(Invalid):
    """Two state cells share elements of one array."""

    code = "IR261"
    title = "state cells overlap"
    message = "state cells {first} and {second} share {storage}[{low}..{high}]"
    severity = Severity.WARNING


class DanglingInitial(Invalid):
    """A state cell names an initial constant that no numeric pool has."""

    code = "IR262"
    title = "initial constant not found"
    message = (
        "state cell {state_id}: initial constant {const_id} does not exist; it counts as absent"
    )
    severity = Severity.WARNING
    strict_error = True


class TimeModelsDiffer(Invalid):
    """A timeDerive step carries another time model than the program; the program's is used."""

    code = "IR263"
    title = "time models differ"
    message = "the step's time model differs from the program's, which is used"
    severity = Severity.WARNING


class StepIndexDiffers(Invalid):
    """`stepIdToIndex` disagrees with the list of steps, which is used."""

    code = "IR264"
    title = "stepIdToIndex disagrees with steps"
    message = "schedule.stepIdToIndex says {claimed} for step {step_id}, the list says {actual}"
    severity = Severity.WARNING

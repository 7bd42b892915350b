"""IR3xx: slots, and the places of their values."""

from irrun.errors.base import Invalid, Severity


class ReadBeforeWrite(Invalid):
    """A step reads a slot that only a later step of the frame writes.

    Slots keep their values between frames, so the reader sees the previous frame's value, and
    nothing at all in the first frame: a lag of one frame with no visible cause. Where the reader
    cannot do without, the first frame fails, and that is an error.
    """

    code = "IR355"
    title = "slot read before it is written"
    may_be = Severity.ERROR
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

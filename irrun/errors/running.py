"""IR4xx: what a program meets in its slots, steps and clock; warnings from IR450 on."""

from irrun.errors.base import Severity, Trap


class UnknownSlot(Trap):
    """A step names a slot that the layout does not have."""

    code = "IR401"
    title = "unknown slot"
    wrong = "runtime.values.read(99), where the program has slots 0 to 7"
    right = "runtime.values.read(7)"
    message = "cannot {operation} slot {slot}: there is no such slot ({known})"


class DoubleWrite(Trap):
    """A slot is written twice in one frame; each slot has one writer per frame."""

    code = "IR402"
    title = "slot written twice in one frame"
    wrong = 'two steps with "outputs": [{"sigId": 0, "slot": 4}]'
    right = '"outputs": [{"sigId": 0, "slot": 4}] and [{"sigId": 0, "slot": 5}]'
    message = "slot {slot} was already written in this frame by {first}; {second} writes it again"
    hint = "give one of the two steps a slot of its own"


class TooManyElements(Trap):
    """A domain asks for more elements than irrun is willing to allocate."""

    code = "IR404"
    title = "too many elements"
    may_be = Severity.WARNING
    wrong = '{"kind": "domain", "count": 1e12}'
    right = '{"kind": "domain", "count": 100}'
    section = "runtime-semantics 10.2"
    message = "slot {slot} asks for {count} elements; the limit is {limit}"
    hint = "IRRUN_MAX_ELEMENTS sets the limit (docs/limits.md)"


class BadElementCount(Trap):
    """A domain's count is not a whole number of elements."""

    code = "IR405"
    title = "bad element count"
    may_be = Severity.WARNING
    wrong = '{"kind": "domain", "count": 2.5}'
    right = '{"kind": "domain", "count": 3}'
    section = "runtime-semantics 10.2"
    message = "the domain in slot {slot} has count {count}: a whole number from 0 is needed"


class TooMuchHeld(Trap):
    """All buffers and fields of a frame together hold more numbers than irrun is willing to keep.

    What counts is what is alive at a time: buffers in slots, also those of the frame before until
    they are overwritten, fields that other expressions still need, and fields that never change.
    """

    code = "IR406"
    title = "too many numbers held"
    wrong = "100 materializations over a domain of 16,777,216 elements"
    right = "the same over a domain of 10,000 elements"
    section = "runtime-semantics 10.2"
    message = "all buffers and fields together would hold {total} numbers; the limit is {limit}"
    hint = "use fewer elements or fewer buffers; IRRUN_MAX_HELD_NUMBERS sets the limit"


class OutOfMemory(Trap):
    """The memory of this machine, or what a process may take of it, does not suffice.

    irrun's limits keep a program from taking all of it; on a small machine they may be too high.
    """

    code = "IR407"
    title = "out of memory"
    wrong = '{"kind": "domain", "count": 16000000} on a machine with 1 GB of memory'
    right = '{"kind": "domain", "count": 10000}'
    message = "memory ran out: {detail}"
    hint = (
        "run fewer programs at once, with fewer elements, on a machine with more memory, or set "
        "lower limits (docs/limits.md) to learn which step asks for so much"
    )


class StackExhausted(Trap):
    """Calls are nested deeper than Python allows.

    Nothing of irrun's nests as deep as a program is large. Either the code that calls irrun is deep
    in its own calls already, or something in a file is nested within itself many times.
    """

    code = "IR408"
    title = "calls nested too deep"
    wrong = "irrun.run(program) within 990 calls of a function that calls itself"
    right = "irrun.run(program) at the top"
    message = "calls are nested deeper than Python allows: {detail}"
    hint = (
        "call irrun from less deep, raise the limit with `sys.setrecursionlimit`, or nest data less"
    )


class CannotUseBlocks(Trap):
    """`--engine block` asks for blocks of frames, and a program has something they cannot have."""

    code = "IR409"
    title = "frames cannot be computed in blocks"
    wrong = "irrun run program.json --engine block, of a program that cannot have blocks"
    right = "irrun run program.json --engine auto"
    message = "the frames of this program cannot be computed in blocks: {reason}"
    hint = "`--engine auto` computes them one after the other where it has to"


class NotADomain(Trap):
    """A step needs a number of elements, and the slot holds neither a domain nor a number."""

    code = "IR435"
    title = "slot holds no domain"
    wrong = '"domainSlot": 7, and a text in slot 7'
    right = '"domainSlot": 7, and {"kind": "domain", "count": 3} in slot 7'
    message = "slot {slot} holds {got} where a domain or a number of elements is needed"


class ReadUnwritten(Trap):
    """A step reads a slot that nothing has ever written: it sees 0, or nothing.

    It is an error of the program where the step cannot do without: a domain, a buffer that is drawn
    or projected, a path, the frame of the first output.
    """

    code = "IR450"
    title = "slot read before anything wrote it"
    may_be = Severity.ERROR
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
    wrong = 'runtime.values.write(2, "seven"), where slot 2 is i32'
    right = "runtime.values.write(2, 7)"
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


class DataExtraMissing(Trap):
    """Tables of values need packages that are not installed."""

    code = "IR445"
    title = "packages for tables are missing"
    wrong = "result.to_arrow(), with irrun alone installed"
    right = "pip install 'irrun[data]', then the same"
    message = "tables of values need the package {package}, which is not installed"
    hint = "{command}; .jsonl, .json, .csv and .npz need nothing"

"""IR1xx: problems of bytes and documents, found while a file becomes a program."""

from irrun.errors.base import Malformed, Severity
from irrun.errors.showing import nearest


class CannotRead(Malformed):
    """The program file cannot be opened or read."""

    code = "IR100"
    title = "file cannot be read"
    wrong = "irrun run program.json, where there is no such file"
    right = "irrun run programs/program.json"
    message = "cannot read {name}: {reason}"


class NotAProgram(Malformed):
    """The bytes start neither like JSON, nor like MessagePack, nor like gzip of one of them."""

    code = "IR101"
    title = "neither JSON nor MessagePack"
    wrong = "a program file that begins with a comment: // compiled at noon"
    right = '{"irVersion": 1, ...}'
    message = "this is neither JSON nor MessagePack: {detail}"
    hint = "a program file holds one JSON object or one MessagePack map, perhaps gzip-compressed"


class BadJson(Malformed):
    """The JSON text breaks off or has a syntax error."""

    code = "IR102"
    title = "JSON syntax error"
    wrong = '{"irVersion": 1, "seed": }'
    right = '{"irVersion": 1, "seed": 0}'
    message = "the JSON text is broken: {detail}"


class BadMsgpack(Malformed):
    """The MessagePack bytes break off or hold a byte that starts no value."""

    code = "IR103"
    title = "MessagePack format error"
    wrong = "a .msgpack file of which the last half was not written"
    right = "the same file, written whole"
    message = "the MessagePack data is broken: {detail}"


class BadGzip(Malformed):
    """The gzip wrapping is damaged."""

    code = "IR104"
    title = "gzip error"
    wrong = "a .json.gz file whose last bytes are missing"
    right = "the same file, written whole"
    message = "the gzip data is broken: {detail}"


class LimitExceeded(Malformed):
    """The file is larger, or nested deeper, than irrun is willing to load."""

    code = "IR105"
    title = "limit exceeded"
    wrong = "a program file of 2 GB"
    right = "the same program without what makes it large, or a higher IRRUN_MAX_FILE_BYTES"
    message = "{what} is {got}, the limit is {limit}"


class RecordExtension(Malformed):
    """MessagePack written by `msgpackr` with records on, which other readers cannot decode."""

    code = "IR106"
    title = "msgpackr records"
    wrong = "new Packr().pack(program)"
    right = "new Packr({ useRecords: false, moreTypes: true }).pack(program)"
    message = (
        "the file uses msgpackr's record extension (type 0x72), which is not plain MessagePack"
    )
    hint = "write it with `new Packr({{ useRecords: false, moreTypes: true }})`"


class UnknownExtension(Malformed):
    """A MessagePack extension type that has no place in a program."""

    code = "IR107"
    title = "unsupported MessagePack extension"
    wrong = "a MessagePack timestamp (extension type -1) as the value of a field"
    right = "the time as a number, or as a text"
    message = "MessagePack extension type {type} ({name}) cannot be part of a program"


class ForeignContainer(Malformed):
    """A relative of the format with other table names."""

    code = "IR108"
    title = "another container format"
    wrong = '{"version": 1, "nodes": [...], "edges": [...]}, which is a patch'
    right = '{"irVersion": 1, "constants": ..., "schedule": {"steps": [...]}}'
    message = "this is {what}, not a CompiledProgramIR"
    hint = "irrun reads the container with `irVersion`, `constants` and `schedule.steps`"


class UnsupportedVersion(Malformed):
    """The program declares a format version that irrun does not know."""

    code = "IR109"
    title = "unsupported irVersion"
    wrong = '"irVersion": 2'
    right = '"irVersion": 1'
    section = "ir-schema 2"
    message = "irVersion is {version}; irrun reads version 1"


class MissingField(Malformed):
    """A required field is absent or null."""

    code = "IR110"
    title = "missing field"
    wrong = '"seed" is absent'
    right = '"seed": 0'
    section = "ir-schema 2"
    message = "required field `{name}` is missing"


class WrongType(Malformed):
    """A field holds a value of another type than the schema says."""

    code = "IR111"
    title = "wrong type or value"
    wrong = '"outputs": [{"sigId": "one", "slot": 4}]'
    right = '"outputs": [{"sigId": 1, "slot": 4}]'
    section = "ir-schema 1.3"
    message = "expected {expected}, got {got}"


class UnknownKind(Malformed):
    """A `kind` that the schema does not list."""

    code = "IR112"
    title = "unknown kind"
    wrong = '{"kind": "mapp", "src": 0, ...}'
    right = '{"kind": "map", "src": 0, ...}'
    section = "ir-schema 9"
    message = "`{kind}` is not a kind of {family}{reason}"


class BadTypedArray(Malformed):
    """A typed array is written in a form that cannot be read back."""

    code = "IR113"
    title = "unreadable typed array"
    wrong = '"f64": ["one"]'
    right = '"f64": [1]'
    section = "ir-schema 19.5"
    message = "cannot read the typed array: {detail}"


class KeyCollision(Malformed):
    """Two keys of an integer-keyed map mean the same number."""

    code = "IR114"
    title = "two equal keys"
    wrong = '"initialSlotValues": {"7": 1, "07": 2}'
    right = '"initialSlotValues": {"7": 1}'
    section = "ir-schema 19.5"
    message = "two keys of this map both mean {key}"


class ConflictingForms(Malformed):
    """A record is written in the old and in the new form at once."""

    code = "IR115"
    title = "two forms at once"
    wrong = '{"kind": "renderAssemble", "outSlot": 5, "outFrameSlot": 5}'
    right = '{"kind": "renderAssemble", "outFrameSlot": 5}'
    section = "ir-schema 14.3"
    message = "the step has both spellings: {old} and {new}"
    hint = "keep one of them"


class BadLimit(Malformed):
    """An environment variable sets one of irrun's limits to something that is no limit."""

    code = "IR118"
    title = "limit that is no number"
    wrong = "IRRUN_MAX_FILE_BYTES=1GB"
    right = "IRRUN_MAX_FILE_BYTES=1000000000"
    message = "the environment variable {variable} is {text!r}: a whole number from 1 is expected"
    hint = "docs/limits.md lists the limits and their units"


class UnknownLimit(Malformed):
    """An environment variable is named like a limit, and none that can be set has that name."""

    code = "IR119"
    title = "no such limit"
    wrong = "IRRUN_MAX_BYTES=1000000000"
    right = "IRRUN_MAX_FILE_BYTES=1000000000"
    message = "the environment variable {variable} sets no limit of irrun"
    hint = "docs/limits.md lists the limits that can be set"


class OtherGeneration(Malformed):
    """A program of another generation of the format, which has other tables of expressions.

    Its signals and fields stand in `valueExprs`, or in `signalExprs` and `fieldExprs`. Nothing
    else is said of such a program: hardly any of it is as this generation has it.
    """

    code = "IR121"
    title = "another generation of the format"
    wrong = '"signalExprs": {"nodes": [...]}, "fieldExprs": {"nodes": [...]}'
    right = '"signalTable": {"nodes": [...]}, "fields": {"nodes": [...]}'
    section = "ir-schema 2"
    message = "this is another generation of the format (its expressions stand in {tables})"
    hint = "irrun does not read it; compile the patch with the compiler that writes `signalTable`"


class DoesNotFit(Malformed):
    """The memory of this machine, or what a process may take of it, does not hold the program."""

    code = "IR122"
    title = "program does not fit into memory"
    wrong = "a program of 1 GB, on a machine with 2 GB of memory"
    right = "the same program on a machine with more memory"
    message = "there is not enough memory to load it: {detail}"
    hint = "load it on a machine with more memory"


class NotARegularFile(Malformed):
    """A folder, a pipe, a socket or a device stands where a file should be.

    A pipe or a device may be named on the command line. What is found in a folder, or named by
    another file, must be a regular file: reading anything else might never end.
    """

    code = "IR116"
    title = "not a regular file"
    wrong = "programs/link.json, a link to /dev/zero, and irrun validate programs"
    right = "programs/link.json, a link to a program"
    message = "{name} is {what}, not a regular file"


class SearchTooLarge(Malformed):
    """A search for programs or goldens met more files and folders than irrun looks at."""

    code = "IR117"
    title = "too much to search"
    wrong = "irrun validate /"
    right = "irrun validate programs"
    message = "{folder} has more than {limit:,} files and folders in it; the search was given up"
    hint = "name a smaller folder, or the files themselves; {way_out}"


class BadSnapshot(Malformed):
    """A file given to --resume is no saved state, or a damaged one."""

    code = "IR120"
    title = "not a saved state"
    wrong = "irrun run program.json --resume program.json"
    right = "irrun run program.json --resume saved.state"
    message = "this is no saved state: {detail}"
    hint = "a saved state is written by `irrun run --save-state FILE`"


class UnknownField(Malformed):
    """A field that the schema does not know. It is kept and written back, and has no effect."""

    code = "IR150"
    title = "unknown field"
    wrong = '"seeed": 1'
    right = '"seed": 1'
    section = "ir-schema 2"
    message = "unknown field `{name}` is kept but has no effect"
    severity = Severity.WARNING

    @property
    def hint_text(self) -> str | None:
        """The field that was probably meant, of those that are absent (the fact `absent`)."""
        # Looked for here: most unknown fields are never shown, and a document may have many.
        near = nearest(str(self.facts["name"]), self.facts.get("absent", ()))
        return None if near is None else f"did you mean `{near}`?"


class NullNumber(Malformed):
    """JSON cannot hold NaN or infinities: a producer wrote null where a number belongs."""

    code = "IR151"
    title = "null where a number belongs"
    wrong = '"f64": [null]'
    right = '"f64": [NaN]'
    section = "ir-schema 19.2"
    message = "null is read as NaN ({count} in all): JSON has no NaN and no infinities"
    hint = "write the program as MessagePack, or use the tokens NaN, Infinity and -Infinity"
    severity = Severity.WARNING


class DuplicateKey(Malformed):
    """The same key stands twice in one object; the last one counts."""

    code = "IR152"
    title = "duplicate key"
    wrong = '{"seed": 1, "seed": 2}'
    right = '{"seed": 2}'
    section = "ir-schema 19.2"
    message = "key `{key}` stands more than once in one object; the last one counts"
    severity = Severity.WARNING


class OversizedNumber(Malformed):
    """A number is beyond the range of a double and became infinite."""

    code = "IR153"
    title = "number beyond the double range"
    wrong = '"seed": 1e999'
    right = '"seed": Infinity'
    section = "ir-schema 19.2"
    message = "a number is beyond the double range and is read as {value}"
    severity = Severity.WARNING


class ConvertedArray(Malformed):
    """A typed array arrived with another element type than its field has."""

    code = "IR154"
    title = "typed array converted"
    wrong = 'a Float32Array in "f64"'
    right = 'a Float64Array in "f64"'
    section = "ir-schema 19.4"
    message = "a typed array of {got} is converted to {wanted}"
    severity = Severity.WARNING


class OldForm(Malformed):
    """A record uses a spelling of the older design documents."""

    code = "IR155"
    title = "old form"
    wrong = '{"kind": "renderAssemble", "rootNodeIndex": 0, "outSlot": 5}'
    right = '{"kind": "renderAssemble", "outFrameSlot": 5}'
    section = "ir-schema 14.3"
    message = "the old form of {what} is read as the new one"
    severity = Severity.NOTE


class AbsentTable(Malformed):
    """A table that the schema requires is absent and counts as empty."""

    code = "IR156"
    title = "absent table"
    wrong = '"stateLayout" is absent'
    right = '"stateLayout": {"cells": [], "f64Size": 0, ...}'
    section = "ir-schema 2"
    message = "`{name}` is absent and counts as empty"
    severity = Severity.WARNING


class IncompleteChain(Malformed):
    """A transform chain does not say from what to what it leads, or what it costs."""

    code = "IR158"
    title = "incomplete transform chain"
    wrong = '{"steps": []}'
    right = '{"steps": [], "fromType": ..., "toType": ..., "cost": "cheap"}'
    section = "ir-schema 12"
    message = "the chain has no {absent}; it is read all the same"
    severity = Severity.WARNING


class SpecialNumberText(Malformed):
    """A number is written as one of the texts NaN, Infinity, -Infinity, -0."""

    code = "IR157"
    title = "number written as text"
    wrong = '"seed": "Infinity"'
    right = '"seed": Infinity'
    section = "ir-schema 19.2"
    message = "the text {text!r} is read as a number ({count} in all)"
    severity = Severity.NOTE

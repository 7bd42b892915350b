"""IR13x: golden files and the settings of golden commands."""

from irrun.errors.base import Malformed, Severity


class NotAGolden(Malformed):
    """The file is no golden output, or it is damaged: by a merge, say, or by hand.

    It is not recorded anew just so: with it, the settings would be lost that it was recorded with.
    """

    code = "IR130"
    title = "not a golden file"
    wrong = "a golden file with the marks of a merge in it: <<<<<<< HEAD"
    right = "the golden file as one of both sides has it"
    message = "this is no golden file: {detail}"
    hint = "restore it from version control; `irrun golden record --fresh` forgets its settings"


class GoldenVersionUnknown(Malformed):
    """The golden was written by another version of irrun, in a format that this one cannot read."""

    code = "IR131"
    title = "golden version not supported"
    wrong = '"goldenVersion": 3'
    right = '"goldenVersion": 2'
    message = "goldenVersion is {version}; this irrun reads versions {known}"
    hint = "use the irrun that recorded it; `irrun golden record --fresh` forgets its settings"


class BadSettings(Malformed):
    """The settings of a project cannot be used: an `irrun.toml`, or a pyproject.toml."""

    code = "IR132"
    title = "bad settings"
    wrong = "[golden] with framse = 60"
    right = "[golden] with frames = 60"
    message = "the settings cannot be used: {detail}"


class UnknownWatch(Malformed):
    """A golden is to record a value that the program does not have."""

    code = "IR133"
    title = "nothing to watch by that name"
    wrong = "irrun golden record program.json --watch fraem"
    right = "irrun golden record program.json --watch frame"
    message = "'{name}' is no value of the program; it has {known}"
    hint = "watch outputs, state, all, a slot number or an output id"


class BuffersMissing(Malformed):
    """A golden says that whole buffers were recorded beside it, but they are not there."""

    code = "IR134"
    title = "recorded buffers are missing"
    wrong = "a golden in version control, without the .npz file beside it"
    right = "the golden with its .npz file"
    message = "the buffers beside this golden cannot be read from {file}: {detail}"
    hint = "restore it from version control, or record it anew with `irrun golden record`"


class NotASavedRun(Malformed):
    """A file that should hold a saved run (`irrun run -o`) holds something else."""

    code = "IR136"
    title = "not a saved run"
    wrong = "irrun diff run.jsonl notes.csv, where notes.csv is a table of something else"
    right = "irrun diff run.jsonl other-run.csv"
    message = "this is no saved run: {detail}"
    hint = "save one with `irrun run PROGRAM -o run.jsonl` (or .json, .csv, .npz)"


class SwapNeverHappens(Malformed):
    """A program is to be swapped in at a frame that the golden's run does not have."""

    code = "IR135"
    title = "swap outside the run"
    wrong = "irrun golden record program.json --frames 10 --swap 60=next.json"
    right = "irrun golden record program.json --frames 100 --swap 60=next.json"
    message = "{program} is to be swapped in at frame {frame}; the run has frames 0 to {last}"
    hint = "swap it in earlier, or record more frames"


class PicturesMissing(Malformed):
    """A golden says that pictures were recorded beside it, but they are not there."""

    code = "IR138"
    title = "recorded pictures are missing"
    wrong = "a golden in version control, without its .png file"
    right = "the golden with its .png file"
    message = "the picture {file} beside this golden cannot be read: {detail}"
    hint = "restore it from version control, or record it anew with `irrun golden record`"


class PictureNeverHappens(Malformed):
    """A frame is to be drawn that the golden's run does not have."""

    code = "IR139"
    title = "picture outside the run"
    wrong = "irrun golden record program.json --frames 10 --picture 60"
    right = "irrun golden record program.json --frames 100 --picture 60"
    message = "a picture of frame {frame} is wanted; the run has frames 0 to {last}"
    hint = "draw another frame (`--picture-frames`), or record more frames"


class NothingToRecord(Malformed):
    """A golden would hold no value at all, and so would pass whatever the program does."""

    code = "IR137"
    title = "nothing to record"
    wrong = "irrun golden record program.json --watch state, of a program without state"
    right = "irrun golden record program.json --watch all"
    message = "the program has nothing of what is to be recorded ({names}); it has {known}"
    hint = "watch all, or some of its slots"


class GoldenOfAnother(Malformed):
    """A golden is to be recorded in the place of one that belongs to another program or test.

    Both would have a file of one name: programs of equal names in two folders, say, whose goldens
    are kept in one folder. Whichever was recorded last would be right, and the other would fail.
    """

    code = "IR146"
    title = "golden of another program"
    wrong = "irrun golden record a/bus.json b/bus.json, with one `dir` for goldens"
    right = "goldens beside their programs, or programs of different names"
    message = "{golden} is the golden of {owner}"
    hint = "record into another folder (-o) or under another name; or remove it, if it is of no use"


class ProgramOutsideProject(Malformed):
    """A golden names its program by a path that leaves the project.

    The golden is kept in version control, and the path leads out of the folder that holds the
    project: on another machine there need not be anything.
    """

    code = "IR159"
    title = "program outside the project"
    wrong = "irrun golden record ../elsewhere/program.json"
    right = "irrun golden record programs/program.json"
    message = "the golden names {path}, outside of the project; elsewhere it may be missing"
    hint = "keep the program in the project; a golden that a test makes names the test instead"
    severity = Severity.WARNING


class GoldenNamesMeet(Malformed):
    """Two goldens of one folder have names that differ in nothing but the case of letters.

    Many file systems do not tell them apart: one would take the place of the other there.
    """

    code = "IR148"
    title = "golden names that meet"
    wrong = "Bus.golden and bus.golden in one folder"
    right = "bus.golden and bus-2.golden"
    message = "on many systems {golden} would be the same file as {other}"
    hint = "give one of the two another name"


class GoldenRecordedTwice(Malformed):
    """Two tests of one session record the same golden.

    Each would find the other's output the next time.
    """

    code = "IR147"
    title = "golden recorded twice"
    wrong = 'two tests that call irrun_golden(program, name="bus")'
    right = 'irrun_golden(program, name="bus-2") in one of them'
    message = "it was recorded for {first} just now; {second} would overwrite it"
    hint = "give one of them a name of its own: `irrun_golden(program, name=...)`"

"""IR13x: golden files and the settings of golden commands."""

from irrun.errors.base import Malformed


class NotAGolden(Malformed):
    """The file is no golden output, or it is damaged: by a merge, say, or by hand."""

    code = "IR130"
    title = "not a golden file"
    message = "this is no golden file: {detail}"
    hint = "restore it from version control, or record it anew with `irrun golden record`"


class GoldenVersionUnknown(Malformed):
    """The golden was written by another version of irrun, in a format that this one cannot read."""

    code = "IR131"
    title = "golden version not supported"
    message = "goldenVersion is {version}; this irrun reads version {known}"
    hint = "use the irrun that recorded it, or record it anew with `irrun golden record`"


class BadSettings(Malformed):
    """The settings of the golden commands cannot be used: an `irrun.toml`, or a pyproject.toml."""

    code = "IR132"
    title = "bad settings"
    message = "the settings cannot be used: {detail}"


class UnknownWatch(Malformed):
    """A golden is to record a value that the program does not have."""

    code = "IR133"
    title = "nothing to watch by that name"
    message = "'{name}' is no value of the program; it has {known}"
    hint = "watch outputs, state, all, a slot number or an output id"


class BuffersMissing(Malformed):
    """A golden says that whole buffers were recorded beside it, but they are not there."""

    code = "IR134"
    title = "recorded buffers are missing"
    message = "the buffers beside this golden cannot be read from {file}: {detail}"
    hint = "restore the file from version control, or record the golden anew"


class NotASavedRun(Malformed):
    """A file that should hold a saved run (`irrun run -o`) holds something else."""

    code = "IR136"
    title = "not a saved run"
    message = "this is no saved run: {detail}"
    hint = "save one with `irrun run PROGRAM -o run.jsonl` (or .json, .csv, .npz)"


class SwapNeverHappens(Malformed):
    """A program is to be swapped in at a frame that the golden's run does not have."""

    code = "IR135"
    title = "swap outside the run"
    message = "{program} is to be swapped in at frame {frame}; the run has frames 0 to {last}"
    hint = "swap it in earlier, or record more frames"


class PicturesMissing(Malformed):
    """A golden says that pictures were recorded beside it, but they are not there."""

    code = "IR138"
    title = "recorded pictures are missing"
    message = "the picture {file} beside this golden cannot be read: {detail}"
    hint = "restore the file from version control, or record the golden anew"


class PictureNeverHappens(Malformed):
    """A frame is to be drawn that the golden's run does not have."""

    code = "IR139"
    title = "picture outside the run"
    message = "a picture of frame {frame} is wanted; the run has frames 0 to {last}"
    hint = "draw another frame (`--picture-frames`), or record more frames"


class NothingToRecord(Malformed):
    """A golden would hold no value at all, and so would pass whatever the program does."""

    code = "IR137"
    title = "nothing to record"
    message = "the program has nothing of what is to be recorded ({names}); it has {known}"
    hint = "watch all, or some of its slots"

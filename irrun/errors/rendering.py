"""IR4xx: what frames meet, assembled and drawn; IR470 to IR479 are warnings."""

from irrun.errors.base import Severity, Trap


class BatchListStopped(Trap):
    """A list of batches could not be used whole; the passes before the bad entry are drawn."""

    code = "IR470"
    title = "batch list not used whole"
    wrong = 'a list of batches of which one has no "sizeSlot"'
    right = "batches with all their slots"
    message = "the batch list in slot {slot} was used up to entry {entry}: {detail}"
    severity = Severity.WARNING


class NotFinite(Trap):
    """A renderer is given NaN or infinity: what has such a place or size is not drawn."""

    code = "IR471"
    title = "NaN or infinity goes to a renderer"
    wrong = "1 / 0 in a buffer of positions"
    right = "a divisor that is never 0, or a clamp behind it"
    message = (
        "slot {slot} gives the renderer {nan} NaN and {infinite} infinite numbers "
        "(frames concerned: {frames})"
    )
    counts = ("nan", "infinite", "frames")
    severity = Severity.WARNING


class OutputIsNoFrame(Trap):
    """An output is declared as something that can be drawn, but its slot holds something else."""

    code = "IR472"
    title = "output is no frame"
    wrong = (
        'a second output {"id": "late", "kind": "renderFrame", "slot": 4} with a number in slot 4'
    )
    right = '{"id": "late", "kind": "debug", "slot": 4}'
    message = "output `{output}` should be a frame, but slot {slot} holds {got}"
    severity = Severity.WARNING


class NotDrawn(Trap):
    """A frame asks for something that irrun, like the reference, does not draw."""

    code = "IR473"
    title = "not drawn"
    wrong = 'a pass {"kind": "postfx", ...}'
    right = 'a pass {"kind": "instances2d", ...} or {"kind": "paths2d", ...}'
    message = "pass `{id}`: {what}"
    severity = Severity.WARNING


class UnusableRenderInput(Trap):
    """A batch names a slot whose value cannot be drawn from."""

    code = "IR480"
    title = "slot cannot be drawn from"
    wrong = '"posXYSlot": 4, and a number in slot 4'
    right = '"posXYSlot": 11, and a buffer of float32 in slot 11'
    message = "{what} needs {wanted}; slot {slot} holds {got}"


class RenderInputLength(Trap):
    """A batch names a buffer that is not as long as its instances or paths ask for."""

    code = "IR481"
    title = "buffer of the wrong length"
    wrong = "10 numbers in posXYSlot for a domain of 10"
    right = "20 numbers: two to each element"
    message = "{what} needs {wanted} numbers for {count} elements; slot {slot} has {got}"


class FrameMissing(Trap):
    """The program's first output is what is drawn, and it holds no frame."""

    code = "IR482"
    title = "output holds no frame"
    wrong = '{"id": "frame", "kind": "renderFrame", "slot": 4} with a number in slot 4'
    right = '"slot": 12, which renderAssemble writes'
    message = "output `{output}` needs a frame; slot {slot} holds {got}"


class CannotDraw(Trap):
    """A frame is damaged: its paths, say, lead beyond their buffers."""

    code = "IR483"
    title = "frame cannot be drawn"
    wrong = 'a pass {"kind": "glow", ...}'
    right = 'a pass {"kind": "instances2d", ...}'
    message = "the frame cannot be drawn: {detail}"


class RenderExtraMissing(Trap):
    """Pictures other than SVG need packages that are not installed."""

    code = "IR484"
    title = "packages for pictures are missing"
    wrong = "irrun render program.json -o program.png, with irrun alone installed"
    right = "pip install 'irrun[render]', then the same"
    message = "writing {kind} needs the package {package}, which is not installed"
    hint = "pip install 'irrun[render]'; pictures in the form of .svg need nothing"


class LibraryFailed(CannotDraw):
    """A library that draws gave up: a picture is damaged, or a number is more than it can take."""

    code = "IR485"
    title = "a library could not draw"
    wrong = "a picture that a library of the system cannot draw"
    right = "irrun render program.json -o program.svg, which needs no library"
    message = "`{call}` of a library that draws has failed: {detail}"
    hint = "very large numbers in places, sizes or strokes can be why; SVG files take them"


class PictureLimit(CannotDraw):
    """A picture, or all frames of an animation together, would take more than irrun takes on."""

    code = "IR486"
    title = "picture too large"
    wrong = "irrun render program.json --size 100000"
    right = "irrun render program.json --size 960"
    message = "{what} takes {got:,} {unit}; the limit is {limit:,}"


class OutOfReach(CannotDraw):
    """A shape or a line is in the picture and so large that pixels of it cannot be computed."""

    code = "IR487"
    title = "too large for pixels"
    wrong = "a line of width 1e30"
    right = "a line of width 3"
    message = (
        "pass `{id}`: {what} reaches {reach} pixels away, and pixels are drawn up to {limit:,}"
    )
    hint = "draw it smaller, or write an SVG file, which holds any number"

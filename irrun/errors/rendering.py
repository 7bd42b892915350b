"""IR4xx: what frames meet, assembled and drawn; IR470 to IR479 are warnings."""

from irrun.errors.base import Severity, Trap


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
    counts = ("nan", "infinite", "frames")
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


class LibraryFailed(CannotDraw):
    """A library that draws gave up: a picture is damaged, or a number is more than it can take."""

    code = "IR485"
    title = "a library could not draw"
    message = "`{call}` of a library that draws has failed: {detail}"
    hint = "very large numbers in places, sizes or strokes can be why; SVG files take them"


class PictureLimit(CannotDraw):
    """A picture, or all frames of an animation together, would take more than irrun takes on."""

    code = "IR486"
    title = "picture too large"
    message = "{what} takes {got:,} {unit}; the limit is {limit:,}"


class OutOfReach(CannotDraw):
    """A shape or a line is in the picture and so large that pixels of it cannot be computed."""

    code = "IR487"
    title = "too large for pixels"
    message = (
        "pass `{id}`: {what} reaches {reach} pixels away, and pixels are drawn up to {limit:,}"
    )
    hint = "draw it smaller, or write an SVG file, which holds any number"

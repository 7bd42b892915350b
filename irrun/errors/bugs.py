"""IR9xx: what irrun itself does wrong, and finds out."""

from irrun.errors.base import Crash


class EnginesDisagree(Crash):
    """`--engine both` has found a frame for which the two engines do not give the same.

    Every value of every frame is compared to the bit. Nothing that a program does may lead to a
    difference: whatever it is, one of the engines is wrong. The interpreter's value is most
    likely the right one, and `--engine frame` runs it alone.
    """

    code = "IR901"
    title = "engines disagree"
    wrong = "a program for which --engine both ends with this"
    right = "--engine frame, whose result counts until the bug is mended"
    message = "the engines disagree about {what}: the interpreter has {expected}, blocks have {got}"
    hint = "please report it with the program file; `--engine frame` runs the interpreter alone"

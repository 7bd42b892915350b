"""IR3xx: what could not be checked."""

from irrun.errors.base import Invalid, Severity


class ChecksIncomplete(Invalid):
    """A rule could not be applied, because something that it builds on is wrong already."""

    code = "IR387"
    title = "not everything could be checked"
    message = "{what} could not be checked: {detail}"
    hint = "mend the errors, and check again"
    severity = Severity.NOTE
    wrong = '"signalTable": {"nodes": [{"kind": "mapp", ...}]}'
    right = '"signalTable": {"nodes": [{"kind": "map", ...}]}'
    section = "ir-schema 2"

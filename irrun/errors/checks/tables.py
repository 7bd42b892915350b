"""IR3xx: buses, outputs, ids and names in tables, and the time model."""

from irrun.errors.base import Invalid, Severity


class DuplicateOutput(Invalid):
    """Two outputs have one id; the later one hides the earlier."""

    code = "IR361"
    title = "duplicate output id"
    message = "outputs[{first}] and outputs[{second}] are both called `{id}`"
    severity = Severity.WARNING
    wrong = '"outputs": [{"id": "frame", "slot": 5}, {"id": "frame", "slot": 6}]'
    right = '"outputs": [{"id": "frame", "slot": 5}, {"id": "debug", "slot": 6}]'
    section = "ir-schema 16.1"


class BusNotInTable(Invalid):
    """A step or expression names a bus that the bus table does not have.

    All that is needed to combine is in the step or expression itself, so nothing is lost but the
    bus's name and type.
    """

    code = "IR376"
    title = "bus is not in the table"
    message = "bus {index} is not in buses.buses, which has {size} entries"
    severity = Severity.WARNING
    wrong = '{"kind": "busCombine", "busIndex": 2, ...} with "buses": []'
    right = '{"kind": "busCombine", "busIndex": 0, ...} with "buses": [{"id": "energy", ...}]'
    section = "ir-schema 8.2"


class BusContradiction(Invalid):
    """A step combines a bus in another way, or as another type, than the bus table says."""

    code = "IR377"
    title = "bus step contradicts the bus table"
    message = "{what} of bus {bus} is {claimed} in the step and {actual} in the table"
    severity = Severity.WARNING
    wrong = '{"busIndex": 0, "combine": {"mode": "max"}} and a table with {"mode": "sum"}'
    right = '{"busIndex": 0, "combine": {"mode": "sum"}} and a table with {"mode": "sum"}'
    section = "ir-schema 8.2"


class BadDuration(Invalid):
    """A finite time model ends at once, or a window has no width."""

    code = "IR378"
    title = "duration is not positive"
    message = "{field} is {value}, and should be above 0"
    severity = Severity.WARNING
    wrong = '{"kind": "finite", "durationMs": 0}'
    right = '{"kind": "finite", "durationMs": 4000}'
    section = "ir-schema 4"


class TimeNotProduced(Invalid):
    """timeDerive names a slot for a value that the time model does not have.

    The slot is never written, and keeps its earlier content.
    """

    code = "IR379"
    title = "time value that does not exist"
    message = "slot {slot} is named for {name}, which {model} time does not have"
    severity = Severity.NOTE
    wrong = '{"timeModel": {"kind": "infinite"}, "out": {"tModelMs": 1, "phase01": 2}}'
    right = '{"timeModel": {"kind": "infinite"}, "out": {"tModelMs": 1}}'
    section = "ir-schema 4"


class UnknownNameInMeta(Invalid):
    """`meta` has a name or an origin for something that the program does not have."""

    code = "IR382"
    title = "name of something unknown"
    message = "{table} has an entry for `{id}`, which is no {what} of the program"
    severity = Severity.WARNING
    wrong = '"names": {"steps": {"s-x": "Old step"}}'
    right = '"names": {"steps": {"s-a": "Step"}}'
    section = "ir-schema 16.2"


class IdTableDiffers(Invalid):
    """The index by id of cameras or meshes disagrees with the list."""

    code = "IR384"
    title = "index by id disagrees with the list"
    message = "{table} says {claimed} for `{id}`, the list says {actual}"
    severity = Severity.WARNING
    wrong = '{"cameras": [{"id": "cam-1"}], "cameraIdToIndex": {"cam-1": 1}}'
    right = '{"cameras": [{"id": "cam-1"}], "cameraIdToIndex": {"cam-1": 0}}'
    section = "ir-schema 18.1"


class DuplicateId(Invalid):
    """Two entries of a table have one id; whatever names the id means one of them only."""

    code = "IR385"
    title = "duplicate id"
    message = "{table} has two entries called `{id}`"
    severity = Severity.WARNING
    wrong = '"nodes": [{"id": "n", ...}, {"id": "n", ...}]'
    right = '"nodes": [{"id": "n", ...}, {"id": "m", ...}]'
    section = "ir-schema 1.1"

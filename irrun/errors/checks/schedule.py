"""IR3xx: steps, their order and what they draw."""

from irrun.errors.base import Invalid, Severity


class DuplicateStepId(Invalid):
    """Two steps have one id; whatever names the id means one of them only."""

    code = "IR367"
    title = "duplicate step id"
    message = "steps[{first}] and steps[{second}] are both called {step_id}"
    severity = Severity.WARNING
    wrong = '"steps": [{"id": "s-a", ...}, {"id": "s-a", ...}]'
    right = '"steps": [{"id": "s-a", ...}, {"id": "s-b", ...}]'
    section = "ir-schema 14.2"


class UnknownDependency(Invalid):
    """A step says that it depends on a step that does not exist."""

    code = "IR368"
    title = "dependency on an unknown step"
    message = "{step_id} depends on {dependency}, which does not exist"
    severity = Severity.WARNING
    wrong = '{"id": "s-b", "deps": ["s-x"]}'
    right = '{"id": "s-b", "deps": ["s-a"]}'
    section = "ir-schema 14.2"


class LateDependency(Invalid):
    """A step depends on one that comes later; the order of the list counts."""

    code = "IR369"
    title = "dependency on a later step"
    message = "{step_id} depends on {dependency}, which comes later"
    severity = Severity.WARNING
    wrong = '"steps": [{"id": "s-b", "deps": ["s-a"]}, {"id": "s-a", "deps": []}]'
    right = '"steps": [{"id": "s-a", "deps": []}, {"id": "s-b", "deps": ["s-a"]}]'
    section = "ir-schema 14.2"


class SelfDependency(Invalid):
    """A step depends on itself, as the reference compiler writes it; that is ignored."""

    code = "IR370"
    title = "dependency on itself"
    message = "{step_id} depends on itself, which has no effect"
    severity = Severity.NOTE
    wrong = '{"id": "s-a", "deps": ["s-a"]}'
    right = '{"id": "s-a", "deps": []}'
    section = "ir-schema 14.2"


class DependencyCycle(Invalid):
    """Steps depend on each other, or need each other's slots: no order can satisfy them."""

    code = "IR371"
    title = "cycle of steps"
    message = "these steps need each other: {cycle}"
    severity = Severity.WARNING
    wrong = '{"id": "s-a", "deps": ["s-b"]}, {"id": "s-b", "deps": ["s-a"]}'
    right = '{"id": "s-a", "deps": []}, {"id": "s-b", "deps": ["s-a"]}'
    section = "ir-schema 14.2"


class TimeStepMisplaced(Invalid):
    """A schedule starts with exactly one timeDerive step."""

    code = "IR372"
    title = "timeDerive is not the first and only one"
    message = "{detail}"
    severity = Severity.WARNING
    wrong = '"steps": [{"kind": "signalEval", ...}, {"kind": "timeDerive", ...}]'
    right = '"steps": [{"kind": "timeDerive", ...}, {"kind": "signalEval", ...}]'
    section = "ir-schema 14.3"


class PhaseOrder(Invalid):
    """A node step stands on the wrong side of the bus steps for its phase.

    The phases are preBus, bus steps, postBus, render; the order of the list counts, and the
    phase says what was meant.
    """

    code = "IR373"
    title = "step out of phase"
    message = "{step_id} is of phase {phase}, but comes {place}"
    severity = Severity.WARNING
    wrong = '[{"kind": "busEval"}, {"kind": "nodeEval", "phase": "preBus"}]'
    right = '[{"kind": "nodeEval", "phase": "preBus"}, {"kind": "busEval"}]'
    section = "ir-schema 14.3"


class UnknownCacheName(Invalid):
    """A caching hint is about something that the program does not have."""

    code = "IR374"
    title = "caching hint for something unknown"
    message = "the hint names {what} {name}, which the program does not have"
    severity = Severity.WARNING
    wrong = '"stepCache": {"s-x": {"kind": "perFrame"}}'
    right = '"stepCache": {"s-a": {"kind": "perFrame"}}'
    section = "ir-schema 15.3"


class DependencyIndexDiffers(Invalid):
    """`schedule.deps` says something else than the steps themselves."""

    code = "IR375"
    title = "dependency index disagrees with the steps"
    message = "{table} says {claimed} for {key}, the steps say {actual}"
    hint = "`irrun convert IN OUT --emit-deps` writes the index that the steps give"
    severity = Severity.WARNING
    wrong = '"slotProducerStep": {"3": "s-b"} where s-a writes slot 3'
    right = '"slotProducerStep": {"3": "s-a"}'
    section = "ir-schema 15.1"


class BatchCount(Invalid):
    """A batch draws another number of things than its domain has, or a negative number."""

    code = "IR380"
    title = "batch count does not fit"
    message = "the batch has count {count}, but {detail}"
    hint = "use 0, which takes the count from the domain"
    severity = Severity.WARNING
    wrong = '{"count": 50, "domainSlot": 3} where slot 3 is a domain of 100'
    right = '{"count": 0, "domainSlot": 3}'
    section = "ir-schema 14.3"


class IgnoredBatchList(Invalid):
    """A step has embedded batches and the deprecated list slot; the list slot is not read."""

    code = "IR381"
    title = "batch list is ignored"
    message = "{field} is ignored, because the step has batches of its own"
    severity = Severity.NOTE
    wrong = '{"instance2dBatches": [...], "instance2dListSlot": 9}'
    right = '{"instance2dBatches": [...]}'
    section = "ir-schema 14.3"


class OrderByAccident(Invalid):
    """The order of two steps is right, but only because the list happens to have it.

    One step reads what the other writes, yet sorting the steps by their `deps`, with the
    program's own tie-break, would put the reader first. Whoever schedules anew from `deps`
    breaks the program.
    """

    code = "IR386"
    title = "order right by accident"
    message = "{reader} reads slot {slot} of {writer}, but its deps do not say so"
    hint = "add the writing step to the reader's deps"
    severity = Severity.NOTE
    wrong = '{"id": "s-a", "deps": []} reads what {"id": "s-b", "deps": []} before it writes'
    right = '{"id": "s-a", "deps": ["s-b"]}'
    section = "ir-schema 15.2"

"""The publishers of a bus: in which order they are combined, and how that differs."""

from collections.abc import Iterator

from irrun.compare.diff.change import Change
from irrun.evaluate.buses.values import combined_order
from irrun.steps import AnyStep
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.event_bus_eval import EventBusEval


def publisher_order(item: str, before: AnyStep, after: AnyStep) -> Iterator[Change]:
    """Yield another order of the publishers, as listed and as combined."""
    buses = (BusEval, EventBusEval)
    if not isinstance(before, buses) or not isinstance(after, buses):
        return
    ids = [{p.publisher_id for p in step.publishers} for step in (before, after)]
    common = ids[0] & ids[1]
    listed = [[p.publisher_id for p in s.publishers if p.publisher_id in common]
              for s in (before, after)]  # fmt: skip
    order = [
        [p.publisher_id for p in combined_order(s.publishers) if p.publisher_id in common]
        for s in (before, after)
    ]
    kept = set(order[0]) & set(order[1])
    order = [[i for i in found if i in kept] for found in order]
    if order[0] != order[1]:
        field = "publishers (order of combination)"
        yield Change("moved", "steps", item, field, order[0], order[1])
    elif listed[0] != listed[1]:
        yield Change("moved", "steps", item, "publishers", listed[0], listed[1], affects_run=False)

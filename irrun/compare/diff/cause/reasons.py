"""What in the data of two programs explains that a value differs."""

from collections.abc import Iterator, Sequence
from typing import Final

from irrun.compare.diff.change import Change
from irrun.compare.diff.data.expressions import Root
from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.data.state import compare_state
from irrun.compare.diff.data.steps import compare_step
from irrun.compare.diff.data.structure import (
    compare_initial_values,
    compare_nodes,
    compare_scene,
    compare_slot,
    compare_time,
)
from irrun.compare.diff.wording import sentence
from irrun.compare.lineage.dependencies import Dependencies, Node, Source, Value
from irrun.compare.lineage.parts import Ref
from irrun.compare.lineage.side import Side
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.reachable import reachable_signals
from irrun.ir.expressions.signals import (
    Phase01Signal,
    StatefulSignal,
    TimeModelMsSignal,
    WrapEventSignal,
)
from irrun.steps import AnyStep
from irrun.steps.kinds.node_eval import NodeEval
from irrun.steps.kinds.signal_eval import SignalEval
from irrun.steps.kinds.time_derive import TimeDerive

Flows = tuple[Dependencies, Dependencies]
Reasons = tuple[tuple[str, ...], tuple[Change, ...]]

_TIMED: Final = (TimeModelMsSignal, Phase01Signal, WrapEventSignal, StatefulSignal)
"""Signals whose value depends on the time model."""


def reasons_for(
    pair: Pair,
    flows: Flows,
    value: Value,
    before_start: bool,
    expressions: list[Change] | None = None,
) -> Reasons:
    """Return why a value differs whose sources do not differ earlier, and the changes behind it.

    Args:
        pair: The programs.
        flows: What their values are made of.
        value: The value.
        before_start: True if it differs before frame 0 already.
        expressions: How the expressions behind it differ, if that is known.
    """
    changes = list(_at_start(pair, value)) if before_start else []
    texts: list[str] = []
    if not changes:
        writers = [_writer(pair, flows, value, side) for side in (0, 1)]
        changes, texts = _of_writers(pair, flows, value, writers, expressions)
    return _worded(changes, texts, value.text)


def output_signals(pair: Pair, flows: Flows, value: Value) -> tuple[str, int, int] | None:
    """Return the place and the signals of a slot that one signalEval writes in both programs."""
    a, b = (_writer(pair, flows, value, side) for side in (0, 1))
    if value.kind == "state" or a is None or b is None or pair.a.steps[a] != pair.b.steps[b]:
        return None
    found = []
    for side, index in ((pair.a, a), (pair.b, b)):
        step = side.program.steps[index]
        if not isinstance(step, SignalEval):
            return None
        outputs = enumerate(step.outputs)
        found += [(i, o.sig_id) for i, o in outputs if side.slot(o.slot) == value.name][:1]
    if len(found) < 2:
        return None
    return f"{pair.a.steps[a]}.outputs[{found[0][0]}]", found[0][1], found[1][1]


def reasons_for_steps(pair: Pair, flows: Flows, names: Sequence[str]) -> Reasons:
    """Return what differs in some steps, whatever they write."""
    there = {pair.a.steps[a]: (a, b) for a, b in pair.steps}
    changes: list[Change] = []
    texts: list[str] = []
    for name in dict.fromkeys(names):
        if name not in there:
            texts.append(f"step {name} is only in {'A' if name in pair.a.steps else 'B'}")
            continue
        a, b = there[name]
        found, roots = compare_step(pair, a, b)
        changes += found
        changes += pair.expressions().compare(roots)
        changes += _of_tables(pair, pair.a.program.steps[a])
        texts += _of_order(pair, flows, (a, b), [flows[0].reads(a), flows[1].reads(b)])
    return _worded(changes, texts, " and ".join(f"step {name}" for name in names) or "the outputs")


def _worded(changes: list[Change], texts: list[str], what: str) -> Reasons:
    counting = [change for change in changes if change.affects_run and not change.minor]
    sentences = [*texts, *map(sentence, counting)]
    if not sentences:
        sentences = [
            f"the programs do not differ there: {what} is made in the same way in both, from "
            "values that do not differ earlier"
        ]
    return tuple(sentences), tuple(counting)


def _at_start(pair: Pair, value: Value) -> Iterator[Change]:
    """Yield what explains a difference before frame 0."""
    if value.kind == "state":
        yield from _of_layout(pair, value)
        return
    changes, roots = compare_initial_values(pair)
    yield from (change for change in changes if change.key == value.name)
    yield from pair.expressions().compare([root for root in roots if root.slot == value.name])
    yield from _of_slot(pair, value)


def _of_layout(pair: Pair, value: Value) -> Iterator[Change]:
    """Yield how a state cell and the arrays, which have no key, differ."""
    yield from (change for change in compare_state(pair) if change.key in (value.name, None))


def _of_slot(pair: Pair, value: Value) -> Iterator[Change]:
    a = pair.a.slot_of.get(value.name)
    if value.kind == "slot" and a is not None and a in pair.slots:
        yield from compare_slot(pair, a, pair.slots[a])


def _writer(pair: Pair, flows: Flows, value: Value, side: int) -> int | None:
    found = flows[side].writers.get(value)
    return found[0] if found else None


def _of_writers(
    pair: Pair,
    flows: Flows,
    value: Value,
    writers: Sequence[int | None],
    expressions: list[Change] | None,
) -> tuple[list[Change], list[str]]:
    """Return what differs in the steps that make a value."""
    a, b = writers
    changes = [*(_of_slot(pair, value) if value.kind == "slot" else _of_layout(pair, value))]
    if a is None or b is None or pair.a.steps[a] != pair.b.steps[b]:
        return changes, list(_other_writer(pair, value, a, b))
    found, roots = compare_step(pair, a, b)
    step = pair.a.program.steps[a]
    if isinstance(step, SignalEval):
        found, roots = [], _of_one_output(pair, flows, value)
    elif value.kind == "state":
        roots += _of_cell(flows, value)
    if expressions is None:
        expressions = pair.expressions().compare(roots)
    changes += [*found, *expressions, *_of_tables(pair, step)]
    sources = [flow.sources(value) for flow in flows]
    if _is_timed(pair.a, step, sources[0]) or _is_timed(pair.b, step, sources[1]):
        changes += compare_time(pair)
    return changes, list(_of_order(pair, flows, (a, b), sources))


def _other_writer(pair: Pair, value: Value, a: int | None, b: int | None) -> Iterator[str]:
    """Yield who makes a value that is not made by the same step in both programs."""
    for side, index, name in ((pair.a, a, "A"), (pair.b, b, "B")):
        other = pair.b if side is pair.a else pair.a
        if index is None:
            yield f"nothing makes {value.text} in {name}"
        elif side.steps[index] not in other.steps:
            yield f"step {side.steps[index]}, which makes {value.text}, is only in {name}"
        else:
            yield f"in {name}, step {side.steps[index]} makes {value.text}"


def _of_one_output(pair: Pair, flows: Flows, value: Value) -> list[Root]:
    """Return of a signalEval what concerns one of its slots, or one state cell."""
    if value.kind == "state":
        return _of_cell(flows, value)
    found = output_signals(pair, flows, value)
    if found is None:
        return []
    place, before, after = found
    return [Root(place, Ref("signal", before), Ref("signal", after))]


def _of_cell(flows: Flows, value: Value) -> list[Root]:
    """Return the signals that keep something in a cell, in both programs."""
    ids = [flow.signals_of_cell.get(value, []) for flow in flows]
    return [
        Root(value.text, Ref("signal", a), Ref("signal", b)) for a, b in zip(*ids, strict=False)
    ]


def _of_tables(pair: Pair, step: AnyStep) -> Iterator[Change]:
    """Yield changes of table rows that a step names."""
    for use in step.uses():
        if use.of == "node":
            node = pair.a.names.node(use.row)
            yield from (change for change in compare_nodes(pair) if change.key == node)
        elif use.of in ("camera", "mesh"):
            table = "cameras" if use.of == "camera" else "meshes"
            changes = (change for change in compare_scene(pair) if change.table == table)
            yield from (change for change in changes if change.key == use.id)


def _is_timed(side: Side, step: AnyStep, sources: list[Source]) -> bool:
    """True if a value depends on the time model directly."""
    if isinstance(step, TimeDerive):
        return True
    if isinstance(step, NodeEval):
        nodes = side.program.nodes.nodes
        row = OPCODES.get(nodes[step.node_index].opcode) if step.node_index < len(nodes) else None
        return row is not None and row.category in ("time", "state")
    below = reachable_signals(side.program, (s.signal for s in sources if isinstance(s, Node)))
    return any(isinstance(side.program.signal_nodes[i], _TIMED) for i in below)


def _of_order(
    pair: Pair, flows: Flows, at: tuple[int, int], sources: Sequence[list[Source]]
) -> Iterator[str]:
    """Yield where a step ran after the writer of what it reads and runs before it now."""
    read = [_values_below(flow, found) for flow, found in zip(flows, sources, strict=True)]
    name = pair.a.steps[at[0]]
    later: dict[str, list[Value]] = {}
    earlier: dict[str, list[Value]] = {}
    for value in read[0]:
        old, new = (_writer(pair, flows, value, side) for side in (0, 1))
        if value not in read[1] or old is None or new is None:
            continue
        other = pair.a.steps[old]
        if other != pair.b.steps[new]:
            continue
        if old < at[0] and new > at[1]:
            earlier.setdefault(other, []).append(value)
        elif old > at[0] and new < at[1]:
            later.setdefault(other, []).append(value)
    for other, values in earlier.items():
        what, them = _as_left(pair, values)
        when = f"it reads {what} as the frame before left {them}"
        yield f"step {name} now runs before {other}: {when}"
    for other, values in later.items():
        what, them = _as_left(pair, values)
        yield f"step {name} now runs after {other}: it reads {what} as this frame left {them}"


def _as_left(pair: Pair, values: Sequence[Value]) -> tuple[str, str]:
    """Return values by number or name, and the pronoun that goes with them."""
    texts = [pair.numbered(v.name) if v.kind == "slot" else v.text for v in values]
    if len(texts) > 4:
        texts = [*texts[:3], f"{len(texts) - 3} more"]
    if len(values) == 1:
        return texts[0], "it"
    return f"{', '.join(texts[:-1])} and {texts[-1]}", "them"


def _values_below(flow: Dependencies, sources: list[Source]) -> dict[Value, None]:
    """Return the slots and cells among sources, and below the signals among them."""
    found: dict[Value, None] = {}
    seen: set[Source] = set()
    stack = list(reversed(sources))
    while stack:
        source = stack.pop()
        if source in seen:
            continue
        seen.add(source)
        if isinstance(source, Value):
            found[source] = None
        else:
            stack.extend(reversed(flow.sources(source)))
    return found

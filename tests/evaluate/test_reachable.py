"""Hidden reads: the slots that a step reaches through expressions (ir-schema 14.3)."""

from collections.abc import Iterable
from typing import Any, Final

import pytest
from msgspec import structs
from program_builder import ProgramBuilder, opcode

from irrun.evaluate.graphs import reachable
from irrun.evaluate.reachable import (
    ReachedSlot,
    domains_of_field,
    reachable_fields,
    reachable_signals,
    slots_of_field,
    slots_of_signals,
)
from irrun.ir.expressions.fields import BroadcastField, FieldTable, MapField
from irrun.ir.expressions.functions import OpcodeFn
from irrun.ir.expressions.signals import InputSlotSignal, MapSignal, SignalTable
from irrun.ir.types import TypeDesc
from irrun.program.program import Program

LEAVES: Final = 6
"""Each program here begins with this many signals that read slots 100, 101, ..."""


def with_leaves() -> ProgramBuilder:
    """Return a program whose signal i, for i below `LEAVES`, reads slot 100 + i."""
    b = ProgramBuilder("reach")
    for i in range(LEAVES):
        b.signal("inputSlot", slot=100 + i)
    return b


def slots(found: Iterable[ReachedSlot]) -> list[int]:
    """Return the slot numbers in the order in which they were reached."""
    return [reached.slot for reached in found]


SIGNALS: Final[dict[str, tuple[dict[str, Any], list[int]]]] = {
    "inputSlot": ({"kind": "inputSlot", "slot": 7}, [7]),
    "map": ({"kind": "map", "src": 3, "fn": opcode(110)}, [103]),
    "zip": ({"kind": "zip", "a": 4, "b": 1, "fn": opcode(100)}, [104, 101]),
    "select-both-branches": ({"kind": "select", "cond": 2, "t": 5, "f": 0}, [102, 105, 100]),
    "transform": ({"kind": "transform", "src": 5, "chain": 0}, [105]),
    "busCombine": (
        {"kind": "busCombine", "busIndex": 0, "terms": [5, 3, 1], "combine": {"mode": "sum"}},
        [105, 103, 101],
    ),
    "busCombine-repeated-term": (
        {"kind": "busCombine", "busIndex": 0, "terms": [2, 2], "combine": {"mode": "sum"}},
        [102],
    ),
    "stateful-input": (
        {"kind": "stateful", "op": "integrate", "stateId": "s", "input": 4},
        [104],
    ),
    "stateful-input-and-trigger": (
        {
            "kind": "stateful",
            "op": "sampleHold",
            "stateId": "s",
            "input": 4,
            "params": {"trigger": 2},
        },
        [104, 102],
    ),
    "stateful-trigger-only": (
        {"kind": "stateful", "op": "sampleHold", "stateId": "s", "params": {"trigger": 1}},
        [101],
    ),
    "closureBridge": (
        {"kind": "closureBridge", "closureId": "c", "inputSlots": [0, 5]},
        [100, 105],
    ),
    "const": ({"kind": "const", "constId": 0}, []),
    "time": ({"kind": "timeModelMs"}, []),
    "dangling": ({"kind": "map", "src": 9999, "fn": opcode(110)}, []),
    "half-dangling": ({"kind": "zip", "a": 9999, "b": 3, "fn": opcode(100)}, [103]),
    "itself": ({"kind": "zip", "a": LEAVES, "b": 3, "fn": opcode(100)}, [103]),
}


@pytest.mark.parametrize(("node", "expected"), SIGNALS.values(), ids=SIGNALS)
def test_the_slots_behind_a_signal(node: dict[str, Any], expected: list[int]) -> None:
    b = with_leaves()
    root = b.signal(**node)

    assert slots(slots_of_signals(b.program(), [root])) == expected


def test_a_reached_slot_tells_where_it_is_named_and_as_what() -> None:
    b = with_leaves()
    vector = b.signal("inputSlot", slot=50, domain="vec2")
    root = b.signal("map", src=vector, fn=opcode(211))

    (reached,) = slots_of_signals(b.program(), [root])

    assert (reached.slot, reached.path) == (50, f"signalTable.nodes[{vector}].slot")
    assert reached.type.domain == "vec2"


def test_several_roots_give_each_signal_once_in_order() -> None:
    b = with_leaves()
    both = b.signal("zip", a=1, b=2, fn=opcode(100))
    again = b.signal("zip", a=2, b=0, fn=opcode(100))

    assert slots(slots_of_signals(b.program(), [both, again, both])) == [101, 102, 100]


@pytest.mark.parametrize("roots", [[], [9999], [LEAVES]])
def test_roots_that_do_not_exist_reach_nothing(roots: list[int]) -> None:
    assert list(reachable_signals(with_leaves().program(), roots)) == []


def test_a_program_without_signals_reaches_nothing() -> None:
    b = ProgramBuilder("reach")
    del b.doc["signalTable"]

    assert list(slots_of_signals(b.program(), [0, 1])) == []


def test_cycles_end() -> None:
    b = with_leaves()
    first = b.signal("zip", a=LEAVES + 1, b=3, fn=opcode(100))
    second = b.signal("zip", a=first, b=4, fn=opcode(100))
    program = b.program()

    assert list(reachable_signals(program, [first])) == [first, second, 4, 3]
    assert sorted(slots(slots_of_signals(program, [second]))) == [103, 104]


# ---- Fields ----


def field_program() -> ProgramBuilder:
    """Return a program whose field i, for i below 3, broadcasts signal i over domain 200 + i."""
    b = with_leaves()
    for i in range(3):
        b.field("broadcastSig", sig=i, domainSlot=200 + i)
    return b


FIELDS: Final[dict[str, tuple[dict[str, Any], list[int], list[int]]]] = {
    "const": ({"kind": "const", "constId": 0}, [], []),
    "broadcast": ({"kind": "broadcastSig", "sig": 5, "domainSlot": 9}, [9], [105]),
    "map": ({"kind": "map", "src": 1, "fn": opcode(120)}, [201], [101]),
    "map-with-signal-parameter": (
        {"kind": "map", "src": 1, "fn": opcode(110), "params": {"k": {"signalSlot": 4}}},
        [201],
        [104, 101],
    ),
    "zip": ({"kind": "zip", "a": 2, "b": 0, "fn": opcode(100)}, [202, 200], [102, 100]),
    "zip-with-signal-parameter": (
        {"kind": "zip", "a": 2, "b": 2, "fn": opcode(100), "params": {"k": {"signalSlot": 0}}},
        [202],
        [100, 102],
    ),
    "select-both-branches": (
        {"kind": "select", "cond": 2, "t": 1, "f": 0},
        [202, 201, 200],
        [102, 101, 100],
    ),
    "transform": ({"kind": "transform", "src": 2, "chain": 0}, [202], [102]),
    "busCombine": (
        {"kind": "busCombine", "busIndex": 0, "terms": [1, 0], "combine": {"mode": "sum"}},
        [201, 200],
        [101, 100],
    ),
    "dangling": ({"kind": "map", "src": 9999, "fn": opcode(120)}, [], []),
    "dangling-signal": ({"kind": "broadcastSig", "sig": 9999, "domainSlot": 9}, [9], []),
    "itself": ({"kind": "zip", "a": 3, "b": 1, "fn": opcode(100)}, [201], [101]),
}


@pytest.mark.parametrize(("node", "domains", "reads"), FIELDS.values(), ids=FIELDS)
def test_the_slots_behind_a_field(
    node: dict[str, Any], domains: list[int], reads: list[int]
) -> None:
    b = field_program()
    root = b.field(**node)
    program = b.program()

    assert slots(domains_of_field(program, root)) == domains
    assert slots(slots_of_field(program, root)) == reads


def test_a_field_reaches_through_the_whole_signal_behind_its_broadcast() -> None:
    b = with_leaves()
    deep = b.signal("select", cond=b.signal("map", src=0, fn=opcode(110)), t=1, f=2)
    root = b.field("map", src=b.field("broadcastSig", sig=deep, domainSlot=9), fn=opcode(120))

    assert slots(slots_of_field(b.program(), root)) == [100, 101, 102]


def test_a_reached_domain_tells_where_it_is_named() -> None:
    b = field_program()

    (reached,) = domains_of_field(b.program(), 2)

    assert (reached.slot, reached.path) == (202, "fields.nodes[2].domainSlot")
    assert reached.type.world == "field"


def test_a_field_that_does_not_exist_reaches_nothing() -> None:
    program = field_program().program()

    assert list(reachable_fields(program, [9999])) == []
    assert list(slots_of_field(program, 9999)) == []


# ---- Size ----


def deep_program(depth: int) -> Program:
    """Return a program with a chain of signals and one of fields, each ending in slot 77.

    Put together from records: loading such a document would take most of the time.
    """
    number = TypeDesc(world="signal", domain="number")
    fn = OpcodeFn(opcode=120)
    start = InputSlotSignal(type=number, slot=77)
    maps = (MapSignal(type=number, src=i, fn=fn) for i in range(depth))
    end = BroadcastField(type=number, sig=depth, domain_slot=78)
    field_maps = (MapField(type=number, src=i, fn=fn) for i in range(depth))
    document = structs.replace(
        ProgramBuilder("deep").program().document,
        signal_table=SignalTable(nodes=(start, *maps)),
        fields=FieldTable(nodes=(end, *field_maps)),
    )
    return Program(document)


def test_the_depth_of_an_expression_is_no_limit() -> None:
    program = deep_program(10_000)

    assert slots(slots_of_signals(program, [10_000])) == [77]
    assert slots(domains_of_field(program, 10_000)) == [78]
    assert slots(slots_of_field(program, 10_000)) == [77]


def test_a_graph_with_many_paths_is_walked_once() -> None:
    """Fifty nodes that each use the one before twice have 2**50 paths."""
    seen = list(reachable([50], lambda i: (i - 1, i - 1) if i else ()))

    assert seen == list(range(50, -1, -1))

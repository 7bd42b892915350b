"""Event buses (runtime-semantics section 9)."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import Document, ProgramBuilder, type_desc
from support.examples import examples

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    UnknownMode,
)
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf
OUT, SOURCES = 10, 20

Stream = list[dict[str, Any]]


def stream(*times: float, tag: str = "") -> Stream:
    """Return a stream; each value tells the stream and the place in it."""
    return [{"time": t, "value": f"{tag}{i}"} for i, t in enumerate(times)]


def publisher(index: int, **fields: Any) -> Document:
    row = {"publisherId": f"p{index}", "enabled": True, "sortKey": index}
    return row | {"srcSlot": SOURCES + index} | fields


def bus(publishers: Sequence[Document], mode: str) -> ProgramBuilder:
    """Return a program of one event bus; its stream goes to slot 10."""
    b = ProgramBuilder("event-bus")
    b.step(
        "eventBusEval",
        "s-bus",
        busIndex=b.bus("the-bus", mode, world="event"),
        outSlot=OUT,
        publishers=list(publishers),
        combine={"mode": mode},
        busType=type_desc("trigger", "event"),
    )
    return b


def run(b: ProgramBuilder, streams: Sequence[Any], *, quirks: bool = False) -> Runtime:
    runtime = Runtime(b.program(), quirks=quirks)
    for i, found in enumerate(streams):
        runtime.values.write(SOURCES + i, found)
    runtime.run_frame(0.0)
    return runtime


def combined(streams: Sequence[Any], mode: str, *, quirks: bool = False) -> Any:
    """Return what an event bus makes of streams that are in order."""
    b = bus([publisher(i) for i, _ in enumerate(streams)], mode)
    return run(b, streams, quirks=quirks).values.peek(OUT)


def tags(found: Any) -> list[Any]:
    return [event["value"] for event in found]


# --- Event buses ----------------------------------------------------------------------------

MERGES = [
    pytest.param([stream(3, tag="a"), stream(1, tag="b")], ["b0", "a0"], id="by time"),
    pytest.param(
        [stream(1, 3, tag="a"), stream(2, 4, tag="b")], ["a0", "b0", "a1", "b1"], id="interleaved"
    ),
    pytest.param(
        [stream(1, 1, tag="a"), stream(1, tag="b"), stream(1, 0, tag="c")],
        ["c1", "a0", "a1", "b0", "c0"],
        id="equal times keep the order of publishers",
    ),
    pytest.param([stream(-0.0, tag="a"), stream(0.0, tag="b")], ["a0", "b0"], id="zeros are equal"),
    pytest.param(
        [stream(NAN, 5, tag="a"), stream(1, NAN, tag="b"), stream(INF, tag="c")],
        ["b0", "a1", "c0", "a0", "b1"],
        id="NaN times last",
    ),
    pytest.param([stream(INF, -INF, 0, tag="a")], ["a1", "a2", "a0"], id="infinite times"),
    pytest.param([stream(2, 1, tag="a")], ["a1", "a0"], id="one stream is sorted too"),
    pytest.param([[], stream(1, tag="b"), []], ["b0"], id="empty streams"),
    pytest.param([[], []], [], id="nothing"),
]


@pytest.mark.parametrize(("streams", "expected"), MERGES)
def test_merge(streams: list[Stream], expected: list[str]) -> None:
    """A merge is by time, and stable: publishers in order, occurrences in order."""
    assert tags(combined(streams, "merge")) == expected


@pytest.mark.parametrize(
    ("times", "said"), [([[1, NAN], [NAN]], ["IR388"]), ([[1], [INF, 0]], []), ([], [])]
)
def test_times_that_are_nan_are_reported_once(times: list[list[float]], said: list[str]) -> None:
    """However many there are, and in however many frames."""
    streams = [stream(*row, tag="e") for row in times]
    b = bus([publisher(i) for i, _ in enumerate(streams)], "merge")
    runtime = run(b, streams)
    runtime.run_frame(10.0)

    assert [finding.code for finding in runtime.findings] == said


@examples(30, long=200)
@given(st.lists(st.lists(st.sampled_from([0.0, -0.0, 1.0, 2.0, NAN, INF, -INF])), max_size=4))
def test_merge_of_any_streams(times: list[list[float]]) -> None:
    """Nothing is lost or doubled, times ascend, NaN comes last, equal ones keep their order."""
    streams = [stream(*row, tag=f"{i}-") for i, row in enumerate(times)]
    got = combined(streams, "merge")
    flat = [event for found in streams for event in found]

    assert sorted(map(id, got)) == sorted(map(id, flat))
    place = {id(event): i for i, event in enumerate(flat)}
    for one, next_one in pairwise(got):
        a, b = one["time"], next_one["time"]
        if math.isnan(a):
            assert math.isnan(b)
        assert math.isnan(b) or a <= b
        if a == b or math.isnan(a):
            assert place[id(one)] < place[id(next_one)]


@pytest.mark.parametrize("mode", ["merge", "first", "last"])
def test_occurrences_are_not_copied(mode: str) -> None:
    """The result holds the very occurrences of the streams, whatever they carry besides."""
    event = {"time": 1, "value": {"x": [1, 2]}, "more": True}

    (got,) = combined([[event]], mode)

    assert got is event


@pytest.mark.parametrize("streams", [[stream(2, 1), stream(3)], [[], stream(3)]])
def test_first_and_last_are_the_streams_themselves(streams: list[Stream]) -> None:
    """They are not sorted, and an empty stream is chosen like any other."""
    assert combined(streams, "first") is streams[0]
    assert combined(streams, "last") is streams[-1]
    assert combined(streams[::-1], "last") is streams[0]


def test_disabled_publishers_do_not_count() -> None:
    """First and last are those of the enabled ones."""
    streams = [stream(1, tag="a"), stream(2, tag="b"), stream(3, tag="c")]
    publishers = [publisher(0, enabled=False), publisher(1), publisher(2, enabled=False)]

    for mode in ("merge", "first", "last"):
        runtime = Runtime(bus(publishers, mode).program())
        runtime.values.write(SOURCES + 1, streams[1])
        runtime.run_frame(0.0)
        assert tags(runtime.values.peek(OUT)) == ["b0"]


NO_STREAMS = [
    pytest.param(1.5, id="number"),
    pytest.param("text", id="text"),
    pytest.param({"time": 1, "value": 2}, id="record"),
    pytest.param(None, id="null"),
    pytest.param(True, id="boolean"),
]


@pytest.mark.parametrize("mode", ["merge", "first", "last"])
@pytest.mark.parametrize("value", NO_STREAMS)
def test_what_is_no_list_is_empty(value: Any, mode: str) -> None:
    """Anything that is no list counts as a stream without occurrences."""
    assert combined([value], mode) == []


def test_a_source_that_nothing_has_written_is_empty() -> None:
    """It counts as empty, with the warning of every such read."""
    runtime = run(bus([publisher(0), publisher(1)], "merge"), [stream(1)])

    assert tags(runtime.values.peek(OUT)) == ["0"]
    assert [finding.code for finding in runtime.findings] == ["IR450"]


@pytest.mark.parametrize(
    "occurrences",
    [
        pytest.param([1, 2], id="numbers"),
        pytest.param(["a"], id="texts"),
        pytest.param([None], id="null"),
        pytest.param([[1, 2]], id="lists"),
        pytest.param([{"value": 1}], id="without a time"),
    ],
)
def test_list_of_something_else(occurrences: list[Any]) -> None:
    """A list that is no stream is taken or refused with a code; it is no bug of irrun."""
    try:
        got = combined([occurrences], "merge")
    except IrrunError as error:
        assert error.code.startswith("IR4")  # noqa: PT017
        return

    assert len(got) == len(occurrences)


@pytest.mark.parametrize("mode", ["merge", "first", "last", "no such mode"])
@pytest.mark.parametrize("publishers", [[], [publisher(0, enabled=False)]], ids=["none", "off"])
def test_bus_without_publishers_is_empty(publishers: list[Document], mode: str) -> None:
    """Nobody publishes, nothing happens, whatever the mode."""
    assert run(bus(publishers, mode), []).values.peek(OUT) == []


@pytest.mark.parametrize("mode", ["no such mode", "max", ""])
def test_unknown_mode(mode: str) -> None:
    """A mode without meaning is IR419, which names it."""
    with pytest.raises(UnknownMode) as caught:
        combined([stream(1)], mode)

    assert (caught.value.code, caught.value.facts["mode"]) == ("IR419", mode)


def test_sum_is_merge() -> None:
    """The mode that the compiler has for events by default; the reference refuses it."""
    streams = [stream(3, tag="a"), stream(1, tag="b")]

    assert tags(combined(streams, "sum")) == ["b0", "a0"]
    with pytest.raises(UnknownMode):
        combined(streams, "sum", quirks=True)


@pytest.mark.parametrize(
    ("quirks", "expected", "codes"),
    [
        pytest.param(False, ["b0", "a0"], ["IR455"], id="by sort key"),
        pytest.param(True, ["a0", "b0"], [], id="reference, as listed"),
    ],
)
def test_order_of_publishers(quirks: bool, expected: list[str], codes: list[str]) -> None:
    """Publishers are sorted as those of value buses are, which shows where times are equal."""
    b = bus([publisher(0, sortKey=5), publisher(1, sortKey=-5)], "merge")
    runtime = run(b, [stream(1, tag="a"), stream(1, tag="b")], quirks=quirks)

    assert tags(runtime.values.peek(OUT)) == expected
    assert [finding.code for finding in runtime.findings] == codes


def test_slots_of_streams_are_object_slots() -> None:
    """A stream survives in a derived slot, and in one that slotMeta has as a number (5.4)."""
    b = bus([publisher(0)], "merge")
    b.slot(OUT)
    runtime = run(b, [stream(1)])

    assert runtime.values.storage_of(OUT) == "object"
    assert runtime.values.storage_of(SOURCES) == "object"

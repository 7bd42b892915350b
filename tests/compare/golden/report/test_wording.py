"""What is said of arrays that differ: how far they got, once for all that did so alike."""

from typing import Any

import numpy as np
from compare.golden.samples import golden_of
from rich.console import Console

from irrun.cli.tables.golden import comparison_tables
from irrun.compare.golden.report.reports import comparison_document
from irrun.compare.golden.report.wording import difference_lines, other_lines
from irrun.compare.output.compare import compare_goldens
from irrun.compare.output.document import Golden
from irrun.compare.output.values import ValueRecorder
from irrun.ir.values import Buffer

TURNED = "components g, b: 255 to 0 in 100 of 100 elements"


def colors(*color: int) -> Buffer:
    """Return 100 colours, all the same."""
    return Buffer(np.tile(np.array(color, np.uint8), 100), 4, "u8")


WHITE, RED = colors(255, 255, 255, 255), colors(255, 0, 0, 255)


def told(expected: Golden, got: Golden) -> list[str]:
    """Return what is said of two goldens."""
    found = compare_goldens(expected, got)
    return [*difference_lines(found), *other_lines(found)]


def test_white_to_red_is_told_by_component() -> None:
    """No digest, no sample; and why no tolerance helps."""
    assert told(golden_of({"a": WHITE}), golden_of({"a": RED})) == [
        "first at frame 0 (t = 0 ms): a",
        f"  {TURNED}",
        "1 of 1 frame and 1 value differ",
        "no tolerance would have accepted this; arrays are not kept whole (--buffers full)",
    ]


def test_many_slots_of_one_cause_are_one_line() -> None:
    """Three are named; what differs in another way has a line of its own."""
    names = [f"slot {i}" for i in range(12)]
    before = golden_of(dict.fromkeys(names, WHITE) | {"x": 1.0, "y": WHITE})
    after = golden_of(dict.fromkeys(names, RED) | {"x": 2.0, "y": colors(0, 255, 255, 255)})

    lines = told(before, after)

    assert lines[1:3] == [
        f"  {TURNED}",
        "  and 11 more like it: slot 1, slot 2, slot 3 and 8 more",
    ]
    assert lines[4].endswith("arrays are not kept whole (--buffers full)")
    assert lines[5:] == [
        "also x: frame 0, expected 1, got 2",
        "also y: frame 0, component r: 255 to 0 in 100 of 100 elements",
    ]


def test_what_differs_besides_is_counted() -> None:
    """Eight are shown."""
    names = [f"slot {i}" for i in range(20)]
    lines = told(golden_of(dict.fromkeys(names, 1.0)), golden_of(dict.fromkeys(names, 2.0)))

    assert len([line for line in lines if line.startswith("also ")]) == 8
    assert lines[-1] == "and 11 more that differ"


def test_every_array_of_a_frame_is_told() -> None:
    """By what its passes take it for, also where only the render frame was recorded."""
    arrays = {"1": [0, 0, 2, 2], "2": [1, 1], "3": [9, 9]}
    passes = [{"buffers": {name: {"bufferId": i} for i, name in enumerate(["posXY", "size"], 1)}}]

    def frame(**changed: Any) -> Any:
        found = {i: np.array(changed.get(f"b{i}", a), np.float32) for i, a in arrays.items()}
        return {"passes": passes, "buffers": found}

    lines = told(golden_of({"f": frame()}), golden_of({"f": frame(b1=[4, 4, 6, 6], b2=[5, 5])}))

    assert lines[0] == "first at frame 0 (t = 0 ms): f.buffers.1 [posXY]"
    assert "also f.buffers.2 [size]: frame 0, 1 to 5 in 2 of 2 elements" in lines


def test_whole_arrays_show_the_first_element_and_all_of_them() -> None:
    """What would have been accepted is known then."""

    def whole(value: Buffer) -> Golden:
        recorder = ValueRecorder(keep_arrays=True)
        recorder.value(value)
        return golden_of({"a": value}, arrays=recorder.arrays)

    lines = told(whole(WHITE), whole(RED))

    assert lines[0] == "first at frame 0 (t = 0 ms): a[1]"
    assert f"  in all   {TURNED}" in lines
    assert any("--atol 255" in line for line in lines)


def test_frames_that_differ_alike_are_one_row() -> None:
    """In the tables of a review and of a diff; a value that is like another has none."""
    before = golden_of(*[{"a": WHITE, "b": WHITE}] * 20)
    after = golden_of(*[{"a": RED, "b": RED}] * 9, *[{"a": colors(0, 0, 0, 255), "b": RED}] * 11)
    comparison = compare_goldens(before, after)
    console = Console(width=80, record=True)
    with console.capture() as capture:
        for table in comparison_tables(before, after, comparison, 80, verbose=False):
            console.print(table)
    rows = [" ".join(line.split()) for line in capture.get().splitlines()]

    assert f"0-8 {TURNED}" in rows
    assert "9-19 components r, g, b: 255 to 0 in 100 of 100 elements" in rows
    assert rows.count("a") == 1
    assert "b" not in rows
    assert not any("digest" in row for row in rows)


def test_machines_are_told_the_same() -> None:
    """As the note of a difference, with what both goldens keep."""
    found = compare_goldens(golden_of({"a": WHITE}), golden_of({"a": RED}))

    first = comparison_document(found)["values"][0]["first"]

    assert first["note"] == TURNED
    assert (first["expected"]["all"], first["got"]["all"]) == ([255] * 4, [255, 0, 0, 255])

"""The text of a golden: what stands in it, that it comes back, and that damage is noticed."""

import contextlib
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from compare.golden.samples import (
    SPECIAL,
    bits,
    constant,
    every_prefix,
    golden_of,
    goldens,
    lines_of,
    recorded,
)
from hypothesis import given
from hypothesis import strategies as st

from irrun.compare.golden.store import read_golden
from irrun.compare.output.compare import compare_goldens
from irrun.compare.output.document import Golden, GoldenFrame, GoldenRun, frame_digest
from irrun.compare.output.text import golden_bytes, parse_golden
from irrun.compare.output.values import as_number
from irrun.errors.golden import GoldenVersionUnknown, NotAGolden

# --- What stands in it ----------------------------------------------------------------------


def test_a_golden_is_json_with_everything_that_was_run() -> None:
    """Any JSON reader finds version, program, settings, values and frames."""
    golden = recorded(constant(0.5, patch_id="half"), frames=2)

    document = json.loads(golden_bytes(golden))

    assert document["goldenVersion"] == 2
    assert document["program"]["patchId"] == "half"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", document["program"]["digest"])
    assert document["run"] == {"frames": 2, "fps": 60, "startMs": 0, "executors": "auto"}
    assert document["watch"] == ["outputs", "state"]
    assert document["values"]["output value"] == {
        "storage": "f64",
        "type": "signal:number",
        "slot": 2,
        "step": "s-value",
    }
    assert document["frames"][0]["values"] == {"output value": 0.5}


def test_the_version_is_the_first_thing_in_the_file() -> None:
    """Who reads only the beginning knows what it is."""
    assert golden_bytes(golden_of({"a": 1})).startswith(b'{\n"goldenVersion": 2,\n')


def test_one_value_to_a_line() -> None:
    """Two values, two lines: what a review shows is what changed."""
    lines = lines_of(golden_bytes(golden_of({"slot 1": 1.5, "slot 2": {"x": [1, 2]}})))

    assert '  "slot 1": 1.5,' in lines
    assert '  "slot 2": {"x": [1, 2]}' in lines


def test_a_change_of_one_value_changes_its_line_and_the_digest() -> None:
    """Two lines of the file: the value, and the frame's first."""
    rows: list[dict[str, Any]] = [{"a": i, "b": i / 3, "c": "still"} for i in range(5)]
    before = lines_of(golden_bytes(golden_of(*rows)))
    rows[3] = rows[3] | {"b": 7}
    after = lines_of(golden_bytes(golden_of(*rows)))

    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]

    assert len(changed) == 2
    assert changed[1] == ('  "b": 1', '  "b": 7')
    assert changed[0][0].startswith('{"frame": 3, ')


def test_text_ends_with_a_line_and_has_no_other_line_ends() -> None:
    """One newline after each line, as text files have it everywhere."""
    data = golden_bytes(golden_of({"a": "x\r\ny\u2028"}))

    assert data.endswith(b"}\n")
    assert b"\r" not in data


SPELT: Final = [
    (math.nan, '"NaN"'),
    (-math.nan, '"NaN"'),
    (math.inf, '"Infinity"'),
    (-math.inf, '"-Infinity"'),
    (-0.0, '"-0"'),
    (0.0, "0"),
    (5e-324, "5e-324"),
    (0.1, "0.1"),
    (1 / 3, "0.3333333333333333"),
    (3.0, "3"),
    (-12.0, "-12"),
    (1e21, "1e+21"),
    (2.0**53, "9007199254740992.0"),
    (float(np.float32(0.1)), "0.10000000149011612"),
]


@pytest.mark.parametrize(("number", "spelt"), SPELT, ids=[spelt for _, spelt in SPELT])
def test_numbers_are_explicit_and_shortest(number: float, spelt: str) -> None:
    """What JSON has no number for is a text; all else the shortest that comes back."""
    assert f'  "a": {spelt}' in lines_of(golden_bytes(golden_of({"a": number})))


@given(st.floats() | st.sampled_from(SPECIAL))
def test_numbers_come_back_to_the_last_bit(number: float) -> None:
    """Every double: also subnormal ones, infinities, both zeros, and NaN."""
    golden = parse_golden(golden_bytes(golden_of({"a": number})))

    found = as_number(json.loads(golden.frames[0].changed["a"]))

    assert found is not None
    assert bits(found) == bits(number) or (math.isnan(found) and math.isnan(number))


def test_equal_frames_are_folded() -> None:
    """Frames in which nothing changes take one line, with the last of them named."""
    rows = [{"a": 1}, {"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}, {"a": 1}]
    document = json.loads(golden_bytes(golden_of(*rows)))

    found = [(frame["frame"], frame.get("through")) for frame in document["frames"]]

    assert found == [(0, None), (1, 2), (3, None), (4, None), (5, None)]
    assert [frame.get("values") for frame in document["frames"]] == [
        {"a": 1}, None, {"a": 2}, None, {"a": 1},
    ]  # fmt: skip


def test_frames_with_the_same_values_have_the_same_digest() -> None:
    """However they came about: the digest is that of all values, changed or not."""
    frames = golden_of({"a": 1, "b": 2}, {"a": 2, "b": 2}, {"a": 1, "b": 2}).frames

    assert frames[0].digest == frames[2].digest != frames[1].digest


def test_a_program_in_which_nothing_moves_is_short() -> None:
    """10,000 equal frames are two lines."""
    golden = golden_of({"a": 1})
    frame = golden.frames[0]
    still = [frame, *(GoldenFrame(i, i * 1000 / 60, frame.digest, {}) for i in range(1, 10_000))]
    header = recorded(constant(1.0)).header
    long = GoldenRun(frames=len(still))

    data = golden_bytes(Golden(type(header)(**_members(header) | {"run": long}), still))

    assert len(data) < 1000
    assert len(parse_golden(data).frames) == 10_000


def _members(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


# --- It comes back --------------------------------------------------------------------------


@given(goldens())
def test_what_is_written_reads_back_and_writes_the_same(golden: Golden) -> None:
    """Write, parse, write: the same bytes, whatever the values and their names are."""
    data = golden_bytes(golden)

    again = parse_golden(data)

    assert golden_bytes(again) == data
    assert again.header == golden.header
    assert list(again.frames) == list(golden.frames)
    assert compare_goldens(golden, again).is_same


@given(goldens())
def test_a_golden_is_valid_json_for_others(golden: Golden) -> None:
    """No NaN, no Infinity, no name twice in one object: the strictest reader takes it."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    json.loads(golden_bytes(golden), parse_constant=refuse, object_pairs_hook=unique)


def test_line_ends_of_another_system_do_no_harm(tmp_path: Path) -> None:
    """A checkout that turns newlines into CR LF still has its goldens."""
    golden = recorded(constant(0.1, 0.2), watch=("all",))
    path = tmp_path / "a.golden"
    path.write_bytes(golden_bytes(golden).replace(b"\n", b"\r\n"))

    assert golden_bytes(read_golden(path)) == golden_bytes(golden)


# --- Damage ---------------------------------------------------------------------------------

Damage = Callable[[dict[str, Any]], object]


def sound() -> bytes:
    """Return a golden of four frames, all values changing, the last two equal."""
    rows: list[dict[str, Any]] = [{"a": i, "b": i / 3, "list": [i, {"x": i}]} for i in range(3)]
    return golden_bytes(golden_of(*rows, rows[-1]))


def changed(change: Damage) -> bytes:
    """Return a sound golden whose document was changed by hand."""
    document = json.loads(sound())
    change(document)
    return json.dumps(document).encode()


def conflict(kind: bytes) -> bytes:
    """Return a golden that a merge left with its markers."""
    lines = sound().splitlines(keepends=True)
    at = len(lines) - 4
    ours, theirs = lines[at], lines[at].replace(b"0.6", b"0.7")
    marked = [b"<<<<<<< HEAD\n", ours, b"=======\n", theirs, b">>>>>>> topic\n"]
    if kind == b"diff3":
        marked[2:2] = [b"||||||| base\n", ours]
    return b"".join([*lines[:at], *marked, *lines[at + 1 :]])


def _frame(index: int, **members: Any) -> Damage:
    return lambda document: document["frames"][index].update(members)


def _value(index: int, name: str, value: Any) -> Damage:
    return lambda document: document["frames"][index]["values"].update({name: value})


def _header(**members: Any) -> Damage:
    return lambda document: document.update(members)


def _run(**members: Any) -> Damage:
    return lambda document: document["run"].update(members)


def _without(*path: str | int) -> Damage:
    def change(document: Any) -> None:
        for part in path[:-1]:
            document = document[part]
        del document[path[-1]]

    return change


def forged(value: bytes) -> bytes:
    """Return a golden with a value that its digest is true of, whatever it is."""
    data = golden_bytes(golden_of({"a": "here"}))
    digest = re.search(rb'"digest": "([0-9a-f]{32})"', data)
    assert digest is not None
    true = frame_digest({"a": value}).encode()
    return data.replace(b'"here"', value).replace(digest.group(1), true)


DAMAGED: Final[dict[str, bytes]] = {
    "empty": b"",
    "white space": b"\n\n",
    "another text": b"hello\n",
    "another document": b'{"irVersion": 1}',
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "binary": bytes(range(256)),
    "not UTF-8 in a value": sound().replace(b'"patch"', b'"p\xfftch"'),
    "not UTF-8 in a name": sound().replace(b'"list"', b'"l\xc3st"'),
    "UTF-16": sound().decode().encode("utf-16"),
    "half a surrogate pair": sound().replace(b'"patch"', b'"\\ud800"'),
    "zeros at the end": sound() + bytes(512),
    "two goldens in one": sound() + sound(),
    "merge conflict": conflict(b"merge"),
    "merge conflict with base": conflict(b"diff3"),
    "an edited value": sound().replace(b'"b": 0.6666666666666666', b'"b": 0.6666666666666667'),
    "an edited value deep within": changed(_value(1, "list", [1, {"x": 2}])),
    "a value more": changed(_value(1, "c", 1)),
    "a value less": changed(_without("frames", 1, "values", "b")),
    "a renamed value": sound().replace(b'"b": 0.6', b'"c": 0.6'),
    "another digest": changed(_frame(1, digest="0" * 32)),
    "the digest of another frame": sound().replace(b'"frame": 1,', b'"frame": 2,'),
    "an empty digest": changed(_frame(1, digest="")),
    "a digest that is none": changed(_frame(1, digest=7)),
    "no digest": changed(_without("frames", 1, "digest")),
    "no first frame": changed(_without("frames", 0)),
    "no middle frame": changed(_without("frames", 1)),
    "no last frame": changed(_without("frames", -1)),
    "no frames": changed(_header(frames=[])),
    "frames that are none": changed(_header(frames=7)),
    "no list of frames": changed(_without("frames")),
    "a frame twice": changed(lambda d: d["frames"].insert(1, d["frames"][1])),
    "frames out of order": changed(lambda d: d["frames"].reverse()),
    "a frame too many": changed(lambda d: d["frames"].append(d["frames"][-1] | {"frame": 4})),
    "a fold too far": changed(_frame(-1, through=4)),
    "a fold too far by far": changed(_frame(-1, through=10**15)),
    "a fold backwards": changed(_frame(1, through=0)),
    "a fold over the next": changed(_frame(0, through=1)),
    "fewer frames than said": changed(_run(frames=9)),
    "more frames than said": changed(_run(frames=2)),
    "other times than frames": changed(_run(times=[0, 1])),
    "no times": changed(_run(times=[])),
    "frames below 0": changed(_run(frames=-1)),
    "frames without end": changed(_run(frames=10**18)),
    "frames of no integer": changed(_run(frames=3.5)),
    "no speed": changed(_run(fps=0)),
    "an unknown setting": changed(_run(gravity=9.81)),
    "an unknown executor": changed(_run(executors="fake")),
    "an unknown member": changed(_header(colour="red")),
    "a member missing": changed(_without("program")),
    "a digest missing": changed(_without("program", "digest")),
    "a setting missing": changed(_without("watch")),
    "values missing": changed(_without("values")),
    "values that are none": changed(_header(values=[1, 2])),
    "a tolerance that is none": changed(_header(policy={"atol": "much"})),
    "a frame number that is none": changed(_frame(1, frame="1")),
    "a frame number below 0": changed(_frame(1, frame=-1)),
    "a number beyond all": changed(_run(frames=10**400)),
    "a time beyond all": sound().replace(b'"startMs": 0', b'"startMs": 1e999'),
    "a time of many digits": sound().replace(b'"startMs": 0', b'"startMs": 1' + b"0" * 5000),
    "an edited time": sound().replace(b'"tMs": 16.666666666666668', b'"tMs": 17'),
    "a deep list": sound()[:-3] + b', "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"\n}\n",
    "a deep version": b'{"goldenVersion": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a deep beginning": b'{"a": ' * 100_000,
    "a deep value": forged(b"[" * 100_000 + b"]" * 100_000),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_noticed(data: bytes) -> None:
    """Whatever was done to it: IR130, and no other exception."""
    with pytest.raises(NotAGolden):
        parse_golden(data)


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_told_with_the_file(data: bytes, tmp_path: Path) -> None:
    """Read from disk, the complaint names the file, in one line."""
    path = tmp_path / "bad.golden"
    path.write_bytes(data)

    with pytest.raises(NotAGolden) as caught:
        read_golden(path)

    assert caught.value.where.file == str(path)
    assert "\n" not in caught.value.sentence


def test_truncation_is_noticed_wherever_it_is() -> None:
    """Cut off at any of many bytes, but for the last newline: IR130."""
    data = sound()

    for prefix in every_prefix(data.rstrip(), 400):
        with pytest.raises(NotAGolden):
            parse_golden(prefix)


@given(st.data())
def test_a_byte_that_changes_is_noticed_or_changes_nothing_that_came_out(data: Any) -> None:
    """One byte replaced anywhere: refused, or the frames and their values are what they were."""
    whole = sound()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]

    try:
        found = parse_golden(damaged)
    except (NotAGolden, GoldenVersionUnknown):
        return

    sane = parse_golden(whole)
    assert [frame.digest for frame in found.frames] == [frame.digest for frame in sane.frames]
    assert [frame.changed for frame in found.frames] == [frame.changed for frame in sane.frames]


VERSIONS: Final = [0, 3, -1, 10**30, "1", "next", True, [1], {"major": 1}]


@pytest.mark.parametrize("version", VERSIONS, ids=repr)
def test_another_version_is_called_one(version: Any) -> None:
    """IR131 with both versions, even where nothing else is as this version has it."""
    for document in (
        {"goldenVersion": version},
        {"goldenVersion": version, "frames": "elsewhere", "more": [1]},
        json.loads(sound()) | {"goldenVersion": version},
    ):
        with pytest.raises(GoldenVersionUnknown) as caught:
            parse_golden(json.dumps(document).encode())

        assert caught.value.facts["known"] == "1 and 2"


@pytest.mark.parametrize("value", [b"1" * 400, b"-" + b"9" * 5000, b"1e999", b"[1" + b"0" * 400])
def test_a_number_beyond_all_doubles_is_damage_wherever_it_is_met(value: bytes) -> None:
    """Also in a value whose digest is true: reading or comparing says IR130, and nothing fails."""
    value += b"]" * value.count(b"[")

    with contextlib.suppress(NotAGolden):
        golden = parse_golden(forged(value))
        assert not compare_goldens(golden, golden_of({"a": 1})).is_same

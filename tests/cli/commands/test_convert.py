"""`irrun convert`: one program, either encoding, canonical bytes."""

import gzip
import json
import os
import stat
from pathlib import Path
from typing import Any, NamedTuple

import msgpack
import pytest
from cli.samples import (
    BUNDLED,
    Irrun,
    bundled,
    clock,
    many_unknown_fields,
    overlapping_slots,
    save,
)
from program_builder import ProgramBuilder

from irrun.limits import SLOT_OFFSET
from irrun.program.canonical import Encoding, encode
from irrun.program.layout import derive_layout
from irrun.program.reading.codec import load, loads


class Target(NamedTuple):
    name: str
    encoding: Encoding
    options: tuple[str, ...] = ()
    packed: bool = False


TARGETS = [
    Target("out.json", "json"),
    Target("out.msgpack", "msgpack"),
    Target("out.mpk", "msgpack"),
    Target("out.mp", "msgpack"),
    Target("out.json.gz", "json", packed=True),
    Target("out.msgpack.gz", "msgpack", packed=True),
    Target("patch.v2.json", "json"),
    Target("out.json", "msgpack", ("--to", "msgpack")),
    Target("out.bin", "msgpack", ("--to", "msgpack")),
    Target("out", "json", ("--to", "json")),
    Target("out.gz", "json", ("--to", "json"), packed=True),
]


@pytest.mark.parametrize("row", TARGETS, ids=lambda row: " ".join([row.name, *row.options]))
@pytest.mark.parametrize("source", ["json", "msgpack"])
def test_the_suffix_says_the_encoding(source: str, row: Target, irrun: Irrun) -> None:
    """Or --to does, which counts for more; `.gz` packs. The bytes are the canonical ones."""
    got = irrun("convert", bundled("bus", source), row.name, *row.options)

    content = Path(row.name).read_bytes()
    assert content.startswith(b"\x1f\x8b") is row.packed
    content = gzip.decompress(content) if row.packed else content
    assert content == encode(load(bundled("bus")), row.encoding)
    assert (got.code, got.out) == (0, "")
    for fact in (row.name, row.encoding, load(bundled("bus")).digest):
        assert fact in got.err


def test_packed_bytes_are_the_same_each_time(irrun: Irrun) -> None:
    """Gzip keeps no time and no name of its own."""
    irrun("convert", bundled("bus"), "one.json.gz")
    irrun("convert", bundled("bus"), "another.json.gz")

    content = Path("one.json.gz").read_bytes()
    assert content == Path("another.json.gz").read_bytes()
    assert content[3:8] == bytes(5)  # no flags, so no name; and no time


@pytest.mark.parametrize("name", ["out", "out.txt", "out.gz", "out.json.zip", ".json", "-"])
def test_a_suffix_that_says_nothing_is_refused(name: str, irrun: Irrun) -> None:
    """Exit code 2, the message names --to, and nothing is written."""
    got = irrun("convert", bundled("bus"), name)

    assert (got.code, got.out) == (2, "")
    assert name in got.err
    assert "--to" in got.err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", BUNDLED)
def test_there_and_back_gives_the_same_bytes(name: str, irrun: Irrun) -> None:
    """JSON to MessagePack to JSON: the canonical bytes, and one digest all the way."""
    irrun("convert", bundled(name, "json"), "there.msgpack")
    irrun("convert", "there.msgpack", "back.json", "--pretty")

    assert Path("there.msgpack").read_bytes() == Path(bundled(name)).read_bytes()
    assert Path("back.json").read_bytes() == Path(bundled(name, "json")).read_bytes()
    assert load("back.json").digest == load(bundled(name)).digest


def test_pretty_changes_the_lines_only(irrun: Irrun) -> None:
    """--pretty breaks JSON into lines; the document stays."""
    irrun("convert", bundled("bus"), "plain.json")
    irrun("convert", bundled("bus"), "pretty.json", "--pretty")
    plain, pretty = Path("plain.json").read_text(), Path("pretty.json").read_text()

    assert plain.count("\n") == 1
    assert pretty.count("\n") > 20
    assert json.loads(plain) == json.loads(pretty)


def test_pretty_lines_fit_a_hundred_columns(irrun: Irrun) -> None:
    """A record stands on one line where it fits, its key included."""
    irrun("convert", bundled("bus"), "pretty.json", "--pretty")

    assert max(map(len, Path("pretty.json").read_text().splitlines())) <= 100


@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_standard_input_and_output(encoding: str, irrun: Irrun) -> None:
    """`-` for either: only the program's bytes on standard output, and no word besides."""
    data = Path(bundled("bus", "json")).read_bytes()

    got = irrun("convert", "-", "out.json", "--to", "json", stdin=data)
    written = irrun("convert", "out.json", "-", "--to", "json", "--pretty")

    assert got.code == 0
    assert (written.code, written.err) == (0, "")
    assert written.out.encode() == data
    assert not Path("-").exists()


def test_bytes_on_standard_output_are_not_text(
    irrun: Irrun, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """MessagePack arrives on standard output byte for byte."""
    from irrun.cli.main import run_command

    assert run_command(["convert", bundled("bus", "json"), "-", "--to", "msgpack"]) == 0

    assert capsysbinary.readouterr().out == Path(bundled("bus")).read_bytes()


def test_quiet_says_nothing(irrun: Irrun) -> None:
    """-q: the file and no word."""
    got = irrun("convert", bundled("bus"), "out.json", "-q")

    assert got == (0, "", "")
    assert Path("out.json").exists()


# --- slotMeta -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUNDLED)
def test_emitted_slot_meta_is_the_derived_layout(name: str, irrun: Irrun) -> None:
    """Every slot is then declared, and lives where it lived before."""
    before = derive_layout(load(bundled(name)))

    irrun("convert", bundled(name), "out.msgpack", "--emit-slot-meta")
    after = derive_layout(load("out.msgpack"))

    assert all(meta.declared and not meta.moved for meta in after.slots)
    assert [(m.slot, m.storage, m.offset, m.type) for m in after.slots] == [
        (m.slot, m.storage, m.offset, m.type) for m in before.slots
    ]
    assert after.sizes == before.sizes
    assert "IR250" not in {finding.code for finding in after.findings}


def test_emitting_twice_changes_nothing_more(irrun: Irrun) -> None:
    """What has a complete slotMeta keeps it."""
    irrun("convert", bundled("no-slot-meta"), "one.json", "--emit-slot-meta")
    irrun("convert", "one.json", "two.json", "--emit-slot-meta")

    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()
    assert Path("one.json").read_bytes() != encode(load(bundled("no-slot-meta")), "json")


def test_an_invalid_layout_cannot_be_emitted(irrun: Irrun) -> None:
    """Exit code 3, and no file; without --emit-slot-meta the program is converted as it is."""
    name = save(overlapping_slots())

    got = irrun("convert", name, "out.json", "--emit-slot-meta")

    assert got.code == 3
    assert "IR212" in got.err
    assert not Path("out.json").exists()
    assert irrun("convert", name, "out.json").code == 0


def test_a_hint_that_names_a_command_is_right(irrun: Irrun) -> None:
    """Where the hint says `convert --emit-slot-meta`, that does help."""
    b = clock()
    b.slot(2, offset=SLOT_OFFSET.value)
    name = save(b)

    hint = irrun("run", name).err
    got = irrun("convert", name, "out.json", "--emit-slot-meta")

    assert "IR210" in hint
    assert "--emit-slot-meta" not in hint or got.code == 0


# --- What irrun does not know ---------------------------------------------------------------


def with_unknown_fields() -> ProgramBuilder:
    """Return a program with unknown fields at the top, in a step and in a slotMeta entry."""
    b = clock()
    b.slot(7)
    b.slot(3)
    b.doc["experimental"] = {"nested": [1, {"deep": None}], "text": "é"}
    b.doc["schedule"]["steps"][0]["comment"] = "mind the clock"
    b.doc["slotMeta"][2]["note"] = "about slot 7"
    return b


@pytest.mark.parametrize("through", ["json", "msgpack"])
def test_unknown_fields_survive(through: str, irrun: Irrun) -> None:
    """They are kept in place, through either encoding, and each is warned about."""
    got = irrun("convert", save(with_unknown_fields()), f"out.{through}")
    irrun("convert", f"out.{through}", "back.json")
    found = json.loads(Path("back.json").read_bytes())

    assert got.err.count("warning IR150") == 3
    assert found["experimental"] == {"nested": [1, {"deep": None}], "text": "é"}
    assert found["schedule"]["steps"][0]["comment"] == "mind the clock"
    assert [entry.get("note") for entry in found["slotMeta"]] == [None, None, "about slot 7", None]


def notes_by_slot(path: str) -> dict[int, Any]:
    """Return the notes in the slotMeta of a JSON program."""
    entries = json.loads(Path(path).read_bytes())["slotMeta"]
    return {entry["slot"]: entry["note"] for entry in entries if "note" in entry}


def test_unknown_fields_stay_with_their_slot(irrun: Irrun) -> None:
    """--emit-slot-meta sorts the entries by slot: what was said of slot 7 still is."""
    irrun("convert", save(with_unknown_fields()), "out.json", "--emit-slot-meta")

    assert notes_by_slot("out.json") == {7: "about slot 7"}


def test_unknown_fields_of_a_repeated_entry_do_no_harm(irrun: Irrun) -> None:
    """Two equal entries for one slot become one; a field of the second is no bug in irrun."""
    b = clock()
    b.doc["slotMeta"].append(b.doc["slotMeta"][1] | {"note": "again"})

    got = irrun("convert", save(b), "out.json", "--emit-slot-meta")

    assert got.code == 0, got.err
    assert set(notes_by_slot("out.json").values()) <= {"again"}


def test_long_lists_of_warnings_are_cut(irrun: Irrun) -> None:
    """As in every command: twenty are shown and the rest counted."""
    err = irrun("convert", save(many_unknown_fields(30)), "out.json").err

    assert err.count("warning IR150") == 20
    assert "10 more" in err


# --- Files ----------------------------------------------------------------------------------


def test_a_program_is_not_converted_onto_itself(irrun: Irrun) -> None:
    """No output takes the place of an input, under whatever name."""
    name = save(clock())
    before = Path(name).read_bytes()
    Path("link.json").symlink_to(name)

    for out in (name, f"./{name}", "link.json"):
        outcome = irrun("convert", name, out)
        assert (outcome.code, Path(name).read_bytes()) == (2, before)
        assert "what this command reads" in outcome.err


def test_what_cannot_be_loaded_leaves_the_old_file(irrun: Irrun) -> None:
    """OUT is replaced only by a program."""
    Path("out.json").write_bytes(b"old")
    Path("broken.json").write_bytes(b'{"irVersion": 1')

    assert irrun("convert", "broken.json", "out.json").code == 3

    assert Path("out.json").read_bytes() == b"old"
    assert len(list(Path().iterdir())) == 2


@pytest.mark.parametrize("target", ["absent/out.json", "file/out.json"])
def test_a_folder_that_cannot_be_written_is_wrong_usage(target: str, irrun: Irrun) -> None:
    """Exit code 2, and the message names the file."""
    Path("file").touch()

    got = irrun("convert", bundled("bus"), target)

    assert got.code == 2
    assert target in got.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_named_pipe_is_written_to_and_not_replaced(irrun: Irrun) -> None:
    """OUT may be a pipe or a device, such as /dev/null: it stays what it is."""
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)

    got = irrun("convert", bundled("minimal"), "pipe", "--to", "msgpack", "-q")
    content = os.read(reader, 1 << 16)
    os.close(reader)

    assert got.code == 0
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)
    assert content == Path(bundled("minimal")).read_bytes()


def test_a_link_is_followed(irrun: Irrun) -> None:
    """OUT may be a link: what it leads to is replaced, and the link stays."""
    Path("real.json").write_bytes(b"old")
    Path("link.json").symlink_to("real.json")

    irrun("convert", bundled("bus"), "link.json", "-q")

    assert Path("link.json").is_symlink()
    assert load("real.json").digest == load(bundled("bus")).digest


def test_a_program_without_json_spelling_goes_through_json(irrun: Irrun) -> None:
    """NaN and infinities in a MessagePack pool come back from JSON as they were."""
    b = clock()
    b.doc["constants"]["f64"] = [float("nan"), float("inf"), float("-inf"), -0.0, 1e-320]
    Path("in.msgpack").write_bytes(msgpack.packb(b.doc))

    irrun("convert", "in.msgpack", "out.json", "-q")
    irrun("convert", "out.json", "back.msgpack", "-q")

    pool = loads(Path("back.msgpack").read_bytes()).constants.f64
    assert [str(x) for x in pool.tolist()] == ["nan", "inf", "-inf", "-0.0", "1e-320"]

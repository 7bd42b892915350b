"""`irrun inspect-layout`: where each value lives, and why."""

import re
from pathlib import Path
from typing import Any

import pytest
from cli.samples import (
    BUNDLED,
    Irrun,
    bundled,
    many_unknown_fields,
    old_form,
    overlapping_slots,
    save,
    signals,
    two_writers,
)
from program_builder import ProgramBuilder

from irrun.program.layout import derive_layout
from irrun.program.reading.codec import load


def slot_rows(text: str) -> dict[int, str]:
    """Return the rows of the slots table, continuation lines included, by slot."""
    table = text[: text.index("value arrays")]
    parts = re.split(r"^ +(\d+) +(?=\w+\[)", table, flags=re.MULTILINE)
    return {int(slot): row for slot, row in zip(parts[1::2], parts[2::2], strict=True)}


def json_layout(irrun: Irrun, name: str) -> dict[str, Any]:
    """Return what --format json says of a program."""
    got = irrun("inspect-layout", name, "--format", "json")
    assert got.code == 0
    return got.document


def test_every_slot_has_a_row_with_its_reasons(irrun: Irrun) -> None:
    """Place, whether derived or moved, what decided it, who writes and reads it."""
    got = irrun("inspect-layout", bundled("conflicting-evidence"))
    rows = slot_rows(got.out)

    assert got.code == 0
    assert list(rows) == [0, 1, 2, 3, 4, 5]
    for slot, facts in {
        0: ["f64[0]", "slotMeta[0]", "s-time"],
        2: ["object[0]", "moved", "initial value", "s-mat-3"],
        3: ["object[1]", "moved", "outBufferSlot", "s-total"],
        4: ["f64[3]", "slotMeta[4]", "output total"],
        5: ["object[2]", "moved", "slotMeta[5]", "event:trigger"],
    }.items():
        for fact in facts:
            assert fact in rows[slot]


def test_contradictions_name_both_sides(irrun: Irrun) -> None:
    """Warnings on standard error, as in every command; they are no failure."""
    got = irrun("inspect-layout", bundled("conflicting-evidence"))

    assert got.code == 0
    assert re.findall(r"^warning (IR\d+)", got.err, re.M) == ["IR250"] * 3 + ["IR251"]
    assert "s-mat-3.materialization.outBufferSlot gives buffer" in got.err
    assert "s-total.inputSlots[0] takes number" in got.err


def test_a_program_without_slot_meta_is_derived_throughout(irrun: Irrun) -> None:
    """`derived` marks every slot that the program's own slotMeta does not have."""
    rows = slot_rows(irrun("inspect-layout", bundled("no-slot-meta")).out)

    assert list(rows) == [0, 1, 2, 3, 7, 8, 9, 20]
    assert all("derived" in row for row in rows.values())


def test_arrays_show_sizes_bytes_and_holes(irrun: Irrun) -> None:
    """Per storage: slots, elements, bytes, and the offsets that nothing uses."""
    out = irrun("inspect-layout", bundled("sparse-slots")).out

    assert re.search(r"^ f64 +4 +6 +48 +1, 4 \(2 in all\)", out, re.MULTILINE)
    assert re.search(r"^ f32 +0 +0 +0 +none", out, re.MULTILINE)
    assert "48 bytes in all" in out


def test_state_cells_are_listed(irrun: Irrun) -> None:
    """Cell, place, size, bytes, node, role and initial constant; none, no table."""
    out = irrun("inspect-layout", bundled("ring-buffer")).out

    assert re.search(r"^ acc +f64\[0\] +1 +8 +integrate +accumulator +0", out, re.MULTILINE)
    assert re.search(r"^ delay +f64\[1\] +17 +136 +delay +ringBuffer +none", out, re.MULTILINE)
    assert "148 bytes in all" in out
    assert "state ·" not in irrun("inspect-layout", bundled("minimal")).out


def test_a_wide_terminal_shows_lifetimes(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 110 columns on: from which step to which a value is needed."""
    assert "lives" not in irrun("inspect-layout", bundled("bus")).out

    monkeypatch.setenv("COLUMNS", "140")
    out = irrun("inspect-layout", bundled("bus")).out

    assert "lives" in out


def test_quiet_shows_problems_only(irrun: Irrun) -> None:
    """-q: no tables, but the warnings."""
    got = irrun("inspect-layout", bundled("conflicting-evidence"), "-q")

    assert (got.code, got.out) == (0, "")
    assert "IR251" in got.err


def test_notes_are_shown_when_verbose(irrun: Irrun) -> None:
    """A note of loading appears with -v only."""
    name = save(old_form())

    assert "IR155" not in irrun("inspect-layout", name).err
    assert "note IR155" in irrun("inspect-layout", name, "-v").err


@pytest.mark.parametrize(("count", "shown"), [(20, 20), (21, 20), (45, 20)])
def test_a_long_list_of_warnings_is_cut(count: int, shown: int, irrun: Irrun) -> None:
    """Twenty are shown and the rest counted; -v shows all."""
    name = save(many_unknown_fields(count))

    brief, whole = irrun("inspect-layout", name).err, irrun("inspect-layout", name, "-v").err

    assert brief.count("warning IR150") == shown
    assert (f"{count - shown} more" in brief) is (count > shown)
    assert whole.count("warning IR150") == count
    assert "more" not in whole


def test_many_writers_are_cut_and_shown_when_verbose(irrun: Irrun) -> None:
    """Of six writers of a slot three are listed and the rest counted."""
    b = signals(2)
    for i in range(5):
        b.step("signalEval", f"s-more-{i}", outputs=[{"sigId": 0, "slot": 2}])
    name = save(b)

    brief = slot_rows(irrun("inspect-layout", name).out)[2]
    whole = slot_rows(irrun("inspect-layout", name, "-v").out)[2]

    assert ("s-more-1" in brief, "s-more-2" in brief, "... 3 more" in brief) == (True, False, True)
    assert "s-more-4" in whole


# --- Programs that cannot run ---------------------------------------------------------------


def test_an_invalid_layout_is_shown_and_refused(irrun: Irrun) -> None:
    """The table is what one needs to mend it, so it is printed; the exit code is 3."""
    got = irrun("inspect-layout", save(overlapping_slots()))

    assert got.code == 3
    assert list(slot_rows(got.out)) == [0, 1]
    assert got.err.count("IR212") == 1


def test_all_errors_of_a_layout_are_shown(irrun: Irrun) -> None:
    """A layout with two errors names both, not only the first."""
    b = overlapping_slots()
    b.slot(7, offset=3)
    b.slot(7, offset=4)

    err = irrun("inspect-layout", save(b)).err

    assert "IR211" in err
    assert "IR212" in err


def test_two_writers_are_a_warning(irrun: Irrun) -> None:
    """What will trap when run is foreseen, with both steps."""
    got = irrun("inspect-layout", save(two_writers()))

    assert got.code == 0
    assert "warning IR252" in got.err
    assert "s-one" in got.err


# --- JSON -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUNDLED)
def test_json_agrees_with_the_layout(name: str, irrun: Irrun) -> None:
    """Every slot with storage, offset and source, the arrays, the state, as derived."""
    program = load(bundled(name))
    layout = derive_layout(program)
    found = json_layout(irrun, bundled(name))

    assert (found["format"], found["version"]) == ("irrun-layout", 1)
    assert found["program"] == {"patchId": name, "digest": program.digest}
    assert [(s["slot"], s["storage"], s["offset"], s["source"]) for s in found["slots"]] == [
        (meta.slot, meta.storage, meta.offset, meta.source) for meta in layout.slots
    ]
    assert {a["storage"]: a["elements"] for a in found["arrays"]} == dict(layout.sizes)
    assert found["state"]["sizes"] == layout.state.sizes
    assert [cell["stateId"] for cell in found["state"]["cells"]] == [
        cell.key for cell in layout.state.cells
    ]
    assert found["bytes"] == {"values": layout.bytes, "state": layout.state.bytes}
    assert [f["code"] for f in found["findings"]] == [f.code for f in layout.findings]


@pytest.mark.parametrize("name", BUNDLED)
def test_json_gives_every_slot_its_evidence(name: str, irrun: Irrun) -> None:
    """The source is among the evidence (or is a part of a piece), and is not against itself."""
    for slot in json_layout(irrun, bundled(name))["slots"]:
        assert any(slot["source"].startswith(e["at"]) for e in slot["evidence"])
        assert not any(e["against"] for e in slot["evidence"] if slot["source"] == e["at"])


def test_json_names_producers_consumers_and_outputs(irrun: Irrun) -> None:
    """Who writes, who reads, which output takes it, and from when to when it is needed."""
    slots = {s["slot"]: s for s in json_layout(irrun, bundled("bus"))["slots"]}

    assert slots[3]["producers"] == ["s-sources"]
    assert slots[3]["consumers"] == ["s-energy"]
    assert slots[5]["outputs"] == ["energy"]
    assert slots[3]["lives"] == {"first": 1, "last": 2}
    assert slots[5]["lives"] == {"first": 2, "last": 4}


def test_json_says_what_spoke_against(irrun: Irrun) -> None:
    """A slotMeta that was overridden is listed as evidence against."""
    slots = {s["slot"]: s for s in json_layout(irrun, bundled("conflicting-evidence"))["slots"]}

    against = [e["at"] for e in slots[3]["evidence"] if e["against"]]
    assert "slotMeta[3]" in against
    assert (slots[3]["declared"], slots[3]["moved"]) == (True, True)
    assert (slots[0]["declared"], slots[0]["moved"]) == (True, False)


def test_json_lists_holes(irrun: Irrun) -> None:
    """Offsets that no slot uses, in full."""
    arrays = {a["storage"]: a for a in json_layout(irrun, bundled("sparse-slots"))["arrays"]}

    assert arrays["f64"] == {"storage": "f64", "elements": 6, "bytes": 48, "holes": [1, 4]}


def test_both_encodings_and_standard_input_are_inspected_alike(irrun: Irrun) -> None:
    """The layout does not depend on how the program came in."""
    data = Path(bundled("bus", "json")).read_bytes()
    arguments = ("--format", "json")

    from_json = irrun("inspect-layout", bundled("bus", "json"), *arguments)

    assert irrun("inspect-layout", bundled("bus"), *arguments) == from_json
    assert irrun("inspect-layout", "-", *arguments, stdin=data) == from_json


def test_a_program_without_slots_has_an_empty_layout(irrun: Irrun) -> None:
    """An empty schedule is a program too."""
    name = save(ProgramBuilder("empty"))

    found = json_layout(irrun, name)

    assert found["slots"] == []
    assert found["bytes"] == {"values": 0, "state": 0}
    assert irrun("inspect-layout", name).code == 0
    assert irrun("run", name, "-n", "2", "--dump", "all").code == 0

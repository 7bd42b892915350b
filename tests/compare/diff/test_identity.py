"""Names that do not depend on numbers, and what is matched by them."""

import pytest
from compare.diff.programs import bundled, copied, program, publisher, step, synth
from program_builder import Document, ProgramBuilder, opcode

from irrun.compare.diff.data.matching import match_slots
from irrun.compare.diff.data.pair import Pair
from irrun.compare.lineage.identity import cell_names, slot_names, slot_uses, step_names
from irrun.program.program import Program


def outputs(*constants: tuple[float, int]) -> Document:
    """A signalEval that writes constants, each to a slot."""
    b = ProgramBuilder("outputs")
    b.slots(0, 1, *(slot for _, slot in constants))
    b.time(0, 1)
    rows = [{"sigId": b.signal_const(value), "slot": slot} for value, slot in constants]
    b.step("signalEval", "s-sig", outputs=rows)
    return b.document()


def test_a_slot_is_named_by_its_producer() -> None:
    """Else by its initial value, else by its number."""
    names = slot_names(program(bundled("no-slot-meta")))

    assert names[0] == "s-time.tAbsMsSlot"
    assert names[3] == "initial value 3"
    assert names[20] == "s-render.outFrameSlot"
    assert len(set(names.values())) == len(names)


def test_names_are_unique() -> None:
    """Two steps with one id, two cells with one key: the later ones are numbered."""
    doc = synth()
    doc["schedule"]["steps"][4]["id"] = "s-osc"
    for cell in doc["stateLayout"]["cells"]:
        cell |= {"nodeId": "n", "role": "r"}
    loaded = program(doc)

    assert step_names(loaded) == ("s-time", "s-osc", "s-mix", "s-late", "s-osc (2)")
    assert cell_names(loaded) == ("n:r (f64)", "n:r (f64) (2)", "n:r (i32)")
    assert slot_names(loaded)[6] == "s-osc (2).outputSlots[0]"


def matched(a: Document, b: Document) -> dict[int, int]:
    one, other = program(a), program(b)
    return match_slots(one, slot_uses(one), other, slot_uses(other))


def test_outputs_added_in_front() -> None:
    """Positions shift, slots are renumbered: what is evaluated tells which is which."""
    before = outputs((1, 2), (2, 3), (3, 4))
    after = outputs((9, 2), (1, 3), (2, 4), (3, 5))

    assert matched(before, after) == {0: 0, 1: 1, 2: 3, 3: 4, 4: 5}


def test_outputs_with_other_signals() -> None:
    """As many outputs, the same slots: the positions are the same outputs."""
    before, after = outputs((1, 2), (2, 3)), outputs((2, 2), (1, 3))

    assert matched(before, after) == {0: 0, 1: 1, 2: 2, 3: 3}


def test_outputs_listed_in_another_order() -> None:
    """The same signals in the same slots."""
    before, after = outputs((1, 2), (2, 3)), outputs((2, 3), (1, 2))

    assert matched(before, after) == {0: 0, 1: 1, 2: 2, 3: 3}


def test_one_output_changed_and_one_added() -> None:
    """What is left after all that is equal goes by position."""
    before = outputs((1, 2), (2, 3), (3, 4))
    after = outputs((1, 2), (7, 3), (3, 4), (4, 5))

    assert matched(before, after) == {0: 0, 1: 1, 2: 2, 3: 3, 4: 4}


def test_slots_without_a_step_go_by_their_readers() -> None:
    """Two initial values change numbers; who reads them does not."""
    b = ProgramBuilder("domains")
    b.slots(0, 1)
    b.time(0, 1)
    b.domain(5, 10)
    b.domain(6, 10)
    for name, slot, to in (("s-a", 5, 7), ("s-b", 6, 8)):
        b.step("materializeTestGeometry", name, domainSlot=slot, outXSlot=to, outYSlot=to + 10,
               outRadiusSlot=to + 20)  # fmt: skip
    doc = b.document()
    other = copied(doc)
    step(other, "s-a")["domainSlot"], step(other, "s-b")["domainSlot"] = 6, 5

    found = matched(doc, other)

    assert (found[5], found[6]) == (6, 5)


def test_a_slot_that_nothing_makes_any_more() -> None:
    """It is still the slot that the same steps read."""
    doc = synth()
    other = copied(doc)
    other["schedule"]["steps"].remove(step(other, "s-mix"))

    assert matched(doc, other)[4] == 4


def test_slots_of_both_have_one_name() -> None:
    """A is the measure; what B alone has keeps its own name, told apart if it is taken."""
    before, after = outputs((1, 2), (2, 3)), outputs((9, 2), (1, 3), (2, 4))
    pair = Pair(program(before), program(after))

    assert pair.b.slot(3) == pair.a.slot(2) == "s-sig.outputs[0].slot"
    assert pair.b.slot(2) == "s-sig.outputs[0].slot (2)"
    assert len(set(pair.b.slots.values())) == len(pair.b.slots)


def test_hidden_reads_have_no_number() -> None:
    """A slot that only expressions read is matched although the expressions moved."""
    b = ProgramBuilder("hidden")
    b.slots(0, 1, 2)
    b.time(0, 1)
    b.initial(9, 5)
    read = b.signal("inputSlot", slot=9)
    shown = b.signal("map", src=read, fn=opcode(120))
    b.step("signalEval", "s-sig", outputs=[{"sigId": shown, "slot": 2}])
    doc = b.document()
    other = copied(doc)
    other["signalTable"]["nodes"].insert(0, other["signalTable"]["nodes"][0])
    other["signalTable"]["nodes"][1] |= {"slot": 8}
    other["signalTable"]["nodes"][2] |= {"src": 1}
    step(other, "s-sig")["outputs"][0]["sigId"] = 2
    other["schedule"]["initialSlotValues"] = {"8": 5}

    assert matched(doc, other)[9] == 8


def test_publisher_ids_may_repeat() -> None:
    """Nothing is lost where ids are not unique."""
    doc = synth()
    step(doc, "s-mix")["publishers"].append(publisher("pub-a", 3, 5))
    pair = Pair(program(doc), program(doc))

    assert pair.slots == {slot: slot for slot in range(7)}


Cell = tuple[str, str]
"""Role and storage."""

CELLS: list[tuple[str, list[Cell], list[Cell], list[tuple[int, int]]]] = [
    ("by key", [("a", "f64"), ("b", "f64")], [("b", "f64"), ("a", "f64")], [(0, 1), (1, 0)]),
    ("by storage where the key is the same", [("r", "f64"), ("r", "i32")],
     [("r", "i32"), ("r", "f64")], [(0, 1), (1, 0)]),
    ("another storage", [("r", "f64")], [("r", "f32")], [(0, 0)]),
    ("one of two has another storage", [("r", "f64"), ("r", "i32")], [("r", "i32"), ("r", "f32")],
     [(0, 1), (1, 0)]),
    ("alike, in their order", [("r", "f64"), ("r", "f64")], [("r", "f64"), ("r", "f64")],
     [(0, 0), (1, 1)]),
    ("more of them", [("r", "f64")], [("r", "f64"), ("r", "f64")], [(0, 0)]),
    ("nothing in common", [("a", "f64")], [("b", "f64")], []),
]  # fmt: skip


def with_cells(cells: list[Cell], prefix: str) -> Program:
    """Return a program with cells of one node, under state ids of its own."""
    b = ProgramBuilder("cells")
    for i, (role, storage) in enumerate(cells):
        b.cell(f"{prefix}{i}", storage, nodeId="n", role=role)
    return b.program()


@pytest.mark.parametrize(("name", "a", "b", "pairs"), CELLS, ids=[row[0] for row in CELLS])
def test_cells_are_matched_as_a_swap_does(
    name: str, a: list[Cell], b: list[Cell], pairs: list[tuple[int, int]]
) -> None:
    """By stable key and storage, whatever their ids and places; they are called alike then."""
    pair = Pair(with_cells(a, "x"), with_cells(b, "y"))

    assert pair.cells == pairs
    assert all(pair.a.cells[i] == pair.b.cells[j] for i, j in pairs)
    assert len(set(pair.b.cells)) == len(b)

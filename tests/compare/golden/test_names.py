"""Every recorded value has a name of its own."""

from compare.golden.samples import recorded
from program_builder import ProgramBuilder


def names(b: ProgramBuilder) -> list[str]:
    return list(recorded(b).header.values)


def test_outputs_of_one_id_are_both_recorded() -> None:
    """They are a warning, and none of them goes unseen; one slot is recorded once."""
    b = ProgramBuilder("outputs")
    b.slots(0, 1, 2)
    b.time(0, 1)
    b.step("signalEval", "s", outputs=[{"sigId": b.signal_const(4), "slot": 2}])
    for slot in (2, 1, 2):
        b.output(slot, "o", "debug")

    assert sorted(names(b)) == ["output o", "output o (2)"]


def test_cells_of_one_key_are_numbered() -> None:
    """Also where another cell is called like a numbered one; a cell without elements has none."""
    b = ProgramBuilder("cells")
    for i, (size, role) in enumerate(((1, "r"), (0, "r"), (1, "r"), (1, "r (2)"))):
        b.cell(f"c{i}", size=max(size, 1), nodeId="n", role=role)
        b.doc["stateLayout"]["cells"][-1]["size"] = size

    assert [name for name in names(b) if name.startswith("state n")] == [
        "state n:r", "state n:r (2)", "state n:r (2) (2)",
    ]  # fmt: skip

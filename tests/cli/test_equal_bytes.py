"""Arrays of equal bytes and another type are two values, wherever arrays are kept by digest."""

from pathlib import Path

import pytest
from cli.samples import Irrun, save
from program_builder import ProgramBuilder

COUNT = 100


def zeros_and_colors(color: str) -> ProgramBuilder:
    """A float32 buffer of zeros in slot 3, and in slot 4 colours: as many bytes of one colour."""
    b = ProgramBuilder("equal-bytes")
    b.slots(0, 1)
    b.time(0, 1)
    b.initial(2, {"kind": "domain", "count": COUNT})
    plans = (
        ("zeros", 3, b.field("const", constId=b.const(0)), ("f32", 1)),
        ("colors", 4, b.field("const", domain="color", constId=b.const(color)), ("u8", 4)),
    )
    for name, slot, field, (element, components) in plans:
        b.step("materialize", f"s-{name}", materialization={
            "id": name, "domainSlot": 2, "fieldExprId": str(field), "outBufferSlot": slot,
            "policy": "perFrame", "format": {"elementType": element, "components": components},
        })  # fmt: skip
    return b


@pytest.mark.parametrize("buffers", ["full", "sample"])
def test_a_check_finds_the_colour_that_changed(buffers: str, irrun: Irrun) -> None:
    """The golden has both arrays, and what came out is compared with the right one."""
    save(zeros_and_colors("#00000000"))
    recorded = irrun("golden", "record", "program.json", "-n", "2", "--watch", "all",
                     "--buffers", buffers)  # fmt: skip
    save(zeros_and_colors("#00000001"))

    got = irrun("golden", "check", "program.golden")

    assert (recorded.code, got.code) == (0, 1)
    assert "slot 4" in got.out
    assert "IR900" not in got.out + got.err


def test_a_diff_finds_it_too(irrun: Irrun) -> None:
    """1, and the element."""
    first = save(zeros_and_colors("#00000000"), "a.json")
    second = save(zeros_and_colors("#00000001"), "b.json")

    got = irrun("diff", first, second)

    assert got.code == 1
    assert "[3]" in got.out


def test_a_run_tells_them_apart(irrun: Irrun) -> None:
    """The digests in machine output differ, though all bytes are zero."""
    got = irrun("run", save(zeros_and_colors("#00000000")), "-n", "1", "--format", "json")

    values = got.document["frames"][0]["values"]
    assert values["3"]["digest"] != values["4"]["digest"]


def test_text_that_looks_like_a_digest_names_no_array(irrun: Irrun) -> None:
    """A record with a member of that name does not make the golden unreadable."""
    b = zeros_and_colors("#00000000")
    b.initial(7, {"digest": "0123456789abcdef0123456789abcdef"})
    recorded = irrun("golden", "record", save(b), "-n", "1", "--watch", "all",
                     "--buffers", "full")  # fmt: skip

    assert recorded.code == 0
    assert "0123456789abcdef0123456789abcdef" in Path("program.golden").read_text("utf-8")
    assert irrun("golden", "check", "program.golden").code == 0

"""What notebooks show."""

import base64
import re
from xml.etree import ElementTree

import pytest
from cli.samples import bundled, clock, reads_unwritten, signals

import irrun
from irrun.errors.rendering import CannotDraw


def cells(html: str) -> list[list[str]]:
    """Return the texts of a table by row, and so see that it is well formed."""
    table = ElementTree.fromstring(re.findall("<table>.*?</table>", html, re.DOTALL)[0])
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]


def test_a_layout_is_a_table() -> None:
    """A row to a slot; steps by their index."""
    head, *rows = cells(irrun.derive_layout(irrun.load(bundled("minimal")))._repr_html_())

    assert head == ["slot", "place", "type", "decided by", "written by step", "read by step"]
    assert len(rows) == 6
    assert rows[4] == ["4", "f64[4]", "signal:number", "slotMeta[4]", "1", ""]


def test_a_result_is_a_table() -> None:
    """A row to a slot, with its ends and its last value."""
    b = signals(2)
    b.initial(9, "text")
    head, *rows = cells(irrun.run(b.program(), frames=4, executors="stub")._repr_html_())

    assert head == ["slot", "label", "type", "least", "greatest", "last"]
    assert rows[2] == ["2", "", "signal:number", "20000", "20003", "20003"]
    assert (rows[-1][0], rows[-1][3:]) == ("9", ["", "", "'text'"])


def test_findings_are_shown_as_they_are_printed() -> None:
    result = irrun.run(reads_unwritten().program(), frames=1, executors="stub")

    assert f"<pre>{str(result.findings[0]).splitlines()[0]}<br/>" in result._repr_html_()


def test_what_a_program_says_is_text_and_nothing_else() -> None:
    """Not markup, wherever it comes from."""
    b = clock("<script>evil()</script>")
    b.initial(9, "<img src=x onerror=evil()>")
    b.step("signalEval", "s", label="<b>&", outputs=[{"sigId": b.signal_const(1), "slot": 5}])
    html = irrun.run(b.program(), frames=1, executors="stub")._repr_html_()

    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;img src=x onerror=evil()&gt;" in html


def test_a_rendered_frame_is_its_picture() -> None:
    """The last frame, in the shape of the viewport: the drawing that `irrun render` writes."""
    result = irrun.run(bundled("color-ring"), frames=3)
    picture = result.picture()
    shown = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', result._repr_html_())

    assert repr(picture) == "<Picture 480x270>"
    assert picture == result.picture("frame")
    assert [base64.b64decode(data).decode() for data in shown] == [picture.svg]
    assert picture.svg.count("<circle") == 72
    assert picture != irrun.run(bundled("color-ring"), frames=2).picture()


def test_frames_of_blocks_are_drawn_alike() -> None:
    """Whatever has computed them."""
    first, second = (
        irrun.run(bundled("orbit"), frames=200, engine=engine) for engine in ("auto", "frame")
    )

    assert first.picture() == second.picture()


def test_what_cannot_be_drawn_says_so() -> None:
    """An output that is none, and outputs that hold no frame."""
    result = irrun.run(bundled("bus"), frames=1)

    assert "<img" not in result._repr_html_()
    with pytest.raises(CannotDraw, match="no output holds a frame"):
        result.picture()
    with pytest.raises(KeyError, match="no output 'x'; there are: 'energy'"):
        result.picture("x")

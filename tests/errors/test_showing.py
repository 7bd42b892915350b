"""Names of a program are shown so that they can do nothing to a terminal or a log."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrun.errors import Where
from irrun.errors.loading import CannotRead, UnknownField
from irrun.errors.showing import NAME, SENTENCE, json_shown, shown

UNSAFE = {
    "line feed": ("a\nb", r"a\nb"),
    "escape": ("\x1b[31m", r"\x1b[31m"),
    "bell": ("\x07", r"\x07"),
    "null": ("\0", r"\x00"),
    "delete": ("\x7f", r"\x7f"),
    "C1 control": ("\x9b2J", r"\x9b2J"),
    "next line": ("\x85", r"\x85"),
    "soft hyphen": ("a\xadb", r"a\xadb"),
    "right-to-left override": ("\u202e", r"\u202e"),
    "isolate": ("\u2066", r"\u2066"),
    "Arabic letter mark": ("\u061c", r"\u061c"),
    "line separator": ("\u2028", r"\u2028"),
    "paragraph separator": ("\u2029", r"\u2029"),
    "zero-width space": ("\u200b", r"\u200b"),
    "zero-width joiner": ("\u200d", r"\u200d"),
    "byte order mark": ("\ufeff", r"\ufeff"),
    "word joiner": ("\u2060", r"\u2060"),
    "tag": ("\U000e0041", r"\U000e0041"),
    "Hangul filler": ("\u3164", r"\u3164"),
    "half of a surrogate pair": ("\ud83d", r"\ud83d"),
    "not a character": ("\uffff", r"\uffff"),
    "colours of no emoji": ("a\ufe0f", r"a\ufe0f"),
    "GitHub command": ("::error::x", r"\x3a:error::x"),
    "GitHub command within": ("bus::Error file=x::y", r"bus\x3a:Error file=x::y"),
    "unknown command": ("a::z-1::", r"a\x3a:z-1::"),
    "Azure command": ("x ##vso[task]", r"x \x23#vso[task]"),
    "old GitHub command": ("##[error]x", r"\x23#[error]x"),
}
SAFE = {
    "plain": "bus-1 of (x), [red]",
    "path": "C:\\new\\table",
    "two colons": "voice::gain",
    "heading": "## x",
    "East Asian": "日本語 한국어",
    "combining": "e\u0301 \u0924\u0947",
    "Hebrew": "שלום",
    "emoji": "❤️ \U0001f600",
    "no-break space": "a\xa0b",
}


@pytest.mark.parametrize(("text", "wanted"), UNSAFE.values(), ids=UNSAFE)
def test_what_is_not_safe_is_escaped(text: str, wanted: str) -> None:
    """What acts on a terminal or a log, or is not seen, is shown as an escape."""
    assert shown(text) == wanted


@pytest.mark.parametrize("text", SAFE.values(), ids=SAFE)
def test_what_is_safe_stays(text: str) -> None:
    """Letters of all scripts, emoji, and colons that are no command are left alone."""
    assert shown(text) == text


@given(st.text(st.characters(codec=None), max_size=300))
def test_what_is_shown_is_one_safe_line(text: str) -> None:
    """Whatever a text holds: no control, format or half character is left, and no new line."""
    safe = shown(text)

    assert len(safe) <= NAME
    assert len(safe.splitlines()) <= 1
    assert not safe.startswith("::")
    assert {unicodedata.category(c) for c in safe}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert shown(safe) == safe


def test_a_long_text_is_cut_and_says_so() -> None:
    """The beginning is shown, and how many characters were left out."""
    text = "abc" * 10_000_000
    safe = shown(text)
    head, _, note = safe.partition("... ")

    assert text.startswith(head)
    assert note == f"({len(text) - len(head):,} more characters)"
    assert len(safe) <= NAME


def test_a_long_text_is_not_cut_within_an_escape() -> None:
    """What is left of a text of controls is whole escapes."""
    head, _, note = shown("\x1b" * 1000).partition("... ")

    assert set(head.split("\\")) == {"", "x1b"}
    assert note == f"({1000 - head.count('x1b')} more characters)"


@given(
    st.recursive(
        st.text(st.characters(codec=None)), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_json_means_the_same_and_can_be_encoded(value: object) -> None:
    """Escapes in JSON keep the text, half characters included."""
    text = json_shown(json.dumps(value, ensure_ascii=False))

    assert json.loads(text.encode()) == value
    assert "\u202e" not in text


def test_facts_and_places_of_an_error_are_safe() -> None:
    """Whoever makes an error gives facts as they are; message, hint and place are safe."""
    evil = "x\n::error::y\u202e"
    error = CannotRead(name=evil, reason=evil, hint=evil)
    error.at(file=evil, path=evil, step=evil, kind=evil, field=evil, node=evil, bus=evil)
    error.at(label=evil)

    for text in (error.sentence, error.where.text(), error.hint_text or ""):
        assert "\\n" in text
        assert "\n" not in text
        assert "\u202e" not in text
    assert error.where.document()["step"] == evil
    assert error.facts["name"] == evil


def test_long_facts_are_cut() -> None:
    """A name of megabytes makes no message of megabytes."""
    name = "n" * 10_000_000

    assert len(str(UnknownField(name=name))) < 2 * SENTENCE
    assert len(Where(step=name, file=name, label=name).text()) < 3 * SENTENCE

"""What notebooks show: tables in HTML, whose texts are nothing but texts."""

from collections.abc import Iterable, Sequence
from html import escape

from irrun.errors.showing import SENTENCE, shown


def safe(text: str) -> str:
    """Return a text that does nothing in HTML but stand there, on one line."""
    return escape(shown(text, SENTENCE))


def html_table(title: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; all texts are made safe."""
    head = "".join(f"<th>{safe(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{safe(cell)}</td>' for cell in row)}</tr>" for row in rows)
    caption = f"<caption>{safe(title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

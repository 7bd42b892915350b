"""Text for a terminal: whatever it is made of, it does nothing there but stand."""

from collections.abc import Iterable
from typing import Self

import rich.text
from rich.console import OverflowMethod
from rich.style import Style

from irrun.errors.showing import SENTENCE, shown


class Text(rich.text.Text):
    """A rich text whose parts are made safe to show, each cut where it is long.

    A new line in a part is shown as an escape, for names can hold one. What stands on several
    lines is made with `line` or `of_lines`.
    """

    def __init__(
        self,
        text: str = "",
        style: str | Style = "",
        *,
        overflow: OverflowMethod | None = None,
        no_wrap: bool | None = None,
    ) -> None:
        super().__init__(shown(text, SENTENCE), style, overflow=overflow, no_wrap=no_wrap)

    def append(self, text: rich.text.Text | str, style: str | Style | None = None) -> Self:
        """Append a part to the last line."""
        super().append(shown(text, SENTENCE) if isinstance(text, str) else text, style)
        return self

    def line(self, text: str = "", style: str | Style | None = None) -> Self:
        """Begin a new line with a part."""
        super().append("\n")
        return self.append(text, style)

    @classmethod
    def of_lines(cls, texts: Iterable[str]) -> Self:
        """Return a text of several lines."""
        found = cls(overflow="fold")
        for number, text in enumerate(texts):
            found.line(text) if number else found.append(text)
        return found

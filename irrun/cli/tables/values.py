"""The contents of the value store after a frame."""

from irrun.cli.tables.base import DIM, WIDE, Table, new_table
from irrun.cli.text import Text
from irrun.numerics.text import number_text
from irrun.steps.actors import INITIAL
from irrun.trace.dump import Dump, SlotContent
from irrun.trace.text import value_text


def values_table(dump: Dump, width: int) -> Table:
    """Return every slot with storage, offset, type, value, and who wrote it."""
    title = f"values after frame {dump.frame} · t = {number_text(dump.t_ms)} ms"
    table = new_table(title)
    table.add_column("slot", justify="right")
    table.add_column("place")
    table.add_column("type", overflow="fold")
    table.add_column("value", overflow="fold")
    table.add_column("written by", overflow="fold")
    for slot, content in dump.slots.items():
        meta = dump.layout[slot]
        table.add_row(
            str(slot),
            f"{meta.storage}[{meta.offset}]",
            meta.type.text() if width >= WIDE else meta.type.short_text(),
            Text(value_text(content.value), overflow="fold"),
            _writer(content),
        )
    return table


def _writer(content: SlotContent) -> Text:
    if content.writer is None:
        return Text("never written", style=DIM)
    writer = Text(content.writer.name, overflow="fold")
    if not content.this_frame and content.writer != INITIAL:
        writer.append(" (earlier frame)", style=DIM)
    return writer

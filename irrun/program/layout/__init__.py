"""Where values live: derived from the accesses that the steps declare; nothing is executed."""

from irrun.program.layout.evidence import Evidence
from irrun.program.layout.slots import Layout, SlotMeta, derive_layout

__all__ = ["Evidence", "Layout", "SlotMeta", "derive_layout"]

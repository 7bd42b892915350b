"""References to pure functions, shared by signals, fields, events and chains (ir-schema 9.1)."""

from irrun.ir.types import Index, KindRecord


class OpcodeFn(KindRecord, frozen=True, kw_only=True, tag="opcode"):
    """A function named by opcode number (ir-schema section 13)."""

    opcode: Index


class KernelFn(KindRecord, frozen=True, kw_only=True, tag="kernel"):
    """A function named by text."""

    kernel_id: str


PureFn = OpcodeFn | KernelFn

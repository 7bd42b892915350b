"""irrun: the independent runner for serialized Oscilla IR programs.

    program = irrun.load("program.msgpack")          # path | bytes | file object
    layout  = irrun.derive_layout(program)           # Layout: slots + state, with provenance
    runtime = irrun.Runtime(program)                 # real stores, state initialised
    frame   = runtime.run_frame(t_ms=16.7)           # FrameResult: outputs, what was written
    problems = irrun.check(program)                  # everything wrong with it, errors first
    result  = irrun.run(program, frames=100, fps=60) # RunResult: columns per slot, state, frames

Names are loaded when they are first used, so that `irrun --version` imports next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from irrun.errors import Crash as Crash
    from irrun.errors import Invalid as Invalid
    from irrun.errors import IrrunError as IrrunError
    from irrun.errors import Malformed as Malformed
    from irrun.errors import Trap as Trap
    from irrun.ir.values import Viewport as Viewport
    from irrun.program.canonical import encode as encode
    from irrun.program.checks.engine import check as check
    from irrun.program.layout import Layout as Layout
    from irrun.program.layout import derive_layout as derive_layout
    from irrun.program.program import Program as Program
    from irrun.program.reading.codec import load as load
    from irrun.runtime.runtime import FrameResult as FrameResult
    from irrun.runtime.runtime import Runtime as Runtime
    from irrun.trace.result import RunResult as RunResult
    from irrun.trace.result import run as run

__version__ = "0.1.0"

_HOMES = {
    "check": "irrun.program.checks.engine",
    "Crash": "irrun.errors",
    "Invalid": "irrun.errors",
    "IrrunError": "irrun.errors",
    "Malformed": "irrun.errors",
    "Trap": "irrun.errors",
    "Viewport": "irrun.ir.values",
    "Layout": "irrun.program.layout",
    "derive_layout": "irrun.program.layout",
    "encode": "irrun.program.canonical",
    "load": "irrun.program.reading.codec",
    "Program": "irrun.program.program",
    "FrameResult": "irrun.runtime.runtime",
    "Runtime": "irrun.runtime.runtime",
    "RunResult": "irrun.trace.result",
    "run": "irrun.trace.result",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'irrun' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

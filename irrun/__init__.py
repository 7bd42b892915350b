"""irrun: the independent runner for serialized Oscilla IR programs.

program = irrun.load("program.msgpack")
layout = irrun.derive_layout(program)
runtime = irrun.Runtime(program)
frame = runtime.run_frame(t_ms=16.7)
result = irrun.run(program, frames=100, fps=60)
"""

__version__ = "0.1.0"

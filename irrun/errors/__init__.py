"""What can go wrong: one class for each problem, declared once.

    IrrunError
      Malformed   these bytes are not a program          exit code 3
      Invalid     a program breaks a rule                exit code 3
      Trap        a valid program met data it cannot     exit code 4
                  continue with
      Crash       an impossible state: a bug in irrun    exit code 70

A class carries its code, severity, message template and hint. Code that finds a problem
passes facts; the place (`Where`) is added on the way up. Warnings are the same classes with
`severity = "warning"`: they are collected instead of raised, and those with
`strict_error = True` are raised under `--strict` (design.md section 7).
"""

from irrun.errors.base import (
    Crash,
    Invalid,
    IrrunError,
    Malformed,
    Severity,
    Trap,
    Where,
    sentence_of,
)

__all__ = [
    "Crash",
    "Invalid",
    "IrrunError",
    "Malformed",
    "Severity",
    "Trap",
    "Where",
    "sentence_of",
]

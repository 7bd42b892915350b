"""Plain objects -> typed document (ir-schema section 19.5)."""

from collections.abc import Mapping
from typing import Any

from irrun.errors import Malformed
from irrun.errors.loading import AbsentTable
from irrun.program.document import ProgramIR
from irrun.program.reading.findings import Findings
from irrun.program.reading.schema import record_reader
from irrun.program.reading.walk import Walk


def conform(
    plain: Any, findings: Findings, problems: list[Malformed] | None = None
) -> tuple[ProgramIR, Mapping[str, Any]]:
    """Turn a plain document into a typed one. The plain one is used up.

    Args:
        plain: The document, as JSON or MessagePack gives it.
        findings: Takes warnings and notes.
        problems: Takes everything that is wrong, up to a limit, before the first is raised.

    Returns:
        The document, and the unknown fields by JSON path.

    Raises:
        MissingField, WrongType, UnknownKind: IR110 to IR112, with the exact path.
        BadTypedArray, KeyCollision: IR113, IR114.
    """
    for name in ("constants", "stateLayout", "outputs"):
        if isinstance(plain, dict) and plain.get(name) is None:
            findings.add(AbsentTable, "$", name, name=name)
    walk = Walk(findings, problems)
    document = record_reader(ProgramIR)(walk, plain, None)
    if problems:
        raise problems[0]
    return document, walk.unknown

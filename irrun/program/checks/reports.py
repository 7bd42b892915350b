"""Diagnostics for machines: JSON, GitHub annotations, SARIF 2.1.0 (docs/output-format.md)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from irrun import __version__
from irrun.errors import IrrunError, Severity
from irrun.errors.annotations import Level, annotation
from irrun.errors.catalogue import all_problems, explanation
from irrun.program.checks.engine import Checked
from irrun.program.checks.facts import Facts
from irrun.program.checks.order import Order, Pair

FORMAT: Final = "irrun-diagnostics"
VERSION: Final = 1


def diagnostics_document(checked: Sequence[tuple[Checked, Order | None]]) -> dict[str, Any]:
    """Return everything that was found, program by program."""
    programs = []
    for found, order in checked:
        document: dict[str, Any] = {"name": found.name, "loaded": found.program is not None}
        if found.program is not None:
            document["patchId"] = found.program.document.patch_id
            document["digest"] = found.program.digest
        document["counts"] = counts(found.problems)
        document["diagnostics"] = [problem.document() for problem in found.problems]
        if order is not None and found.program is not None:
            document["order"] = order_document(Facts(found.program), order)
        programs.append(document)
    together = [problem for found, _ in checked for problem in found.problems]
    return {
        "format": FORMAT,
        "version": VERSION,
        "counts": counts(together),
        "programs": programs,
    }


def counts(problems: Sequence[IrrunError]) -> dict[str, int]:
    """Return how many problems of each severity there are."""
    found = Counter(str(problem.severity) for problem in problems)
    return {f"{severity}s": found[str(severity)] for severity in Severity}


def order_document(facts: Facts, order: Order) -> dict[str, Any]:
    """Return the given and the demanded order, as step ids."""
    steps = facts.program.steps
    return {
        "tieBreak": facts.program.schedule.determinism.topo_tie_break,
        "given": [step.id for step in steps],
        "demanded": [steps[i].id for i in order.demanded],
        "cyclic": [steps[i].id for i in order.cyclic],
        "wrong": [_pair(facts, pair) for pair in order.wrong],
        "accidental": [_pair(facts, pair) for pair in order.accidental],
    }


def _pair(facts: Facts, pair: Pair) -> dict[str, Any]:
    steps = facts.program.steps
    found: dict[str, Any] = {"before": steps[pair.before].id, "after": steps[pair.after].id}
    return found if pair.slot is None else found | {"slot": pair.slot}


# --- GitHub -----------------------------------------------------------------------------------

_LEVELS: Final[dict[Severity, Level]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def annotations(checked: Sequence[Checked]) -> Iterator[str]:
    """Yield one workflow command for each problem."""
    for found in checked:
        for problem in found.problems:
            lines = [problem.sentence, f"at {problem.where.text()}"]
            if problem.hint_text:
                lines.append(f"hint: {problem.hint_text}")
            title = f"{problem.code} {problem.title}"
            level, line = _LEVELS[problem.severity], problem.where.line
            yield annotation(level, title, lines, file=found.name, line=line)


# --- SARIF ------------------------------------------------------------------------------------


def sarif_document(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log: one run, a rule for each code that occurs, a result a problem."""
    codes = sorted({problem.code for found in checked for problem in found.problems})
    positions = {code: i for i, code in enumerate(codes)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "irrun",
                        "version": __version__,
                        "rules": [_sarif_rule(all_problems()[code]) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": _uri(found.name)}} for found in checked],
                "results": [
                    _sarif_result(problem, i, found.name, positions[problem.code])
                    for i, found in enumerate(checked)
                    for problem in found.problems
                ],
            }
        ],
    }


def _sarif_rule(cls: type[IrrunError]) -> dict[str, Any]:
    severity = cls.severity
    rule: dict[str, Any] = {
        "id": cls.code,
        "name": cls.__name__,
        "shortDescription": {"text": cls.title},
        "fullDescription": {"text": explanation(cls)},
        "defaultConfiguration": {"level": str(severity)},
    }
    if cls.right:
        rule["help"] = {"text": f"Wrong: {cls.wrong}\nRight: {cls.right}"}
    return rule


def _sarif_result(problem: IrrunError, artifact: int, name: str, rule: int) -> dict[str, Any]:
    """Return one result.

    The region is the line and the columns of a JSON file, or the byte where the data break, or else
    the first line; the JSON path is the logical location.
    """
    byte = problem.where.byte
    region = {"startLine": 1} if byte is None else {"byteOffset": byte, "byteLength": 1}
    line, column = problem.where.line, problem.where.column
    if problem.excerpt is not None and line is not None and column is not None:
        end = column + len(problem.excerpt.marked)
        region |= {"startLine": line, "startColumn": column, "endColumn": end}
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(name), "index": artifact},
            "region": region,
        }
    }
    if problem.where.path is not None:
        logical = {"fullyQualifiedName": problem.where.path}
        if problem.where.step is not None:
            logical["name"] = problem.where.step
        location["logicalLocations"] = [logical]
    text = (
        problem.sentence
        if problem.hint_text is None
        else f"{problem.sentence} (hint: {problem.hint_text})"
    )
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": str(problem.severity),
        "message": {"text": text},
        "locations": [location],
    }


def _uri(name: str) -> str:
    """Return a file name as a URI: a relative reference, but for what is not below this folder."""
    from urllib.parse import quote

    path = Path(name)
    if path.is_absolute():
        return path.as_uri()
    return quote(name.replace("\\", "/"), errors="surrogateescape")

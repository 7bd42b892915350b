"""Results for machines: JSON, JUnit XML, GitHub annotations."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from irrun.compare.golden.check import CheckResult, Verdict, exit_code
from irrun.compare.golden.pictures import PictureDifference
from irrun.compare.golden.report.wording import result_lines, summary_line
from irrun.compare.lineage.behind import Behind
from irrun.compare.output.compare import DIFF_FORMAT, Comparison, Divergence, ValueDifference
from irrun.compare.output.document import Golden
from irrun.errors.annotations import Level, annotation
from irrun.errors.showing import SENTENCE, shown
from irrun.ir.documents import record_members
from irrun.trace.values import number_document

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FORMAT: Final = "irrun-golden-check"
VERSION: Final = 1


def check_document(results: Sequence[CheckResult]) -> dict[str, Any]:
    """Return all results as one document (docs/output-format.md)."""
    counts = {str(verdict): 0 for verdict in Verdict}
    for result in results:
        counts[str(result.verdict)] += 1
    return {
        "format": FORMAT,
        "version": VERSION,
        "exitCode": exit_code(results),
        "counts": {verdict: count for verdict, count in counts.items() if count},
        "results": [result_document(result) for result in results],
    }


def result_document(result: CheckResult) -> dict[str, Any]:
    """Return one result."""
    document: dict[str, Any] = {
        "name": result.name,
        "golden": result.golden.as_posix(),
        "verdict": str(result.verdict),
        "passes": result.verdict.passes,
        "frames": result.frames,
        "programChanged": result.program_changed,
    }
    if result.program is not None:
        document["program"] = result.program.as_posix()
    if result.comparison is not None:
        document["comparison"] = comparison_document(result.comparison)
    if result.behind is not None:
        document["behind"] = behind_document(result.behind)
    if result.error is not None:
        document["error"] = result.error.document()
    if result.pending is not None:
        document["pending"] = result.pending.as_posix()
    if result.not_left is not None:
        document["notLeft"] = result.not_left
    if result.line is not None:
        document["line"] = result.line
    if result.pictures:
        document["pictures"] = [picture_document(found) for found in result.pictures]
    if result.threshold is not None:
        document["pixelThreshold"] = record_members(result.threshold)
    return document


def picture_document(found: PictureDifference) -> dict[str, Any]:
    """Return how the picture of one frame differs."""
    document: dict[str, Any] = {
        "frame": found.frame,
        "compared": found.note is None,
        "withinThreshold": found.is_within,
    }
    if found.note is None:
        document |= {
            "pixels": found.pixels,
            "differing": found.differing,
            "beyondThreshold": found.beyond,
            "largest": found.largest,
        }
    else:
        document["note"] = found.note
    if found.image is not None:
        document["image"] = found.image.as_posix()
    return document


def recorded_document(
    expected: Golden, got: Golden, comparison: Comparison, found: Behind | None
) -> dict[str, Any]:
    """Return how two recorded outputs differ (docs/output-format.md, `irrun-diff`)."""
    document: dict[str, Any] = DIFF_FORMAT | {
        "mode": "recorded",
        "same": comparison.is_same,
        "programs": [
            {"patchId": g.header.program.patch_id, "digest": g.header.program.digest}
            for g in (expected, got)
        ],
        "comparison": comparison_document(comparison),
    }
    return document | ({} if found is None else {"behind": behind_document(found)})


def behind_document(found: Behind) -> dict[str, Any]:
    """Return the earliest value that differs and how it comes to show."""
    return {
        "origin": found.origin.name,
        "symptom": found.symptom.name,
        "way": list(found.way),
    }


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return how two outputs differ."""
    needed = comparison.needed
    return {
        "frames": comparison.frames,
        "framesDiffering": comparison.frames_differing,
        "valuesAccepted": comparison.accepted,
        "settings": list(comparison.settings),
        "added": list(comparison.added),
        "removed": list(comparison.removed),
        "unusedTolerances": list(comparison.unused),
        "wouldPassWith": needed,
        "values": [_value_document(value) for value in comparison.values],
    }


def _value_document(value: ValueDifference) -> dict[str, Any]:
    document = {
        "name": value.name,
        **record_members(value.info),
        "frames": value.frames,
        "first": divergence_document(value.first),
    }
    if value.largest is not None:
        document["largest"] = divergence_document(value.largest)
    return document


def divergence_document(found: Divergence) -> dict[str, Any]:
    """Return one place where outputs differ."""
    leaf = found.leaf
    document: dict[str, Any] = {
        "frame": found.frame,
        "tMs": number_document(found.t_ms),
        "path": leaf.path,
        "expected": _exact(leaf.expected),
        "got": _exact(leaf.got),
    }
    if leaf.absolute is not None and leaf.relative is not None:
        document["absolute"] = number_document(leaf.absolute)
        document["relative"] = number_document(leaf.relative)
        document["ulps"] = leaf.ulps
    if leaf.remarks:
        document["note"] = leaf.remarks
    return document


def _exact(value: Any) -> Any:
    return number_document(value) if isinstance(value, float) else value


def junit_bytes(results: Sequence[CheckResult]) -> bytes:
    """Return the results as JUnit XML: a test case for each golden, no times."""
    from xml.etree import ElementTree

    failures = [r for r in results if not r.verdict.passes and r.error is None]
    errors = [r for r in results if not r.verdict.passes and r.error is not None]
    skipped = [r for r in results if r.verdict is Verdict.BY_TEST]
    suite = ElementTree.Element(
        "testsuite",
        name="irrun golden",
        tests=str(len(results)),
        failures=str(len(failures)),
        errors=str(len(errors)),
        skipped=str(len(skipped)),
    )
    for result in results:
        suite.append(_case(result))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root) + b"\n"


def _case(result: CheckResult) -> "Element":
    from xml.etree import ElementTree

    folder, _, name = result.name.rpartition("/")
    case = ElementTree.Element(
        "testcase",
        classname=shown(folder or "."),
        name=shown(name),
        file=shown(str(result.golden), SENTENCE),
    )
    if result.verdict is Verdict.BY_TEST:
        ElementTree.SubElement(case, "skipped", message=shown(summary_line(result), SENTENCE))
    if result.verdict.passes:
        return case
    what = "failure" if result.error is None else "error"
    message = shown(f"{result.verdict}: {summary_line(result)}", SENTENCE)
    found = ElementTree.SubElement(case, what, message=message, type=str(result.verdict))
    found.text = "\n".join(shown(line, SENTENCE) for line in result_lines(result))
    return case


def annotations(results: Sequence[CheckResult]) -> Iterator[str]:
    """Yield GitHub workflow commands: an error for each failure, a notice for changed programs."""
    for result in results:
        if not result.verdict.passes:
            lines = [f"{result.verdict}: {summary_line(result)}", *result_lines(result)]
            yield _annotation("error", result, list(dict.fromkeys(lines)))
        elif result.verdict is Verdict.PROGRAM_CHANGED:
            text = (
                "the program changed and its output is the same; record it to bring the digest up"
            )
            yield _annotation("notice", result, [text])


def _annotation(level: Level, result: CheckResult, lines: Sequence[str]) -> str:
    title, file = f"golden {result.name}", result.golden.as_posix()
    return annotation(level, title, lines, file=file, line=result.line)

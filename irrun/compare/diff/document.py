"""A comparison of two programs as JSON (docs/output-format.md, `irrun-diff`)."""

from typing import Any

from irrun.compare.diff.cause.cause import Cause
from irrun.compare.diff.change import Change
from irrun.compare.diff.compare import Comparison
from irrun.compare.diff.runs.lockstep import BEFORE, DifferingValue, RunsDiff, Stop
from irrun.compare.output.compare import DIFF_FORMAT
from irrun.compare.output.leaves import Leaf
from irrun.compare.output.values import golden_value
from irrun.program.program import Program

Document = dict[str, Any]


def comparison_document(found: Comparison, *, full: bool) -> Document:
    """Return a comparison for machines; `full` adds what is minor in the data."""
    changes = found.data.all if full else found.data.changes
    programs = (found.pair.a.program, found.pair.b.program)
    return DIFF_FORMAT | {
        "mode": "programs",
        "same": found.same,
        "programs": [_program(program) for program in programs],
        "data": {
            "affectsRun": found.data.affects_run,
            "counts": {table: dict(row) for table, row in found.data.counts().items()},
            "changes": [_change(change) for change in changes],
        },
        "runs": None if found.runs is None else _runs(found.runs),
        "cause": None if found.cause is None else _cause(found.cause),
        "findings": [[f.document() for f in findings] for findings in found.findings],
    }


def _program(program: Program) -> Document:
    return {"patchId": program.document.patch_id, "digest": program.digest}


def _change(change: Change) -> Document:
    document: Document = {
        "action": change.action,
        "table": change.table,
        "item": change.item,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "affectsRun": change.affects_run,
    }
    if change.minor:
        document["minor"] = True
    if change.reached_by:
        document["reachedBy"] = list(change.reached_by)
    return document


def _runs(runs: RunsDiff) -> Document:
    ordered = sorted(runs.divergences.values(), key=lambda d: d.moment)
    return {
        "agree": runs.agree,
        "frames": runs.frames,
        "plannedFrames": runs.planned,
        "differingFrames": runs.differing_frames,
        "comparedValues": runs.values,
        "divergences": [_divergence(d) for d in ordered],
        "stops": [_stop(stop) for stop in runs.stops],
        "onlyInA": runs.only[0],
        "onlyInB": runs.only[1],
        "notCompared": [value.text for value in runs.skipped],
        "stubs": runs.stubs,
        "unusedTolerances": runs.unused_rules,
    }


def _divergence(found: DifferingValue) -> Document:
    document: Document = {"value": found.value.text}
    if found.slots is not None:
        document["slots"] = list(found.slots)
    document |= {
        "frame": None if found.moment.frame == BEFORE else found.moment.frame,
        "tMs": golden_value(found.t_ms),
        "step": found.step,
        "type": found.type,
    }
    if found.label is not None:
        document["label"] = found.label
    return document | {
        "expected": found.expected,
        "got": found.got,
        "first": _leaf(found.leaf),
        "frames": found.frames,
        "largest": golden_value(found.largest),
    }


def _leaf(leaf: Leaf) -> Document:
    document: Document = {
        "path": leaf.path,
        "expected": golden_value(leaf.expected),
        "got": golden_value(leaf.got),
    }
    if leaf.absolute is not None:
        measures = {"absolute": leaf.absolute, "relative": leaf.relative, "ulps": leaf.ulps}
        document |= {name: golden_value(value) for name, value in measures.items()}
    return document | ({"note": leaf.remarks} if leaf.remarks else {})


def _stop(stop: Stop) -> Document:
    return {"program": stop.side, "error": stop.error.document()}


def _cause(cause: Cause) -> Document:
    return {
        "output": cause.output,
        "symptom": None if cause.symptom is None else _divergence(cause.symptom),
        "stop": None if cause.stop is None else _stop(cause.stop),
        "origin": None if cause.origin is None else _divergence(cause.origin),
        "reasons": list(cause.reasons),
        "changes": [_change(change) for change in cause.changes],
        "signals": [
            {"signals": [s.before.id, s.after.id], "expected": s.expected, "got": s.got}
            for s in cause.signals
        ],
        "path": [
            {"value": d.value.text, "frame": None if d.moment.frame == BEFORE else d.moment.frame,
             "step": d.step}
            for d in cause.path
        ],
    }  # fmt: skip

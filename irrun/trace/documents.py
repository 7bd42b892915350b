"""A run as machine-readable records: header, frames, end (docs/output-format.md)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from irrun.errors import IrrunError
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT
from irrun.numerics.digest import byte_digest
from irrun.runtime.driver import Driver
from irrun.runtime.hot_swap import SwapReport
from irrun.runtime.view import FrameView
from irrun.steps.frame import ProbeRecord
from irrun.trace.dump import Dump
from irrun.trace.observers import (
    Detail,
    FrameTrace,
    SlotValue,
    StepTrace,
    finding_documents,
)
from irrun.trace.points import Point, point_documents
from irrun.trace.values import ArrayForm, Buffers, number_document, value_document

FORMAT: Final = "irrun-run"
VERSION: Final = 1
WHY_STUB: Final = "stubs were asked for"
PLAIN_SETTINGS: Final[Mapping[str, Any]] = {
    "executors": "auto",
    "strict": False,
    "referenceQuirks": False,
    "fps": number_document(DEFAULT_FPS),
    "viewport": value_document(DEFAULT_VIEWPORT),
    "swaps": [],
    "resumedFrom": None,
}
"""The members of a header that decide values, besides program and times, as a plain run has them.
Two runs of which one differs here are not the same run."""


def header_document(
    driver: Driver, slots: Sequence[int], points: Sequence[Point] = ()
) -> dict[str, Any]:
    """Return what was run: program, times, all that decides values, stubs, recorded slots."""
    run, program, by_slot = driver.run, driver.now.program, driver.now.layout.by_slot
    header: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "program": {"patchId": program.document.patch_id, "digest": program.digest},
        "firstFrame": driver.first,
        "frameCount": len(run.times),
        "executors": run.executors,
        "strict": run.strict,
        "referenceQuirks": run.quirks,
        "fps": number_document(run.fps),
        "stubs": [
            {"step": p.step.id, "kind": p.step.kind, "why": WHY_STUB} for p in driver.now.stubs
        ],
        "slots": [
            {"slot": s, "storage": by_slot[s].storage, "type": by_slot[s].type.text()}
            for s in slots
        ],
        "outputs": [{"id": o.id, "kind": o.kind, "slot": o.slot} for o in program.outputs],
    }
    if points:
        header["points"] = point_documents(points)
    if run.viewport != DEFAULT_VIEWPORT:
        header["viewport"] = value_document(run.viewport)
    if run.swaps:
        header["swaps"] = [{"frame": f, "digest": run.swaps[f].digest} for f in sorted(run.swaps)]
    if run.resume is not None:
        header["resumedFrom"] = byte_digest(run.resume)
    if driver.resumed is not None:
        header["resumed"] = swap_document(driver.resumed)
    return header


def unusual_settings(header: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a header that decide values and are not as in a plain run."""
    return {k: header[k] for k, usual in PLAIN_SETTINGS.items() if header.get(k, usual) != usual}


def frame_document(
    frame: FrameView,
    slots: Sequence[int],
    buffers: Buffers | ArrayForm,
    *,
    points: Sequence[Point] = (),
    trace: FrameTrace | None = None,
    dump: Dump | None = None,
) -> dict[str, Any]:
    """Return one frame: its time, the recorded slots, and what else was asked for."""
    values = frame.values
    document: dict[str, Any] = {
        "frame": frame.index,
        "tMs": number_document(frame.time.t_abs_ms),
        "values": {str(s): value_document(values.peek(s), buffers) for s in slots if values.has(s)},
    }
    if points:
        document["points"] = {
            point.text: value_document(
                point.number(values.peek(point.slot) if values.has(point.slot) else None)
            )
            for point in points
        }
    if frame.swap is not None:
        document["swap"] = swap_document(frame.swap)
    if trace is not None:
        document["steps"] = [_step_document(step, buffers) for step in trace.steps]
    if dump is not None:
        document["state"] = _numbers(dump.state)
    if frame.probes:
        document["probes"] = [_probe_document(record, buffers) for record in frame.probes]
    return document


def end_document(
    now: FrameView,
    frames: int,
    error: IrrunError | None,
    *,
    failed: FrameTrace | None = None,
    buffers: Buffers = "digest",
) -> dict[str, Any]:
    """Return how the run ended: frames, final state, warnings, and the error if one ended it."""
    document: dict[str, Any] = {
        "completedFrames": frames,
        "state": _numbers(now.state()),
        "findings": finding_documents(now.findings),
    }
    if error is not None:
        document["error"] = error.document()
    if failed is not None:
        document["failedFrame"] = {
            "frame": failed.index,
            "tMs": number_document(failed.time.t_abs_ms),
            "steps": [_step_document(step, buffers) for step in failed.steps],
        }
    return document


def _numbers(state: dict[str, list[float]]) -> dict[str, list[float | str]]:
    return {name: [number_document(x) for x in elements] for name, elements in state.items()}


def _step_document(step: StepTrace, buffers: Buffers | ArrayForm) -> dict[str, Any]:
    planned = step.planned
    document: dict[str, Any] = {
        "step": planned.step.id,
        "kind": planned.step.kind,
        "executor": "stub" if planned.is_stub else "real",
        "reads": [_slot_value(read, buffers) for read in step.reads],
        "writes": [_slot_value(write, buffers) for write in step.writes],
    }
    if step.details:
        document["details"] = [_detail_document(detail, buffers) for detail in step.details]
    if step.failed:
        document["failed"] = True
    return document


def _detail_document(detail: Detail, buffers: Buffers | ArrayForm) -> dict[str, Any]:
    document = {"what": detail.text, "value": value_document(detail.value, buffers)}
    return document | ({"note": detail.note} if detail.note else {})


def swap_document(report: SwapReport) -> dict[str, Any]:
    """Return what a hot swap made of the state."""
    return {
        "program": report.program,
        "wrapMemoryKept": report.wrap_memory_kept,
        "cells": [
            {"key": cell.key, "storage": cell.storage, "outcome": cell.outcome}
            | ({"why": cell.why} if cell.why else {})
            for cell in report.cells
        ],
    }


def _slot_value(found: SlotValue, buffers: Buffers | ArrayForm) -> dict[str, Any]:
    return {"slot": found.slot, "value": value_document(found.value, buffers)}


def _probe_document(record: ProbeRecord, buffers: Buffers | ArrayForm) -> dict[str, Any]:
    return {
        "step": record.step_id,
        "probe": record.probe_id,
        "mode": record.mode,
        "slot": record.slot,
        "value": value_document(record.value, buffers),
    }

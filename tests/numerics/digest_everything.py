"""Prints one JSON object: digests of all that irrun computes here. Run by test_independence."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

import numpy as np  # noqa: E402
from evaluate.scene.scenes import camera_program, mesh_program, one_frame, viewport_of  # noqa: E402
from evaluate.scene.test_projection import run_case  # noqa: E402
from runtime.test_field_vectors import OPERATIONS  # noqa: E402
from runtime.test_field_vectors import TOPICS as FIELD_TOPICS  # noqa: E402
from steps.test_render_vectors import FRAMES, frame_of  # noqa: E402
from support.conformance_vectors import cases, program_of  # noqa: E402

from irrun.compare.output.document import GoldenRun  # noqa: E402
from irrun.compare.output.record import RecordPlan, record_golden  # noqa: E402
from irrun.compare.output.text import golden_bytes  # noqa: E402
from irrun.doctor.digests import current_digests  # noqa: E402
from irrun.doctor.machine import dispatched_features  # noqa: E402
from irrun.errors import IrrunError  # noqa: E402
from irrun.program.reading.codec import load  # noqa: E402
from irrun.runtime.runtime import Runtime  # noqa: E402
from irrun.trace.values import value_document  # noqa: E402

RUNS = ("time", "signals", "stateful", "transforms", "bus", "eventbus", "nodes")
"""Topics whose cases are programs and frame times."""


def golden_digests() -> dict[str, str]:
    """Return a digest of each bundled program's golden, recorded anew."""
    plan = RecordPlan(run=GoldenRun(frames=30), watch=("all",))
    return {
        path.stem: hashlib.sha256(golden_bytes(record_golden(load(path), plan))).hexdigest()
        for path in sorted((ROOT / "programs").glob("*.json"))
    }


def conformance_digests() -> dict[str, str]:
    """Return a digest of what every case of each topic comes to."""
    found = {topic: [_run(case) for case in cases(topic)] for topic in RUNS}
    found["camera"] = [
        _slot(camera_program(case["args"]["camera"]), viewport_of(case["args"]["viewport"]))
        for case in cases("camera")
    ]
    found["mesh"] = [_slot(mesh_program(case["args"]["mesh"])) for case in cases("mesh")]
    found["project3d"] = [
        value_document(run_case(case, quirks=False), "full") for case in cases("project3d")
    ]
    found |= {topic: [_call(case) for case in cases(topic)] for topic in FIELD_TOPICS}
    found["render"] = [
        value_document(frame_of(case, handles=True, quirks=False), "full") for case in FRAMES
    ]
    return {topic: _digest(documents) for topic, documents in found.items()}


def _call(case: dict[str, Any]) -> Any:
    """Return what one case of the fields' topics comes to."""
    try:
        return value_document(OPERATIONS[case["op"]](case["args"], quirks=False), "full")
    except IrrunError as error:
        return error.code


def _slot(program: Any, *viewport: Any) -> Any:
    """Return what a program of one step writes."""
    options = {"viewport": viewport[0]} if viewport else {}
    return value_document(one_frame(program, **options).values.peek(0), "full")


def _run(case: dict[str, Any]) -> Any:
    seen: list[Any] = []
    try:
        runtime = Runtime(program_of(case))
        for t_ms in case["times"]:
            runtime.run_frame(t_ms)
            slots = runtime.values.slots
            seen.append([value_document(runtime.values.peek(s), "full") for s in slots])
            seen.append(value_document(runtime.state.snapshot(), "full"))
    except IrrunError as error:
        seen.append(error.code)
    return seen


def _digest(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Print everything."""
    json.dump(
        {
            "features": dispatched_features(),
            "machine": float(np.power(np.linspace(0.1, 9.0, 9999), 1.7).sum()).hex(),
            "digests": current_digests(),
            "goldens": golden_digests(),
            "conformance": conformance_digests(),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()

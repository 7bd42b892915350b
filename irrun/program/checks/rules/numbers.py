"""Rules for the numbers that typed records hold: NaN and infinities."""

import math
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from irrun.errors import IrrunError
from irrun.errors.checks.values import NonFiniteNumber
from irrun.evaluate.scene.cameras import camera_faults
from irrun.ir.expressions.signals import BusCombineSignal, StatefulSignal
from irrun.numerics.text import number_text
from irrun.program.checks.facts import Facts
from irrun.program.checks.rule import rule
from irrun.steps.kinds.render_assemble import RenderAssemble

_SAID_ELSEWHERE: Final = frozenset({"periodMs", "durationMs", "windowMs", "delayMs"})
"""Members whose NaN has a problem of its own: IR453, IR378, IR441."""


@rule(NonFiniteNumber)
def finite_numbers(facts: Facts) -> Iterator[IrrunError]:
    """What values are computed from is finite; a NaN spreads, an infinity becomes one soon."""
    for path, value in _parameters(facts):
        for at, member, number in _not_finite(value, path, ""):
            if member == "delayFrames" or (number != number and member in _SAID_ELSEWHERE):
                continue  # no frames at all are no delay: -Infinity is as good as 0
            warning = NonFiniteNumber(name=member, value=number_text(number))
            yield warning.at(path=at)


def _parameters(facts: Facts) -> Iterator[tuple[str, Any]]:
    """Yield the records that hold numbers, each with its path."""
    program = facts.program
    yield "$.timeModel", program.time_model
    for i, node in enumerate(program.signal_nodes):
        if isinstance(node, StatefulSignal):
            yield f"$.signalTable.nodes[{i}].params", node.params
        elif isinstance(node, BusCombineSignal):
            yield f"$.signalTable.nodes[{i}].combine", node.combine
    yield "$.transforms.chains", program.chains
    yield from _scene(facts)
    for i, step in enumerate(program.steps):
        if isinstance(step, RenderAssemble):
            yield f"$.schedule.steps[{i}].pathBatches", step.path_batches


def _scene(facts: Facts) -> Iterator[tuple[str, Any]]:
    """Yield cameras and meshes; a camera that is none, or is askew, has problems of its own."""
    cameras, meshes = facts.program.cameras, facts.program.meshes
    for i, camera in enumerate(() if cameras is None else cameras.cameras):
        if not any(camera_faults(camera)):
            yield f"$.cameras.cameras[{i}].projection", camera.projection
        yield f"$.cameras.cameras[{i}].pose.position", camera.pose.position
    if meshes is not None:
        yield "$.meshes.meshes", meshes.meshes


def _not_finite(value: Any, path: str, member: str) -> Iterator[tuple[str, str, float]]:
    """Yield path, member and value of every number that is not finite; records are shallow."""
    if isinstance(value, float):
        if not math.isfinite(value):
            yield path, member, value
    elif isinstance(value, msgspec.Struct):
        for name, wire in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from _not_finite(getattr(value, name), f"{path}.{wire}", wire)
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{i}]", member)


RULES: Final = (finite_numbers,)

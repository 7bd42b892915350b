"""What each step kind uses besides slots; nothing that names something is forgotten."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from support.step_samples import (
    SAMPLES,
    instance_batch,
    materialization,
    only_step,
    path_batch,
    program_with,
    publisher,
)

from irrun.program.program import Program
from irrun.steps import KINDS
from irrun.steps.uses import Use


def through(slot: int, chain: int, *, enabled: bool = True) -> dict[str, Any]:
    """Return a publisher with a transform chain."""
    return publisher(slot, enabled=enabled) | {"transform": {"chainId": chain}}


CHAINS = {"publishers": [through(10, 3), through(11, 4, enabled=False)]}
CONSTANT = {"silent": {"kind": "const", "constId": 7}}

WHOLE: dict[str, dict[str, Any]] = {
    "nodeEval": {"stateReads": ["a", 1], "stateWrites": ["b"]},
    "busEval": CHAINS | CONSTANT,
    "eventBusEval": CHAINS,
    "materialize": {"materialization": materialization(fieldExprId="5")},
    "renderAssemble": {
        "instance2dBatches": [instance_batch()],
        "pathBatches": [
            path_batch(fillColorSlot=31, strokeColorSlot=32, strokeWidthSlot=33, opacitySlot=34)
        ],
    },
    "Instances3DProjectTo2D": {"rotationSlot": 19, "scaleSlot": 20},
}
"""Members that the samples leave out, by kind."""

EXPECTED: dict[str, list[Use]] = {
    "signalEval": [Use("signal", 0, "outputs[0].sigId"), Use("signal", 1, "outputs[1].sigId")],
    "nodeEval": [
        Use("node", 0, "nodeIndex"),
        Use("state", "a", "stateReads[0]"),
        Use("state", 1, "stateReads[1]"),
        Use("state", "b", "stateWrites[0]"),
    ],
    "busEval": [
        Use("bus", 0, "busIndex"),
        Use("chain", 3, "publishers[0].transform.chainId"),
        Use("chain", 4, "publishers[1].transform.chainId", weak=True),
        Use("constant", 7, "silent.constId", weak=True),
    ],
    "eventBusEval": [
        Use("bus", 0, "busIndex"),
        Use("chain", 3, "publishers[0].transform.chainId", weak=True),
        Use("chain", 4, "publishers[1].transform.chainId", weak=True),
    ],
    "materialize": [Use("field", 5, "materialization.fieldExprId")],
    "CameraEval": [Use("camera", "cam", "cameraId")],
    "MeshMaterialize": [Use("mesh", "mesh", "meshId")],
}


def whole(kind: str) -> Program:
    """Return a program with a step of a kind that has all members that name something."""
    return program_with(kind, **WHOLE.get(kind, {}))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_uses(kind: str) -> None:
    """Without effect are the chains of disabled publishers and of events, and unasked silence."""
    assert list(only_step(whole(kind)).uses()) == EXPECTED.get(kind, [])


def test_silence_counts_where_nobody_speaks() -> None:
    """The constant of a bus has an effect if no publisher is enabled."""
    step = only_step(program_with("busEval", publishers=[], **CONSTANT))
    assert Use("constant", 7, "silent.constId") in step.uses()


def test_the_old_form_of_render_assemble_names_a_node_in_vain() -> None:
    """Its root node has no effect."""
    program = program_with(
        "renderAssemble", instance2dBatches=None, outFrameSlot=None, rootNodeIndex=2, outSlot=10
    )
    step = msgspec.structs.replace(only_step(program), root_node_index=2)
    assert list(step.uses()) == [Use("node", 2, "rootNodeIndex", weak=True)]


# --- No member that names something can be forgotten -----------------------------------------

_NAMES_SOMETHING = re.compile(r"(?i)(id|ids|index|slots?|reads|writes)(\[\d+\])?$|^out\.\w+$")
_NAMES_NOTHING = re.compile(r"^(id|probe\.id|materialization\.id|publishers\[\d+\]\.publisherId)$")
"""What the thing itself is called."""


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every member of JSON data that is no container."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from leaves(item, f"{path}[{i}]")
    elif value is not None:
        yield path


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_that_names_something_is_declared(kind: str) -> None:
    """As an access if it is a slot, as a use if it is anything else; disabled slots may be left."""
    program = whole(kind)
    step = only_step(program)
    declared = {access.field for access in step.accesses(program)}
    declared |= {use.field for use in step.uses()}
    named = {path for path in leaves(msgspec.to_builtins(step)) if _NAMES_SOMETHING.search(path)}

    left = {path for path in named - declared if not _NAMES_NOTHING.match(path)}
    assert left == ({"publishers[1].srcSlot"} if "publishers" in WHOLE.get(kind, {}) else set())


_OTHER_FORM = {
    "renderAssemble": {"instance2dListSlot", "pathBatchListSlot", "rootNodeIndex", "outSlot"}
}
"""Members that a step with the others does not have."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_samples_are_whole(kind: str) -> None:
    """A new member comes into the samples, and so into the test above."""
    step = only_step(whole(kind))
    members = msgspec.structs.fields(type(step))
    missing = {m.encode_name for m in members if getattr(step, m.name) is None}
    left = {name for name in missing if _NAMES_SOMETHING.search(name)}
    assert left == _OTHER_FORM.get(kind, set())


def test_every_kind_is_there() -> None:
    """No kind is left out of the samples."""
    assert KINDS.keys() == SAMPLES.keys()

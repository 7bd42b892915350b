"""What is wrong with a document is said with code, exact path and facts."""

from typing import Any, Final, NamedTuple

import pytest
from program.documents import (
    as_json,
    changed,
    every_kind,
    refusal,
    step_at,
    without,
)

GONE: Final = object()
"""Stands for a member that is taken out."""

FULL: Final = every_kind()


class Wrong(NamedTuple):
    """One change to a document, and what is said about it."""

    at: str
    put: Any
    code: str
    path: str | None = None
    """Where the error stands; by default where the change was made."""
    facts: dict[str, Any] = {}  # noqa: RUF012  # never changed
    """Facts that the error must carry, among others."""
    expects: tuple[str, ...] = ()
    """Words of which the `expected` fact must hold each."""
    hint: str | None = None
    """Words that the hint must hold."""


def missing(at: str) -> Wrong:
    """Return the row of a missing member."""
    record, _, name = at.rpartition(".")
    return Wrong(at, GONE, "IR110", record, {"name": name})


def wrong_type(at: str, put: Any, *expects: str, got: str) -> Wrong:
    """Return the row of a value of another type."""
    return Wrong(at, put, "IR111", facts={"got": got}, expects=expects)


def wrong_value(at: str, put: str, *expects: str) -> Wrong:
    """Return the row of a text that is not among the values of its field."""
    return Wrong(at, put, "IR111", facts={"got": f"the text {put!r}"}, expects=expects)


def unknown_kind(at: str, put: str, near: str, **facts: str) -> Wrong:
    """Return the row of a misspelt kind, for which the right one is proposed."""
    return Wrong(at, put, "IR112", facts={"kind": put} | facts, hint=f"{near}")


TOP: Final = {
    "version-missing": missing("$.irVersion"),
    "patch-id-number": wrong_type("$.patchId", 7, "text", got="the number 7"),
    "revision-fraction": wrong_type("$.patchRevision", 1.5, "whole number", got="the number 1.5"),
    "seed-text": wrong_type("$.seed", "seven", "number", got="the text 'seven'"),
    "seed-true": wrong_type("$.seed", True, "number", got="true"),
    "outputs-object": wrong_type("$.outputs", {}, "list", got="an object"),
    "output-null": wrong_type("$.outputs[0]", None, "object", got="null"),
    "output-slot-missing": missing("$.outputs[0].slot"),
    "output-label-list": wrong_type("$.outputs[0].label", [], "text", got="a list"),
    "schedule-list": wrong_type("$.schedule", [], "object", got="a list"),
    "meta-text": wrong_type("$.meta", "none", "object", got="the text 'none'"),
    "names-missing": missing("$.meta.names"),
    "warning-place": wrong_type("$.meta.warnings[0].where.stepId", 1, "text", got="the number 1"),
    "type-domain": wrong_value("$.types.typeIds[0].domain", "vec5", "vec4"),
    "type-world": wrong_value("$.types.typeIds[0].world", "world", "signal", "special"),
    "lens-id": wrong_type("$.lenses.lenses[0].id", "l", "whole number", got="the text 'l'"),
    "adapter-missing": missing("$.adapters.adapters[0].id"),
}

TIME: Final = {
    "kind-misspelt": unknown_kind("$.timeModel.kind", "cyclical", "cyclic"),
    "kind-missing": missing("$.timeModel.kind"),
    "kind-number": wrong_type("$.timeModel.kind", 3, "text", got="the number 3"),
    "period-missing": missing("$.timeModel.periodMs"),
    "mode": wrong_value("$.timeModel.mode", "bounce", "loop", "pingpong"),
    "phase-domain": wrong_value("$.timeModel.phaseDomain", "0..2", "0..1"),
    "in-the-step": unknown_kind("$.schedule.steps[0].timeModel.kind", "finit", "finite"),
}

SIGNAL_TABLE: Final = {
    "nodes-missing": missing("$.signalTable.nodes"),
    "node-number": wrong_type("$.signalTable.nodes[3]", 5, "object", got="the number 5"),
    "kind-misspelt": unknown_kind(
        "$.signalTable.nodes[6].kind", "mapp", "map", family="signal expression"
    ),
    "kind-of-a-field": Wrong(
        "$.signalTable.nodes[6].kind", "broadcastSig", "IR112", facts={"kind": "broadcastSig"}
    ),
    "type-missing": missing("$.signalTable.nodes[1].type"),
    "const-id-missing": missing("$.signalTable.nodes[0].constId"),
    "operand-text": wrong_type("$.signalTable.nodes[7].b", "2", "whole number", got="the text '2'"),
    "fn-missing": missing("$.signalTable.nodes[6].fn"),
    "fn-kind": unknown_kind("$.signalTable.nodes[6].fn.kind", "opcodes", "opcode"),
    "fn-opcode-missing": missing("$.signalTable.nodes[7].fn.opcode"),
    "term-null": wrong_type("$.signalTable.nodes[10].terms[2]", None, "number", got="null"),
    "combine-default": wrong_type(
        "$.signalTable.nodes[10].combine.default", "zero", "number", got="the text 'zero'"
    ),
    "stateful-op": wrong_value("$.signalTable.nodes[11].op", "integral", "integrate"),
    "stateful-param": wrong_type(
        "$.signalTable.nodes[11].params.rate", "fast", "number", got="the text 'fast'"
    ),
    "bridge-slots": wrong_type("$.signalTable.nodes[12].inputSlots", 0, "list", got="the number 0"),
}

FIELD_TABLE: Final = {
    "kind-misspelt": unknown_kind(
        "$.fields.nodes[1].kind", "broadcastSignal", "broadcastSig", family="field expression"
    ),
    "input-slot-is-no-field": Wrong(
        "$.fields.nodes[0].kind", "inputSlot", "IR112", facts={"kind": "inputSlot"}
    ),
    "broadcast-domain-missing": missing("$.fields.nodes[1].domainSlot"),
    "params-list": wrong_type("$.fields.nodes[2].params", [1], "object", got="a list"),
    "chain-missing": missing("$.fields.nodes[5].chain"),
    "select-branch": wrong_type("$.fields.nodes[4].t", True, "whole number", got="true"),
    "combine-missing": missing("$.fields.nodes[6].combine"),
}

EVENT_TABLE: Final = {
    "kind-misspelt": unknown_kind("$.eventTable.nodes[5].kind", "eventMerg", "eventMerge"),
    "slot-missing": missing("$.eventTable.nodes[2].slot"),
    "source-fraction": wrong_type(
        "$.eventTable.nodes[5].sources[1]", 0.5, "whole number", got="the number 0.5"
    ),
    "predicate-missing": missing("$.eventTable.nodes[4].predicate"),
}

CHAINS: Final = {
    "chains-missing": missing("$.transforms.chains"),
    "step-kind": unknown_kind("$.transforms.chains[0].steps[5].kind", "eases", "ease"),
    "cast-op": wrong_value("$.transforms.chains[0].steps[0].op", "toBool", "numberToBool"),
    "scale-missing": missing("$.transforms.chains[0].steps[2].scale"),
    "normalize-mode": wrong_value("$.transforms.chains[0].steps[3].mode", "0..2", "-1..1"),
    "quantize-step": missing("$.transforms.chains[0].steps[4].step"),
    "slew-offset": wrong_type(
        "$.transforms.chains[0].steps[6].stateOffset", -2, "from 0", got="the number -2"
    ),
    "cost": wrong_value("$.transforms.chains[0].cost", "free", "cheap"),
}

TABLES: Final = {
    "node-missing": missing("$.nodes.nodes[0].inputCount"),
    "node-opcode": wrong_type("$.nodes.nodes[0].opcodeId", "add", "number", got="the text 'add'"),
    "bus-combine-missing": missing("$.buses.buses[1].combine"),
    "bus-mode-number": wrong_type("$.buses.buses[1].combine.mode", 1, "text", got="the number 1"),
    "bus-default": wrong_type(
        "$.buses.buses[0].defaultValueConstId", -1, "from 0", got="the number -1"
    ),
    "const-index-pool": wrong_value("$.constants.constIndex[1].k", "f16", "json", "i32"),
    "const-index-idx": missing("$.constants.constIndex[1].idx"),
    "json-pool-object": wrong_type("$.constants.json", {"0": 1}, "list", got="an object"),
    "cell-storage": wrong_value("$.stateLayout.cells[1].storage", "u32", "f64", "i32"),
    "cell-size-missing": missing("$.stateLayout.cells[0].size"),
    "cell-policy": wrong_value("$.stateLayout.cells[0].policy", "tick", "frame", "timeMs"),
    "cell-id-list": wrong_type("$.stateLayout.cells[0].stateId", [], "text", got="a list"),
    "f32-size": wrong_type("$.stateLayout.f32Size", 0.5, "whole number", got="the number 0.5"),
    "slot-storage": wrong_value("$.slotMeta[2].storage", "f16", "f64", "object"),
    "slot-number": missing("$.slotMeta[2].slot"),
    "slot-type": missing("$.slotMeta[3].type.world"),
}

SCENE: Final = {
    "cameras-missing": missing("$.cameras.cameras"),
    "camera-pose": missing("$.cameras.cameras[1].pose"),
    "camera-near": wrong_type(
        "$.cameras.cameras[0].projection.near", "0.1", "number", got="the text '0.1'"
    ),
    "camera-index": wrong_type(
        "$.cameras.cameraIdToIndex.flat", "1", "whole number", got="the text '1'"
    ),
    "mesh-profile-kind": unknown_kind("$.meshes.meshes[1].recipe.profile.kind", "n-gon", "ngon"),
    "mesh-sides": missing("$.meshes.meshes[1].recipe.profile.sides"),
    "mesh-point": wrong_type(
        "$.meshes.meshes[2].recipe.profile.points[1].x", [], "number", got="a list"
    ),
    "mesh-extrude-kind": unknown_kind("$.meshes.meshes[1].recipe.extrude.kind", "round", "rounded"),
    "mesh-cap": wrong_value("$.meshes.meshes[0].recipe.extrude.cap", "top", "both", "none"),
    "mesh-normals": wrong_type(
        "$.meshes.meshes[0].attributes.normals", 1, "true", got="the number 1"
    ),
    "mesh-winding": wrong_value("$.meshes.meshes[0].winding", "CW", "CCW"),
    "mesh-index-type": wrong_value("$.meshes.meshes[0].indexType", "u8", "u16", "u32"),
}

LIST_OF_STEPS: Final = {
    "steps-missing": missing("$.schedule.steps"),
    "steps-object": wrong_type("$.schedule.steps", {}, "list", got="an object"),
    "step-text": wrong_type("$.schedule.steps[1]", "s", "object", got="the text 's'"),
    "step-kind-misspelt": unknown_kind(
        f"{step_at('signalEval')}.kind", "signaleval", "signalEval", family="step"
    ),
    "step-kind-far-away": Wrong(
        f"{step_at('debugProbe')}.kind", "zzzzzzzz", "IR112", hint="materializeColor"
    ),
    "step-kind-missing": missing(f"{step_at('debugProbe')}.kind"),
    "step-deps": wrong_type("$.schedule.steps[4].deps[0]", 3, "text", got="the number 3"),
    "cache-key-kind": unknown_kind(f"{step_at('nodeEval')}.cacheKey.kind", "perframe", "perFrame"),
    "cache-dep-kind": unknown_kind(
        f"{step_at('nodeEval')}.cacheKey.deps[4].kind", "stateCells", "stateCell"
    ),
    "cache-dep-slot": missing(f"{step_at('nodeEval')}.cacheKey.deps[0].slot"),
}

_BUS: Final = step_at("busEval")
_PLAN: Final = f"{step_at('materialize')}.materialization"
_RENDER: Final = step_at("renderAssemble")
_PROJECT: Final = step_at("Instances3DProjectTo2D")

STEP_FIELDS: Final = {
    "timeDerive-out": missing("$.schedule.steps[0].out"),
    "timeDerive-slot": wrong_type(
        "$.schedule.steps[0].out.wrapEvent", "4", "whole number", got="the text '4'"
    ),
    "signalEval-output": missing(f"{step_at('signalEval')}.outputs[0].sigId"),
    "nodeEval-phase": wrong_value(f"{step_at('nodeEval')}.phase", "prebus", "preBus"),
    "nodeEval-input": wrong_type(
        f"{step_at('nodeEval')}.inputSlots[1]", -3, "from 0", got="the number -3"
    ),
    "nodeEval-state": wrong_type(f"{step_at('nodeEval')}.stateReads[0]", True, "text", got="true"),
    "busEval-publisher": missing(f"{_BUS}.publishers[1].srcSlot"),
    "busEval-enabled": wrong_type(
        f"{_BUS}.publishers[0].enabled", "yes", "true or false", got="the text 'yes'"
    ),
    "busEval-sort-key": wrong_type(f"{_BUS}.publishers[0].sortKey", [], "number", got="a list"),
    "busEval-type": missing(f"{_BUS}.busType"),
    "eventBusEval-combine": missing(f"{step_at('eventBusEval')}.combine"),
    "materialize-plan": missing(_PLAN),
    "materialize-components": Wrong(f"{_PLAN}.format.components", 5, "IR111", expects=("16",)),
    "materialize-element": wrong_value(f"{_PLAN}.format.elementType", "f16", "f32", "u8"),
    "materialize-policy": wrong_value(f"{_PLAN}.policy", "once", "perFrame"),
    "materializeColor-slot": missing(f"{step_at('materializeColor')}.outBSlot"),
    "materializeColor-format": wrong_value(
        f"{step_at('materializeColor')}.format", "rgb", "rgba_f32"
    ),
    "materializePath-slot": missing(f"{step_at('materializePath')}.outPointLenSlot"),
    "materializePath-tolerance": wrong_type(
        f"{step_at('materializePath')}.flattenTolerancePx", "1", "number", got="the text '1'"
    ),
    "materializeTestGeometry-slot": missing(f"{step_at('materializeTestGeometry')}.outXSlot"),
    "CameraEval-id": wrong_type(f"{step_at('CameraEval')}.cameraId", 0, "text", got="the number 0"),
    "MeshMaterialize-slot": missing(f"{step_at('MeshMaterialize')}.outSlot"),
    "project-cull": wrong_value(f"{_PROJECT}.cullMode", "all", "none", "frustum"),
    "project-sort": wrong_type(f"{_PROJECT}.zSort", 1, "true or false", got="the number 1"),
    "project-slot": missing(f"{_PROJECT}.colorASlot"),
    "renderAssemble-frame": missing(f"{_RENDER}.outFrameSlot"),
    "renderAssemble-batch": missing(f"{_RENDER}.instance2dBatches[0].posXYSlot"),
    "renderAssemble-batch-kind": unknown_kind(
        f"{_RENDER}.instance2dBatches[0].kind", "instance3d", "instance2d"
    ),
    "renderAssemble-batch-kind-missing": missing(f"{_RENDER}.pathBatches[0].kind"),
    "renderAssemble-draw": wrong_type(
        f"{_RENDER}.pathBatches[0].draw.fill", 0, "true or false", got="the number 0"
    ),
    "renderAssemble-rule": wrong_value(
        f"{_RENDER}.pathBatches[0].fillRule", "odd", "nonzero", "evenodd"
    ),
    "renderAssemble-dash": wrong_type(
        f"{_RENDER}.pathBatches[0].dash.pattern[1]", "2", "number", got="the text '2'"
    ),
    "debugProbe-mode": wrong_value(f"{step_at('debugProbe')}.probe.mode", "log", "trace"),
    "debugProbe-slot": wrong_type(
        f"{step_at('debugProbe')}.probe.slots[1]", 1.5, "whole number", got="the number 1.5"
    ),
}

LITERAL_KINDS: Final = {
    "camera-projection": wrong_value(
        "$.cameras.cameras[1].projection.kind", "fisheye", "perspective", "orthographic"
    ),
    "output": wrong_value("$.outputs[0].kind", "renderFrames", "renderFrame", "debug"),
    "silent-value": wrong_value(f"{_BUS}.silent.kind", "nothing", "zero", "const"),
    "editor-block": wrong_value(
        '$.meta.sourceMap.nodeToEditorBlock["node-add"].kind', "composite", "primitive"
    ),
}
"""Fields that are called `kind` but do not tell records apart."""

_CACHE: Final = "$.schedule.caching.stepCache"
_DEPS: Final = "$.schedule.deps"

MAPS: Final = {
    "step-cache-kind": unknown_kind(f'{_CACHE}["s-busEval"].kind', "perFram", "perFrame"),
    "step-cache-new-member": Wrong(
        f'{_CACHE}["s-a"]', {"kind": "sometimes"}, "IR112", f'{_CACHE}["s-a"].kind'
    ),
    "step-cache-number": wrong_type(f'{_CACHE}["s-a"]', 5, "object", got="the number 5"),
    "step-cache-no-kind": Wrong(
        f'{_CACHE}["s-a"]', {}, "IR110", f'{_CACHE}["s-a"]', {"name": "kind"}
    ),
    "cache-deps": missing("$.schedule.caching.materializationCache.mat.deps"),
    "cache-dep": missing("$.schedule.caching.materializationCache.mat.deps[0].slot"),
    "step-index-text": wrong_type(
        '$.schedule.stepIdToIndex["s-busEval"]', "3", "whole number", got="the text '3'"
    ),
    "step-index-fraction": wrong_type(
        '$.schedule.stepIdToIndex["s-busEval"]', 0.5, "whole number", got="the number 0.5"
    ),
    "step-index-negative": wrong_type(
        '$.schedule.stepIdToIndex["s-busEval"]', -1, "from 0", got="the number -1"
    ),
    "expression-deps": wrong_type(
        f'{_DEPS}.exprDependsOnExpr["1"][0]', 7, "text", got="the number 7"
    ),
    "expression-slots": wrong_type(
        f'{_DEPS}.exprDependsOnSlots["1"][0]', -7, "from 0", got="the number -7"
    ),
    "bus-slot": wrong_type(
        f'{_DEPS}.busProvidesSlot["0"]', "7", "whole number", got="the text '7'"
    ),
    "slot-producer": wrong_type(f'{_DEPS}.slotProducerStep["2"]', 1, "text", got="the number 1"),
    "slot-consumer": wrong_type(f'{_DEPS}.slotConsumers["2"][1]', None, "text", got="null"),
    "source-map": wrong_type(
        '$.meta.sourceMap.portToEditorSlot["node-add:0"].slotId', 1, "text", got="the number 1"
    ),
    "source-map-missing": missing('$.meta.sourceMap.portToEditorSlot["node-add:0"].blockId'),
    "names": wrong_type('$.meta.names.steps["s-busEval"]', 1, "text", got="the number 1"),
    "key-with-quote": wrong_type('$.meta.names.nodes["a.b[0]"]', [], "text", got="a list"),
}

GROUPS: Final = {
    "top": TOP,
    "time": TIME,
    "signals": SIGNAL_TABLE,
    "fields": FIELD_TABLE,
    "events": EVENT_TABLE,
    "chains": CHAINS,
    "tables": TABLES,
    "scene": SCENE,
    "steps": LIST_OF_STEPS,
    "step-fields": STEP_FIELDS,
    "literal-kinds": LITERAL_KINDS,
    "maps": MAPS,
}
ROWS: Final = {
    f"{group}-{name}": row for group, rows in GROUPS.items() for name, row in rows.items()
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_wrong_document_is_refused_with_the_exact_path(row: Wrong) -> None:
    document = without(FULL, row.at) if row.put is GONE else changed(FULL, {row.at: row.put})

    error = refusal(as_json(document))

    assert (error.code, error.where.path) == (row.code, row.path or row.at)
    assert error.facts | row.facts == error.facts
    for word in row.expects:
        assert word in error.facts["expected"]
    if row.hint is not None:
        assert row.hint in str(error.hint_text)


def test_a_field_kind_of_the_design_documents_is_refused_with_the_way_out() -> None:
    """ir-schema 11.3: a clear error, not just "unknown"."""
    for kind in ("inputSlot", "sampleSignal"):
        error = refusal(as_json(changed(FULL, {"$.fields.nodes[0].kind": kind})))

        assert "broadcastSig" in str(error)


def test_long_values_are_shown_short() -> None:
    error = refusal(as_json(changed(FULL, {"$.seed": "x" * 10_000})))

    assert len(str(error)) < 200

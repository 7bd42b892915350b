"""Every record of the format becomes typed, says what it is made of, and is written back."""

import json
from typing import Any, Final, get_args

import pytest
from program.documents import (
    CHAIN_STEPS,
    EVENTS,
    FIELDS,
    MESHES,
    ORTHOGRAPHIC,
    PERSPECTIVE,
    SIGNALS,
    SPEC,
    STEPS,
    TIME_MODELS,
    Node,
    as_json,
    changed,
    every_kind,
    small,
    step_at,
    value_at,
)

from irrun.ir.expressions.events import Event
from irrun.ir.expressions.fields import Field
from irrun.ir.expressions.nodes import Node as NodeRow
from irrun.ir.expressions.signals import Signal, StatefulSignal
from irrun.ir.expressions.transforms import TransformStep
from irrun.ir.state import StateCell, StateLayout
from irrun.ir.time_model import TimeModel
from irrun.ir.types import Domain, TypeDesc, kind_of
from irrun.program.canonical import encode
from irrun.program.program import Program
from irrun.program.reading.codec import loads
from irrun.steps import KINDS

FULL: Final = every_kind()


def written(program: Program, path: str) -> Any:
    """Return what a program writes at one path."""
    return value_at(json.loads(encode(program, "json")), path)


def by_kind(node: Node) -> str:
    """Name a row after its kind."""
    return node.kind


# ---- The rows are complete ----

UNIONS: Final[dict[str, tuple[Any, list[str], int]]] = {
    "signals": (Signal, [node.kind for node in SIGNALS], 13),
    "fields": (Field, [node.kind for node in FIELDS], 7),
    "events": (Event, [node.kind for node in EVENTS], 7),
    "chain-steps": (TransformStep, [str(step["kind"]) for step in CHAIN_STEPS], 7),
    "time-models": (TimeModel, [str(model["kind"]) for model in TIME_MODELS], 3),
}


@pytest.mark.parametrize(("union", "kinds", "count"), UNIONS.values(), ids=UNIONS)
def test_there_is_one_row_for_each_kind(union: Any, kinds: list[str], count: int) -> None:
    assert sorted(kinds) == sorted(kind_of(cls) for cls in get_args(union))
    assert len(kinds) == count


def test_there_is_one_row_for_each_step_kind() -> None:
    assert STEPS.keys() == KINDS.keys()
    assert len(STEPS) == 14


# ---- Expressions ----


@pytest.mark.parametrize("node", SIGNALS, ids=by_kind)
def test_a_signal_converts_and_is_written_back(node: Node) -> None:
    program = loads(as_json(changed(FULL, {"$.signalTable.nodes": [node.document]})))

    (signal,) = program.signal_nodes
    assert kind_of(signal) == node.kind
    assert signal.operands == node.operands
    assert written(program, "$.signalTable.nodes") == [node.document]


@pytest.mark.parametrize("node", FIELDS, ids=by_kind)
def test_a_field_converts_and_is_written_back(node: Node) -> None:
    program = loads(as_json(changed(FULL, {"$.fields.nodes": [node.document]})))

    (field,) = program.field_nodes
    assert kind_of(field) == node.kind
    assert (field.operands, field.signals) == (node.operands, node.signals)
    assert written(program, "$.fields.nodes") == [node.document]


@pytest.mark.parametrize("node", EVENTS, ids=by_kind)
def test_an_event_converts_and_is_written_back(node: Node) -> None:
    program = loads(as_json(changed(FULL, {"$.eventTable.nodes": [node.document]})))

    (event,) = program.event_nodes
    assert kind_of(event) == node.kind
    assert event.operands == node.operands
    assert written(program, "$.eventTable.nodes") == [node.document]


STATEFUL: Final[dict[str, tuple[dict[str, Any], tuple[int, ...]]]] = {
    "nothing": ({}, ()),
    "input": ({"input": 3}, (3,)),
    "input-0": ({"input": 0}, (0,)),
    "trigger": ({"params": {"trigger": 5}}, (5,)),
    "trigger-0": ({"params": {"trigger": 0}}, (0,)),
    "input-then-trigger": ({"input": 9, "params": {"trigger": 2}}, (9, 2)),
    "trigger-is-integral": ({"params": {"trigger": 4.0}}, (4,)),
    "other-params": ({"input": 1, "params": {"rate": 7}}, (1,)),
}


@pytest.mark.parametrize(("fields", "operands"), STATEFUL.values(), ids=STATEFUL)
def test_a_stateful_signal_is_made_of_its_input_and_its_trigger(
    fields: dict[str, Any], operands: tuple[int, ...]
) -> None:
    kind = {"kind": "stateful", "type": {"world": "signal", "domain": "number"}}
    node = kind | {"op": "sampleHold", "stateId": "s"} | fields

    program = loads(as_json(changed(small(), {"$.signalTable.nodes": [node]})))

    (signal,) = program.signal_nodes
    assert isinstance(signal, StatefulSignal)
    assert signal.operands == operands


PARAMS: Final[dict[str, tuple[Any, tuple[int, ...]]]] = {
    "none": ({}, ()),
    "number": ({"k": 3}, ()),
    "text": ({"k": "3"}, ()),
    "signal": ({"k": {"signalSlot": 3}}, (3,)),
    "two-signals": ({"a": {"signalSlot": 7}, "k": 1, "b": {"signalSlot": 0}}, (7, 0)),
    "integral-float": ({"k": {"signalSlot": 3.0}}, (3,)),
    "fraction": ({"k": {"signalSlot": 0.5}}, ()),
    "negative": ({"k": {"signalSlot": -1}}, ()),
    "true": ({"k": {"signalSlot": True}}, ()),
    "infinite": ({"k": {"signalSlot": float("inf")}}, ()),
    "nan": ({"k": {"signalSlot": float("nan")}}, ()),
    "null": ({"k": {"signalSlot": None}}, ()),
    "other-record": ({"k": {"slot": 3}}, ()),
}


@pytest.mark.parametrize("kind", ["map", "zip"])
@pytest.mark.parametrize(("params", "signals"), PARAMS.values(), ids=PARAMS)
def test_a_fields_parameters_may_name_signals(
    kind: str, params: Any, signals: tuple[int, ...]
) -> None:
    """ir-schema 11.4: `signalSlot` holds a signal id."""
    (index,) = (i for i, node in enumerate(FIELDS) if node.kind == kind)

    program = loads(as_json(changed(FULL, {f"$.fields.nodes[{index}].params": params})))

    assert program.field_nodes[index].signals == signals


# ---- Time, chains, scene ----


@pytest.mark.parametrize("model", TIME_MODELS, ids=lambda model: str(model["kind"]))
def test_a_time_model_converts_and_is_written_back(model: dict[str, Any]) -> None:
    places = {"$.timeModel": model, "$.schedule.steps[0].timeModel": model}

    program = loads(as_json(changed(small(), places)))

    assert kind_of(program.time_model) == model["kind"]
    assert program.notes == ()
    assert written(program, "$.timeModel") == model


@pytest.mark.parametrize("step", CHAIN_STEPS, ids=lambda step: str(step["kind"]))
def test_a_chain_step_converts_and_is_written_back(step: dict[str, Any]) -> None:
    program = loads(as_json(changed(small(), {"$.transforms": {"chains": [{"steps": [step]}]}})))

    (found,) = program.chains[0].steps
    assert kind_of(found) == step["kind"]
    assert written(program, "$.transforms.chains") == [{"steps": [step]}]


@pytest.mark.parametrize(
    "camera", [PERSPECTIVE, ORTHOGRAPHIC], ids=lambda camera: str(camera["id"])
)
def test_a_camera_converts_and_is_written_back(camera: dict[str, Any]) -> None:
    table = {"cameras": [camera], "cameraIdToIndex": {camera["id"]: 0}}

    program = loads(as_json(changed(small(), {"$.cameras": table})))

    assert program.cameras is not None
    assert program.cameras.cameras[0].projection.kind == camera["projection"]["kind"]
    assert written(program, "$.cameras") == table


@pytest.mark.parametrize("mesh", MESHES, ids=lambda mesh: str(mesh["id"]))
def test_a_mesh_converts_and_is_written_back(mesh: dict[str, Any]) -> None:
    table = {"meshes": [mesh], "meshIdToIndex": {mesh["id"]: 0}}

    program = loads(as_json(changed(small(), {"$.meshes": table})))

    assert program.meshes is not None
    recipe = program.meshes.meshes[0].recipe
    assert kind_of(recipe.profile) == mesh["recipe"]["profile"]["kind"]
    assert kind_of(recipe.extrude) == mesh["recipe"]["extrude"]["kind"]
    assert written(program, "$.meshes") == table


@pytest.mark.parametrize("kind", STEPS)
def test_a_step_converts_and_is_written_back(kind: str) -> None:
    program = loads(as_json(FULL))

    (step,) = (step for step in program.steps if step.kind == kind)
    assert step.id == f"s-{kind}"
    assert written(program, step_at(kind)) == value_at(FULL, step_at(kind))


# ---- Small facts of the tables ----


def test_a_record_cannot_be_changed() -> None:
    program = loads(as_json(FULL))
    records = [program.document, program.signal_nodes[0], program.steps[0], program.constants]

    for record in records:
        name = record.__struct_fields__[0]
        with pytest.raises(AttributeError):
            setattr(record, name, None)


def test_the_domains_are_those_of_the_format_reference() -> None:
    section = SPEC.read_text("utf-8").split("\n**`domain`** (29 values):")[1]
    table = section.split("Sample values seen")[0]
    listed = set(table.split("`")[1::2])

    assert set(get_args(Domain)) == listed
    assert len(get_args(Domain)) == 29


@pytest.mark.parametrize(
    ("world", "domain", "is_numeric"),
    [
        ("signal", "number", True),
        ("scalar", "timeMs", True),
        ("signal", "trigger", True),
        ("signal", "vec2", False),
        ("signal", "color", False),
        ("field", "number", False),
        ("event", "trigger", False),
        ("special", "number", False),
    ],
)
def test_a_numeric_type_is_a_plain_number(world: Any, domain: Any, is_numeric: bool) -> None:
    described = TypeDesc(world=world, domain=domain)

    assert described.is_numeric is is_numeric
    assert described.text() == f"{world}:{domain}"


def test_a_node_without_an_opcode_is_a_constant() -> None:
    """ir-schema 8.1."""
    row = NodeRow(id="n", type_id=0, input_count=0, output_count=1)

    assert row.opcode == 0


@pytest.mark.parametrize(("state_id", "key"), [("7", "7"), (7, "7"), ("cell", "cell"), (0, "0")])
def test_state_ids_are_compared_as_text(state_id: str | int, key: str) -> None:
    """ir-schema section 7."""
    cell = StateCell(state_id=state_id, storage="f64", offset=0, size=1, node_id="n", role="phase")

    assert (cell.key, cell.stable_key) == (key, "n:phase")


def test_a_layout_tells_the_size_of_each_array() -> None:
    layout = StateLayout(f64_size=1, f32_size=2, i32_size=3)

    assert [layout.size_of(storage) for storage in ("f64", "f32", "i32")] == [1, 2, 3]

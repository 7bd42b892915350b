"""A small program with every operation whose value could depend on the machine."""

import json
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from irrun.program.reading.codec import loads
from irrun.trace.result import run

FRAMES: Final = 200
"""Frames of the run."""

_MAPS: Final = (110, 111, 112, 113, 114, 115, 121, 122, 123, 124, 125)
_ZIPS: Final = (100, 101, 102, 103, 104, 105, 116, 130, 131)


def self_test() -> NDArray[np.float64]:
    """Run the program; return every slot after every frame, shape (slots, frames)."""
    result = run(loads(json.dumps(_document()).encode(), name="self test"), frames=FRAMES)
    return np.stack([np.asarray(column, np.float64) for column in map(result.__getitem__, _SLOTS)])


_FIRST_OUTPUT: Final = 2
_SLOTS: Final = range(_FIRST_OUTPUT + len(_MAPS) + len(_ZIPS) + 1)


def _document() -> dict[str, Any]:
    """Return the program: each opcode over a time in seconds and a wave, and a slew."""
    number = {"world": "signal", "domain": "number"}
    nodes: list[dict[str, Any]] = []

    def signal(kind: str, **fields: Any) -> int:
        nodes.append({"kind": kind, "type": number} | fields)
        return len(nodes) - 1

    def opcode(code: int) -> dict[str, Any]:
        return {"kind": "opcode", "opcode": code}

    ms, thousand = signal("timeModelMs"), signal("const", constId=0)
    seconds = signal("zip", a=ms, b=thousand, fn=opcode(103))
    wave = signal("map", src=seconds, fn=opcode(110))
    used = [signal("map", src=wave, fn=opcode(code)) for code in _MAPS]
    used += [signal("zip", a=seconds, b=wave, fn=opcode(code)) for code in _ZIPS]
    params = {"rate": 3.0}
    slew = {"op": "slew", "input": wave, "stateId": "s", "params": params}
    used.append(signal("stateful", **slew))
    outputs = [{"sigId": id_, "slot": _FIRST_OUTPUT + i} for i, id_ in enumerate(used)]
    model = {"kind": "infinite", "windowMs": 30000}
    cell = {"stateId": "s", "storage": "f64", "offset": 0, "size": 1, "nodeId": "n", "role": "m"}
    return {
        "irVersion": 1, "patchId": "self-test", "patchRevision": 1, "compileId": "self-test",
        "seed": 0, "timeModel": model, "types": {"typeIds": []}, "nodes": {"nodes": []},
        "buses": {"buses": []}, "lenses": {"lenses": []}, "adapters": {"adapters": []},
        "fields": {"nodes": []}, "signalTable": {"nodes": nodes},
        "constants": {"json": [1000], "f64": [], "f32": [], "i32": [],
                      "constIndex": [{"k": "json", "idx": 0}]},
        "stateLayout": {"cells": [cell], "f64Size": 1, "f32Size": 0, "i32Size": 0},
        "slotMeta": [{"slot": s, "storage": "f64", "offset": s, "type": number} for s in _SLOTS],
        "schedule": {
            "steps": [
                {"id": "t", "kind": "timeDerive", "deps": [], "tAbsMsSlot": 0,
                 "timeModel": model, "out": {"tModelMs": 1}},
                {"id": "s", "kind": "signalEval", "deps": ["t"], "outputs": outputs},
            ],
            "stepIdToIndex": {"t": 0, "s": 1},
            "deps": {"slotProducerStep": {}, "slotConsumers": {}, "busDependsOnSlots": {},
                     "busProvidesSlot": {}},
            "determinism": {"allowedOrderingInputs": [], "topoTieBreak": "nodeIdLex"},
            "caching": {"stepCache": {}, "materializationCache": {}},
            "initialSlotValues": {},
        },
        "outputs": [], "meta": {"sourceMap": {}, "names": {"nodes": {}, "buses": {}, "steps": {}}},
    }  # fmt: skip

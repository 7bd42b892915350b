"""Build program documents piece by piece: for `programs/`, tests and benchmarks.

Field names are those of the document (camelCase), so what is written here reads like the file
that comes out:

    b = ProgramBuilder("two-signals")
    b.time(tAbsMs=0, tModelMs=1)
    t = b.signal("timeModelMs", domain="timeMs")
    b.step("signalEval", "s-sig", outputs=[{"sigId": t, "slot": 2}])
    program = b.program()
"""

import copy
import json
from typing import Any

from irrun.program.program import Program
from irrun.program.reading.codec import loads

Document = dict[str, Any]

INFINITE: Document = {"kind": "infinite", "windowMs": 30000}


def cyclic(period_ms: float, mode: str = "loop") -> Document:
    """Return a cyclic time model."""
    return {"kind": "cyclic", "periodMs": period_ms, "mode": mode, "phaseDomain": "0..1"}


def finite(duration_ms: float) -> Document:
    """Return a finite time model."""
    return {"kind": "finite", "durationMs": duration_ms}


def opcode(number: int) -> Document:
    """Return a function reference."""
    return {"kind": "opcode", "opcode": number}


def type_desc(domain: str = "number", world: str = "signal") -> Document:
    """Return a type description."""
    return {"world": world, "domain": domain}


class ProgramBuilder:
    """A program document in the making; each call adds one row to one table."""

    def __init__(self, patch_id: str, time_model: Document = INFINITE) -> None:
        self.time_model = time_model
        self.doc: Document = {
            "irVersion": 1,
            "patchId": patch_id,
            "patchRevision": 1,
            "compileId": f"{patch_id}-1",
            "seed": 0,
            "timeModel": time_model,
            "types": {"typeIds": []},
            "nodes": {"nodes": []},
            "buses": {"buses": []},
            "lenses": {"lenses": []},
            "adapters": {"adapters": []},
            "fields": {"nodes": []},
            "signalTable": {"nodes": []},
            "constants": {"json": [], "f64": [], "f32": [], "i32": [], "constIndex": []},
            "stateLayout": {"cells": [], "f64Size": 0, "f32Size": 0, "i32Size": 0},
            "slotMeta": [],
            "schedule": {
                "steps": [],
                "stepIdToIndex": {},
                "deps": {
                    "slotProducerStep": {},
                    "slotConsumers": {},
                    "busDependsOnSlots": {},
                    "busProvidesSlot": {},
                },
                "determinism": {"allowedOrderingInputs": [], "topoTieBreak": "nodeIdLex"},
                "caching": {"stepCache": {}, "materializationCache": {}},
                "initialSlotValues": {},
            },
            "outputs": [],
            "meta": {"sourceMap": {}, "names": {"nodes": {}, "buses": {}, "steps": {}}},
        }

    def step(self, kind: str, step_id: str, **fields: Any) -> str:
        """Add a schedule step; it depends on all steps before it unless `deps` says otherwise."""
        steps = self.doc["schedule"]["steps"]
        self.doc["schedule"]["stepIdToIndex"][step_id] = len(steps)
        self.doc["meta"]["names"]["steps"][step_id] = kind
        deps = [steps[-1]["id"]] if steps else []
        steps.append({"id": step_id, "kind": kind, "deps": deps} | fields)
        return step_id

    def time(self, tAbsMs: int, tModelMs: int, step_id: str = "s-time", **out: int) -> str:
        """Add the timeDerive step; `out` may name slots for phase01, wrapEvent, progress01."""
        return self.step(
            "timeDerive",
            step_id,
            tAbsMsSlot=tAbsMs,
            timeModel=self.time_model,
            out={"tModelMs": tModelMs} | out,
        )

    def signal(self, kind: str, *, domain: str = "number", **fields: Any) -> int:
        """Add a signal node; return its signal id."""
        return self._add("signalTable", kind=kind, type=type_desc(domain), **fields)

    def field(self, kind: str, *, domain: str = "number", **fields: Any) -> int:
        """Add a field node; return its field id."""
        return self._add("fields", kind=kind, type=type_desc(domain, "field"), **fields)

    def node(self, node_id: str, opcode_id: int, inputs: int, **fields: Any) -> int:
        """Add a node; return its node index."""
        row = {"id": node_id, "typeId": 0, "inputCount": inputs, "outputCount": 1}
        return self._add("nodes", **row, opcodeId=opcode_id, **fields)

    def const(self, value: Any, pool: str = "json") -> int:
        """Add a constant to a pool; return its constant id, listed in `constIndex`."""
        directory = self.doc["constants"]["constIndex"]
        directory.append({"k": pool, "idx": self.pool_entry(value, pool)})
        return len(directory) - 1

    def pool_entry(self, value: Any, pool: str) -> int:
        """Add a value to a pool without listing it; return its index there."""
        entries = self.doc["constants"][pool]
        entries.append(value)
        return len(entries) - 1

    def signal_const(self, value: Any) -> int:
        """Add a constant and the signal node that yields it; return the signal id."""
        return self.signal("const", constId=self.const(value))

    def bus(self, bus_id: str, mode: str, domain: str = "number", world: str = "signal") -> int:
        """Add a bus; return its bus index."""
        buses = self.doc["buses"]["buses"]
        row = {"id": bus_id, "type": type_desc(domain, world), "combine": {"mode": mode}}
        buses.append(row | {"defaultValueConstId": self.const(0)})
        return len(buses) - 1

    def cell(self, state_id: str, storage: str = "f64", size: int = 1, **fields: Any) -> int:
        """Add a state cell at the end of its array; return its offset."""
        layout = self.doc["stateLayout"]
        offset = int(layout[f"{storage}Size"])
        layout[f"{storage}Size"] = offset + size
        row = {"stateId": state_id, "storage": storage, "offset": offset, "size": size}
        layout["cells"].append(row | {"nodeId": f"node-{state_id}", "role": "memory"} | fields)
        return offset

    def slot(
        self,
        slot: int,
        storage: str = "f64",
        offset: int | None = None,
        *,
        domain: str = "number",
        world: str = "signal",
    ) -> int:
        """Add a slotMeta entry, at the next offset of its storage unless one is given."""
        rows = self.doc["slotMeta"]
        taken = [row["offset"] for row in rows if row["storage"] == storage]
        at = max(taken, default=-1) + 1 if offset is None else offset
        row = {"slot": slot, "storage": storage, "offset": at}
        rows.append(row | {"type": type_desc(domain, world)})
        return slot

    def slots(self, *numbers: int, storage: str = "f64") -> None:
        """Add slotMeta entries for several number slots."""
        for number in numbers:
            self.slot(number, storage)

    def initial(self, slot: int, value: Any) -> int:
        """Set a slot's initial value."""
        self.doc["schedule"]["initialSlotValues"][str(slot)] = value
        return slot

    def domain(self, slot: int, count: int, ids: list[str] | None = None) -> int:
        """Put a domain handle into a slot."""
        handle: Document = {"kind": "domain", "count": count}
        return self.initial(slot, handle if ids is None else handle | {"elementIds": ids})

    def output(self, slot: int, output_id: str = "frame", kind: str = "renderFrame") -> None:
        """Offer a slot as an output."""
        self.doc["outputs"].append({"id": output_id, "kind": kind, "slot": slot})

    def document(self) -> Document:
        """Return a copy of the document."""
        return copy.deepcopy(self.doc)

    def bytes(self) -> bytes:
        """Return the document as JSON text."""
        return json.dumps(self.doc).encode()

    def program(self) -> Program:
        """Return the loaded program."""
        return loads(self.bytes(), name=self.doc["patchId"])

    def _add(self, table: str, **row: Any) -> int:
        rows = self.doc[table]["nodes"]
        rows.append(row)
        return len(rows) - 1

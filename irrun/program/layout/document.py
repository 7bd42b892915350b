"""A layout as a machine-readable document (docs/output-format.md)."""

from typing import Any

from irrun.ir.types import STORAGES
from irrun.program.layout.evidence import Evidence
from irrun.program.layout.slots import ELEMENT_BYTES, Layout, SlotMeta
from irrun.program.layout.state import STATE_BYTES
from irrun.program.program import Program

FORMAT = "irrun-layout"
VERSION = 1


def layout_document(program: Program, layout: Layout) -> dict[str, Any]:
    """Return slots, arrays, state and findings."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": {"patchId": program.document.patch_id, "digest": program.digest},
        "slots": [_slot(program, layout, meta) for meta in layout.slots],
        "arrays": [
            {
                "storage": storage,
                "elements": layout.sizes[storage],
                "bytes": layout.sizes[storage] * ELEMENT_BYTES[storage],
                "holes": list(layout.holes(storage)),
            }
            for storage in STORAGES
        ],
        "state": {
            "sizes": {str(name): size for name, size in layout.state.sizes.items()},
            "cells": [
                {
                    "stateId": cell.key,
                    "storage": cell.storage,
                    "offset": cell.offset,
                    "size": cell.size,
                    "bytes": cell.size * STATE_BYTES[cell.storage],
                    "nodeId": cell.node_id,
                    "role": cell.role,
                    "initialConstId": cell.initial_const_id,
                }
                for cell in layout.state.cells
            ],
        },
        "bytes": {"values": layout.bytes, "state": layout.state.bytes},
        "findings": [finding.document() for finding in (*program.notes, *layout.findings)],
    }


def _slot(program: Program, layout: Layout, meta: SlotMeta) -> dict[str, Any]:
    flow = layout.flow[meta.slot]
    names = [step.id for step in program.steps]
    return {
        "slot": meta.slot,
        "storage": meta.storage,
        "offset": meta.offset,
        "type": {"world": meta.type.world, "domain": meta.type.domain},
        "source": meta.source,
        "declared": meta.declared,
        "moved": meta.moved,
        "hasInitialValue": flow.has_initial,
        "producers": [names[i] for i in flow.producers],
        "consumers": [names[i] for i in flow.consumers],
        "outputs": list(flow.outputs),
        "lives": {"first": flow.first, "last": flow.last},
        "evidence": [_evidence(e, meta) for e in meta.evidence],
    }


def _evidence(evidence: Evidence, meta: SlotMeta) -> dict[str, Any]:
    return {
        "at": evidence.at,
        "origin": evidence.origin,
        "mode": evidence.access.mode if evidence.access is not None else None,
        "expects": evidence.expects,
        "for": evidence.wants,
        "against": evidence in meta.against,
    }

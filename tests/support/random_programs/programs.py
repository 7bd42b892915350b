"""Random programs, put together."""

from collections.abc import Callable
from typing import Any, Final

from program_builder import Document

from .draft import Draft
from .faults import add_fault
from .orders import shuffle_fields, shuffle_signals
from .scenes import SCENE_STEPS
from .signals import signal
from .source import Source
from .steps import bus_step, event_step, node_step, probe_step, signal_step, time_step

SIZE: Final = 20
"""Expression nodes that a program may have, unless told: its domains, clamps and waits add some."""
TROUBLE: Final = 0.16
"""How many programs are given something that traps or warns, from some frame on."""

STEPS: Final[dict[str, tuple[float, Callable[[Draft], Any]]]] = {
    "signalEval": (4.5, signal_step),
    "nodeEval": (6, node_step),
    "busEval": (2, bus_step),
    "eventBusEval": (1, event_step),
    "debugProbe": (0.6, probe_step),
    **SCENE_STEPS,
}


def random_document(
    seed: int, size: int = SIZE, *, structured: bool = True, trouble: float = TROUBLE
) -> Document:
    """Return the document of a program; the same for the same arguments.

    Args:
        seed: Which program.
        size: About how many expression nodes it may have.
        structured: False for signals that are all numbers, as the reference has them.
        trouble: How many programs have something that traps or warns from some frame on.
    """
    source = Source(f"program {seed}")
    draft = Draft(source, source.count(size // 3, size * 3 // 2), structured=structured)
    _initial_values(draft)
    if source.chance(0.85):
        time_step(draft)
    signal_step(draft)
    weights = {name: weight for name, (weight, _) in STEPS.items()}
    for _ in range(source.count(1, 6)):
        STEPS[source.weighted(weights)][1](draft)
    if source.chance(trouble):
        add_fault(draft)
    _write_what_is_read(draft)
    _outputs(draft)
    draft.storages()
    draft.directory()
    if source.chance(0.35):
        shuffle_signals(draft.builder.doc, source)
        shuffle_fields(draft.builder.doc, source)
    draft.builder.doc["patchId"] = f"random-{seed}"
    return draft.builder.doc


def _initial_values(draft: Draft) -> None:
    for _ in range(draft.source.count(0, 2)):
        draft.initial("number", draft.source.number())
    if draft.structured and draft.source.chance(0.3):
        draft.initial("color", {"r": 0.5, "g": 0.25, "b": draft.source.unit(), "a": 1.0})
        draft.initial("vec2", {"x": draft.source.number(), "y": 1.0})


def _write_what_is_read(draft: Draft) -> None:
    """Write the slots that signals read and that no step has written so far."""
    outputs = [{"sigId": sig, "slot": slot} for sig, slot in draft.fed_back]
    for slot in draft.later:
        outputs.append({"sigId": signal(draft, "number", 2), "slot": draft.holds("number", slot)})
    draft.later.clear()
    if outputs:
        draft.step("signalEval", outputs=outputs)


def _outputs(draft: Draft) -> None:
    random, b = draft.source, draft.builder
    known = [slot for slots in draft.slots.values() for slot in slots]
    first = "debug" if not b.doc["outputs"] else random.pick(("renderFrame", "export", "debug"))
    for i in range(random.count(0, 2)):
        b.output(random.pick(known), f"more-{i}", first if i == 0 else "export")

"""`irrun run --explain`: how a value came about."""

from collections.abc import Sequence
from typing import Any

import click

from irrun.cli.checks import Codes
from irrun.cli.options import asked_run, asked_times, parse_explained, parse_slots
from irrun.cli.problems import print_findings
from irrun.cli.say import say_json
from irrun.numerics.text import number_text
from irrun.program.program import Program
from irrun.runtime.driver import Driver
from irrun.runtime.view import FrameView
from irrun.trace.explain import Explainer, ExplainRecorder, Explanation
from irrun.trace.values import value_document


def explain(program: Program, codes: Codes, options: dict[str, Any]) -> int:
    """Run up to the frame that is asked about, and print the tree behind the slot's value."""
    wanted, frame = parse_explained(options["explain"])
    for other in ("swap", "resume", "save_state", "output", "watch", "dump"):
        if options[other]:
            name = other.replace("_", "-")
            raise click.UsageError(f"--explain does not go with --{name}")
    recorder = ExplainRecorder()
    driver = Driver(asked_run(program, options, _times(options, frame)), [recorder])
    now = driver.now
    (slot,) = parse_slots((wanted,), program, set(now.values.slots), "--explain")
    for _ in driver.frames():
        pass
    found = Explainer(now, recorder).slot(slot)
    if options["fmt"] == "table":
        _print_tree(found, slot, now)
    else:
        say_json(_document(found, slot, now))
    print_findings(codes.wanted(now.findings), verbose=options["verbose"])
    return 0


def _times(options: dict[str, Any], frame: int) -> Sequence[float]:
    """Return the times of all frames up to the one that is asked about."""
    times = asked_times(options, frame + 1)
    if frame >= len(times):
        raise click.BadParameter(
            f"there is no frame {frame}; --times has {len(times)}", param_hint="--explain"
        )
    return times[: frame + 1]


def _print_tree(found: Explanation, slot: int, now: FrameView) -> None:
    from irrun.cli.console import out
    from irrun.cli.tables.explain import explanation_lines

    t_ms = now.time.t_abs_ms
    title = f"slot {slot} in frame {now.index}, t = {number_text(t_ms)} ms"
    out().print(title, style="bold", soft_wrap=True)
    for line in explanation_lines(found):
        out().print(line, soft_wrap=True)


def _document(found: Explanation, slot: int, now: FrameView) -> dict[str, Any]:
    """Return the explanation for machines; nodes in depth-first order, each with its depth."""
    nodes = []
    pending = [(0, found)]
    while pending:
        depth, part = pending.pop()
        node = {"depth": depth, "what": part.text, "value": value_document(part.value)}
        nodes.append(node | ({"note": part.note} if part.note else {}))
        pending.extend((depth + 1, child) for child in reversed(part.parts))
    t_ms = now.time.t_abs_ms
    return {
        "format": "irrun-explanation",
        "version": 1,
        "program": {
            "patchId": now.program.document.patch_id,
            "digest": now.program.digest,
        },
        "slot": slot,
        "frame": now.index,
        "tMs": value_document(t_ms),
        "nodes": nodes,
        "findings": [finding.document() for finding in now.findings],
    }

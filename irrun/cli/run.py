"""`irrun run`: run a program and show what happened."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, get_args

import click

from irrun.cli.options import (
    common_options,
    load_program,
    parse_frames,
    parse_slots,
    parse_times,
    program_argument,
)
from irrun.cli.output import open_output
from irrun.cli.problems import print_error, print_findings
from irrun.cli.progress import frame_progress
from irrun.layout import derive_layout
from irrun.program.program import Program
from irrun.runtime.executor import Executors
from irrun.trace.recording import Recording, RunPlan, record_run
from irrun.trace.run import frame_times
from irrun.trace.values import Buffers
from irrun.trace.writers import SINKS, Sink

DUMPS = ("values", "state", "all")


@click.command("run")
@program_argument
@click.option("-n", "--frames", type=click.IntRange(min=1), default=60, show_default=True,
              help="How many frames to run.")  # fmt: skip
@click.option("--fps", type=click.FloatRange(min=0, min_open=True), default=60.0,
              show_default=True, help="Frames per second.")  # fmt: skip
@click.option("--start", type=float, default=0.0, show_default=True, metavar="MS",
              help="Absolute time of the first frame.")  # fmt: skip
@click.option("--times", metavar="MS,MS,...", help="Absolute time of each frame; replaces "
              "--frames and --start.")  # fmt: skip
@click.option("--executors", type=click.Choice(get_args(Executors)), default="auto",
              show_default=True, help="auto: real where a step kind has a real executor, a stub "
              "otherwise. stub: stubs only. real: refuse to stub.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Make warnings that hint at a broken program "
              "errors.")  # fmt: skip
@click.option("--trace", type=click.Choice(["steps", "none"]), default="steps",
              show_default=True, help="What to show of the steps.")  # fmt: skip
@click.option("--trace-frames", default="0,-1", show_default=True, metavar="FRAMES",
              help="Frames whose steps are shown, such as 0,5,-1 or 0-9.")  # fmt: skip
@click.option("--watch", multiple=True, metavar="SLOTS", help="Show these slots over all frames, "
              "such as 3,7 or an output id; machine output then has only these.")  # fmt: skip
@click.option("--dump", multiple=True, type=click.Choice(DUMPS), help="Show the contents of the "
              "stores.")  # fmt: skip
@click.option("--dump-frames", default="-1", show_default=True, metavar="FRAMES",
              help="Frames after which the stores are shown.")  # fmt: skip
@click.option("--format", "fmt", type=click.Choice(["table", "json", "jsonl"]), default="table",
              show_default=True, help="What to print.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Also write the run to a file: .jsonl, .json, .csv or .npz.")  # fmt: skip
@click.option("--buffers", type=click.Choice(get_args(Buffers)), default="digest",
              show_default=True, help="How arrays are written in JSON.")  # fmt: skip
@common_options
def command(program: str, **options: Any) -> int:
    """Run PROGRAM (a file, or - for stdin) with real stores, and show what happened.

    \b
    Examples:
      irrun run program.msgpack --frames 100
      irrun run program.json --watch 3,7 --trace none
      irrun run program.json --dump all --dump-frames 0,-1
      irrun run program.json -o run.jsonl --quiet
    """
    loaded = load_program(program)
    plan = make_plan(loaded, options)
    to_stdout = options["fmt"] if options["fmt"] != "table" else None
    with ExitStack() as files:
        sinks = [files.enter_context(_sink(options["output"]))] if options["output"] else []
        if to_stdout:
            sinks.append(SINKS[to_stdout](sys.stdout.buffer))
        progress = files.enter_context(frame_progress(len(plan.times)))
        recording = record_run(loaded, plan, sinks, progress)
    if to_stdout is None and not options["quiet"]:
        _show(loaded, recording, plan, options)
    print_findings(recording.runtime.findings, verbose=options["verbose"])
    if recording.error is not None:
        # Machine output on stdout already carries the error in its end record.
        print_error(recording.error, as_json=False, traceback=options["traceback"])
        return recording.error.exit_code
    return 0


def make_plan(program: Program, options: dict[str, Any]) -> RunPlan:
    """Return the plan that the options ask for."""
    times = (
        frame_times(options["frames"], options["fps"], options["start"])
        if options["times"] is None
        else parse_times(options["times"])
    )
    watch: tuple[int, ...] = ()
    if options["watch"]:
        known = {meta.slot for meta in derive_layout(program).slots}
        watch = parse_slots(options["watch"], program, known)
    traced = None
    if options["trace"] != "none":
        traced = parse_frames(options["trace_frames"], len(times), "--trace-frames")
    dumped: frozenset[int] = frozenset()
    if options["dump"]:
        dumped = parse_frames(options["dump_frames"], len(times), "--dump-frames")
    return RunPlan(
        times,
        fps=options["fps"],
        executors=options["executors"],
        strict=options["strict"],
        trace_frames=traced,
        dump_frames=dumped,
        watch=watch,
        slots=watch or None,
        buffers=options["buffers"],
    )


@contextmanager
def _sink(path: Path) -> Iterator[Sink]:
    """Open the output file; its suffix says how it is written."""
    kind = path.suffix.removeprefix(".")
    if kind not in SINKS:
        known = ", ".join(f".{name}" for name in SINKS)
        raise click.BadParameter(f"'{path.name}' must end in one of {known}", param_hint="-o")
    with open_output(path) as file:
        yield SINKS[kind](file)


def _show(program: Program, recording: Recording, plan: RunPlan, options: dict[str, Any]) -> None:
    """Print tables: traced frames, watched slots, dumps, summary."""
    from irrun.cli.console import out
    from irrun.cli.tables.state import state_table
    from irrun.cli.tables.steps import frame_table
    from irrun.cli.tables.summary import summary_table
    from irrun.cli.tables.values import values_table
    from irrun.cli.tables.watch import watch_tables

    console, verbose = out(), options["verbose"]
    layout = recording.runtime.layout
    for trace in recording.traces:
        console.print(frame_table(trace, len(program.steps), console.width, verbose=verbose))
    if recording.watched is not None:
        for table in watch_tables(recording.watched, layout, console.width, verbose=verbose):
            console.print(table)
    for dump in recording.dumps:
        if {"values", "all"} & set(options["dump"]):
            console.print(values_table(dump, layout, console.width))
        if {"state", "all"} & set(options["dump"]):
            if layout.state.cells:
                console.print(state_table(dump, layout.state, verbose=verbose))
            else:
                console.print("the program has no state cells\n")
    console.print(summary_table(recording, plan))

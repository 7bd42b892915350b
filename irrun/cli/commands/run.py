"""`irrun run`: run a program and show what happened."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, get_args

import click

from irrun.cli.checks import Codes, codes_options
from irrun.cli.common import common_options
from irrun.cli.options import (
    SIZE,
    asked_run,
    asked_times,
    engine_option,
    frame_count,
    load_program,
    parse_frames,
    parse_swaps,
    parse_watched,
    program_argument,
    quirks_option,
    timing_options,
    viewport,
)
from irrun.cli.output import open_output
from irrun.cli.paths import FileCommand, InputFile, OutputFile, SwapFile
from irrun.cli.problems import print_findings, print_outcome, write_problems
from irrun.cli.progress import frame_progress
from irrun.errors import IrrunError, Severity
from irrun.errors.exit_codes import ExitCode
from irrun.errors.loading import BadSnapshot
from irrun.files.reading import read_file
from irrun.program.checks.engine import check
from irrun.program.layout import derive_layout
from irrun.program.program import Program
from irrun.runtime.executor import Executors
from irrun.runtime.run import Run
from irrun.runtime.snapshot import frames_of_snapshot
from irrun.trace.points import Point
from irrun.trace.recording import Recording, Wanted, record_run
from irrun.trace.values import Buffers
from irrun.trace.writers import SINKS, Sink

DUMPS = ("values", "state", "all")
TRACES = ("steps", "full", "none")


@click.command("run", cls=FileCommand)
@program_argument
@click.option("-n", "--frames", type=frame_count, default=60, show_default=True,
              help="How many frames to run.")  # fmt: skip
@timing_options
@click.option("--no-check", is_flag=True, help="Start even if `irrun validate` finds errors.")
@codes_options
@click.option("--strict", is_flag=True, help="Make warnings that hint at a broken program "
              "errors.")  # fmt: skip
@quirks_option
@engine_option
@click.option("--viewport", type=viewport, default=SIZE, metavar="WxH[@DPR]",
              show_default=True, help="What is drawn to, in CSS pixels; DPR device pixels "
              "per CSS pixel.")  # fmt: skip
@click.option("--swap", multiple=True, type=SwapFile(), metavar="FRAME=PROGRAM",
              help="Go on with another program from that frame on; state is carried over. May "
              "be repeated.")  # fmt: skip
@click.option("--save-state", type=OutputFile(), metavar="FILE",
              help="Save the state after the last frame.")  # fmt: skip
@click.option("--resume", type=InputFile(Path), metavar="FILE",
              help="Go on from a saved state.")  # fmt: skip
@click.option("--trace", type=click.Choice(TRACES), default="steps", show_default=True,
              help="What to show of the steps; full: every expression too.")  # fmt: skip
@click.option("--trace-frames", metavar="FRAMES", help="Frames whose steps are shown, such as "
              "0,5,-1, 0-9, 90-, 0:60 or all.  [default: the first and the last]")  # fmt: skip
@click.option("--explain", metavar="SLOT@FRAME", help="Show how the value of a slot in a frame "
              "came about, and nothing else.")  # fmt: skip
@click.option("--watch", multiple=True, metavar="SLOTS", help="Show these slots over all frames, "
              "such as 3,7 or an output id; of a buffer also an element, 7[3] or 7[3].y, or "
              "7:min, max, mean, sum, nan. Machine output then has only these "
              "slots.")  # fmt: skip
@click.option("--dump", multiple=True, type=click.Choice(DUMPS), help="Show the contents of the "
              "stores.")  # fmt: skip
@click.option("--dump-frames", metavar="FRAMES", help="Frames after which the stores are shown."
              "  [default: the last]")  # fmt: skip
@click.option("--format", "fmt", type=click.Choice(["table", "json", "jsonl"]), default="table",
              show_default=True, help="What to print.")  # fmt: skip
@click.option("-o", "--output", type=OutputFile(), metavar="FILE",
              help="Also write the run to a file: .jsonl, .json, .csv, .npz, or .parquet "
              "(needs: pip install 'irrun[data]').")  # fmt: skip
@click.option("--buffers", type=click.Choice(get_args(Buffers)), default="digest",
              show_default=True, help="How arrays are written in JSON.")  # fmt: skip
@common_options
def command(program: str, **options: Any) -> int:
    """Run PROGRAM (a file, or - for stdin) with real stores, and show what happened.

    \b
    Examples:
      irrun run program.msgpack --frames 100
      irrun run program.json --watch 3,7 --trace none
      irrun run program.json --watch '7[0].x,7:mean' --trace none
      irrun run program.json --explain 7@37
      irrun run program.json --swap 60=next.json --dump state
      irrun run program.json -o run.jsonl --quiet
    """
    codes = Codes(options)
    loaded = load_program(program)
    found = _checked([loaded], codes, options)
    if _is_refused(found, options):
        return ExitCode.INVALID
    if options["explain"] is not None:
        from irrun.cli.commands.explain import explain

        return explain(loaded, codes, options)
    if _lacks_packages(options):
        return ExitCode.USAGE
    run = _run(loaded, options)
    wanted = _wanted(run, options)
    swapped = _checked(run.swaps.values(), codes, options)
    if _is_refused(swapped, options):
        return ExitCode.INVALID
    to_stdout = options["fmt"] if options["fmt"] != "table" else None
    with ExitStack() as files:
        sinks = [files.enter_context(_sink(options["output"]))] if options["output"] else []
        if to_stdout:
            sinks.append(SINKS[to_stdout](sys.stdout.buffer))
        progress = files.enter_context(frame_progress(len(run.times)))
        recording = _recorded(run, wanted, sinks, progress, options)
    if options["save_state"] is not None and recording.error is None:
        with open_output(options["save_state"]) as file:
            file.write(recording.driver.saved_state())
    if to_stdout is None and not options["quiet"]:
        _show(recording, [*found, *swapped], codes, options)
    print_outcome(_shown(recording, codes, options), recording.error, options)
    return 0 if recording.error is None else recording.error.exit_code


def _checked(
    programs: Iterable[Program], codes: Codes, options: dict[str, Any]
) -> list[IrrunError]:
    """Return what is wrong with programs, as far as it is wanted; nothing if it is not asked.

    Nothing that only a real executor meets is an error where a stub runs, nor with the
    reference's quirks, which let much pass.
    """
    if options["no_check"]:
        return []
    executors: Executors = "stub" if options["reference_quirks"] else options["executors"]
    problems = [p for each in programs for p in check(each, executors)]
    if any(problem.severity is Severity.ERROR for problem in problems):
        return codes.wanted(problems)
    # What a run has no use for is not chosen from: the settings may cost more than the checks.
    warnings = [problem for problem in problems if problem.severity is Severity.WARNING]
    return [] if options["quiet"] else codes.wanted(warnings)


def _is_refused(problems: Sequence[IrrunError], options: dict[str, Any]) -> bool:
    """True if every frame would meet some of it; then all that is wrong is printed."""
    if not any(problem.severity is Severity.ERROR for problem in problems):
        return False
    if options["fmt"] != "table":
        from irrun.program.reading.lines import locate

        locate(problems)
        found = [problem.document() for problem in problems]
        write_problems(found, diagnostics=found)
    print_findings(problems, verbose=options["verbose"], quiet=options["quiet"])
    return True


def _recorded(
    run: Run,
    wanted: Wanted,
    sinks: Sequence[Sink],
    progress: Callable[[int], None] | None,
    options: dict[str, Any],
) -> Recording:
    """Go through the run; what is wrong with a saved state names its file."""
    try:
        return record_run(run, wanted, sinks, progress)
    except BadSnapshot as error:
        raise error.at(file=str(options["resume"])) from None


def _run(program: Program, options: dict[str, Any]) -> Run:
    """Return the run that the options ask for."""
    resume = None if options["resume"] is None else read_file(options["resume"], named=True)
    first = 0 if resume is None else _frames_of(resume, options["resume"])
    times = asked_times(options, options["frames"], first=first)
    swaps = parse_swaps(options["swap"], range(first, first + len(times)))
    return asked_run(program, options, times, swaps=swaps, resume=resume)


def _wanted(run: Run, options: dict[str, Any]) -> Wanted:
    """Return what the options ask to keep."""
    first = 0 if run.resume is None else frames_of_snapshot(run.resume)
    frames = range(first, first + len(run.times))
    watch: tuple[int, ...] = ()
    points: tuple[Point, ...] = ()
    if options["watch"]:
        known = {meta.slot for meta in derive_layout(run.program).slots}
        watch, points = parse_watched(options["watch"], run.program, known, "--watch")
    # Machine output has a slot whole, whatever of it is looked at.
    slots = tuple(dict.fromkeys([*watch, *(point.slot for point in points)]))
    traced: Collection[int] = {frames[0], frames[-1]}
    if options["trace_frames"] is not None:
        traced = parse_frames(options["trace_frames"], frames, "--trace-frames")
    dumped: Collection[int] = ()
    if options["dump"]:
        dumped = parse_frames(options["dump_frames"] or "-1", frames, "--dump-frames")
    elif options["dump_frames"] is not None:
        raise click.UsageError("--dump-frames needs --dump")
    return Wanted(
        trace_frames=None if options["trace"] == "none" else traced,
        details=options["trace"] == "full",
        dump_frames=dumped,
        watch=watch,
        points=points,
        slots=slots or None,
        buffers=options["buffers"],
        shows=options["fmt"] == "table" and not options["quiet"],
    )


def _frames_of(data: bytes, path: Path) -> int:
    """Return how many frames a saved state has behind it; a damaged one is named."""
    try:
        return frames_of_snapshot(data)
    except IrrunError as error:
        raise error.at(file=str(path)) from None


def _lacks_packages(options: dict[str, Any]) -> bool:
    """True if the output file needs what is not installed; then that is said."""
    if options["output"] is None or options["output"].suffix != ".parquet":
        return False
    from irrun.cli.problems import print_error
    from irrun.errors.running import DataExtraMissing
    from irrun.trace.long import need

    try:
        need("pyarrow.parquet")
    except DataExtraMissing as error:
        print_error(error, as_json=False, traceback=options["traceback"])
        return True
    return False


@contextmanager
def _sink(path: Path) -> Iterator[Sink]:
    """Open the output file; its suffix says how it is written."""
    kind = path.suffix.removeprefix(".")
    if kind not in SINKS:
        known = ", ".join(f".{name}" for name in SINKS)
        raise click.BadParameter(f"'{path.name}' must end in one of {known}", param_hint="-o")
    with open_output(path) as file:
        yield SINKS[kind](file)


def _show(
    recording: Recording, checked: Sequence[IrrunError], codes: Codes, options: dict[str, Any]
) -> None:
    """Print tables: swaps, traced frames, watched slots, dumps, summary."""
    from irrun.cli.console import out
    from irrun.cli.tables.steps import detail_table, frame_table
    from irrun.cli.tables.summary import summary_table
    from irrun.cli.tables.swap import swap_table
    from irrun.cli.tables.watch import watch_tables

    console, verbose = out(), options["verbose"]
    now, resumed = recording.now, recording.driver.resumed
    for report in (*([] if resumed is None else [resumed]), *recording.swaps):
        console.print(swap_table(report, resumed=report is resumed, verbose=verbose))
    for trace in recording.traces:
        console.print(frame_table(trace, len(now.steps), console.width, verbose=verbose))
        for step in trace.steps:
            if step.details:
                console.print(detail_table(step, verbose=verbose))
    if recording.watched is not None:
        for table in watch_tables(recording.watched, now.layout, console.width, verbose=verbose):
            console.print(table)
    _show_dumps(recording, set(options["dump"]), verbose=verbose)
    findings = _shown(recording, codes, options)
    console.print(summary_table(recording, findings, checked, verbose=verbose))


def _shown(recording: Recording, codes: Codes, options: dict[str, Any]) -> list[IrrunError]:
    """Return what the run found, as far as it is shown."""
    found = recording.now.findings
    if not options["verbose"]:
        found = [each for each in found if each.severity is not Severity.NOTE]
    return codes.wanted(found)


def _show_dumps(recording: Recording, wanted: set[str], *, verbose: bool) -> None:
    """Print store and state contents."""
    from irrun.cli.console import out
    from irrun.cli.tables.state import state_table
    from irrun.cli.tables.values import values_table

    console = out()
    for dump in recording.dumps:
        if {"values", "all"} & wanted:
            console.print(values_table(dump, console.width))
        if {"state", "all"} & wanted:
            if dump.layout.state.cells:
                console.print(state_table(dump, verbose=verbose))
            else:
                console.print("the program has no state cells")
                console.print()

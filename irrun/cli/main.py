"""The command group, and the one place where problems become messages and exit codes."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NoReturn

import click

from irrun import __version__
from irrun.cli.lazy import LazyGroup
from irrun.cli.say import say
from irrun.cli.stopping import Stopped, stopped_by_signals
from irrun.cli.streams import OutputFailed, discard_output, make_streams_safe
from irrun.errors.exit_codes import ExitCode

COMMANDS: Final = {
    "run": ("irrun.cli.commands.run", "Run a program and show what happened."),
    "inspect-layout": (
        "irrun.cli.commands.inspect_layout",
        "Show where each value lives, and why.",
    ),
    "validate": ("irrun.cli.commands.validate", "Find everything that is wrong with programs."),
    "explain": ("irrun.cli.commands.explain_code", "Explain what the code of a problem means."),
    "golden": ("irrun.cli.commands.golden.group", "Record output, and compare later runs with it."),
    "diff": (
        "irrun.cli.commands.diff",
        "Show how two programs differ, in data and when run, and why.",
    ),
    "render": ("irrun.cli.commands.render", "Draw frames: SVG, PNG, animated GIF, contact sheet."),
    "doctor": ("irrun.cli.commands.doctor", "Check this machine, and say what a bug report needs."),
    "convert": (
        "irrun.cli.commands.convert",
        "Convert between JSON and MessagePack, in canonical form.",
    ),
}
"""Command -> module and one-line help. A command's module is imported when it is used."""


@click.group(
    cls=LazyGroup,
    lazy_commands=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 a comparison found something, 2 wrong usage, 3 the program "
    "cannot be loaded or is invalid, 4 it failed while running, 70 a bug in irrun, "
    "130 interrupted, 141 the reader of the output went away.",
)
@click.version_option(__version__, prog_name="irrun", message="%(prog)s %(version)s")
def group() -> None:
    """Run serialized Oscilla IR programs: real stores, N frames, everything shown.

    \b
    Example:
      irrun run program.msgpack --frames 100
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    # Nothing of irrun multiplies matrices: no threads that wait for it, so workers may be copies.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = run_command(arguments)
    # What is left goes with the process: the collector need not look through all of it once more.
    gc.freeze()
    sys.exit(code)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code (design.md section 7)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    make_streams_safe()
    try:
        with stopped_by_signals():
            code = _outcome(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing more can be said there.
        discard_output()
        return ExitCode.READER_GONE
    except OSError as error:
        discard_output()
        with suppress(BrokenPipeError):
            say(f"Error: {_what_failed(error)}", err=True)
        return ExitCode.USAGE
    except Stopped as stop:
        discard_output()
        return stop.exit_code
    except KeyboardInterrupt:
        discard_output()
        return ExitCode.INTERRUPTED
    return code


def _outcome(given: list[str]) -> int:
    """Run the command, say what went wrong, and return the exit code."""
    try:
        return _invoke(given)
    except click.exceptions.Exit as request:
        return request.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        _show_usage(error)
        return error.exit_code
    except OSError:
        raise
    except Exception as error:
        return _fail(error, given)


def _what_failed(error: OSError) -> str:
    """Return what could not be done, in words."""
    reason = error.strerror or str(error)
    if isinstance(error, OutputFailed):
        return f"cannot write the output: {reason}"
    if error.filename is not None:
        return f"{reason}: {os.fsdecode(error.filename)}"
    try:
        os.getcwd()
    except OSError:
        return "the working folder is gone"
    return f"cannot write the output: {reason}"


def _invoke(given: list[str]) -> int:
    """Run the command. Not through click's `main`, which has exit codes of its own."""
    if any(name.startswith("IRRUN_MAX_") for name in os.environ):
        from irrun.limits import check_given

        check_given()
    if "_IRRUN_COMPLETE" in os.environ:
        group.main(args=given, prog_name="irrun")
    with group.make_context("irrun", given) as context:
        result = group.invoke(context)
    return result if isinstance(result, int) else 0


def _show_usage(error: click.ClickException) -> None:
    """Say what is wrong with what was given; as click does, but what is quoted is made safe."""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        context = error.ctx
        click.echo(context.get_usage(), err=True)
        click.echo(
            f"Try '{context.command_path} {context.help_option_names[0]}' for help.\n", err=True
        )
    say(f"Error: {error.format_message()}", err=True)


def _fail(found: Exception, arguments: Sequence[str]) -> int:
    """Print a problem: as JSON on stdout for machine formats, always as text on stderr."""
    # Imported here: a command that goes well does not need them, and start-up counts.
    from irrun.cli.problems import print_error
    from irrun.errors.boundary import problem_of

    error = problem_of(found)
    print_error(error, as_json=_wants_json(arguments), traceback="--traceback" in arguments)
    return error.exit_code


def _wants_json(arguments: Sequence[str]) -> bool:
    """True if the command was asked for JSON on stdout."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    named = any(a == "--format" and b in ("json", "jsonl") for a, b in pairs)
    return named or any(a in ("--format=json", "--format=jsonl") for a in arguments)

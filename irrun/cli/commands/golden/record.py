"""`irrun golden record`: run programs and record their output."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import click

from irrun.cli.commands.golden.options import (
    no_such_path,
    parse_picture_frames,
    parse_picture_size,
    parse_rules,
    parse_threshold,
    paths_argument,
    pixel_threshold_option,
    tolerance_options,
)
from irrun.cli.common import common_options
from irrun.cli.options import (
    engine_option,
    finite_number,
    parse_swap_names,
    parse_times,
    positive_number,
    quirks_option,
    viewport,
)
from irrun.cli.paths import FileCommand, OutputFolder, SwapFile
from irrun.cli.problems import print_error, print_findings
from irrun.cli.progress import item_progress
from irrun.compare.golden.many.find import (
    Homes,
    NothingThere,
    find_programs,
    golden_folder,
    programs_of,
)
from irrun.compare.golden.many.owners import outside_project
from irrun.compare.golden.pictures import need_for_pictures
from irrun.compare.golden.report.ci import in_ci
from irrun.compare.golden.settings import Settings, find_settings
from irrun.compare.golden.update import Recorded, record_program
from irrun.compare.golden.wishes import Wishes
from irrun.compare.output.document import KeptArrays
from irrun.errors import IrrunError
from irrun.errors.exit_codes import ExitCode
from irrun.errors.golden import GoldenNamesMeet, GoldenOfAnother
from irrun.errors.rendering import RenderExtraMissing
from irrun.files.reading import real
from irrun.files.searching import Found
from irrun.limits import GOLDEN_FRAMES
from irrun.program.reading.codec import load
from irrun.runtime.executor import Executors

_WRONG_USAGE: Final = (RenderExtraMissing, GoldenOfAnother, GoldenNamesMeet)


@click.command("record", cls=FileCommand)
@paths_argument("programs", "[PROGRAM]...", required=False)
@click.option("-o", "--output", type=OutputFolder(), metavar="DIR",
              help="Folder for the goldens.  [default: beside each program]")  # fmt: skip
@click.option("-n", "--frames", type=click.IntRange(1, GOLDEN_FRAMES.value), metavar="N",
              help="How many frames to run.  [default: 60]")  # fmt: skip
@click.option("--fps", type=positive_number, metavar="F",
              help="Frames per second.  [default: 60]")  # fmt: skip
@click.option("--start", type=finite_number, metavar="MS",
              help="Absolute time of frame 0.  [default: 0]")  # fmt: skip
@click.option("--times", metavar="MS,MS,...", help="Absolute time of each frame; replaces "
              "--frames and --start.")  # fmt: skip
@click.option("--watch", multiple=True, metavar="NAMES", help="What to record: outputs, state, "
              "all, slots or output ids, such as outputs,3,7.  "
              "[default: outputs,state]")  # fmt: skip
@click.option("--executors", type=click.Choice(get_args(Executors)),
              help="auto: real where a step kind has a real executor, a stub otherwise.  "
              "[default: auto]")  # fmt: skip
@click.option("--viewport", type=viewport, metavar="WxH[@DPR]", help="What the program draws on, "
              "in CSS pixels.  [default: 1920x1080]")  # fmt: skip
@quirks_option
@engine_option
@click.option("--swap", multiple=True, type=SwapFile(), metavar="FRAME=PROGRAM",
              help="Go on with another program from that frame on. May be repeated.")  # fmt: skip
@click.option("--buffers", type=click.Choice(get_args(KeptArrays)), help="How arrays are recorded: "
              "digest and sample, or whole, in a file beside the golden.  "
              "[default: sample]")  # fmt: skip
@click.option("--picture", is_flag=True, help="Also draw frames, and compare their pixels where "
              "what is drawn differs. Needs: pip install 'irrun[render]'.")  # fmt: skip
@click.option("--picture-frames", metavar="FRAMES", help="Frames to draw, such as 0,30,-1 or 0-9; "
              "implies --picture.  [default: first, middle, last]")  # fmt: skip
@click.option("--picture-size", metavar="WxH", help="Pixels that a picture fits into; implies "
              "--picture.  [default: 480x270]")  # fmt: skip
@tolerance_options
@pixel_threshold_option
@click.option("--fresh", is_flag=True, help="Forget what an existing golden was recorded with.")
@common_options
def command(programs: tuple[Path, ...], **options: Any) -> int:
    """Run each PROGRAM (files and folders) and record its output in a golden file.

    What is not given stays as an existing golden has it; else the settings decide (irrun.toml,
    or [tool.irrun.golden] in a pyproject.toml). Without PROGRAM, those that the settings name.

    \b
    Examples:
      irrun golden record program.msgpack --frames 100
      irrun golden record programs/ -o tests/golden --watch all
      irrun golden record program.json --atol 1e-9 --rtol frame=1e-6
      irrun golden record program.json --picture --pixel-threshold 2,0.1%
    """
    if in_ci():
        raise click.UsageError("goldens are not recorded in CI (the variable CI is set)")
    settings = find_settings(Path.cwd())
    wishes = _wishes(options)
    if wishes.picture:
        try:
            need_for_pictures()
        except RenderExtraMissing as error:
            print_error(error, as_json=False, traceback=options["traceback"])
            return ExitCode.USAGE
    files = _programs(programs, settings)
    folder = options["output"] if options["output"] is not None else golden_folder(settings)
    recorder = _Recorder(wishes, settings, frozenset(programs), options)
    distinct = _distinct(files, folder)
    with item_progress(len(distinct), "programs") as advance:
        for golden, file in distinct:
            recorder.record(file, golden)
            advance()
    if not options["quiet"]:
        _show(recorder.done)
    return recorder.exit_code


class _Recorder:
    """Records one program after the other; a problem with one does not stop the others."""

    def __init__(
        self,
        wishes: Wishes,
        settings: Settings,
        named: Collection[Path],
        options: dict[str, Any],
    ) -> None:
        self._options = options
        self._named = named
        self._wishes = (wishes, settings)
        self.done: list[Recorded] = []
        self.exit_code = 0

    def record(self, found: Found, golden: Path) -> None:
        """Record one program."""
        options, file = self._options, found.path
        try:
            if found.problem is not None:
                raise found.problem
            program = load(file, name=str(file), found=file not in self._named)
            fresh = options["fresh"]
            recorded = record_program(
                program, file, golden, self._wishes, fresh=fresh, engine=options["engine"]
            )
            self.done.append(recorded)
            outside = outside_project(golden, recorded.golden.header.paths)
            print_findings(outside, verbose=options["verbose"])
        except IrrunError as error:
            print_error(error.at(file=str(file)), as_json=False, traceback=options["traceback"])
            # The program did not fail: what was asked for cannot be done here.
            code = ExitCode.USAGE if isinstance(error, _WRONG_USAGE) else error.exit_code
            self.exit_code = max(self.exit_code, code)
        except OSError as error:
            reason = error.strerror or str(error)
            raise click.UsageError(f"cannot write {golden}: {reason}") from None


def _distinct(files: Sequence[Found], folder: Path | None) -> list[tuple[Path, Found]]:
    """Return goldens with the programs to record; both encodings of one program share a golden.

    Raises:
        click.UsageError: Two programs would share one although they differ; nothing is written.
    """
    homes, owners = Homes(folder), dict[Path, Found]()
    distinct: list[tuple[Path, Found]] = []
    for file in files:
        golden = homes.target(file.path).golden
        first = owners.setdefault(real(golden), file)
        are_equal = first is not file and _are_equal(first.path, file.path)
        if are_equal is False and first is not file:
            raise click.UsageError(
                f"{first.path} and {file.path} are different programs and both would have the "
                f"golden {golden}; record them into different folders with -o"
            )
        if not are_equal:
            distinct.append((golden, file))
    return distinct


def _are_equal(first: Path, second: Path) -> bool | None:
    """Return None if one cannot be loaded: recording will say what is wrong."""
    try:
        return load(first, found=True) == load(second, found=True)
    except IrrunError:
        return None


def _programs(programs: tuple[Path, ...], settings: Settings) -> list[Found]:
    """Return the programs to record; nothing to do is wrong usage."""
    try:
        found = find_programs(programs) if programs else programs_of(settings)
    except NothingThere as error:
        no_such_path(error)
    if not found:
        where = "there" if programs else "in the settings"
        raise click.UsageError(f"no program found {where}; name program files or folders")
    for name in (str(each.path) for each in found):
        if name.encode(errors="replace").decode() != name:
            raise click.UsageError(f"the name of {name} is not UTF-8, and no golden can hold it")
    return found


def _wishes(options: dict[str, Any]) -> Wishes:
    """Return what the options ask for."""
    times = None if options["times"] is None else tuple(parse_times(options["times"]))
    swaps = dict(parse_swap_names(options["swap"])) if options["swap"] else None
    frames = parse_picture_frames(options["picture_frames"])
    size = parse_picture_size(options["picture_size"])
    threshold = parse_threshold(options["pixel_threshold"])
    given = (frames, size, threshold)
    return Wishes(
        # Whoever asks for a part of it asks for pictures; else what there was stays.
        picture=options["picture"] or any(part is not None for part in given) or None,
        picture_frames=frames,
        picture_size=size,
        threshold=threshold,
        frames=options["frames"],
        fps=options["fps"],
        start=options["start"],
        times=times,
        watch=_watch(options["watch"]),
        executors=options["executors"],
        quirks=options["reference_quirks"] or None,
        viewport=options["viewport"],
        buffers=options["buffers"],
        **parse_rules(options),
        equal_zeros=options["equal_zeros"],
        swaps=swaps,
    )


def _watch(texts: tuple[str, ...]) -> tuple[str, ...] | None:
    names = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    if texts and not names:
        raise click.BadParameter("give at least one name", param_hint="--watch")
    return tuple(dict.fromkeys(names)) or None


def _show(done: list[Recorded]) -> None:
    from irrun.cli.console import out
    from irrun.cli.tables.golden import recorded_table

    if done:
        out().print(recorded_table(done))

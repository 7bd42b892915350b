"""No output takes the place of an input, a program or a golden: every option, every input.

What commands read and write is taken from the commands themselves, so that a new option is met.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import click
import pytest
from cli.samples import COMMAND, Irrun, clock, environment, save, signals
from render.samples import ring

from irrun.cli.main import group
from irrun.cli.paths import (
    FileCommand,
    InputFile,
    OutputFile,
    OutputFolder,
    OutputPattern,
    SwapFile,
)

PROGRAM, OTHER, GOLDEN, RESUME = "program.json", "other.json", "program.golden", "saved.state"


def commands(
    of: click.Group = group, names: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with its names."""
    context = click.Context(of)
    for name in of.list_commands(context):
        command = of.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*names, name))
        elif command is not None:
            yield (*names, name), command


COMMANDS: Final = dict(commands())


OUTPUTS: Final = (OutputFile, OutputPattern, OutputFolder)
"""Types of parameters that name what is written; what is in a folder has names of its own."""


def is_output(parameter: click.Parameter) -> bool:
    """True for a parameter that names a file to be written."""
    return isinstance(parameter.type, OutputFile | OutputPattern)


class Writing(NamedTuple):
    """A command with one of its outputs."""

    names: tuple[str, ...]
    output: click.Parameter


WRITINGS: Final = [
    Writing(names, parameter)
    for names, command in COMMANDS.items()
    for parameter in command.params
    if is_output(parameter)
]


def label(writing: Writing) -> str:
    return f"{' '.join(writing.names)} {writing.output.name}"


def arguments(writing: Writing, target: str) -> list[str]:
    """Return a command line that reads all that the command can read, and writes to a target."""
    given = list(writing.names)
    for parameter in COMMANDS[writing.names].params:
        if parameter is writing.output:
            value: str | None = target
        elif isinstance(parameter.type, SwapFile):
            value = f"1={OTHER}"
        elif isinstance(parameter.type, InputFile):
            value = RESUME if parameter.name == "resume" else PROGRAM
            value = GOLDEN if writing.names == ("golden", "check") else value
        else:
            value = None
        if value is not None:
            options = [parameter.opts[-1]] if isinstance(parameter, click.Option) else []
            given += [*options, value]
    return given


@pytest.fixture
def files(irrun: Irrun) -> dict[str, bytes]:
    """Return the files that commands read, all of them there."""
    save(clock(), PROGRAM)
    save(clock(), OTHER)
    assert irrun("run", PROGRAM, "-n", "2", "-q", "--save-state", RESUME).code == 0
    assert irrun("golden", "record", PROGRAM, "-n", "3", "--watch", "all").code == 0
    return contents()


def contents() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(Path().rglob("*")) if p.is_file()}


def as_link(name: str) -> str:
    Path("link").symlink_to(name)
    return "link"


def as_second_name(name: str) -> str:
    os.link(name, "second")
    return "second"


SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "as it is": lambda name: name,
    "with a detour": lambda name: f"./../{Path.cwd().name}/{name}",
    "as a link": as_link,
    "as a second name": as_second_name,
}


def test_every_parameter_of_files_has_a_type_of_ours() -> None:
    """A parameter of click's own path type would pass the guard by."""
    loose = [
        (names, parameter.name)
        for names, command in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter.type, click.Path | click.File)
    ]
    unguarded = [
        names
        for names, command in COMMANDS.items()
        if any(
            isinstance(p.type, OutputFile | OutputPattern | OutputFolder) for p in command.params
        )
        and not isinstance(command, FileCommand)
    ]

    assert loose == []
    assert unguarded == []
    assert len(WRITINGS) >= 5


TEXTS: Final = """
accepted atol background codes dump_frames explain ignore output_id picture_frames picture_size
pixel_threshold rejected rtol select shard sheet size times trace_frames ulp wanted watch
"""
"""Parameters that are any text, and name no file."""


def test_what_is_any_text_names_no_file() -> None:
    """Who adds one has to think of it: what names a file has a type that says so."""
    loose = {
        parameter.name
        for command in COMMANDS.values()
        for parameter in command.params
        if isinstance(parameter.type, type(click.STRING))
    }

    assert loose == set(TEXTS.split())


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("writing", WRITINGS, ids=label)
def test_no_output_takes_the_place_of_an_input(
    writing: Writing, spelling: str, irrun: Irrun, files: dict[str, bytes]
) -> None:
    """Whatever a command reads is as it was, and the command says so with exit code 2."""
    read = [name for name in (PROGRAM, OTHER, GOLDEN, RESUME) if name in arguments(writing, "x")]
    read += [OTHER] if f"1={OTHER}" in arguments(writing, "x") else []
    for name in read:
        target = SPELLINGS[spelling](name)
        before = contents()

        outcome = irrun(*arguments(writing, target))

        assert (outcome.code, contents()) == (2, before), name
        assert "cannot write" in outcome.err
        for made in ("link", "second"):
            Path(made).unlink(missing_ok=True)


@pytest.mark.parametrize("writing", WRITINGS, ids=label)
def test_no_output_replaces_a_program_or_golden_that_it_is_not_about(
    writing: Writing, irrun: Irrun, files: dict[str, bytes]
) -> None:
    """A file that the command does not read is spared too, if it is one of irrun's own."""
    save(clock(), "third.json")
    Path("third.golden").write_bytes(Path(GOLDEN).read_bytes())
    Path("third.golden.new").write_bytes(Path(GOLDEN).read_bytes())
    before = contents()
    spared = ["third.golden", "third.golden.new"]
    spared += [] if writing.names == ("convert",) else ["third.json"]

    for target in spared:
        outcome = irrun(*arguments(writing, target))

        assert (outcome.code, contents()) == (2, before), target
        assert "cannot write" in outcome.err


def test_two_outputs_are_not_one_file(irrun: Irrun, files: dict[str, bytes]) -> None:
    """The second would take the place of the first."""
    outcome = irrun("run", PROGRAM, "-o", "x.json", "--save-state", "./x.json")

    assert (outcome.code, contents()) == (2, files)
    assert "cannot write x.json: it would be written twice" in outcome.err


def test_a_file_that_comes_by_standard_input_stays(files: dict[str, bytes]) -> None:
    """It has a name, too."""
    with Path(PROGRAM).open("rb") as given:
        found = subprocess.run(
            [*COMMAND, "convert", "-", PROGRAM],
            stdin=given,
            env=environment(),
            capture_output=True,
            check=False,
        )

    assert (found.returncode, contents()) == (2, files)
    assert b"cannot write program.json" in found.stderr


def test_pictures_of_many_frames_spare_programs(irrun: Irrun, files: dict[str, bytes]) -> None:
    """Their names are known only when they are drawn."""
    program = save(ring(), "ring.json")
    Path("pictures").mkdir()
    os.link(PROGRAM, "pictures/frame-0001.svg")
    before = contents()

    outcome = irrun("render", program, "-n", "2", "-o", "pictures/")

    assert outcome.code == 2
    assert "cannot write pictures/frame-0001.svg: it is a program" in outcome.err
    assert contents() | before == contents()


@pytest.mark.parametrize("arguments", [["record", PROGRAM, "-o"], ["check", GOLDEN, "--pending"]])
def test_goldens_and_new_output_spare_programs(
    arguments: list[str], irrun: Irrun, files: dict[str, bytes]
) -> None:
    """In a folder that was named, a program may have the name that a golden would get."""
    save(signals(2), PROGRAM)
    Path("folder").mkdir()
    for name in ("program.golden", "program.golden.new"):
        os.link(OTHER, f"folder/{name}")
    before = contents()

    outcome = irrun("golden", *arguments, "folder")

    assert outcome.code != 0
    assert contents() == before | {
        name: data for name, data in contents().items() if name.endswith(".irrun-pending")
    }

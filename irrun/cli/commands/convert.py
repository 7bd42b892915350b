"""`irrun convert`: JSON <-> MessagePack, in canonical form."""

from pathlib import Path
from typing import Final

import click

from irrun.cli.common import common_options
from irrun.cli.options import load_program
from irrun.cli.output import open_output
from irrun.cli.paths import FileCommand, InputFile, OutputFile
from irrun.cli.problems import print_findings
from irrun.cli.say import say
from irrun.program.canonical import Encoding, encode
from irrun.program.file_names import ENCODINGS, PACKED, encoding_of_name, is_packed_name
from irrun.program.layout.dependencies import with_dependencies
from irrun.program.layout.emit import with_slot_meta

_BY_SUFFIX: Final = f"{', '.join(ENCODINGS)}, each perhaps with {PACKED}"


@click.command("convert", cls=FileCommand)
@click.argument("source", metavar="IN", type=InputFile())
@click.argument("target", metavar="OUT", type=OutputFile(about="program"))
@click.option("--to", "encoding", type=click.Choice(["json", "msgpack"]), help="Encoding of OUT; "
              f"by default its suffix says ({_BY_SUFFIX}).")  # fmt: skip
@click.option("--pretty", is_flag=True, help="Break JSON into lines.")
@click.option("--emit-slot-meta", is_flag=True, help="Write the derived layout as slotMeta.")
@click.option("--emit-deps", is_flag=True, help="Write the dependency index (schedule.deps) that "
              "the steps give.")  # fmt: skip
@common_options
def command(
    source: str,
    target: Path,
    encoding: Encoding | None,
    pretty: bool,
    emit_slot_meta: bool,
    emit_deps: bool,
    quiet: bool,
    verbose: bool,
    traceback: bool,
) -> int:
    """Convert a program from IN to OUT (files, or - for stdin and stdout).

    The output is canonical: equal programs give equal bytes, whoever wrote them. Unknown
    fields are kept.

    \b
    Examples:
      irrun convert program.json program.msgpack
      irrun convert program.msgpack - --to json --pretty
      irrun convert old.json packed.json --emit-slot-meta --emit-deps
    """
    chosen = encoding or _encoding_of(target)
    if pretty and chosen != "json":
        raise click.UsageError("--pretty is for JSON only")
    program = load_program(source)
    print_findings(program.notes, verbose=verbose)
    if emit_slot_meta:
        program = with_slot_meta(program)
    if emit_deps:
        program = with_dependencies(program)
    data = encode(program, chosen, pretty=pretty)
    if is_packed_name(target.name):
        import gzip

        data = gzip.compress(data, mtime=0)
    with open_output(target) as file:
        file.write(data)
    if not quiet and str(target) != "-":
        say(f"{target}: {len(data):,} bytes of {chosen}, {program.digest}", err=True)
    return 0


def _encoding_of(target: Path) -> Encoding:
    found = encoding_of_name(target.name)
    if found is None:
        raise click.UsageError(
            f"cannot tell the encoding of '{target}' from its suffix; add --to json or --to msgpack"
        )
    return found

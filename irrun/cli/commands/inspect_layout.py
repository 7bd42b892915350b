"""`irrun inspect-layout`: show where each value lives, and why."""

import click

from irrun.cli.common import common_options
from irrun.cli.options import load_program, program_argument
from irrun.cli.paths import FileCommand
from irrun.cli.problems import print_findings
from irrun.cli.say import say_json
from irrun.program.layout import derive_layout


@click.command("inspect-layout", cls=FileCommand)
@program_argument
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table",
              show_default=True, help="What to print.")  # fmt: skip
@common_options
def command(program: str, fmt: str, quiet: bool, verbose: bool, traceback: bool) -> int:
    """Show where each value of PROGRAM (a file, or - for stdin) lives, and why.

    Every slot with its storage, offset and type, the evidence that decided them, who writes
    and who reads it; array sizes, holes and bytes; state cells; contradictions.

    \b
    Examples:
      irrun inspect-layout program.json
      irrun inspect-layout program.msgpack --format json
    """
    loaded = load_program(program)
    layout = derive_layout(loaded)
    if fmt == "json":
        from irrun.program.layout.document import layout_document

        say_json(layout_document(loaded, layout))
    elif not quiet:
        from irrun.cli.console import out
        from irrun.cli.tables.layout import layout_tables

        for table in layout_tables(loaded, layout, out().width, verbose=verbose):
            out().print(table)
        if verbose and not layout.errors():
            from irrun.cli.tables.blocks import blocks_table

            out().print(blocks_table(loaded))
    print_findings([*loaded.notes, *layout.findings], verbose=verbose)
    errors = layout.errors()
    return errors[0].exit_code if errors else 0

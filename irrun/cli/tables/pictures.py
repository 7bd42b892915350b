"""What drawing came to."""

from collections.abc import Sequence
from typing import Protocol

from rich.table import Table

from irrun.cli.tables.base import new_table, plural
from irrun.cli.tables.summary import not_finite_text, stubs_text, warnings_text
from irrun.numerics.text import number_text
from irrun.render.pictures import Painter, Picture

_NAMED = 3
"""Files that are named; of more, the first and the last are."""


class File(Protocol):
    """A file that was written."""

    @property
    def name(self) -> str:
        """Its path."""

    @property
    def size(self) -> int:
        """Its bytes."""


def pictures_table(
    painter: Painter, pictures: Sequence[Picture], size: tuple[int, int], files: Sequence[File]
) -> Table:
    """Return frames, what was drawn, files, stubs and warnings."""
    runtime, plan = painter.runtime, painter.plan
    table = new_table("summary")
    table.show_header = False
    table.add_column("what", style="bold")
    table.add_column("value", overflow="fold")
    table.add_row("program", f"{runtime.program.document.patch_id} · {runtime.program.digest[:19]}")
    table.add_row("frames", f"{len(pictures):,} drawn of {runtime.frame_count:,} run")
    table.add_row("drawn", _drawn(pictures))
    seen = plan.viewport
    dpr = "" if seen.dpr == 1 else f" at {number_text(seen.dpr)} pixels each"
    table.add_row(
        "picture",
        f"{size[0]} x {size[1]} pixels, "
        f"showing {number_text(seen.w)} x {number_text(seen.h)} CSS pixels{dpr}",
    )
    table.add_row("written", _files(files))
    stubs = tuple(planned for planned in runtime.plan if planned.is_stub)
    table.add_row("stubs", stubs_text(stubs, len(runtime.plan)))
    not_finite = not_finite_text(runtime.findings)
    if not_finite is not None:
        table.add_row("not finite", not_finite)
    table.add_row("warnings", warnings_text(runtime.findings))
    return table


def _drawn(pictures: Sequence[Picture]) -> str:
    drawings = [picture.drawing for picture in pictures]
    parts = [
        plural(sum(d.passes for d in drawings), "pass", "passes"),
        plural(sum(d.instances for d in drawings), "instance"),
        plural(sum(d.paths for d in drawings), "path"),
    ]
    left_out = sum(d.left_out for d in drawings)
    if left_out:
        parts.append(f"{plural(left_out, 'instance')} left out: not finite")
    return ", ".join(parts)


def _files(files: Sequence[File]) -> str:
    if not files:
        return "nothing"
    total = sum(file.size for file in files)
    if len(files) <= _NAMED:
        return "\n".join(f"{file.name} · {file.size:,} bytes" for file in files)
    return f"{len(files):,} files, {files[0].name} to {files[-1].name} · {total:,} bytes"

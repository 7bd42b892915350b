"""What drawing came to."""

from irrun.cli.tables.base import Table, new_table, program_text
from irrun.cli.tables.summary import not_finite_text, stubs_text, warnings_text
from irrun.cli.text import Text
from irrun.errors.showing import plural
from irrun.numerics.text import number_text
from irrun.render.files import NAMED, Done
from irrun.render.pictures import DrawPlan, Painter


def pictures_table(painter: Painter, done: Done, *, is_fitted: bool = False) -> Table:
    """Return frames, what was drawn, files, stubs and warnings."""
    now = painter.driver.now
    table = new_table("summary")
    table.show_header = False
    table.add_column("what", style="bold")
    table.add_column("value", overflow="fold")
    table.add_row("program", program_text(now.program))
    table.add_row("frames", f"{done.pictures:,} drawn of {now.index + 1:,} run")
    table.add_row("drawn", _drawn(done))
    size = f"{done.size[0]} x {done.size[1]} pixels"
    table.add_row("picture", f"{size}, {_shown(painter.plan, is_fitted=is_fitted)}")
    unseen = painter.census.texts()
    if painter.census.is_elsewhere and not is_fitted:
        unseen.append("--fit shows what is drawn, wherever it is")
    if unseen:
        table.add_row("not seen", Text.of_lines(unseen))
    table.add_row("written", _files(done))
    table.add_row("stubs", stubs_text(now.stubs, len(now.steps)))
    not_finite = not_finite_text(now.findings)
    if not_finite is not None:
        table.add_row("not finite", not_finite)
    table.add_row("warnings", warnings_text(now.findings))
    return table


def _shown(plan: DrawPlan, *, is_fitted: bool) -> str:
    """Return which part of the plane the pictures show."""
    seen, camera = plan.run.viewport, plan.camera
    if camera is None:
        dpr = "" if seen.dpr == 1 else f" at {number_text(seen.dpr)} pixels each"
        text = f"showing {number_text(seen.w)} x {number_text(seen.h)} CSS pixels{dpr}"
        return f"{text}: there is nothing to fit" if is_fitted else text
    left, top, right, bottom = camera.shows(seen)
    wide, high, x, y = (
        number_text(float(f"{number:.4g}"))
        for number in (right - left, bottom - top, left / 2 + right / 2, top / 2 + bottom / 2)
    )
    return f"fitted to {wide} x {high} CSS pixels around ({x}, {y})"


def _drawn(done: Done) -> str:
    parts = [
        plural(done.passes, "pass", "passes"),
        plural(done.instances, "instance"),
        plural(done.paths, "path"),
    ]
    if done.left_out:
        parts.append(f"{plural(done.left_out, 'instance')} left out: not finite")
    return ", ".join(parts)


def _files(done: Done) -> str | Text:
    if not done.files:
        return "nothing"
    if done.files <= NAMED:
        return Text.of_lines(f"{name} · {size:,} bytes" for name, size in done.named)
    first, _ = done.named[0]
    return f"{done.files:,} files, {first} to {done.last} · {done.total:,} bytes"

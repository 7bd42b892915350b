"""Run every bundled program with stubs and compare its output with `tests/golden`.

The output is the machine format of `irrun run`, so any change of what a stubbed run does, or
of the format, shows as a difference. `--record` writes the files anew, never in CI.
"""

import difflib
import io
import os
import sys
from pathlib import Path
from typing import Final

from irrun.program.codec import load
from irrun.trace.recording import RunPlan, record_run
from irrun.trace.run import frame_times
from irrun.trace.writers import JsonLinesSink

ROOT: Final = Path(__file__).resolve().parent.parent
GOLDEN: Final = ROOT / "tests" / "golden"
FRAMES: Final = 4


def output_of(program: Path) -> bytes:
    """Return the JSON Lines of a stubbed run; the steps of the first frame included."""
    plan = RunPlan(frame_times(FRAMES), executors="stub", trace_frames=frozenset({0}))
    out = io.BytesIO()
    recording = record_run(load(program), plan, [JsonLinesSink(out)])
    if recording.error is not None:
        raise recording.error
    return out.getvalue()


def programs() -> list[Path]:
    """Return the bundled programs, one encoding of each."""
    return sorted((ROOT / "programs").glob("*.msgpack"))


def compare(program: Path) -> list[str]:
    """Return the differences between a program's output and its golden file, as diff lines."""
    golden = GOLDEN / f"{program.stem}.jsonl"
    expected = golden.read_text().splitlines() if golden.exists() else []
    got = output_of(program).decode().splitlines()
    return list(difflib.unified_diff(expected, got, golden.name, "this run", n=0, lineterm=""))


def main() -> int:
    """Compare, or record with --record; the exit code is 1 if anything differs."""
    if "--record" in sys.argv[1:]:
        if os.environ.get("CI", "false") not in ("", "false"):
            sys.stderr.write("golden files are not recorded in CI\n")
            return 2
        for program in programs():
            (GOLDEN / f"{program.stem}.jsonl").write_bytes(output_of(program))
        return 0
    wrong = 0
    for program in programs():
        difference = compare(program)
        wrong += bool(difference)
        sys.stdout.write(f"{program.stem}: {'differs' if difference else 'same'}\n")
        sys.stdout.writelines(f"  {line[:300]}\n" for line in difference[:20])
    stale = {p.stem for p in GOLDEN.glob("*.jsonl")} - {p.stem for p in programs()}
    sys.stdout.writelines(f"{name}: golden file without a program\n" for name in sorted(stale))
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())

"""Record in tests/cli/start_modules.txt what each command imports (`make start-record`).

A line for each module of irrun, and the commands that import it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RECORD: Final = ROOT / "tests" / "cli" / "start_modules.txt"

COMMANDS: Final[Mapping[str, Sequence[str]]] = {
    "--version": ["--version"],
    "--help": ["--help"],
    "run": ["run", "p.json", "-q", "--trace", "none"],
    "run-shown": ["run", "p.json"],
    "validate": ["validate", "p.json"],
    "inspect-layout": ["inspect-layout", "p.json"],
    "convert": ["convert", "p.json", "p.msgpack"],
    "diff": ["diff", "p.json", "p.json"],
    "render": ["render", "p.json", "-o", "p.svg"],
    "explain": ["explain", "IR407"],
    "doctor": ["doctor"],
    "golden-record": ["golden", "record", "p.json", "--frames", "2"],
    "golden-check": ["golden", "check", "p.json"],
}
"""What is run for each, in this order, in one folder that has the program `p.json`."""

PROGRAM: Final = ROOT / "programs" / "minimal.json"

_SCRIPT: Final = """\
import sys
try:
    from irrun.cli.main import main
    main(sys.argv[1:])
finally:
    print("\\0", *sys.modules, sep="\\n", file=sys.stderr)
"""


def modules_of(folder: Path, arguments: Sequence[str], **more: str) -> set[str]:
    """Run a command in a process of its own, and return the modules that it imports."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), **more},
        cwd=folder,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return set(done.stderr.rpartition("\0\n")[2].split())


def imported() -> dict[str, set[str]]:
    """Return the modules that each command imports."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "p.json").write_bytes(PROGRAM.read_bytes())
        return {command: modules_of(folder, given) for command, given in COMMANDS.items()}


def is_own(module: str) -> bool:
    """True for a module of irrun."""
    return module.partition(".")[0] == "irrun"


def recorded() -> dict[str, set[str]]:
    """Return the modules of irrun that each command imported when that was recorded."""
    found: dict[str, set[str]] = {command: set() for command in COMMANDS}
    for line in RECORD.read_text(encoding="utf-8").splitlines():
        module, *commands = line.split()
        for command in commands:
            found.setdefault(command, set()).add(module)
    return found


def main() -> None:
    """Record the modules anew."""
    found = imported()
    own = sorted(filter(is_own, set().union(*found.values())))
    lines = [" ".join([m, *(c for c, modules in found.items() if m in modules)]) for m in own]
    RECORD.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

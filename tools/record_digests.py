"""Write the recorded digests: to be run once when what is computed changes, never otherwise.

irrun/doctor/digests.json has those of every operation, tests/numerics/conformance_digests.json
those of the conformance cases. A new file goes into a commit of its own that says what changed:
it is a promise to everybody who has recorded goldens.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from irrun.doctor.digests import RECORDED, SAMPLES, current_digests

NUMERICS_TESTS: Final = Path(__file__).resolve().parent.parent / "tests" / "numerics"


def main() -> None:
    """Write both files."""
    digests = {"format": "irrun-digests", "version": 1, "samples": SAMPLES}
    _write(RECORDED, digests | {"digests": current_digests()})
    child = [sys.executable, str(NUMERICS_TESTS / "digest_everything.py")]
    found = json.loads(subprocess.run(child, check=True, capture_output=True).stdout)
    _write(NUMERICS_TESTS / "conformance_digests.json", found["conformance"])


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

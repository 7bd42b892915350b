"""Write the recorded digests: to be run once when what is computed changes, never otherwise.

irrun/doctor/digests.json has those of every operation in its NumPy form,
tests/numerics/conformance_digests.json those of the conformance cases, irrun/numerics/native.py two
checksums of the kernels in C where they were built. A new file goes into a commit of its own that
says what changed:
it is a promise to everybody who has recorded goldens.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from irrun.doctor.digests import RECORDED, SAMPLES, current_digests
from irrun.numerics import native

NUMERICS_TESTS: Final = Path(__file__).resolve().parent.parent / "tests" / "numerics"


def main() -> None:
    """Write all files."""
    digests = {"format": "irrun-digests", "version": 1, "samples": SAMPLES}
    with native.without():
        _write(RECORDED, digests | {"digests": current_digests()})
    child = [sys.executable, str(NUMERICS_TESTS / "digest_everything.py")]
    found = json.loads(subprocess.run(child, check=True, capture_output=True).stdout)
    _write(NUMERICS_TESTS / "conformance_digests.json", found["conformance"])
    _write_sums_of_kernels()


def _write_sums_of_kernels() -> None:
    """Write what the kernels are checked by; tests/numerics/test_native.py checks themselves."""
    try:
        from irrun import _native
    except ImportError:
        return
    found, moves = native.tables(_native)
    path = Path(native.__file__)
    text = path.read_text(encoding="utf-8")
    sums = {
        "TABLE_SUM": native.table_sum(found, moves),
        "RESULTS_SUM": native.results_sum(found, _native.call),
    }
    for name, value in sums.items():
        text = re.sub(rf"(?m)^{name}: Final = .*$", f"{name}: Final = 0x{value:08X}", text)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

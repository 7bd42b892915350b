"""Write irrun/doctor/digests.json: to be run once when an operation changes, never otherwise.

The new file goes into a commit of its own that says what changed: it is a promise to everybody
who has recorded goldens.
"""

import json

from irrun.doctor.digests import RECORDED, SAMPLES, current_digests


def main() -> None:
    """Write the file."""
    document = {"format": "irrun-digests", "version": 1, "samples": SAMPLES}
    text = json.dumps(document | {"digests": current_digests()}, indent=1)
    RECORDED.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

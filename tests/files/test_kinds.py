"""What a file is, told from its name and its content."""

import gzip
import io
from pathlib import Path

import msgpack
import pytest
from cli.samples import PROGRAMS, clock

from irrun.files import kinds
from irrun.files.kinds import kind_of_content, kind_of_name

PROGRAM = clock().bytes()
PACKED = msgpack.packb(clock().doc)

CONTENTS = {
    "JSON": (PROGRAM, "program"),
    "JSON with a mark": (b"\xef\xbb\xbf" + PROGRAM, "program"),
    "JSON behind blanks": (b" \n" * 1000 + PROGRAM, "program"),
    "pretty JSON": (b'{\n  "patchId": "x",\n  "irVersion" : 1}', "program"),
    "MessagePack": (PACKED, "program"),
    "gzip of JSON": (gzip.compress(PROGRAM), "program"),
    "gzip of MessagePack": (gzip.compress(PACKED), "program"),
    "broken JSON": (PROGRAM[:-20], "program"),
    "broken gzip": (gzip.compress(b"x" * 5000)[:20], None),
    "gzip of something else": (gzip.compress(b'{"a": 1}'), None),
    "golden": ((PROGRAMS / "bus.golden").read_bytes(), "golden"),
    "saved run": (b'{"format":"irrun-run","version":1,"irVersion":1}', None),
    "saved run, by lines": (b'{"record":"header","irVersion":1}', None),
    "a report that names it": (b"<testsuites>irVersion is 2</testsuites>", None),
    "another object": (b'{"version": 1, "text": "irVersion"}', None),
    "nothing": (b"", None),
    "blanks": (b" \n", None),
}


@pytest.mark.parametrize(("data", "kind"), CONTENTS.values(), ids=CONTENTS)
def test_a_file_is_what_it_holds(data: bytes, kind: str | None) -> None:
    """Programs and goldens are told from what irrun writes of a run, and from all else."""
    assert kind_of_content(io.BytesIO(data)) == kind


def test_a_sign_across_the_border_of_two_pieces_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a program's member stands in it."""
    monkeypatch.setattr(kinds, "_PIECE", 7)
    for before in range(1, 30):
        data = b'{"' + b"x" * (300 + before) + b'": 0, "irVersion": 1}'
        assert kind_of_content(io.BytesIO(data)) == "program"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bus.golden", "golden"), ("bus.golden.new", "golden"), ("a/b.golden", "golden"),
        ("bus.golden.0123456789ab.npz", "golden"), ("bus.golden.3.0123456789ab.png", "golden"),
        ("bus.golden.new.3.diff.png", "golden"), ("bus.golden.new.0123456789ab.npz", "golden"),
        ("irrun.toml", "settings"), ("pyproject.toml", "settings"),
        ("bus.json", None), ("golden", None), ("bus.golden.png", None), ("my-irrun.toml", None),
    ],
)  # fmt: skip
def test_a_name_says_what_must_stay(name: str, kind: str | None) -> None:
    """Goldens, what belongs to them, and settings."""
    assert kind_of_name(str(Path(name))) == kind

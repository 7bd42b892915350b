"""No file, however broken or hostile, makes irrun crash, hang or eat the machine."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import fuzz_codec
import pytest
from fuzz import REGRESSIONS, Worker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutate import BOMBS, PROGRAMS, mutant, seeds

MUTANTS = 2000
DOCUMENTS = seeds()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A process with bounded memory, which examines what it is sent."""
    one = Worker()
    yield one
    one.close()


@settings(max_examples=MUTANTS, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=True))
def test_a_mutant_ends_well(worker: Worker, random: Random) -> None:
    """Validate, inspect-layout and a short run end in time, with exit code 0, 1, 3 or 4."""
    assert worker.examine(mutant(DOCUMENTS, random))["wrong"] == ""


@pytest.mark.parametrize("path", sorted(REGRESSIONS.glob("*.program")), ids=lambda p: p.stem)
def test_what_was_found_before_stays_mended(worker: Worker, path: Path) -> None:
    """What a fuzz run kept is replayed."""
    assert worker.examine(path.read_bytes())["wrong"] == ""


@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_a_file_may_break_off_anywhere(worker: Worker, encoding: str) -> None:
    """Truncated at each byte of a small program."""
    data = (PROGRAMS / f"minimal.{encoding}").read_bytes()
    step = 7 if encoding == "json" else 5

    for size in range(0, len(data), step):
        assert worker.examine(data[:size])["wrong"] == "", size


def deep(levels: int) -> bytes:
    """Return a program with something deeply nested in a place where anything may be."""
    document = json.loads((PROGRAMS / "minimal.json").read_bytes())
    text = json.dumps(document["constants"] | {"json": ["deep"]})
    document["constants"] = "here"
    nested = "[" * levels + "]" * levels
    return json.dumps(document).replace('"here"', text.replace('"deep"', nested)).encode()


HOSTILE = {
    "a gzip bomb": gzip.compress(b" " * (300 << 20), mtime=0),
    "a gzip bomb of a program": gzip.compress(
        b'{"irVersion":1,"a":"' + b"x" * (100 << 20), mtime=0
    ),
    "a gzip of a gzip": gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0),
    "deep free data": deep(90),
    "deeper free data": deep(100_000),
    "a million steps": b'{"irVersion":1,"schedule":{"steps":[' + b"{}," * 1_000_000 + b"{}]}}",
    "a long integer": b'{"irVersion":' + b"9" * 1_000_000 + b"}",
    "many keys": b"{" + b",".join(b'"k%d":1' % i for i in range(100_000)) + b"}",
    "one key many times": b"{" + b'"k":1,' * 100_000 + b'"k":1}',
    **{f"msgpack bomb {i}": b"\x81\xa9irVersion" + bomb for i, bomb in enumerate(BOMBS)},
    "half a character": b'{"irVersion":1,"patchId":"\\ud800"}',
    "no text at all": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(worker: Worker, name: str) -> None:
    """Bombs of every kind are refused, within bounded memory."""
    answer = worker.examine(HOSTILE[name])

    assert answer["wrong"] == ""
    assert answer["codes"][0] == 3


def number(path: str, value: object) -> bytes:
    """Return a bundled program with one number changed."""
    document = json.loads((PROGRAMS / "every-step-kind.json").read_bytes())
    holder = document
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for key in parents:
        holder = holder[key]
    holder[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize("value", [1 << 20, (1 << 24) - 1, 1 << 24, (1 << 53) - 1, -1, 1e300])
@pytest.mark.parametrize(
    "path", ["slotMeta.0.offset", "slotMeta.0.slot", "stateLayout.f64Size", "outputs.0.slot"]
)
def test_a_huge_number_needs_no_huge_memory(worker: Worker, path: str, value: object) -> None:
    """Offsets, sizes and slot numbers allocate no more than there is reason for."""
    answer = worker.examine(number(path, value))

    assert answer["wrong"] == ""
    assert answer["seconds"] < 8


def test_the_codec_fuzzer_finds_its_way(capsys: pytest.CaptureFixture[str]) -> None:
    """A short run covers the codec, and finds nothing."""
    tried, kept, edges, found = fuzz_codec.fuzz(20, Random(3), most=40)

    assert (tried, found) == (40, 0)
    assert kept > 5
    assert edges > 500

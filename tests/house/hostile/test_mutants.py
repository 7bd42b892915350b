"""No file, however broken or hostile, makes irrun crash, hang or eat the machine."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import fuzz_codec
import pytest
from fuzz import REGRESSIONS, THOROUGH, Worker, numbered
from mutate import BOMBS, PROGRAMS, seeds

from irrun.limits import FILE_BYTES

DOCUMENTS = seeds()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A process with bounded memory and processor time, which examines what it is sent."""
    one = Worker()
    yield one
    one.close()


@pytest.mark.parametrize("first", [0, pytest.param(100, marks=pytest.mark.long)])
def test_a_mutant_ends_well(worker: Worker, first: int) -> None:
    """Every command ends within its processor time and memory, with exit code 0, 1, 3 or 4."""
    for number in range(first, 100 if first == 0 else 4000):
        answer = worker.examine(numbered(DOCUMENTS, 1, number), thorough=number % THOROUGH == 0)
        assert answer.wrong == "", number


@pytest.mark.parametrize("path", sorted(REGRESSIONS.glob("*.program")), ids=lambda p: p.stem)
def test_what_was_found_before_stays_mended(worker: Worker, path: Path) -> None:
    """What a fuzz run kept is replayed."""
    assert worker.examine(path.read_bytes()).wrong == ""


@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_a_file_may_break_off_anywhere(worker: Worker, encoding: str) -> None:
    """Truncated at many bytes of a small program."""
    data = (PROGRAMS / f"minimal.{encoding}").read_bytes()
    step = 23 if encoding == "json" else 17  # primes, so that no kind of place is left out

    for size in range(0, len(data), step):
        assert worker.examine(data[:size]).wrong == "", size


def deep(levels: int) -> bytes:
    """Return a program with something deeply nested in a place where anything may be."""
    document = json.loads((PROGRAMS / "minimal.json").read_bytes())
    text = json.dumps(document["constants"] | {"json": ["deep"]})
    document["constants"] = "here"
    nested = "[" * levels + "]" * levels
    return json.dumps(document).replace('"here"', text.replace('"deep"', nested)).encode()


HOSTILE = {
    "a gzip of a gzip": gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0),
    "deep free data": deep(90),
    "deeper free data": deep(100_000),
    "a million steps": b'{"irVersion":1,"schedule":{"steps":[' + b"{}," * 1_000_000 + b"{}]}}",
    "a long integer": b'{"irVersion":' + b"9" * 1_000_000 + b"}",
    "many keys": b"{" + b",".join(b'"k%d":1' % i for i in range(30_000)) + b"}",
    "one key many times": b"{" + b'"k":1,' * 100_000 + b'"k":1}',
    **{f"msgpack bomb {i}": b"\x81\xa9irVersion" + bomb for i, bomb in enumerate(BOMBS)},
    "half a character": b'{"irVersion":1,"patchId":"\\ud800"}',
    "no text at all": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(worker: Worker, name: str) -> None:
    """Bombs of every kind are refused, within bounded memory."""
    answer = worker.examine(HOSTILE[name])

    assert answer.wrong == ""
    assert answer.codes[0] == ("validate --order --format json", 3)


def bombs(size: int) -> list[bytes]:
    """Return small files that unpack to a size: of blanks, of a program with a long text."""
    return [
        gzip.compress(b" " * size, mtime=0),
        gzip.compress(b'{"irVersion":1,"a":"' + b"x" * size, mtime=0),
    ]


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it unpacks to, when it is more than the limit."""
    monkeypatch.setenv(FILE_BYTES.variable, str(4 << 20))
    refused(bombs(6 << 20), memory=200 << 20)


@pytest.mark.long
def test_a_huge_gzip_bomb_is_refused() -> None:
    """Of more than the limit that holds when no other one is set."""
    refused(bombs(FILE_BYTES.value + (40 << 20)), memory=1 << 30)


def refused(files: list[bytes], memory: int) -> None:
    """Fail unless a worker of its own refuses files within so much memory."""
    worker = Worker()
    try:
        for data in files:
            answer = worker.examine(data)
            assert (answer.wrong, answer.codes[0][1]) == ("", 3)
            assert answer.memory < memory
    finally:
        worker.close()


def number(path: str, value: object) -> bytes:
    """Return a bundled program with one number changed."""
    document = json.loads((PROGRAMS / "every-step-kind.json").read_bytes())
    holder = document
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for key in parents:
        holder = holder[key]
    holder[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize("value", [(1 << 24) - 1, 1 << 24, (1 << 53) - 1, -1, 1e300])
@pytest.mark.parametrize(
    "path", ["slotMeta.0.offset", "slotMeta.0.slot", "stateLayout.f64Size", "outputs.0.slot"]
)
def test_a_huge_number_needs_no_huge_memory(worker: Worker, path: str, value: object) -> None:
    """Offsets, sizes and slot numbers allocate no more than there is reason for."""
    assert worker.examine(number(path, value), thorough=True).wrong == ""


def test_the_codec_fuzzer_finds_its_way(capsys: pytest.CaptureFixture[str]) -> None:
    """A short run covers the codec, and finds nothing."""
    tried, kept, edges, found = fuzz_codec.fuzz(Random(3), lambda tried: tried < 40)

    assert (tried, found) == (40, 0)
    assert kept > 5
    assert edges > 500

"""Measure loading: a real program for the first time, and what is large or broken.

Each large input is read by the library alone and by irrun; what irrun refuses counts, too: to
tell what is wrong costs no more than to read it. Memory is the peak of a process of its own.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time
from typing import Any, Final

import msgpack
from program_builder import ProgramBuilder, cyclic

from irrun.errors import Malformed
from irrun.program.reading.codec import loads

Row = tuple[str, str, str, str]
REPEATS: Final = 3
MILLION: Final = 1_000_000
_FIRST: Final = """
import sys, time
import irrun.program.reading.codec as codec
data = open(sys.argv[1], 'rb').read()
started = time.thread_time()
codec.loads(data)
print(time.thread_time() - started)
"""
_PEAK: Final = """
import sys
import irrun.program.reading.codec as codec
codec.examine(sys.argv[1])
(line,) = [line for line in open('/proc/self/status') if line.startswith('VmHWM:')]
print(int(line.split()[1]) * 1024)
"""
"""What `getrusage` says begins with the peak of the process that started this one."""


def with_constants(*values: Any, **pools: list[float]) -> dict[str, Any]:
    """Return the document of a program with constants."""
    b = ProgramBuilder("bench-loading", cyclic(2000))
    b.time(0, 1, phase01=2)
    document: dict[str, Any] = json.loads(b.bytes())
    document["constants"]["json"] = list(values)
    document["constants"].update(pools)
    return document


def inputs() -> Iterator[tuple[str, bytes]]:
    """Yield large documents, sound and broken ones, the same each time."""
    numbers = [i * 0.5 for i in range(MILLION)]
    yield "a constant of a million numbers", as_json(with_constants(numbers))
    yield "a pool of a million numbers", as_json(with_constants(f64=numbers))
    small_lists = with_constants([[i] for i in range(MILLION)])
    yield "a million small lists", as_json(small_lists)
    yield "a million small lists, MessagePack", msgpack.packb(small_lists)
    yield "two million empty lists", as_json(with_constants([[]] * 2 * MILLION))
    records = [{"key": i, "text": "abc", "number": 0.5} for i in range(MILLION // 4)]
    yield "records", as_json(with_constants(records))
    yield "5 million lists", b'{"a":[' + b"[]," * 5 * MILLION + b"[]]}"
    yield "16 MB of nulls", b"\x81\xa1a\xdd" + (16 << 20).to_bytes(4, "big") + b"\xc0" * (16 << 20)
    broken = msgpack.packb({"a": [0.5] * 1_700_000, "b": [7] * 300_000, "c": "x" * 99})
    yield "16 MB of numbers, truncated", broken[:-9]
    texts = msgpack.packb({"a": [{"key": "text"}] * 600_000, "b": "x" * 10 * MILLION})
    yield "16 MB of records, truncated", texts[:-9]
    yield "a million numbers, truncated", as_json(with_constants(numbers))[:-9]


def as_json(document: Any) -> bytes:
    """Write a document as JSON, as producers do."""
    return json.dumps(document, separators=(",", ":")).encode()


def loading_rows(program: Path) -> Iterator[Row]:
    """Yield what loading takes; `program` is a real one."""
    first = min(float(in_a_process(_FIRST, program)) for _ in range(REPEATS * 3))
    yield "first load", f"{first * 1000:.2f} ms", "at most", "8 ms"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large"
        for what, data in inputs():
            library = library_seconds(data)
            ours = least_seconds(lambda data=data: outcome(data))  # type: ignore[misc]
            name = "json.loads" if data.startswith(b"{") else "msgpack.unpackb"
            yield f"load {what}", f"{ours * 1000:.0f} ms", name, f"{ours / library:.1f}"
            path.write_bytes(data)
            yield memory_row(path, 10 * len(data) + 200 * MILLION)
        bomb = gzip.compress(b"\x81\xa1a\xdd\x00\xff\xff\xff" + b"\x90" * (16 << 20), mtime=0)
        path.write_bytes(bomb)
        yield (
            "a bomb of lists, gzip",
            f"{least_seconds(lambda: outcome(bomb)) * 1000:.0f} ms",
            "",
            "",
        )
        yield memory_row(path, 500 * MILLION)


def memory_row(path: Path, most: int) -> Row:
    """Return the peak memory of a process that loads a file, against what it may be."""
    peak = int(in_a_process(_PEAK, path))
    return "  its memory", f"{peak / MILLION:.0f} MB", "at most", f"{most / MILLION:.0f} MB"


def in_a_process(code: str, path: Path) -> str:
    """Return what a fresh process prints."""
    command = [sys.executable, "-c", code, str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def library_seconds(data: bytes) -> float:
    """Return the time that the library takes, also to refuse."""

    def read() -> None:
        try:
            if data.startswith(b"{"):
                json.loads(data)
            else:
                msgpack.unpackb(data, strict_map_key=False)
        except ValueError:
            pass

    return least_seconds(read)


def outcome(data: bytes) -> object:
    """Load a document, or meet what is wrong with it."""
    try:
        return loads(data)
    except Malformed as error:
        return error


def least_seconds(work: Callable[[], Any]) -> float:
    """Return the least time of a few calls."""
    least = float("inf")
    for _ in range(REPEATS):
        started = thread_time()
        work()
        least = min(least, thread_time() - started)
    return least

"""Whatever native code does, it becomes an error of irrun, and nothing of its own is shown."""

import ast
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import irrun
from irrun.errors.rendering import LibraryFailed
from irrun.render.native import pixels_of_png, png_of_svg

EXTRA = pytest.importorskip("resvg_py", reason="the extra `render` is not installed")
PANICS = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">'
    '<path d="M10 10L100 100L10 100" fill="none" stroke="#fff" stroke-width="1e30"/></svg>'
)


def test_a_panic_is_an_error_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Rust's own words on standard error are held back."""
    with pytest.raises(LibraryFailed) as caught:
        png_of_svg(PANICS)

    assert caught.value.exit_code == 4
    assert "svg_to_bytes" in str(caught.value)
    assert capfd.readouterr() == ("", "")


class Panic(BaseException):
    """What pyo3 raises is no Exception either."""


def using(monkeypatch: pytest.MonkeyPatch, call: object) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", SimpleNamespace(svg_to_bytes=call))


def test_what_others_write_meanwhile_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A call that goes well has nothing to hide."""

    def call(**options: object) -> bytes:
        os.write(2, b"someone else\n")
        return b"picture"

    using(monkeypatch, call)

    assert png_of_svg("") == b"picture"
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "someone else\nafterwards\n"


def test_a_call_can_be_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is none of a library's faults."""

    def call(**options: object) -> bytes:
        raise KeyboardInterrupt

    using(monkeypatch, call)

    with pytest.raises(KeyboardInterrupt):
        png_of_svg("")


@pytest.mark.skipif(os.name != "posix", reason="closes a descriptor")
def test_it_works_without_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process can be started with it closed."""

    def call(**options: object) -> bytes:
        raise Panic("gone")

    using(monkeypatch, call)
    saved = os.dup(2)
    os.close(2)
    try:
        with pytest.raises(LibraryFailed, match="gone"):
            png_of_svg("")
    finally:
        os.dup2(saved, 2)
        os.close(saved)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(50)])
def test_what_is_no_png_is_an_error(data: bytes) -> None:
    """Also a picture of another kind."""
    with pytest.raises(LibraryFailed):
        pixels_of_png(data)


def test_native_code_is_called_in_one_place() -> None:
    """Only `native.py` loads the libraries; others ask it whether they are there."""
    asked = set()
    for path in Path(irrun.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in ("PIL", "resvg_py")], path
            if isinstance(node, ast.Constant) and node.value in ("PIL.Image", "resvg_py"):
                asked.add(path.name)

    assert asked == {"native.py", "files.py", "machine.py"}

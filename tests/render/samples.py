"""Programs whose pictures show one thing each; all buffers come from initial slot values."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from program_builder import Document, ProgramBuilder

FRAME_SLOT: Final = 9
FIRST_BUFFER: Final = 20


def buffer(element: str, numbers: Sequence[float], components: int = 1) -> Document:
    """Return a buffer handle as a document."""
    fmt = {"components": components, "elementType": element}
    return {"kind": "buffer", "data": list(numbers), "format": fmt}


def rgba(r: int, g: int, b: int, a: int = 255) -> list[int]:
    """Return premultiplied bytes of a straight colour."""
    return [*((2 * c * a + 255) // 510 for c in (r, g, b)), a]


def packed(r: int, g: int, b: int, a: int = 255) -> int:
    """Return a straight colour as a packed number."""
    return int.from_bytes(bytes(rgba(r, g, b, a)), "little")


RED: Final = (230, 60, 60)
GREEN: Final = (60, 200, 90)
BLUE: Final = (70, 110, 240)
YELLOW: Final = (240, 200, 60)
WHITE: Final = (240, 240, 240)


class FrameBuilder:
    """A program whose output holds a frame from the start, written as a document."""

    def __init__(self, name: str, *, clear: int | None = 255) -> None:
        self.b = ProgramBuilder(name)
        self.b.slots(0, 1)
        self.b.time(0, 1)
        self.b.output(FRAME_SLOT)
        self._next = FIRST_BUFFER
        mode = {"mode": "none"} if clear is None else {"mode": "color", "colorRGBA": clear}
        self.frame: Document = {"version": 1, "clear": mode, "passes": []}

    def ref(self, element: str, numbers: list[Any]) -> Document:
        """Put numbers into a slot of their own; return the reference to it."""
        slot, self._next = self._next, self._next + 1
        self.b.initial(slot, buffer(element, numbers))
        return {"bufferId": slot, "type": element, "length": len(numbers)}

    def instances(self, xy: list[float], header: Document | None = None, **more: Any) -> Document:
        """Add a pass of instances; other attributes are references or scalars."""
        found: Document = {
            "kind": "instances2d",
            "header": {"id": f"p{len(self.frame['passes'])}", "z": 0, "enabled": True},
            "count": len(xy) // 2,
            "material": {"kind": "shape2d", "shading": "flat", "colorSpace": "srgb"},
            "buffers": {"posXY": self.ref("f32", xy)} | more,
        }
        found["header"] |= header or {}
        self.frame["passes"].append(found)
        return found

    def paths(
        self,
        paths: list[list[Any]],
        header: Document | None = None,
        *,
        stroke: bool = True,
        fill: bool = False,
        **style: Any,
    ) -> Document:
        """Add a pass of paths, each a list such as ["M", 1, 2, "L", 3, 4, "Z"]."""
        commands: list[int] = []
        points: list[float] = []
        rows: list[tuple[int, int, int, int]] = []
        for path in paths:
            codes = ["MLQCZ".index(item) for item in path if isinstance(item, str)]
            numbers = [item for item in path if not isinstance(item, str)]
            rows.append((len(commands), len(codes), len(points) // 2, len(numbers) // 2))
            commands += codes
            points += numbers
        starts, lengths, firsts, counts = map(list, zip(*rows, strict=True))
        found: Document = {
            "kind": "paths2d",
            "header": {"id": f"p{len(self.frame['passes'])}", "z": 0, "enabled": True},
            "geometry": {
                "pathCount": len(paths),
                "pathCommandStart": self.ref("u32", starts),
                "pathCommandLen": self.ref("u32", lengths),
                "pathPointStart": self.ref("u32", firsts),
                "pathPointLen": self.ref("u32", counts),
                "commands": self.ref("u16", commands),
                "pointsXY": self.ref("f32", points),
                "encoding": {"kind": "v1", "commands": list("MLQCZ")},
            },
            "style": style,
            "draw": {"stroke": stroke, "fill": fill},
        }
        found["header"] |= header or {}
        self.frame["passes"].append(found)
        return found

    def program(self) -> ProgramBuilder:
        """Return the program with the frame in place."""
        self.b.initial(FRAME_SLOT, self.frame)
        return self.b


def scalar(value: float, kind: str = "f32") -> Document:
    """Return a scalar attribute."""
    return {"kind": f"scalar:{kind}", "value": value}


def shapes() -> ProgramBuilder:
    """Circle, square and stars; sizes, rotation, strokes."""
    f = FrameBuilder("shapes")
    columns, kinds = 7, [0, 1, 2, 3, 4, 5, 8]
    xy = [c for i in range(columns) for c in (60.0 + 80 * i, 60.0)]
    colors = [*rgba(*RED), *rgba(*GREEN), *rgba(*BLUE), *rgba(*YELLOW), *rgba(*WHITE),
              *rgba(*RED), *rgba(*GREEN)]  # fmt: skip
    f.instances(xy, size=scalar(60), shapeId=f.ref("u32", kinds), colorRGBA=f.ref("u8", colors))
    below = [c for i in range(columns) for c in (60.0 + 80 * i, 150.0)]
    turns = [i * math.pi / 12 for i in range(columns)]
    f.instances(
        below,
        size=f.ref("f32", [10.0, 20, 30, 40, 50, 60, -60]),
        rot=f.ref("f32", turns),
        shapeId=scalar(1, "u16"),
        colorRGBA=scalar(packed(*BLUE), "u32"),
        opacity=f.ref("f32", [1.0, 0.85, 0.7, 0.55, 0.4, 0.25, 14.0]),
    )
    last = [c for i in range(columns) for c in (60.0 + 80 * i, 240.0)]
    f.instances(
        last,
        size=scalar(60),
        shapeId=f.ref("u32", kinds),
        colorRGBA=scalar(0, "u32"),
        strokeWidth=f.ref("f32", [0.02, 0.05, 0.05, 0.1, 0.1, 0.05, 0.02]),
        strokeColorRGBA=scalar(packed(*YELLOW), "u32"),
    )
    return f.program()


def blends() -> ProgramBuilder:
    """Normal, add, multiply, screen, each over a band; overlapping shapes within the pass."""
    f = FrameBuilder("blends")
    f.instances([300.0, 60.0], size=scalar(90), shapeId=scalar(1, "u16"),
                colorRGBA=scalar(packed(40, 90, 160), "u32"))  # fmt: skip
    f.frame["passes"][0]["header"]["view"] = {"a": 6, "b": 0, "c": 0, "d": 1, "e": -1500, "f": 0}
    for i, mode in enumerate(("normal", "add", "multiply", "screen")):
        x = 80.0 + 150 * i
        f.instances(
            [x - 20, 50.0, x + 20, 50.0, x, 84.0],
            {"blend": {"mode": mode}},
            size=scalar(60),
            colorRGBA=f.ref("u8", rgba(*RED, 200) + rgba(*GREEN, 200) + rgba(*BLUE, 200)),
        )
    return f.program()


def strokes() -> ProgramBuilder:
    """Caps, joins, dashes, curves, fill rules."""
    f = FrameBuilder("strokes", clear=0xFFFFFFFF)
    black, blue = scalar(packed(20, 20, 20), "u32"), scalar(packed(*BLUE, 160), "u32")
    for i, cap in enumerate(("butt", "round", "square")):
        y = 30.0 + 30 * i
        f.paths([["M", 30, y, "L", 130, y]], lineCap=cap, strokeWidth=scalar(14),
                strokeColorRGBA=black)  # fmt: skip
    for i, join in enumerate(("miter", "round", "bevel")):
        x = 170.0 + 90 * i
        f.paths([["M", x, 95, "L", x + 30, 30, "L", x + 60, 95]], lineJoin=join,
                strokeWidth=scalar(14), strokeColorRGBA=black)  # fmt: skip
    f.paths([["M", 30, 130, "L", 430, 130]], dash={"pattern": [20, 8, 4, 8]},
            strokeWidth=scalar(4), strokeColorRGBA=black)  # fmt: skip
    f.paths([["M", 30, 145, "L", 430, 145]], dash={"pattern": [20, 8, 4, 8], "offset": 20},
            lineCap="round", strokeWidth=scalar(4), strokeColorRGBA=black)  # fmt: skip
    star: list[Any] = ["M", 60, 170, "L", 90, 260, "L", 15, 205, "L", 105, 205, "L", 30, 260, "Z"]
    shifted = [n + 110 if i % 3 == 1 else n for i, n in enumerate(star)]
    f.paths([star], fill=True, fillColorRGBA=blue, strokeColorRGBA=black, fillRule="nonzero")
    f.paths([shifted], fill=True, fillColorRGBA=blue, strokeColorRGBA=black, fillRule="evenodd")
    curve = ["M", 250, 250, "Q", 300, 130, 350, 250, "C", 370, 130, 430, 300, 440, 180]
    f.paths([curve], strokeWidth=scalar(6), strokeColorRGBA=scalar(packed(*RED), "u32"),
            opacity=scalar(0.6))  # fmt: skip
    return f.program()


def clips() -> ProgramBuilder:
    """A clipped pass, a turned and clipped one, and one on top by z."""
    f = FrameBuilder("clips", clear=0x202020FF)
    grid = [c for j in range(6) for i in range(8) for c in (20.0 + 25 * i, 20.0 + 25 * j)]
    top = {"z": 1, "clip": {"kind": "rect", "x": 60, "y": 40, "w": 60, "h": 60}}
    f.instances(grid, top, size=scalar(24), colorRGBA=scalar(packed(*YELLOW), "u32"))
    f.instances(grid, size=scalar(12), colorRGBA=scalar(packed(*BLUE), "u32"))
    turned = {
        "view": {"a": 0.9, "b": 0.4, "c": -0.4, "d": 0.9, "e": 260, "f": 0},
        "clip": {"kind": "rect", "x": 0, "y": 0, "w": 110, "h": 90},
        "blend": {"mode": "screen", "opacity": 0.8},
    }
    f.instances(grid, turned, size=scalar(26), shapeId=scalar(5, "u16"),
                colorRGBA=scalar(packed(*RED), "u32"))  # fmt: skip
    f.instances([20.0, 20.0], {"enabled": False}, size=scalar(900))
    return f.program()


def batch(**changes: Any) -> Document:
    """Return a batch of instances over slots 2 to 6."""
    return {"kind": "instance2d", "count": 0, "domainSlot": 2, "posXYSlot": 3, "sizeSlot": 4,
            "colorRGBASlot": 5, "opacitySlot": 6} | changes  # fmt: skip


def ring(count: int = 12, **step: Any) -> ProgramBuilder:
    """A renderAssemble `s-render` over a ring of dots; the frame is in slot 9."""
    b = ProgramBuilder("ring")
    b.slots(0, 1)
    b.time(0, 1)
    b.domain(2, count)
    angles = [2 * math.pi * i / count for i in range(count)]
    xy = [c for a in angles for c in (200 + 120 * math.cos(a), 150 + 120 * math.sin(a))]
    b.initial(3, buffer("f32", xy, 2))
    b.initial(4, buffer("f32", [10.0 + 3 * i for i in range(count)]))
    colors = [c for i in range(count) for c in rgba(20 * i % 256, 120, 255 - 20 * i % 256)]
    b.initial(5, buffer("u8", colors, 4))
    b.initial(6, 0.9)
    b.step(
        "renderAssemble", "s-render", outFrameSlot=9, **(step or {"instance2dBatches": [batch()]})
    )
    b.output(9)
    return b


def pulse() -> ProgramBuilder:
    """A dot whose size follows the model time: 0 to 100 ms are sizes 0 to 100."""
    b = ring(1)
    b.slots(4)
    del b.doc["schedule"]["initialSlotValues"]["4"]
    b.signal("timeModelMs", domain="timeMs")
    b.step("signalEval", "s-size", outputs=[{"sigId": 0, "slot": 4}])
    steps = b.doc["schedule"]["steps"]
    steps[1], steps[2] = steps[2], steps[1]
    b.doc["schedule"]["stepIdToIndex"] |= {"s-size": 1, "s-render": 2}
    return b


SAMPLES: Final[dict[str, Callable[[], ProgramBuilder]]] = {
    "shapes": shapes,
    "blends": blends,
    "strokes": strokes,
    "clips": clips,
    "ring": ring,
}

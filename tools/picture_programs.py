"""Bundled programs that make a picture: together they use every step kind for real.

All are laid out for the viewport that is drawn to unless another is asked for.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from program_builder import Document, ProgramBuilder, cyclic, opcode, type_desc

WIDTH: Final = 1920
HEIGHT: Final = 1080
TURN: Final = 6.283185307179586

ADD, SUB, MUL = 100, 101, 102
SIN, ABS = 110, 120
HASH, INDEX = 510, 511
VEC2_SCALE = 204


def kernel(name: str) -> Document:
    """Return a function reference to a named operation."""
    return {"kind": "kernel", "kernelId": name}


class Scene:
    """A program with one domain, some buffers over it, and one frame as its output."""

    def __init__(self, patch_id: str, count: int, period_ms: float = 4000) -> None:
        self.b = ProgramBuilder(patch_id, cyclic(period_ms))
        del self.b.doc["slotMeta"]  # every storage is derived
        self._next = 20
        self.initials: list[tuple[Document, float]] = []
        """State cells and what they start from."""
        self.domain = self.b.domain(10, count)
        self.count = count
        self.b.time(0, 1, phase01=2, wrapEvent=3)
        self.phase = self.b.signal("phase01", domain="phase01")

    def slot(self) -> int:
        """Return a slot that nothing uses yet."""
        self._next += 1
        return self._next

    # --- Signals ---

    def zip(self, a: int, number: float, op: int) -> int:
        """Return a signal and a number combined."""
        return self.b.signal("zip", a=a, b=self.b.signal_const(number), fn=opcode(op))

    def wave(self, low: float, high: float, turns: float = 1, shift: float = 0) -> int:
        """Return a sine over one cycle of the clock, between two values."""
        angle = self.zip(self.zip(self.phase, turns, MUL), shift, ADD)
        sine = self.b.signal("map", src=self.zip(angle, TURN, MUL), fn=opcode(SIN))
        return self.zip(self.zip(sine, (high - low) / 2, MUL), (high + low) / 2, ADD)

    def evaluate(self, *signals: int) -> list[int]:
        """Write signals to slots of their own; return the slots."""
        slots = [self.slot() for _ in signals]
        outputs = [{"sigId": s, "slot": slot} for s, slot in zip(signals, slots, strict=True)]
        self.b.step("signalEval", f"s-signals-{slots[0]}", outputs=outputs)
        return slots

    # --- Fields ---

    def const(self, value: Any, domain: str = "number") -> int:
        """Return a field of one constant, or of a list with one value to an element."""
        return self.b.field("const", domain=domain, constId=self.b.const(value))

    def spread(self, signal: int, domain: str = "number") -> int:
        """Return a signal's value for every element."""
        return self.b.field("broadcastSig", domain=domain, sig=signal, domainSlot=self.domain)

    def map(self, src: int, fn: Document, domain: str = "number", **params: Any) -> int:
        """Return a function of a field."""
        return self.b.field("map", domain=domain, src=src, fn=fn, params=params)

    def both(self, a: int, b: int, op: int, domain: str = "number") -> int:
        """Return a function of two fields."""
        return self.b.field("zip", domain=domain, a=a, b=b, fn=opcode(op))

    def ripple(self, distance: int, turns: float, low: float, high: float) -> int:
        """Return a wave that runs outwards over a field of distances (in waves)."""
        moving = self.both(distance, self.spread(self.zip(self.phase, turns, MUL)), SUB)
        sine = self.map(moving, opcode(SIN), k=TURN)
        scaled = self.map(sine, kernel("map_scale"), k=(high - low) / 2)
        return self.map(scaled, kernel("map_offset"), k=(high + low) / 2)

    def materialize(self, field: int, components: int = 1, element: str = "f32") -> int:
        """Evaluate a field into a buffer; return its slot."""
        slot = self.slot()
        plan = {
            "id": f"mat-{slot}",
            "fieldExprId": str(field),
            "domainSlot": self.domain,
            "outBufferSlot": slot,
            "format": {"components": components, "elementType": element},
            "policy": "perFrame",
        }
        self.b.step("materialize", f"s-mat-{slot}", materialization=plan)
        return slot

    # --- The frame ---

    def render(self, instances: Sequence[Document] = (), paths: Sequence[Document] = ()) -> None:
        """Assemble the frame and offer it."""
        # Last of all constants: a field's constant is found by its index in the pool `json`, which
        # must stay the index in the directory.
        for cell, number in self.initials:
            cell["initialConstId"] = self.b.const(number, "f64")
        self.b.step(
            "renderAssemble",
            "s-render",
            instance2dBatches=list(instances),
            pathBatches=list(paths),
            outFrameSlot=11,
        )
        self.b.output(11)

    def instances(self, position: int, size: int, color: int, opacity: int) -> Document:
        """Return a batch of instances of the whole domain."""
        return {
            "kind": "instance2d",
            "count": 0,
            "domainSlot": self.domain,
            "posXYSlot": position,
            "sizeSlot": size,
            "colorRGBASlot": color,
            "opacitySlot": opacity,
        }


def hsl(hue: float, saturation: float, lightness: float) -> str:
    """Return a colour as text."""
    chroma = (1 - abs(2 * lightness - 1)) * saturation
    base = lightness - chroma / 2

    def channel(shift: float) -> int:
        h = (hue * 6 + shift) % 6
        return round((base + chroma * max(0.0, min(1.0, abs(h - 3) - 1))) * 255)

    return "#" + "".join(f"{channel(shift):02x}" for shift in (0, 4, 2))


def point(x: float, y: float) -> Document:
    """Return a vector, rounded so that it reads well in the file."""
    return {"x": round(x, 3), "y": round(y, 3)}


def wave_grid() -> ProgramBuilder:
    """A grid of dots: rings of size run outwards, colours by angle."""
    columns, rows, gap = 31, 17, 58
    places = [
        (WIDTH / 2 + (c - (columns - 1) / 2) * gap, HEIGHT / 2 + (r - (rows - 1) / 2) * gap)
        for r in range(rows)
        for c in range(columns)
    ]
    scene = Scene("wave-grid", len(places))
    from_middle = [(x - WIDTH / 2, y - HEIGHT / 2) for x, y in places]
    waves = scene.const([round(math.hypot(x, y) / 342, 4) for x, y in from_middle])
    colors = [hsl(math.atan2(y, x) / TURN, 0.85, 0.6) for x, y in from_middle]
    position = scene.materialize(scene.const([point(x, y) for x, y in places], "vec2"), 2)
    size = scene.materialize(scene.ripple(waves, 1, 9, 49))
    color = scene.materialize(scene.const(colors, "color"), 4, "u8")
    opacity = scene.materialize(scene.ripple(waves, 1, 0.35, 1))
    scene.render([scene.instances(position, size, color, opacity)])
    return scene.b


def color_ring() -> ProgramBuilder:
    """A breathing ring of 72 discs under a colour field that two colours are mixed in."""
    count = 72
    scene = Scene("color-ring", count, 6000)
    circle = [point(math.cos(i / count * TURN), math.sin(i / count * TURN)) for i in range(count)]
    index = scene.map(scene.const(0), opcode(INDEX))
    around = _running(scene, 3)
    radius = scene.ripple(around, 1, 270, 450)
    ring = scene.both(scene.const(circle, "vec2"), radius, VEC2_SCALE, "vec2")
    turned = scene.map(
        ring, kernel("map_vec2Rotate"), "vec2",
        centerX=0, centerY=0, angle={"signalSlot": scene.zip(scene.phase, 120, MUL)},
    )  # fmt: skip
    placed = scene.map(
        turned, kernel("map_vec2Translate"), "vec2", offsetX=WIDTH / 2, offsetY=HEIGHT / 2
    )
    hues = scene.const([hsl(i / count, 0.9, 0.6) for i in range(count)], "color")
    glow = scene.const("#ffffffcc", "color")
    mixed = scene.b.field("busCombine", domain="color", busIndex=_color_bus(scene),
                          terms=[hues, hues, glow], combine={"mode": "average"})  # fmt: skip
    seed = scene.map(index, opcode(HASH), seed=7)
    chosen = scene.map(scene.both(seed, scene.const(0.7), SUB), kernel("map_ceil"))
    color = scene.b.field("select", domain="color", cond=chosen, t=mixed, f=hues)
    outputs = (
        scene.materialize(placed, 2),
        scene.materialize(scene.ripple(around, 2, 25, 61)),
        scene.materialize(color, 4, "u8"),
    )
    opacity = scene.evaluate(scene.wave(0.75, 1))[0]
    scene.render([scene.instances(*outputs, opacity)])
    return scene.b


def _color_bus(scene: Scene) -> int:
    return scene.b.bus("bus-color", "average", "color", "field")


def petals() -> ProgramBuilder:
    """Curves: filled petals around the middle, their outlines breathing through a bus.

    Besides, what has a place in no other picture: a node, an event bus, and test geometry, whose
    radii are the sizes of the dots at the petals' tips.
    """
    count = 12
    scene = Scene("petals", count, 5000)
    b = scene.b
    paths = b.initial(12, [_petal(i / count * TURN, 108, 450) for i in range(count)])
    wide, swing = scene.evaluate(scene.wave(2, 16), scene.wave(-7, 7, 2, 0.25))
    thin = scene.slot()
    size = b.node("node-size", ABS, 1)
    b.step("nodeEval", "s-size", nodeIndex=size, inputSlots=[swing], outputSlots=[thin],
           phase="preBus")  # fmt: skip
    bus = b.bus("bus-width", "sum")
    publishers = [_publisher("pub-wide", 0, wide), _publisher("pub-thin", 1, thin)]
    width = scene.slot()
    b.step("busEval", "s-width", busIndex=bus, outSlot=width, publishers=publishers,
           combine={"mode": "sum"}, silent={"kind": "zero"}, busType=type_desc())  # fmt: skip
    shapes = _path_step(scene, "s-petals", paths)
    fills = [hsl(0.8 + 0.35 * i / count, 0.85, 0.6) + "aa" for i in range(count)]
    lines = [hsl(0.8 + 0.35 * i / count, 0.9, 0.8) for i in range(count)]
    fill = scene.materialize(scene.const(fills, "color"), 4, "u8")
    line = scene.materialize(scene.const(lines, "color"), 4, "u8")
    opacity = scene.materialize(
        scene.ripple(scene.const([i / count for i in range(count)]), 1, 0.5, 1)
    )
    style = {"fillColorSlot": fill, "strokeColorSlot": line, "strokeWidthSlot": width,
             "opacitySlot": opacity, "lineCap": "round", "lineJoin": "round"}  # fmt: skip
    batch = _path_batch(scene.domain, shapes, fill=True) | style
    _beats(scene)
    tips = [i / count * TURN for i in range(count)]
    places = [point(WIDTH / 2 + 495 * math.cos(a), HEIGHT / 2 + 495 * math.sin(a)) for a in tips]
    dots = scene.instances(
        scene.materialize(scene.const(places, "vec2"), 2), _test_radii(scene), line, opacity
    )
    scene.render([dots], [batch])
    return b


def _beats(scene: Scene) -> None:
    """Merge two streams of events, and look at them."""
    b, beats = scene.b, scene.slot()
    b.initial(13, [{"time": 0, "value": 1}, {"time": 2500, "value": 2}])
    b.initial(14, [{"time": 1250, "value": 3}])
    bus = b.bus("bus-beats", "merge", "trigger", "event")
    publishers = [_publisher("pub-even", 0, 13), _publisher("pub-odd", 1, 14)]
    b.step("eventBusEval", "s-beats", busIndex=bus, outSlot=beats, publishers=publishers,
           combine={"mode": "merge"}, busType=type_desc("trigger", "event"))  # fmt: skip
    probe = {"id": "probe:beats:0", "slots": [beats], "mode": "value"}
    b.step("debugProbe", "s-look", probe=probe)


def _test_radii(scene: Scene) -> int:
    """Return the slot of the radii that test geometry has: 15 for each element."""
    x, y, radius = scene.slot(), scene.slot(), scene.slot()
    scene.b.step("materializeTestGeometry", "s-test-geometry", domainSlot=scene.domain,
                 outXSlot=x, outYSlot=y, outRadiusSlot=radius)  # fmt: skip
    return radius


def _petal(angle: float, inner: float, outer: float) -> Document:
    """Return a closed petal from near the middle outwards, of two cubics."""

    def at(radius: float, turn: float) -> tuple[float, float]:
        x = WIDTH / 2 + radius * math.cos(angle + turn)
        return round(x, 2), round(HEIGHT / 2 + radius * math.sin(angle + turn), 2)

    (x0, y0), (x1, y1) = at(inner, 0), at(outer, 0)
    (ax, ay), (bx, by) = at(0.7 * outer, -0.5), at(1.1 * outer, -0.12)
    (cx, cy), (dx, dy) = at(1.1 * outer, 0.12), at(0.7 * outer, 0.5)
    return {
        "commands": [
            {"kind": "M", "x": x0, "y": y0},
            {"kind": "C", "c1x": ax, "c1y": ay, "c2x": bx, "c2y": by, "x": x1, "y": y1},
            {"kind": "C", "c1x": cx, "c1y": cy, "c2x": dx, "c2y": dy, "x": x0, "y": y0},
            {"kind": "Z"},
        ]
    }


_PATH_SLOTS: Final = ("cmds", "params", "cmdStart", "cmdLen", "pointStart", "pointLen")


def _path_step(scene: Scene, step_id: str, source: int, **fields: Any) -> dict[str, int]:
    """Encode paths; return the six slots by name."""
    slots = {name: scene.slot() for name in _PATH_SLOTS}
    out = {f"out{name[0].upper()}{name[1:]}Slot": slot for name, slot in slots.items()}
    scene.b.step("materializePath", step_id, domainSlot=scene.domain, pathExprSlot=source,
                 **out, **fields)  # fmt: skip
    return slots


def _path_batch(domain: int, slots: dict[str, int], *, fill: bool, stroke: bool = True) -> Document:
    named = {f"{name}Slot": slot for name, slot in slots.items()}
    draw = {"stroke": stroke, "fill": fill}
    return {"kind": "path", "count": 0, "domainSlot": domain, "draw": draw, **named}


def _publisher(name: str, sort_key: float, slot: int) -> Document:
    return {"publisherId": name, "enabled": True, "sortKey": sort_key, "srcSlot": slot}


def orbit() -> ProgramBuilder:
    """A knot of 3D dots under a camera that circles it: near dots are large and hide far ones."""
    count = 320
    scene = Scene("orbit", count, 8000)
    b = scene.b
    _camera(b, "eye", {"x": 0, "y": 9, "z": 26}, tilt=-0.33)
    b.doc["defaultCameraId"] = "eye"
    eye = scene.slot()
    b.step("CameraEval", "s-eye", cameraId="eye", outSlot=eye)
    position = _turned(scene, [_on_knot(i / count) for i in range(count)])
    b.initial(13, [_channels(hsl(i / count, 0.85, 0.6)) for i in range(count)])
    colors = _color_step(scene, "s-color", 13)
    radius = scene.materialize(scene.ripple(_running(scene, 6), 1, 0.5, 1.5))
    seen = _project(scene, "s-project", eye, position, colors, radius, sizeSpace="world")
    opacity = scene.evaluate(scene.wave(0.85, 1))[0]
    scene.render([scene.instances(seen, seen, seen, opacity)])
    return b


def _on_knot(share: float) -> tuple[float, float, float]:
    """Return a point of a trefoil knot around the y axis; `share` runs from 0 to 1."""
    angle = share * TURN
    r = 8 + 3.5 * math.cos(3 * angle)
    return r * math.cos(2 * angle), 3.5 * math.sin(3 * angle), r * math.sin(2 * angle)


def _running(scene: Scene, waves: float) -> int:
    """Return a field that runs from 0 to `waves` over the elements."""
    index = scene.map(scene.const(0), opcode(INDEX))
    return scene.map(index, kernel("map_scale"), k=waves / scene.count)


def _turned(scene: Scene, places: Sequence[tuple[float, ...]]) -> int:
    """Return 3D positions that turn about the y axis, once in a cycle of the clock.

    A turn is places * cos + places a quarter ahead * sin, which needs no rotation of vectors.
    """
    here = scene.const([_vec3(x, 0, z) for x, _, z in places], "vec3")
    ahead = scene.const([_vec3(z, 0, -x) for x, _, z in places], "vec3")
    height = scene.const([_vec3(0, y, 0) for _, y, _ in places], "vec3")
    cosine, sine = scene.wave(-1, 1, 1, 0.25), scene.wave(-1, 1)
    across = scene.both(here, scene.spread(cosine, "vec3"), MUL, "vec3")
    along = scene.both(ahead, scene.spread(sine, "vec3"), MUL, "vec3")
    flat = scene.both(across, along, ADD, "vec3")
    return scene.materialize(scene.both(flat, height, ADD, "vec3"), 3)


def _vec3(x: float, y: float, z: float) -> Document:
    return {"x": round(x, 4), "y": round(y, 4), "z": round(z, 4)}


def _channels(text: str) -> Document:
    """Return a colour text as channels."""
    r, g, b = (round(int(text[i : i + 2], 16) / 255, 4) for i in (1, 3, 5))
    return {"r": r, "g": g, "b": b, "a": 1}


def _color_step(scene: Scene, step_id: str, source: int) -> dict[str, int]:
    """Spread colours over four channels; return their slots by name."""
    slots = {name: scene.slot() for name in "RGBA"}
    out = {f"out{name}Slot": slot for name, slot in slots.items()}
    scene.b.step("materializeColor", step_id, domainSlot=scene.domain, colorExprSlot=source, **out)
    return slots


def _project(
    scene: Scene,
    step_id: str,
    camera: int,
    position: int,
    colors: dict[str, int],
    radius: int,
    **fields: Any,
) -> int:
    """Project instances to the screen, far ones first; return the slot."""
    slot = scene.slot()
    channels = {f"color{name}Slot": source for name, source in colors.items()}
    scene.b.step(
        "Instances3DProjectTo2D", step_id, domainSlot=scene.domain, cameraEvalSlot=camera,
        positionSlot=position, radiusSlot=radius, zSort=True, cullMode="frustum",
        clipMode="discard", outSlot=slot, **channels, **fields,
    )  # fmt: skip
    return slot


def _camera(b: ProgramBuilder, camera_id: str, position: Document, tilt: float) -> None:
    """Add a camera that looks along -z, tilted up by so many radians."""
    orientation = {"x": round(math.sin(tilt / 2), 6), "y": 0, "z": 0}
    orientation["w"] = round(math.cos(tilt / 2), 6)
    row = {
        "id": camera_id,
        "handedness": "right",
        "forwardAxis": "-Z",
        "upAxis": "+Y",
        "projection": {"kind": "perspective", "near": 0.1, "far": 1000, "fovYRad": 0.9},
        "pose": {"position": position, "orientation": orientation},
        "ndcToScreen": {"origin": "center", "yAxis": "down"},
    }
    cameras = b.doc.setdefault("cameras", {"cameras": [], "cameraIdToIndex": {}})
    cameras["cameraIdToIndex"][camera_id] = len(cameras["cameras"])
    cameras["cameras"].append(row)


def prism() -> ProgramBuilder:
    """An extruded star: the mesh is built each run, its corners are drawn as 3D dots."""
    corners, layers, between = 10, 9, 7
    outline = [_star_corner(i, corners) for i in range(corners)]
    places = [
        (x + (nx - x) * t, y + (ny - y) * t, -6 + 12 * layer / (layers - 1))
        for (x, y), (nx, ny) in zip(outline, outline[1:] + outline[:1], strict=True)
        for layer in range(layers)
        for t in (i / between for i in range(between))
    ]
    scene = Scene("prism", len(places), 6000)
    b = scene.b
    _camera(b, "front", {"x": 0, "y": 11, "z": 32}, tilt=-0.33)
    profile = {"kind": "polyline", "points": [point(x, y) for x, y in outline], "closed": True}
    recipe = {"profile": profile, "extrude": {"kind": "linear", "depth": 12, "cap": "both"}}
    mesh = {"id": "star", "recipe": recipe, "attributes": {"normals": True, "uvs": True},
            "winding": "CCW", "indexed": True, "indexType": "u16"}  # fmt: skip
    b.doc["meshes"] = {"meshes": [mesh], "meshIdToIndex": {"star": 0}}
    b.step("MeshMaterialize", "s-mesh", meshId="star", outSlot=12)
    front = scene.slot()
    b.step("CameraEval", "s-front", cameraId="front", outSlot=front)
    position = _turned(scene, places)
    b.initial(13, [_channels(hsl(0.02 + 0.12 * (z + 6) / 12, 0.95, 0.6)) for _, _, z in places])
    colors = _color_step(scene, "s-color", 13)
    radius = scene.materialize(scene.const(0.62))
    seen = _project(scene, "s-project", front, position, colors, radius, sizeSpace="world")
    b.step("debugProbe", "s-look", probe={"id": "probe:mesh:0", "slots": [12], "mode": "value"})
    scene.render([scene.instances(seen, seen, seen, scene.evaluate(scene.wave(1, 1))[0])])
    return b


def _star_corner(i: int, corners: int) -> tuple[float, float]:
    radius = 11 if i % 2 == 0 else 5
    angle = (i / corners - 0.25) * TURN
    return radius * math.cos(angle), radius * math.sin(angle)


def trails() -> ProgramBuilder:
    """Memory: three comets, each a row of dots that follow one another some frames late."""
    comets, length = 3, 12
    scene = Scene("trails", comets * length, 6000)
    b = scene.b
    terms = [
        scene.both(_unit(scene, comet * length + i, axis), scene.spread(late), VEC2_SCALE, "vec2")
        for comet in range(comets)
        for axis in "xy"
        for i, late in enumerate(_followers(scene, comet / comets, axis, length))
    ]
    bus = b.bus("bus-place", "sum", "vec2", "field")
    place = b.field("busCombine", domain="vec2", busIndex=bus, terms=terms, combine={"mode": "sum"})
    fading = [round(1 - i / length, 3) for i in range(length)] * comets
    hues = [0.05 + 0.33 * comet for comet in range(comets) for _ in range(length)]
    colors = [hsl(hue + 0.15 * (1 - f), 0.9, 0.6) for hue, f in zip(hues, fading, strict=True)]
    outputs = (
        scene.materialize(place, 2),
        scene.materialize(scene.const([round(14 + 80 * f, 2) for f in fading])),
        scene.materialize(scene.const(colors, "color"), 4, "u8"),
        scene.materialize(scene.const(fading)),
    )
    scene.render([scene.instances(*outputs)])
    return b


def _followers(scene: Scene, shift: float, axis: str, count: int) -> list[int]:
    """Return one coordinate of a comet's dots: a slewed wave, then ever later copies of it."""
    turns, size = (1, WIDTH) if axis == "x" else (2, HEIGHT)
    wave = scene.wave(0.13 * size, 0.87 * size, turns, shift)
    start = size * (0.5 + 0.37 * math.sin(shift * TURN))
    first = round(start, 6)
    name = f"{axis}-{round(shift * 3)}"
    found = [_stateful(scene, "slew", name, wave, first, {"rate": 9})]
    for i in range(1, count):
        late = {"delayFrames": 3}
        found.append(_stateful(scene, "delayFrames", f"{name}-{i}", found[-1], first, late))
    return found


def _stateful(
    scene: Scene, op: str, name: str, source: int, initial: float, params: Document
) -> int:
    """Return a signal with memory that starts out from a number."""
    cell = f"{op}-{name}"
    size = params["delayFrames"] + 1 if op == "delayFrames" else 1
    scene.b.cell(cell, size=size, nodeId=cell, role="value")
    scene.initials.append((scene.b.doc["stateLayout"]["cells"][-1], initial))
    if op == "delayFrames":
        scene.b.cell(f"{cell}-at", "i32", nodeId=cell, role="writeIndex")
    return scene.b.signal("stateful", op=op, input=source, stateId=cell, params=params)


def _unit(scene: Scene, index: int, axis: str) -> int:
    """Return a field that is 1 in one component of one element, else 0."""
    one = {"x": int(axis == "x"), "y": int(axis == "y")}
    nothing = {"x": 0, "y": 0}
    return scene.const([one if i == index else nothing for i in range(scene.count)], "vec2")


PICTURES: Final[dict[str, Callable[[], ProgramBuilder]]] = {
    "wave-grid": wave_grid,
    "color-ring": color_ring,
    "petals": petals,
    "orbit": orbit,
    "prism": prism,
    "trails": trails,
}

"""Random steps that make buffers, cameras, meshes, projections and frames."""

import math
from collections.abc import Callable
from typing import Any, Final

from program_builder import Document, type_desc

from .chains import chain
from .draft import BufferSlot, Domain, Draft
from .fields import field, has_lists, path
from .signals import value_of, whole_number
from .steps import bus_index, publishers

ELEMENTS: Final = ("f32", "f64", "i32", "u32", "u8")
KINDS: Final = {
    "number": 8, "boolean": 2, "vec2": 6, "vec3": 2, "vec4": 2, "color": 4, "quat": 1.5,
    "mat4": 1.5, "string": 1,
}  # fmt: skip
MANY_ELEMENTS: Final = 2100
"""More than the numerics compute at a time."""
_COMPONENTS: Final = {"number": 1, "vec2": 2, "vec3": 3, "vec4": 4, "color": 4}


def new_domain(draft: Draft) -> Domain:
    """Add a domain: a handle with or without ids, a number, or one whose count changes."""
    random, b = draft.source, draft.builder
    count = random.weighted({0: 1, 1: 1, 2: 2, 3: 3, 5: 3, 7: 2, 40: 0.3, MANY_ELEMENTS: 0.04})
    form = random.weighted({"plain": 4, "texts": 2, "ids": 1.5, "number": 1.5, "changing": 2.5})
    known: int | None = count
    match form:
        case "plain":
            slot = draft.initial("domain", {"kind": "domain", "count": count})
        case "texts":
            names = [random.pick(("a", "row-0", "é", "😀", "", "99")) for _ in range(count + 1)]
            names = names[: random.count(0, count + 1)]
            handle = {"kind": "domain", "count": count, "elementIds": names}
            slot = draft.initial("domain", handle)
        case "ids":
            ids = [random.pick((0, 7, 10**6, 2**32 - 1)) for _ in range(count)]
            slot = draft.initial("domain", {"kind": "domain", "count": count, "ids": ids})
        case "number":
            slot = draft.holds("domain", b.initial(draft.slot("number"), count))
        case _:
            sig, slot, known = whole_number(draft, count), draft.slot("number"), None
            draft.step("signalEval", outputs=[{"sigId": sig, "slot": slot}])
            draft.holds("domain", slot)
    found = Domain(slot, known, count)
    draft.domains.append(found)
    return found


def any_domain(draft: Draft) -> Domain:
    """Return a domain, mostly one that others use too."""
    if draft.domains and draft.source.chance(0.75):
        return draft.source.pick(draft.domains)
    return new_domain(draft)


def materialize(
    draft: Draft, domain: Domain, kind: str, components: int, element: str
) -> BufferSlot:
    """Add a step that makes a buffer of a field."""
    random = draft.source
    field_id = field(draft, domain, kind)
    text = random.pick((f"{field_id}", f"{field_id}", f"field-{field_id}"))
    slot = draft.written("buffer")
    plan = {
        "id": f"mat-{slot}", "fieldExprId": text, "domainSlot": domain.slot,
        "outBufferSlot": slot, "format": {"components": components, "elementType": element},
        "policy": random.pick(("perFrame", "onDemand")),
    }  # fmt: skip
    draft.step("materialize", materialization=plan)
    found = BufferSlot(slot, domain, components, element)
    draft.buffers.append(found)
    return found


def materialize_step(draft: Draft) -> None:
    """Make a buffer of any kind of field in any format that it fits in."""
    random = draft.source
    kind = random.weighted(KINDS)
    element = random.pick(ELEMENTS)
    match kind:
        case "number" | "boolean":
            components = random.pick((1, 1, 1, 1, 1, 2, 3, 4))
        case "mat4":
            components, element = 16, "f32"
        case "string":
            components, element = 4, random.pick(("f32", "u8"))
        case "color":
            components = random.pick((3, 4, 4))
        case _:
            components = {"vec2": 2, "vec3": 3}.get(kind, 4)
            if components == 4 and element == "u8":
                element = "f32"
    materialize(draft, any_domain(draft), kind, components, element)


def _buffer(draft: Draft, domain: Domain, kind: str, element: str = "f32") -> int:
    """Return a slot with an array over a domain, perhaps one that is there already."""
    components = _COMPONENTS[kind]
    known = [
        b.slot for b in draft.buffers
        if (b.domain, b.components, b.element) == (domain, components, element)
    ]  # fmt: skip
    if known and draft.source.chance(0.6):
        return draft.source.pick(known)
    return materialize(draft, domain, kind, components, element).slot


def field_bus_step(draft: Draft) -> None:
    """Combine buffers, or field expressions that are materialized afterwards."""
    random, domain = draft.source, any_domain(draft)
    kind = random.pick(("number", "vec2", "color"))
    are_handles = random.chance(0.4)
    slots, chains = [], []
    for _ in range(random.count(1, 3)):
        if are_handles:
            slots.append(_handle(draft, domain, kind))
        else:
            slots.append(_buffer(draft, domain, kind))
        found = chain(draft, kind, for_fields=True, result=kind) if random.chance(0.3) else None
        fits = found is not None and (found.room is None or found.room >= domain.most)
        chains.append(found.id if found is not None and fits else None)
    out = draft.slot("buffer")
    draft.step(
        "busEval",
        busIndex=bus_index(draft, kind, "field"),
        publishers=publishers(draft, slots, chains),
        combine={"mode": random.pick(("sum", "average", "min", "max", "product", "last", "first"))},
        silent={"kind": "zero"},
        busType=type_desc(kind, "field"),
        outSlot=out,
    )
    if not are_handles:
        draft.holds("buffer", out)
        draft.buffers.append(BufferSlot(out, domain, _COMPONENTS[kind], "f32"))
    elif kind == "color":
        _channels(draft, domain, out)


def _handle(draft: Draft, domain: Domain, kind: str) -> int:
    expr = str(field(draft, domain, kind))
    return draft.initial(f"field {kind}", {"kind": "fieldExpr", "exprId": expr})


def _channels(draft: Draft, domain: Domain, source: int) -> list[int]:
    outs = [draft.written("buffer") for _ in range(4)]
    names = ("outRSlot", "outGSlot", "outBSlot", "outASlot")
    draft.step(
        "materializeColor", domainSlot=domain.slot, colorExprSlot=source,
        **dict(zip(names, outs, strict=True)),
    )  # fmt: skip
    draft.buffers += [BufferSlot(slot, domain, 1, "f32") for slot in outs]
    return outs


def color_step(draft: Draft) -> None:
    """Spread a colour over channels: an object, a text, a list, a number, a field, nothing."""
    random, domain = draft.source, any_domain(draft)
    forms = {"color": 3, "text": 1, "number": 1, "field": 3, "never": 0.5, "known": 3}
    if has_lists(domain):
        forms["list"] = 2
    known = draft.slots.get("color", [])
    match random.weighted(forms):
        case "known" if known:
            source = random.pick(known)
        case "text":
            source = draft.initial("text", random.pick(("#f80", "red", "rgba(1,2,3,.5)")))
        case "number":
            source = draft.initial("grey", random.finite())
        case "field":
            source = _handle(draft, domain, "color")
        case "never":
            source = draft.slot("color")
        case "list":
            value = [value_of(draft, "color") for _ in range(domain.count or 0)]
            source = draft.initial("colors", value)
        case _:
            source = draft.initial("rgb", {"r": random.unit(), "g": random.unit(), "b": 0.5})
    _channels(draft, domain, source)


PATH_OUTS: Final = ("Cmds", "Params", "CmdStart", "CmdLen", "PointStart", "PointLen")


def _paths(draft: Draft, domain: Domain) -> dict[str, int]:
    """Encode paths; return their six slots."""
    random = draft.source
    forms = {"one": 2, "field": 3} | ({"list": 2} if has_lists(domain) else {})
    match random.weighted(forms):
        case "one":
            source = draft.initial("path", path(draft))
        case "list":
            source = draft.initial("paths", [path(draft) for _ in range(domain.count or 0)])
        case _:
            source = _handle(draft, domain, "path")
    outs = {name: draft.written("array") for name in PATH_OUTS}
    fields: dict[str, Any] = {f"out{name}Slot": slot for name, slot in outs.items()}
    if random.chance(0.3):
        fields["flattenTolerancePx"] = random.pick((0.75, 0.75, 1))
    draft.step("materializePath", domainSlot=domain.slot, pathExprSlot=source, **fields)
    return outs


def path_step(draft: Draft) -> None:
    """Encode paths."""
    _paths(draft, any_domain(draft))


def grid_step(draft: Draft) -> None:
    """Make the geometry of tests."""
    domain = any_domain(draft)
    outs = [draft.written("buffer") for _ in range(3)]
    names = ("outXSlot", "outYSlot", "outRadiusSlot")
    slots = dict(zip(names, outs, strict=True))
    draft.step("materializeTestGeometry", domainSlot=domain.slot, **slots)
    draft.buffers += [BufferSlot(slot, domain, 1, "f32") for slot in outs]


def camera_step(draft: Draft) -> int:
    """Evaluate a camera, of which the table gets one more now and then."""
    random, doc = draft.source, draft.builder.doc
    table = doc.setdefault("cameras", {"cameras": [], "cameraIdToIndex": {}})
    if not table["cameras"] or random.chance(0.3):
        name = f"cam-{len(table['cameras'])}"
        table["cameraIdToIndex"][name] = len(table["cameras"])
        table["cameras"].append(_camera(draft, name))
        doc["defaultCameraId"] = table["cameras"][0]["id"]
    slot = draft.written("camera")
    draft.step("CameraEval", cameraId=random.pick(table["cameras"])["id"], outSlot=slot)
    return slot


def _camera(draft: Draft, name: str) -> Document:
    random = draft.source
    projection: Document = {"near": 0.1, "far": random.pick((1000.0, 150.0))}
    if random.chance(0.5):
        projection |= {"kind": "perspective", "fovYRad": random.pick((math.pi / 3, 0.5, 2.0))}
    else:
        projection |= {"kind": "orthographic", "orthoHeight": random.pick((10.0, 400.0, 0.5))}
    turn = random.pick(({"x": 0, "y": 0, "z": 0, "w": 1}, {"x": 0, "y": 0.6, "z": 0, "w": 0.8},
                        {"x": 0, "y": 1, "z": 0, "w": 1}))  # fmt: skip
    place = {"x": random.pick((0.0, 1.0)), "y": 0.0, "z": random.pick((100.0, 3.0))}
    return {
        "id": name, "handedness": "right", "forwardAxis": "-Z", "upAxis": "+Y",
        "projection": projection, "pose": {"position": place, "orientation": turn},
        "ndcToScreen": {"origin": "center", "yAxis": "down"},
    }  # fmt: skip


def mesh_step(draft: Draft) -> None:
    """Make a mesh."""
    random, doc = draft.source, draft.builder.doc
    table = doc.setdefault("meshes", {"meshes": [], "meshIdToIndex": {}})
    name = f"mesh-{len(table['meshes'])}"
    table["meshIdToIndex"][name] = len(table["meshes"])
    points = [{"x": 0, "y": 0}, {"x": 1, "y": 0}, {"x": 0.5, "y": random.finite()}]
    profile = random.pick((
        {"kind": "circle", "radius": random.finite(), "segments": 5},
        {"kind": "ngon", "sides": 3, "radius": 1},
        {"kind": "polyline", "points": points, "closed": random.chance(0.5)},
    ))  # fmt: skip
    cap = random.pick(("both", "front", "back", "none"))
    extrude: Document = {"kind": "linear", "depth": random.pick((0.0, 2.0, -1.0)), "cap": cap}
    if random.chance(0.2):
        extrude = {"kind": "rounded", "depth": 1, "roundSegments": 2, "radius": 0.1}
    recipe = {"profile": profile, "extrude": extrude}
    if random.chance(0.2):
        recipe["bevel"] = {"size": 0.1, "segments": 1}
    attributes = {"normals": random.chance(0.5), "uvs": random.chance(0.5)}
    table["meshes"].append({
        "id": name, "recipe": recipe, "attributes": attributes, "winding": "CCW",
        "indexed": True, "indexType": random.pick(("u16", "u32")),
    })  # fmt: skip
    draft.step("MeshMaterialize", meshId=name, outSlot=draft.written("mesh"))


def _projection(draft: Draft, domain: Domain) -> int:
    random = draft.source
    cameras = draft.slots.get("camera", [])
    if random.chance(0.2):
        camera = domain.slot  # no camera at all: then there is the default one
    else:
        camera = random.pick(cameras) if cameras else camera_step(draft)
    position = _buffer(draft, domain, "vec3")
    channels = [_channel(draft, domain) for _ in range(5)]
    names = ("colorRSlot", "colorGSlot", "colorBSlot", "colorASlot", "radiusSlot")
    fields: dict[str, Any] = dict(zip(names, channels, strict=True))
    if random.chance(0.25):
        fields["scaleSlot"] = _buffer(draft, domain, random.pick(("number", "vec3")))
    if random.chance(0.1):
        fields["rotationSlot"] = _buffer(draft, domain, "vec4")
    out = draft.written("instances")
    draft.step(
        "Instances3DProjectTo2D", domainSlot=domain.slot, cameraEvalSlot=camera,
        positionSlot=position, outSlot=out, zSort=random.chance(0.6),
        cullMode=random.pick(("none", "frustum")), clipMode=random.pick(("discard", "clamp")),
        sizeSpace=random.pick(("px", "world")), **fields,
    )  # fmt: skip
    return out


def _channel(draft: Draft, domain: Domain) -> int:
    """Return a channel: a buffer, or a number for all elements."""
    if draft.source.chance(0.5):
        return draft.source.pick(draft.slots.get("number") or [draft.initial("number", 0.5)])
    return _buffer(draft, domain, "number")


def project_step(draft: Draft) -> None:
    """Project instances to the screen."""
    _projection(draft, any_domain(draft))


def _instances(draft: Draft, domain: Domain) -> Document:
    random = draft.source
    batch: Document = {"kind": "instance2d", "count": 0, "domainSlot": domain.slot}
    if domain.count and random.chance(0.2):
        batch["count"] = domain.count
    if random.chance(0.2):
        out = _projection(draft, domain)
        opacity = _number(draft)
        return batch | {"posXYSlot": out, "sizeSlot": out, "colorRGBASlot": out,
                        "opacitySlot": opacity}  # fmt: skip
    size = _number(draft) if random.chance(0.4) else _buffer(draft, domain, "number")
    color = _buffer(draft, domain, "color", "u8")
    if random.chance(0.3):
        color = random.pick(draft.slots.get("color") or [_number(draft)])
    opacity = _number(draft) if random.chance(0.6) else _buffer(draft, domain, "number")
    position = _buffer(draft, domain, "vec2")
    return batch | {"posXYSlot": position, "sizeSlot": size, "colorRGBASlot": color,
                    "opacitySlot": opacity}  # fmt: skip


def _number(draft: Draft) -> int:
    return draft.source.pick(draft.slots.get("number") or [draft.initial("number", 2.0)])


def _path_batch(draft: Draft, domain: Domain) -> Document:
    random = draft.source
    outs = _paths(draft, domain)
    names = ("cmdsSlot", "paramsSlot", "cmdStartSlot", "cmdLenSlot", "pointStartSlot",
             "pointLenSlot")  # fmt: skip
    batch: Document = {"kind": "path", "count": 0, "domainSlot": domain.slot}
    batch |= dict(zip(names, outs.values(), strict=True))
    batch["draw"] = {"stroke": random.chance(0.5), "fill": random.chance(0.5)}
    if random.chance(0.6):
        batch["fillColorSlot"] = _buffer(draft, domain, "color", "u8")
    if random.chance(0.4):
        batch["strokeColorSlot"] = _number(draft)
        batch["strokeWidthSlot"] = _buffer(draft, domain, "number")
    if random.chance(0.4):
        batch |= {"opacitySlot": _number(draft), "fillRule": "evenodd", "lineCap": "round",
                  "lineJoin": "bevel", "miterLimit": 4, "dash": {"pattern": [1, 2]}}  # fmt: skip
    return batch


def render_step(draft: Draft) -> None:
    """Put a frame together, of batches or of lists of them, and offer it as an output."""
    random = draft.source
    if random.chance(0.06):
        _old_form(draft)
        return
    instances = [_instances(draft, any_domain(draft)) for _ in range(random.count(0, 2))]
    paths = [_path_batch(draft, any_domain(draft)) for _ in range(random.chance(0.3))]
    fields: dict[str, Any] = {"instance2dBatches": instances, "pathBatches": paths}
    if random.chance(0.25):
        for name, batches in (("instance2dListSlot", instances), ("pathBatchListSlot", paths)):
            listed = [*batches, {"kind": "other"}] if random.chance(0.2) else batches
            slot = draft.initial("batches", {"batches": listed})
            fields[name] = draft.slot("batches") if random.chance(0.1) else slot
        fields["instance2dBatches"] = fields["pathBatches"] = []
    out = draft.written("frame")
    draft.step("renderAssemble", outFrameSlot=out, **fields)
    if random.chance(0.25):
        _old_form(draft)
    if not draft.builder.doc["outputs"]:
        draft.builder.output(out)


def _old_form(draft: Draft) -> None:
    """Add the old form: it passes a frame through, or writes an empty one."""
    frames = draft.slots.get("frame", [])
    out = draft.source.pick(frames) if frames else draft.slot("frame")
    draft.step("renderAssemble", rootNodeIndex=0, outSlot=out)


SCENE_STEPS: Final[dict[str, tuple[float, Callable[[Draft], Any]]]] = {
    "materialize": (6, materialize_step),
    "materializeColor": (1, color_step),
    "materializePath": (0.8, path_step),
    "materializeTestGeometry": (0.5, grid_step),
    "CameraEval": (0.5, camera_step),
    "MeshMaterialize": (0.4, mesh_step),
    "Instances3DProjectTo2D": (0.6, project_step),
    "field bus": (0.7, field_bus_step),
    "renderAssemble": (2, render_step),
}

"""IR4xx: what cameras, meshes and projections meet; warnings from IR450 on."""

from irrun.errors.base import Severity, Trap


class UnknownSceneId(Trap):
    """A step names a camera or a mesh that the program does not have."""

    code = "IR423"
    title = "unknown camera or mesh"
    may_be = Severity.WARNING
    wrong = '{"kind": "CameraEval", "cameraId": "eye"} with {"cameraIdToIndex": {"cam": 0}}'
    right = '{"kind": "CameraEval", "cameraId": "cam"} with {"cameraIdToIndex": {"cam": 0}}'
    section = "runtime-semantics 14.1"
    message = "there is no {what} `{id}`: {detail}"


class BadCamera(Trap):
    """A camera has a convention that irrun does not know, or a projection that shows nothing."""

    code = "IR424"
    title = "camera cannot be used"
    may_be = Severity.WARNING
    wrong = '"projection": {"kind": "perspective", "near": 0, "far": 1000, "fovYRad": 1}'
    right = '"projection": {"kind": "perspective", "near": 0.1, "far": 1000, "fovYRad": 1}'
    section = "ir-schema 18.2"
    message = "{member} of camera `{camera}` is {value}; it must be {wanted}"


class BadMesh(Trap):
    """A mesh cannot be built from its recipe."""

    code = "IR425"
    title = "mesh cannot be built"
    may_be = Severity.WARNING
    wrong = '"profile": {"kind": "ngon", "sides": 2, "radius": 1}'
    right = '"profile": {"kind": "ngon", "sides": 3, "radius": 1}'
    section = "ir-schema 18.3"
    message = "mesh `{mesh}` cannot be built: {detail}"


class BadViewport(Trap):
    """What is drawn to has no area: width, height and device pixels must be above 0."""

    code = "IR426"
    title = "viewport has no area"
    wrong = "irrun.run(program, viewport=Viewport(0, 600))"
    right = "irrun.run(program, viewport=Viewport(800, 600))"
    message = "a viewport of {viewport} cannot be drawn to: all three must be finite and above 0"


class DefaultCamera(Trap):
    """A projection's camera slot holds no evaluated camera; the program's default one is used."""

    code = "IR460"
    title = "default camera used"
    wrong = '"cameraEvalSlot": 9, and no step that writes slot 9'
    right = '"cameraEvalSlot": 9, which a cameraEval step writes before'
    message = "slot {slot} holds {got} and no evaluated camera; camera `{camera}` is used"
    severity = Severity.WARNING


class SkewedOrientation(Trap):
    """An orientation is no pure rotation; what the camera sees is scaled."""

    code = "IR461"
    title = "orientation is not of length 1"
    wrong = '"orientation": {"x": 0, "y": 1, "z": 0, "w": 1}'
    right = '"orientation": {"x": 0, "y": 0, "z": 0, "w": 1}'
    section = "runtime-semantics 14.2"
    message = "the orientation of camera `{camera}` has length {length}; it is used as it is"
    severity = Severity.WARNING


class MeshSimplified(Trap):
    """A part of a mesh's recipe is not built as it is written."""

    code = "IR462"
    title = "mesh built more simply"
    wrong = '"extrude": {"kind": "rounded", "depth": 1, ...}'
    right = '"extrude": {"kind": "linear", "depth": 1, "cap": "both"}'
    section = "runtime-semantics 14.4"
    message = "mesh `{mesh}`: {detail}"
    severity = Severity.WARNING


class RotationIgnored(Trap):
    """Projected instances face the viewer; their rotation has no effect."""

    code = "IR463"
    title = "rotation ignored"
    wrong = '"rotationSlot": 12'
    right = 'no "rotationSlot"'
    message = "the rotation in slot {slot} has no effect: instances face the viewer"
    severity = Severity.WARNING

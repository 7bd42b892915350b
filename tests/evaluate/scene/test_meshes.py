"""Meshes: profiles, extrusion, caps, attributes, indices, bounds, the cache (section 14.4)."""

import math
from typing import Any

import numpy as np
import pytest
from evaluate.scene.scenes import MESH, mesh, mesh_program, one_frame, with_members
from hypothesis import given
from hypothesis import strategies as st
from program_builder import Document, ProgramBuilder
from support.conformance_vectors import Case, case_name, cases, difference

from irrun.errors.scene import BadMesh, MeshSimplified, UnknownSceneId
from irrun.evaluate.scene.meshes import build_mesh, profile_points
from irrun.ir.values import MeshBuffer
from irrun.limits import PROFILE_POINTS


def as_document(found: MeshBuffer) -> Document:
    """Return a mesh buffer as the vectors have it."""
    low, high = found.bounds_min, found.bounds_max
    bounds = {"min": dict(zip("xyz", low, strict=True)), "max": dict(zip("xyz", high, strict=True))}
    optional = {"normals": found.normals, "uvs": found.uvs}
    there = {name: array for name, array in optional.items() if array is not None}
    return {"positions": found.positions, "indices": found.indices, "bounds": bounds} | there


def polyline(*points: tuple[float, float], closed: bool = True) -> Document:
    """Return a profile of given points."""
    listed = [{"x": x, "y": y} for x, y in points]
    return {"kind": "polyline", "points": listed, "closed": closed}


SQUARE = polyline((1, 1), (-1, 1), (-1, -1), (1, -1))
CIRCLE = {"kind": "circle", "radius": 2, "segments": 5}


# --- The reference's values -----------------------------------------------------------------


@pytest.mark.parametrize("quirks", [False, True], ids=["plain", "quirks"])
@pytest.mark.parametrize("case", cases("mesh"), ids=case_name)
def test_every_array_is_the_references(case: Case, quirks: bool) -> None:
    """A MeshMaterialize step writes the reference's arrays and bounds; marked ones to 2 units."""
    document = case["args"]["mesh"]

    found = one_frame(mesh_program(document), quirks=quirks).values.peek(0)

    got = as_document(found)
    assert difference(got, case["expect"], "f32" if case.get("approx") else None) is None
    assert found.indices.dtype == (np.uint16 if document["indexType"] == "u16" else np.uint32)


def test_the_triangle_of_the_appendix() -> None:
    """Appendix A.9: ngon 3, radius 1, depth 2, both caps."""
    found = build_mesh(mesh())

    x, y = 0.8660253882408142, 0.5
    rings = [(6.123234262925839e-17, -1.0), (x, y), (-x, y)]
    positions = [c for px, py in rings for z in (1.0, -1.0) for c in (px, py, z)]
    positions += [c for z in (1.0, -1.0) for px, py in rings for c in (px, py, z)]
    around = [0.0, 0.3333333432674408, 0.6666666865348816]
    uvs = [c for u in around for v in (0.0, 1.0) for c in (u, v)]
    uvs += [0.5, 0.0, 0.9330127239227295, 0.75, 0.0669872984290123, 0.75] * 2
    assert difference(found.positions, positions, "f32") is None
    assert difference(found.uvs, uvs, "f32") is None
    triangles = found.indices.reshape(-1, 3).tolist()
    assert triangles == [[0, 2, 1], [2, 3, 1], [2, 4, 3], [4, 5, 3], [4, 0, 5], [0, 1, 5],
                         [6, 7, 8], [9, 11, 10]]  # fmt: skip
    bounds = (*found.bounds_min, *found.bounds_max)
    assert difference(bounds, [-x, -1.0, -1.0, x, y, 1.0], "f32") is None


# --- Parts ----------------------------------------------------------------------------------


def test_profiles() -> None:
    """A circle starts at the right, an ngon at the top (y down); a polyline is its points."""
    circle = profile_points(mesh(recipe__profile=CIRCLE).recipe.profile)
    ngon = profile_points(mesh().recipe.profile)

    assert circle[0] == (2.0, 0.0)
    assert circle[1] == pytest.approx((2 * math.cos(math.tau / 5), 2 * math.sin(math.tau / 5)))
    assert ngon[0] == pytest.approx((0.0, -1.0))
    assert profile_points(mesh(recipe__profile=SQUARE).recipe.profile)[1] == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("cap", "vertices", "triangles"),
    [("none", 8, 8), ("front", 12, 10), ("back", 12, 10), ("both", 16, 12)],
)
def test_caps(cap: str, vertices: int, triangles: int) -> None:
    """Each cap adds a ring of its own and a fan; all of its normals face out."""
    found = build_mesh(mesh(recipe__profile=SQUARE, recipe__extrude__cap=cap))

    assert (len(found.positions), len(found.indices)) == (3 * vertices, 3 * triangles)
    assert found.normals is not None
    facing = found.normals.reshape(-1, 3)[8:, 2].tolist()
    fronts, backs = (cap in ("both", side) for side in ("front", "back"))
    assert facing == [1.0] * 4 * fronts + [-1.0] * 4 * backs


def corners(found: MeshBuffer) -> Any:
    """Return the corners of each triangle, shape (triangles, 3, 3)."""
    return found.positions.reshape(-1, 3).astype(float)[found.indices.astype(int)].reshape(-1, 3, 3)


def test_winding() -> None:
    """As the reference: caps counter-clockwise seen from outside, sides clockwise."""
    found = build_mesh(mesh(recipe__profile=CIRCLE))

    for number, (a, b, c) in enumerate(corners(found)):
        outward = np.cross(b - a, c - a) @ ((a + b + c) / 3)
        assert (outward > 0) == (number >= 10)


@given(st.integers(3, 40), st.sampled_from(["both", "front", "back", "none"]))
def test_every_index_is_a_vertex_and_every_vertex_is_used(n: int, cap: str) -> None:
    """No triangle leads beyond the vertices, and none of its corners coincide."""
    profile = {"kind": "circle", "radius": 1, "segments": n}
    found = build_mesh(mesh(recipe__profile=profile, recipe__extrude__cap=cap))

    triangles = found.indices.reshape(-1, 3)
    assert set(triangles.reshape(-1).tolist()) == set(range(len(found.positions) // 3))
    assert all(len(set(triangle)) == 3 for triangle in triangles.tolist())


def test_a_point_without_a_direction_has_no_normal() -> None:
    """The zero vector, where the length is zero; never NaN."""
    found = build_mesh(mesh(recipe__profile=polyline((0, 0), (3, 4), (-0.0, 0))))

    assert found.normals is not None
    rows = found.normals.reshape(-1, 3)[:6].tolist()
    assert rows[0] == rows[1] == rows[4] == rows[5] == [0, 0, 0]
    assert rows[2] == pytest.approx([0.6, 0.8, 0])


@pytest.mark.parametrize(("normals", "uvs"), [(True, False), (False, True), (False, False)])
def test_attributes_that_are_not_wanted_are_absent(normals: bool, uvs: bool) -> None:
    """A mesh has normals and uvs only if its attributes say so."""
    found = build_mesh(mesh(attributes={"normals": normals, "uvs": uvs}))

    assert (found.normals is not None, found.uvs is not None) == (normals, uvs)


def test_bounds_tell_zeros_apart() -> None:
    """-0 is below 0, as in every minimum and maximum (section 0.3)."""
    profile = polyline((0, -0.0), (0, -0.0), (-0.0, -0.0))
    found = build_mesh(mesh(recipe__profile=profile, recipe__extrude__depth=0))

    low = [math.copysign(1, c) for c in found.bounds_min]
    high = [math.copysign(1, c) for c in found.bounds_max]
    assert (low, high) == ([-1, -1, -1], [1, -1, 1])


# --- What cannot be built -------------------------------------------------------------------


@pytest.mark.parametrize(
    "profile",
    [
        {"kind": "circle", "radius": 1, "segments": 2},
        {"kind": "ngon", "radius": 1, "sides": 0},
        polyline((0, 0), (1, 1)),
    ],
)
def test_fewer_than_three_points_are_refused(profile: Document) -> None:
    """For every kind of profile."""
    with pytest.raises(BadMesh, match=r"mesh `mesh` .* 3 are needed"):
        build_mesh(mesh(recipe__profile=profile))


def test_a_profile_of_millions_of_points_is_refused() -> None:
    """Before anything is allocated."""
    profile = {"kind": "circle", "radius": 1, "segments": 2**53 - 1}

    with pytest.raises(BadMesh, match=str(PROFILE_POINTS.value)):
        build_mesh(mesh(recipe__profile=profile))


@pytest.mark.parametrize(("cap", "segments"), [("front", 21845), ("none", 32767)])
def test_the_most_vertices_that_16_bits_reach(cap: str, segments: int) -> None:
    """65535 vertices have indices of type u16; one more point is too much, but not for u32."""

    def of(n: int, index_type: str) -> MeshBuffer:
        profile = {"kind": "circle", "radius": 1, "segments": n}
        return build_mesh(
            mesh(recipe__profile=profile, recipe__extrude__cap=cap, indexType=index_type)
        )

    assert of(segments, "u16").indices.max() == len(of(segments, "u16").positions) // 3 - 1
    with pytest.raises(BadMesh, match="u16 reach 65535"):
        of(segments + 1, "u16")
    assert of(segments + 1, "u32").indices.max() > 65534


def test_a_mesh_that_is_not_there_is_named() -> None:
    """As a camera is."""
    b = ProgramBuilder("lost")
    b.step("MeshMaterialize", "s-mesh", meshId="other", outSlot=0)

    with pytest.raises(UnknownSceneId, match="there is no mesh `other`: the program has no mesh"):
        one_frame(b.program())


# --- What is built more simply --------------------------------------------------------------


ROUNDED = {"kind": "rounded", "depth": 2, "roundSegments": 4, "radius": 0.1}
BEVEL = {"size": 0.2, "segments": 2}


def simplified(document: Document) -> list[str]:
    """Return the places of the warnings of a run."""
    runtime = one_frame(mesh_program(document, with_members(document, id="again")))
    runtime.run_frame(20.0)
    found = [error for error in runtime.findings if isinstance(error, MeshSimplified)]
    return [str(error.where.path).removeprefix("$.meshes.") for error in found]


def test_what_is_left_out_is_reported_once_for_each_mesh() -> None:
    """A rounded extrusion, a bevel, an open profile: each with its place."""
    open_profile = polyline((0, 0), (1, 0), (0, 1), closed=False)
    everything = with_members(
        MESH, recipe__extrude=ROUNDED, recipe__bevel=BEVEL, recipe__profile=open_profile
    )

    members = ("profile.closed", "extrude", "bevel")
    assert simplified(everything) == [f"meshes[{i}].recipe.{m}" for i in (0, 1) for m in members]
    assert simplified(MESH) == []


def test_what_is_left_out_is_built_as_if_it_were_not_there() -> None:
    """Rounded as linear with both caps, bevel and openness without effect."""
    plain = as_document(build_mesh(mesh(recipe__profile=SQUARE)))
    open_square = SQUARE | {"closed": False}

    for found in (
        build_mesh(mesh(recipe__profile=SQUARE, recipe__extrude=ROUNDED)),
        build_mesh(mesh(recipe__profile=SQUARE, recipe__bevel=BEVEL)),
        build_mesh(mesh(recipe__profile=open_square)),
    ):
        assert difference(as_document(found), {k: np.array(v).tolist() if k != "bounds" else v
                                               for k, v in plain.items()}) is None  # fmt: skip


# --- The cache ------------------------------------------------------------------------------


def test_meshes_of_one_recipe_are_one() -> None:
    """Over steps and frames, and only within a runtime; what differs is built anew."""
    documents = [
        MESH,
        with_members(MESH, id="same"),
        with_members(MESH, id="other", indexType="u32"),
    ]
    runtime = one_frame(mesh_program(*documents))
    first = [runtime.values.peek(slot) for slot in range(3)]
    runtime.run_frame(20.0)

    assert first[0] is first[1] is not first[2]
    assert [runtime.values.peek(slot) for slot in range(3)] == first
    assert not first[0].positions.flags.writeable
    assert one_frame(mesh_program(*documents)).values.peek(0) is not first[0]

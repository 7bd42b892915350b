"""Diagnostics for machines: JSON, GitHub annotations, SARIF."""

import json

from program.checks.rows import sound, writes_slot_4
from program_builder import ProgramBuilder

from irrun.errors.catalogue import all_problems
from irrun.program.checks.engine import Checked, check_source
from irrun.program.checks.reports import annotations, diagnostics_document, sarif_document


def checked(b: ProgramBuilder, name: str = "a b/program.json") -> Checked:
    return check_source(b.bytes(), name)


def broken() -> Checked:
    """Return a program with two writers, and what is wrong with it."""
    b = sound()
    writes_slot_4(b)
    b.doc["meta"]["names"]["steps"]["s-again"] = "Again, 100%"
    return checked(b)


def test_the_document_of_diagnostics() -> None:
    """Counts, names, and for each diagnostic what `docs/output-format.md` lists."""
    document = diagnostics_document([(broken(), None), (checked(sound(), "good.json"), None)])

    assert json.loads(json.dumps(document)) == document
    assert (document["format"], document["version"]) == ("irrun-diagnostics", 1)
    assert document["counts"] == {"errors": 1, "warnings": 0, "notes": 0}
    bad, good = document["programs"]
    assert (bad["name"], bad["loaded"], bad["patchId"]) == ("a b/program.json", True, "sound")
    assert good["diagnostics"] == []
    (found,) = bad["diagnostics"]
    assert found["code"] == "IR252"
    assert found["severity"] == "error"
    assert found["where"] == {
        "file": "a b/program.json",
        "path": "$.schedule.steps[2].outputs[0].slot",
        "step": "s-again",
        "kind": "signalEval",
        "slot": 4,
        "label": "Again, 100%",
    }


def test_the_document_of_a_file_that_cannot_be_loaded() -> None:
    """It has diagnostics, and no digest."""
    document = diagnostics_document([(check_source(b"{", "broken"), None)])
    (program,) = document["programs"]

    assert program["loaded"] is False
    assert "digest" not in program
    assert [found["code"] for found in program["diagnostics"]] == ["IR102"]


def test_annotations_are_workflow_commands() -> None:
    """One line for each, escaped as GitHub wants it."""
    (line,) = annotations([broken()])

    assert line.startswith("::error file=a b/program.json,title=IR252 two writers of one slot::")
    assert "\n" not in line
    assert "%0Aat step s-again" in line
    assert "100%25" in line


def test_sarif() -> None:
    """The log has what SARIF 2.1.0 requires, and refers to its own rules and artifacts."""
    found = broken()
    document = sarif_document([checked(sound(), "good.json"), found])

    assert json.loads(json.dumps(document)) == document
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "irrun"
    (rule,) = driver["rules"]
    assert rule["id"] == "IR252"
    assert rule["shortDescription"]["text"] == all_problems()["IR252"].title
    assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    (result,) = run["results"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] == "error"
    assert result["message"]["text"] == found.problems[0].sentence
    place = result["locations"][0]
    artifact = place["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == "a%20b/program.json"
    assert run["artifacts"][artifact["index"]]["location"]["uri"] == artifact["uri"]
    assert place["physicalLocation"]["region"] == {"startLine": 1}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == str(found.problems[0].where.path)


def test_sarif_tells_the_byte() -> None:
    """Where the data break, the region is that byte."""
    document = sarif_document([check_source(b"\x81\xc1", "broken.msgpack")])
    (result,) = document["runs"][0]["results"]

    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"byteOffset": 1, "byteLength": 1}

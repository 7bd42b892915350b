"""docs/diagnostics.md is made from the classes of errors."""

import diagnostics_doc

from irrun.errors.catalogue import all_problems


def test_the_page_is_up_to_date() -> None:
    """`make diagnostics-doc` would change nothing."""
    assert diagnostics_doc.PAGE.read_text(encoding="utf-8") == diagnostics_doc.page()


def test_the_page_has_every_code() -> None:
    """Each code is a heading, once."""
    lines = diagnostics_doc.page().splitlines()
    headings = [line.split()[1] for line in lines if line.startswith("### ")]

    assert headings == list(all_problems())

"""docs/limits.md is made from the table of limits."""

import limits_doc

from irrun.limits import all_limits


def test_the_page_is_up_to_date() -> None:
    """`make limits-doc` would change nothing."""
    assert limits_doc.PAGE.read_text(encoding="utf-8") == limits_doc.page()


def test_the_page_has_every_limit_with_the_way_to_raise_it() -> None:
    """One row for each, with its variable or the reason why there is none."""
    rows = [line for line in limits_doc.page().splitlines() if line.startswith("| ")][2:]

    assert len(rows) == len(all_limits())
    for row, limit in zip(rows, all_limits(), strict=True):
        assert f"| {limit.default:,} | {limit.unit} |" in row
        assert (limit.fixed or limit.variable) in row

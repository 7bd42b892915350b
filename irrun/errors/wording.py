"""Small pieces of sentences."""


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 slot`, `1,200 slots`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {many or one + 's'}"

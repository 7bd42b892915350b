"""Generated parts of documents: what stands between two markers."""

import re


def between_markers(text: str, name: str, new: str) -> str:
    """Return a document with the part between the markers of that name replaced."""
    pattern = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if pattern.search(text) is None:
        raise ValueError(f"no markers named {name}")
    return pattern.sub(lambda found: f"{found[1]}\n{new}\n\n{found[2]}", text)


def marked(text: str, name: str) -> str:
    """Return what stands between the markers of that name."""
    found = re.search(rf"<!-- {name}: .*? -->\n(.*?)<!-- end of {name} -->", text, re.DOTALL)
    if found is None:
        raise ValueError(f"no markers named {name}")
    return found[1].strip()

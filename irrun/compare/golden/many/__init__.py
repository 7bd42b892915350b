"""Many goldens at once: found, told whose they are, checked in several processes."""

"""IR3xx: what a program that loads does wrong, found by looking at it (irrun.program.checks)."""

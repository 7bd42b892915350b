"""Both programs run in lockstep: where they part."""

"""Many frames at once: signals as columns over the frames of a block."""

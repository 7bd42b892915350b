"""What happened: recorders that watch a run, and writers for what they recorded."""

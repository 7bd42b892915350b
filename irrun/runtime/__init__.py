"""What runs: stores, clock, cache, and the frame loop."""

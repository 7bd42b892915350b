"""Is this machine one on which irrun keeps its promises? What `irrun doctor` looks at."""

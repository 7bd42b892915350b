"""What of a frame a viewer does not see, and why."""

"""What came out of a run: recorded values, and how two recordings differ."""

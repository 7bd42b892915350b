"""What the tables say: typed, immutable data, with no behaviour beyond look-ups."""

"""What the file says: bytes <-> Program."""

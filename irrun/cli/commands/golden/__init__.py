"""The golden commands, one to a file."""

"""What checking came to, for people and for machines."""

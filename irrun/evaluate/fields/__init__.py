"""Fields: one value for each element of a domain, computed for all elements at once."""

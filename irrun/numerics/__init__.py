"""How numbers are computed: the one seam for rounding and conversion."""

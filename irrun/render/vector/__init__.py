"""Draw commands as SVG."""

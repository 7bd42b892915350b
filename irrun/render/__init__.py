"""What it looks like: render frames to SVG, PNG and GIF (runtime-semantics section 16)."""

"""What changed: record output, keep it in version control, compare later runs with it."""

"""What the commands print: rich tables that fit 80 columns and use more where there is more."""

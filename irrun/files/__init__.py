"""What is read and what is written: every file of irrun is opened here (design.md section 3)."""

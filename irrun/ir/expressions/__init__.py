"""What is computed: signals, fields, events, nodes, and the functions in them."""

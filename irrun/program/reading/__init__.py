"""Bytes to programs: sniffing, decoding, conversion, complaints."""

"""The rules of an economy: each a small function from tables to faults."""

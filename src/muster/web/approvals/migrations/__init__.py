"""How the table of requests came to be."""

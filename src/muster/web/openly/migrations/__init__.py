"""The table of whether pages are public."""

"""Numbers on Arabic pages."""

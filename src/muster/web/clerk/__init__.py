"""The clerk's pages: received, gave out, counted; for an old phone and a bad signal."""

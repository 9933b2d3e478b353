"""One use case, one function: reads, calls the rooms below, writes; prints nothing."""

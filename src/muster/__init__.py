"""muster: count what there is, share it out needs-first, and prove it."""

"""What there is and what is needed."""

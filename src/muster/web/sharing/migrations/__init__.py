"""Tables of requests and splits."""

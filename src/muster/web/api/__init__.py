"""The interface for programs, at ``/api/``: the same services as the pages, JSON, tokens that a person makes."""

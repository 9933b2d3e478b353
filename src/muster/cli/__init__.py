"""The ``muster`` command: parse, call one service, show."""

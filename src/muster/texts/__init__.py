"""Texts of others (CSV, lines of JSON), read in a process of their own, within bounds of memory and time.

- ``reading.look(path)`` → encoding and delimiter, with the evidence; ``reading.rows(path, …)`` → the rows of a table;
  ``reading.lines(file, …)`` → lines of JSON that a reader has survived.
- ``apart`` is what runs in that process: ``csv_rows`` and ``encodings``.
"""

"""Files that are too large are not taken in at all: what the browser announces is looked at before the first byte."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 64 * 2**20
"""Of a request with files."""


class NotTooLarge(FileUploadHandler):
    """Refuses a request that announces too much; it keeps nothing itself."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *words: Any) -> None:
        """Look at what is announced."""
        if content_length > MOST_BYTES:
            raise RequestDataTooBig(f"more than {MOST_BYTES:,} bytes were announced")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass it on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Make nothing of it."""

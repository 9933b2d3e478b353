"""A mapping of receipts and the header it reads, of which a test changes one thing."""

from __future__ import annotations

RECEIPTS = """\
[mapping]
source = "depot"
kind = "receipt"
key = ["No"]

[event]
unit = "kabul"
recorder = "import depot"
document = "{Waybill}"
from = "outside:{From}"
to = "store:kabul"

[date]
column = "Date"
formats = ["%d/%m/%Y"]

[[amount]]
quantity = "{Quantity}"
resource = "{Item}"
unit = "{Unit}"
"""
"""A mapping of receipts, without questions."""

HEADER = "No,Date,Waybill,From,Item,Quantity,Unit\n"


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with each old part, which must be there, replaced by the new one."""
    for old, new in changes:
        assert old in text, f"{old!r} is not in the text"
        text = text.replace(old, new)
    return text

"""The rules of the interface, by number: why it does not do what it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from muster.errors import Fault

RULES: Mapping[str, str] = MappingProxyType(
    {
        "A1": "Every request carries a token that a person has made, that has not expired, and is not revoked.",
        "A2": "A token reaches as far as the roles, the unit and the place of its person, now.",
        "A3": "A request has the form that openapi.json describes.",
        "A4": "What is asked for is there.",
        "A5": "A request is no larger, and an answer no longer, than the interface allows.",
        "A6": "A token, and an address, ask only so often.",
        "A7": "What somebody else has to allow or to close is recorded by that person, not by a token of another.",
        "A8": "What goes wrong on this side is said, and its reason stands in the log of the server.",
    }
)


class Refused(Exception):
    """A request that is not answered, and why.

    Args:
        status: Of HTTP.
        fault: What is wrong.
        wait_s: Seconds after which it can be asked again; 0: that would not help.
    """

    def __init__(self, status: int, fault: Fault, *, wait_s: int = 0) -> None:
        assert fault.rule in RULES
        super().__init__(fault.what)
        self.status, self.fault, self.wait_s = status, fault, wait_s


NO_TOKEN = Fault(
    "The request has no token that is known here.",
    "header Authorization",
    "none, or one that is unknown, revoked or expired",
    "make a token on the page /tokens and send it: Authorization: Bearer muster_…",
    "A1",
)


def not_yours(where: str, seen: str, *, do: str) -> Refused:
    """Return the refusal of what lies beyond the rights of a person."""
    return Refused(403, Fault("This is for others.", where, seen, do, "A2"))

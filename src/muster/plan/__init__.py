"""What to do: economy -> blocks -> matrix -> solution -> plan."""

from typing import TYPE_CHECKING, Any

from muster.plan.options import Listener, PlanOptions, Progress

if TYPE_CHECKING:
    from muster.plan.share import share_out

__all__ = ["Listener", "PlanOptions", "Progress", "share_out"]


def __getattr__(name: str) -> Any:
    """Load the planner when it is first used: who only checks a plan loads no solver."""
    if name == "share_out":
        from muster.plan.share import share_out

        return share_out
    raise AttributeError(f"module 'muster.plan' has no attribute {name!r}")

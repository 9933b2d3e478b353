"""muster: count what there is, share it out needs-first, and prove it.

Names are loaded when they are first used, so that ``import muster`` is quick:

    economy = muster.read("examples/afghan-winter")
    plan = muster.share_out(economy)
    muster.verify(economy, plan)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muster.economy.economy import Economy as Economy
    from muster.economy.economy import Horizon as Horizon
    from muster.economy.read import inspect as inspect
    from muster.economy.read import read as read
    from muster.economy.write import write as write
    from muster.errors import EconomyError as EconomyError
    from muster.errors import Fault as Fault
    from muster.errors import MusterError as MusterError
    from muster.errors import PlanError as PlanError
    from muster.plan import share_out as share_out
    from muster.plan.comparison import Comparison as Comparison
    from muster.plan.comparison import compare as compare
    from muster.plan.folder import read as read_plan  # noqa: F401 (its name here is not its name there)
    from muster.plan.options import PlanOptions as PlanOptions
    from muster.plan.options import Progress as Progress
    from muster.plan.plan import Plan as Plan
    from muster.plan.proof import Verdict as Verdict
    from muster.plan.proof import verify as verify

__version__ = "0.1.0"

_HOME = {
    "Comparison": "muster.plan.comparison",
    "Economy": "muster.economy.economy",
    "EconomyError": "muster.errors",
    "Fault": "muster.errors",
    "Horizon": "muster.economy.economy",
    "MusterError": "muster.errors",
    "Plan": "muster.plan.plan",
    "PlanError": "muster.errors",
    "PlanOptions": "muster.plan.options",
    "Progress": "muster.plan.options",
    "Verdict": "muster.plan.proof",
    "compare": "muster.plan.comparison",
    "inspect": "muster.economy.read",
    "read": "muster.economy.read",
    "read_plan": "muster.plan.folder",
    "share_out": "muster.plan",
    "verify": "muster.plan.proof",
    "write": "muster.economy.write",
}
_CALLED_THERE = {"read_plan": "read"}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'muster' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), _CALLED_THERE.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})

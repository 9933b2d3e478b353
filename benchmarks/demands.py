"""What was demanded of muster, beside what was measured: reached, missed by so much, or not measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.sections import number, tiny

Figures = Mapping[str, Any]
Results = Mapping[str, Figures]
PDLP = "OR-Tools PDLP"


@dataclass(frozen=True)
class Found:
    """The runs of all parts, by what they are."""

    results: Results

    def runs(self, part: str, **about: str) -> list[Figures]:
        """Return the runs of a part that are about this."""
        found = self.results.get(part, {"found": ()})["found"]
        return [dict(run) for run in found if all(run.get(name) == value for name, value in about.items())]

    def run(self, part: str, **about: str) -> Figures | None:
        """Return the run of a part that is about this; ``None`` where it was not measured."""
        return next(iter(self.runs(part, **about)), None)


def demands(results: Results) -> list[list[str]]:
    """Return a row for each demand: what, the figure measured, and the verdict."""
    found = Found(results)
    return [
        *_maxmin_medium(found),
        *_maxmin_large(found),
        *_plans(found),
        *_country(found),
        *_exact(found),
        *_build(found),
        *_checks(found),
    ]


def seconds(value: float) -> str:
    """Return seconds with their unit."""
    return f"{number(value)} s"


def gib(value: float) -> str:
    """Return MiB as GiB."""
    return f"{value / 1024:.2f} GiB"


def share(value: float) -> str:
    """Return a small share as one part of so many.

    Example:
        >>> share(0.25)
        '1/4.0'
    """
    return f"1/{1 / value:.1f}"


def at_most(demand: str, value: float | None, most: float, show: Callable[[float], str], *, part: str) -> list[str]:
    """Return a row whose figure must not be above ``most``."""
    if value is None:
        return unmeasured(demand, part)
    verdict = "reached" if value <= most else f"**missed**: {value / most:.1f} times what was demanded"
    return [demand, show(value), verdict]


def at_least(demand: str, value: float | None, least: float, *, part: str, shown: str = "") -> list[str]:
    """Return a row whose figure (how many times faster) must not be below ``least``."""
    if value is None:
        return unmeasured(demand, part)
    verdict = "reached" if value >= least else f"**missed**: {value / least:.2f} of what was demanded"
    return [demand, shown or f"{value:.1f} times", verdict]


def unmeasured(demand: str, part: str) -> list[str]:
    """Return a row for which there is no figure yet."""
    return [demand, "not measured", f"`python -m benchmarks {part}`"]


def _stopped(demand: str, after_s: float) -> list[str]:
    return [demand, f"not done after {seconds(after_s)}", "**missed**"]


def get(run: Figures | None, name: str) -> float | None:
    """Return a figure of a run; ``None`` where there is none."""
    return None if run is None else run.get(name)


def times(one: float | None, other: float | None) -> float | None:
    """Return one figure as so many of another; ``None`` where one of them is missing."""
    return None if one is None or not other else one / other


def _maxmin_medium(found: Found) -> Iterator[list[str]]:
    mine, peer = (found.run("maxmin", size="medium", solver=solver) for solver in ("muster", PDLP))
    first = "max-min of medium, at least 6 times faster than OR-Tools PDLP at 1e-4"
    if mine is not None and mine["status"] != "solved":
        yield _stopped(first, mine["wall_s"])
        return
    ratio = times(get(peer, "wall_s"), get(mine, "wall_s"))
    more = "" if peer is None or peer["status"] == "solved" else "more than "
    yield at_least(first, ratio, 6.0, part="maxmin", shown=f"{more}{ratio or 0:.1f} times")
    yield at_most("… with a gap of at most 1e-4", get(mine, "gap"), 1e-4, tiny, part="maxmin")
    for name, what in (("tonnes", "t"), ("relative", "as a share")):
        demand, ours, theirs = f"… and smaller violations, {what}", get(mine, name), get(peer, name)
        if ours is None or theirs is None:
            yield unmeasured(demand, "maxmin")
        else:
            verdict = "reached" if ours < theirs or ours == 0 else "**missed**"
            yield [demand, f"{tiny(ours)} beside {tiny(theirs)}", verdict]
    yield at_most("… aim: 5 s", get(mine, "wall_s"), 5.0, seconds, part="maxmin")


def _maxmin_large(found: Found) -> Iterator[list[str]]:
    run, part = found.run("maxmin_large", size="large", solver="muster"), "maxmin_large"
    demand = "max-min of large in 10 min"
    if run is not None and run["status"] != "solved":
        yield _stopped(demand, run["wall_s"])
    else:
        yield at_most(demand, get(run, "wall_s"), 600.0, seconds, part=part)
        yield at_most("… with a gap of at most 1e-3", get(run, "gap"), 1e-3, tiny, part=part)
        yield at_most("… and then 1e-4", get(run, "gap"), 1e-4, tiny, part=part)
        yield at_most("… aim: 60 s", get(run, "wall_s"), 60.0, seconds, part=part)
    yield at_most("… in 3 GiB", get(run, "peak_mib"), 3 * 1024.0, gib, part=part)


def _plans(found: Found) -> Iterator[list[str]]:
    for case, most in (("medium", 300.0), ("small", 10.0), ("afghan-winter by week", 60.0), ("afghan-winter", 60.0)):
        run, demand = found.run("plan", case=case), f"{case}, all four goals, in {most:.0f} s"
        if run is not None and not run["finished"]:
            yield _stopped(demand, run["wall_s"])
        else:
            yield at_most(demand, get(run, "wall_s"), most, seconds, part="plan")
    run = found.run("plan_large", case="large, floor alone")
    yield at_most("a plan of large is checked in 60 s", get(run, "verify_wall_s"), 60.0, seconds, part="plan_large")
    plans = [run for part in ("plan", "plan_large") for run in found.results.get(part, {"found": ()})["found"]]
    ratios = [run["verify_wall_s"] / run["wall_s"] for run in plans if "verify_wall_s" in run]
    demand = "every plan is checked in less time than it took (the worst, as a share)"
    yield at_most(demand, max(ratios, default=None), 1.0, number, part="plan")


def _country(found: Found) -> Iterator[list[str]]:
    run = found.run("country", size="country", solver="muster")
    demand = "max-min of country: its gap after 60 min"
    if run is None:
        yield unmeasured(demand, "country")
    else:
        shown = "none" if run["gap"] is None else f"{tiny(run['gap'])} after {seconds(run['wall_s'])} ({run['status']})"
        yield [demand, shown, "reported"]
    yield at_most("… in 6 GiB", get(run, "peak_mib"), 6 * 1024.0, gib, part="country")


def _exact(found: Found) -> Iterator[list[str]]:
    mine, peer = (found.run("leximin_exact", solver=solver) for solver in ("muster", "cvxpy-leximin"))
    demand, part = "exact leximin of 240 claims, at least 50 times faster than cvxpy-leximin", "leximin_exact"
    done = peer is not None and peer["status"] == "solved"
    figure = "wall_s" if get(peer, "cpu_s") is None else "cpu_s"  # of what was killed only its limit is known
    ratio = times(get(peer, figure), get(mine, figure))
    yield at_least(demand, ratio, 50.0, part=part, shown=f"{'' if done else 'more than '}{ratio or 0:.1f} times")
    if mine is not None and mine["apart"] is None:
        yield ["… with the same answer: levels agree to 1e-5", "the peer has none", "not known"]
    else:
        yield at_most("… with the same answer: levels agree to 1e-5", get(mine, "apart"), 1e-5, tiny, part=part)


def _build(found: Found) -> Iterator[list[str]]:
    mine = found.run("build", size="large", builder="muster")
    peers = [found.run("build", size="large", builder=name) for name in ("linopy", "linopy sparse")]

    def least(name: str) -> float | None:
        return min((run[name] for run in peers if run is not None and name in run), default=None)

    yield at_most("large is built in at most 2 s", get(mine, "wall_s"), 2.0, seconds, part="build")
    yield at_most("… and 2 GiB", get(mine, "peak_mib"), 2048.0, gib, part="build")
    cpu, peak, added = (times(get(mine, name), least(name)) for name in ("cpu_s", "peak_mib", "added_mib"))
    yield at_most("… in 1/20 of linopy's CPU time (its better way)", cpu, 1 / 20, share, part="build")
    yield at_most("… and 1/5 of its memory, whole processes (its better way)", peak, 1 / 5, share, part="build")
    yield at_most("… and 1/5 of its memory, what building adds (its better way)", added, 1 / 5, share, part="build")


def _checks(found: Found) -> Iterator[list[str]]:
    run, demand = found.run("check_stocks", what="read and checked"), "100,000 rows of stocks are checked in 1 s"
    yield at_most(demand, get(run, "wall_s"), 1.0, seconds, part="check_stocks")

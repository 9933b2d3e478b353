"""Measuring: medians of runs that did the same, in processes of their own."""

from __future__ import annotations

import pytest

from benchmarks.measure import TookTooLong, alone, medians, now_mib, peak_mib, surroundings, watch


def test_watch_given_work_then_its_result_and_what_it_took() -> None:
    made, taken = watch(lambda: len(bytearray(b"x" * 50_000_000)))
    assert made == 50_000_000
    assert set(taken) == {"wall_s", "cpu_s", "peak_mib"}
    assert taken["peak_mib"] > 50_000_000 / 2**20
    assert taken["wall_s"] > 0


def test_medians_given_runs_then_the_middle_of_each_figure_and_how_often() -> None:
    runs = [{"size": "small", "rows": 7, "wall_s": seconds} for seconds in (9.0, 1.0, 2.0)]
    assert medians(runs) == {"size": "small", "rows": 7, "wall_s": 2.0, "times": 3}


def test_medians_given_runs_that_did_not_do_the_same_then_says_so() -> None:
    with pytest.raises(AssertionError, match="rows differs"):
        medians([{"rows": 7, "wall_s": 1.0}, {"rows": 8, "wall_s": 1.0}])


@pytest.mark.parametrize(
    ("module", "arguments", "expected"),
    [
        ("benchmarks.build", ("small", "muster"), {"size": "small", "builder": "muster"}),
        ("benchmarks.plan", ("two-villages", "60"), {"case": "two-villages", "finished": True, "faults": 0}),
    ],
)
def test_alone_given_a_measurement_then_its_figures(
    module: str, arguments: tuple[str, ...], expected: dict[str, object]
) -> None:
    figures = alone(module, *arguments)
    assert figures | expected == figures
    assert min(value for name, value in figures.items() if name.endswith("_s")) > 0


def test_alone_given_less_time_than_it_needs_then_says_so() -> None:
    with pytest.raises(TookTooLong):
        alone("benchmarks.build", "small", "muster", limit_s=0.01)


def test_now_mib_then_no_more_than_the_peak() -> None:
    assert 0 < now_mib() <= peak_mib()


def test_surroundings_then_versions_cores_and_no_name_of_a_host() -> None:
    around = surroundings("polars")
    assert set(around["versions"]) == {"Python", "polars"}
    assert around["cores"] >= 1 and around["memory_gib"] > 0
    assert set(around) == {"date", "cores", "cpu", "memory_gib", "system", "load", "threads", "versions"}

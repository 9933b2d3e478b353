"""First expired, first out: which lot is drawn, where the goals leave it open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from muster.plan.matrix import Columns
from muster.plan.program import Program
from muster.plan.sets import NONE, Floats, Ints

CRUMB = 1e-12
"""Below this share of a resource's usual quantity nothing is left over."""


def first_out(program: Program, x: Floats) -> Floats:
    """Let people, recipes and modes draw what expires first; goods that keep longer stay in its stead.

    Only lots change places: what is given, used, sent and kept of each resource at each place and period is as before.
    Where an earlier lot is drawn that was to be kept or sent later, a later one, which is good for longer, is.

    Args:
        program: What was planned.
        x: Columns in physical units that hold every row (K).
    Returns:
        Columns that hold every row as ``x`` does (K).
    """
    counters = np.flatnonzero(program.nodes.good == NONE)
    if not len(counters):
        return x
    ledger = _Ledger(program, x)
    shops = {int(counter): ledger.lots_at(int(counter)) for counter in counters}
    for t in range(program.sets.horizon.periods):
        waiting = dict.fromkeys(shops)  # a queue in which nobody stands twice
        while waiting:
            counter = next(iter(waiting))
            del waiting[counter]
            waiting |= dict.fromkeys(ledger.settle(shops[counter], t))
            ledger.draw_in_order(shops[counter], t)
    return ledger.x


class _Ledger:
    """What leaves each node in each period, and by how much more or less has come there than the plan had."""

    def __init__(self, program: Program, x: Floats) -> None:
        self.x = x.copy()
        self._program = program
        nodes, matrix, periods = program.nodes, program.matrix, program.sets.horizon.periods
        left = matrix.limit - matrix.entries @ x
        self._thrown: Floats = np.where(nodes.row == NONE, 0.0, np.maximum(left[nodes.row], 0.0))
        self._come = np.zeros((len(nodes.place), periods))
        self._take, self._stock = (self._by_node(kind) for kind in ("take", "stock"))
        sent, where = matrix.column_kind("sent")
        self._sent, self._first_sent = sent, where.start
        self._sent_from, self._sent_as = self._dispatches(sent)
        self._crumb = CRUMB * program.sets.scale[nodes.resource]

    def _by_node(self, kind: str) -> Ints:
        """Return the column of each node and period (N × T), or ``NONE``."""
        columns, where = self._program.matrix.column_kind(kind)
        at = np.full(self._come.shape, NONE, dtype=np.int32)
        at[columns.keys["node"], columns.keys["period"]] = np.arange(where.start, where.stop, dtype=np.int32)
        return at

    def _dispatches(self, sent: Columns) -> tuple[dict[tuple[int, int], list[int]], dict[tuple[int, int, int], int]]:
        """Return the dispatches of lots, by node and period, and by opening, good and period."""
        openings, nodes, goods = self._program.openings, self._program.nodes, self._program.sets.goods
        leaving: dict[tuple[int, int], list[int]] = {}
        known: dict[tuple[int, int, int], int] = {}
        with_lots = np.isin(goods.resource, nodes.resource[nodes.good == NONE])
        for column in np.flatnonzero(with_lots[sent.keys["good"]]).tolist():
            opening, good, period = (int(sent.keys[key][column]) for key in ("opening", "good", "period"))
            node = int(nodes.at[openings.tail[opening], good])
            leaving.setdefault((node, period), []).append(column)
            known[opening, good, period] = column
        return leaving, known

    def lots_at(self, counter: int) -> list[int]:
        """Return the nodes that hand over a counter, the first to expire first."""
        nodes, goods = self._program.nodes, self._program.sets.goods
        here = (nodes.place == nodes.place[counter]) & (nodes.resource == nodes.resource[counter])
        lots = np.flatnonzero(here & (nodes.good != NONE)).tolist()
        return sorted(lots, key=lambda node: goods.expires[nodes.good[node]] or date.max)

    def draw_in_order(self, lots: Sequence[int], t: int) -> None:
        """Draw what expires first, as far as it is left, instead of what expires later."""
        spare = np.array([self._thrown[lot, t] > 0 or self._amount(self._stock, lot, t) > 0 for lot in lots])
        for at, late in enumerate(lots):
            if self._amount(self._take, late, t) <= self._crumb[late]:
                continue
            for before in np.flatnonzero(spare[:at]).tolist():
                drawn, early = self._amount(self._take, late, t), lots[before]
                if drawn <= self._crumb[late]:
                    break
                for place in (self._throw, self._keep):
                    moved = place(early, late, t, drawn)
                    self._shift(self._take, late, early, t, amount=moved)
                    drawn -= moved
                    spare[at] |= moved > 0

    def settle(self, lots: Sequence[int], t: int) -> Iterable[int]:
        """Let goods that came instead of an earlier lot go where that was to go.

        Returns:
            The counters of the places where they arrive in the same period.
        """
        reached: list[int] = []
        short = [lot for lot in lots if self._come[lot, t] < -self._crumb[lot]]
        for early in short:
            for late in lots:
                more = min(self._come[late, t], -self._come[early, t])
                if more <= self._crumb[late]:
                    continue
                self._come[early, t] += more
                self._come[late, t] -= more
                more -= self._throw(early, late, t, more)
                more -= self._keep(early, late, t, more)
                drawn = min(more, self._amount(self._take, early, t))
                self._shift(self._take, early, late, t, amount=drawn)
                reached += self._send(early, late, t, more - drawn)
        return reached

    def _amount(self, columns: Ints, node: int, t: int) -> float:
        column = columns[node, t]
        return 0.0 if column == NONE else float(self.x[column])

    def _shift(self, columns: Ints, early: int, late: int, t: int, *, amount: float) -> None:
        if amount > 0:
            self.x[columns[early, t]] -= amount
            self.x[columns[late, t]] += amount

    def _throw(self, early: int, late: int, t: int, amount: float) -> float:
        """Throw away the later lot instead of the earlier, up to an amount; return how much."""
        moved = min(amount, float(self._thrown[early, t]))
        self._thrown[early, t] -= moved
        self._thrown[late, t] += moved
        return moved

    def _keep(self, early: int, late: int, t: int, amount: float) -> float:
        """Keep the later lot instead of the earlier, up to an amount; return how much."""
        moved = min(amount, self._amount(self._stock, early, t))
        self._shift(self._stock, early, late, t, amount=moved)
        if t + 1 < self._come.shape[1]:
            self._exchange(early, late, t + 1, moved * self._program.sets.keep[self._program.nodes.resource[early]])
        return moved

    def _send(self, early: int, late: int, t: int, amount: float) -> list[int]:
        """Send the later lot instead of the earlier, up to an amount; return the counters it reaches in the period."""
        openings, nodes, first = self._program.openings, self._program.nodes, self._first_sent
        reached = []
        for column in self._sent_from.get((early, t), []):
            opening = int(self._sent.keys["opening"][column])
            moved = min(amount, float(self.x[first + column]))
            if moved <= 0:
                continue
            amount -= moved
            self.x[first + column] -= moved
            self.x[first + self._sent_as[opening, int(nodes.good[late]), t]] += moved
            head, arrives = openings.head[opening], int(openings.arrives[opening, t])
            there = [int(nodes.at[head, nodes.good[node]]) for node in (early, late)]
            self._exchange(there[0], there[1], arrives, moved * (1.0 - openings.loss[opening]))
            if arrives == t:
                reached.append(int(nodes.draw[head, nodes.resource[early]]))
        return reached

    def _exchange(self, early: int, late: int, t: int, amount: float) -> None:
        self._come[early, t] -= amount
        self._come[late, t] += amount

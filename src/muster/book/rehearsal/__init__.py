"""A rehearsal: a year of a book without a single true sack, for tests and for showing what a book can do.

- ``Setting``, ``numbered(depots=…, centres=…, start=…)``: who, where, how long, and the seed.
- ``Rehearsal(setting)``: ``batches()`` plays the year and yields what is sent to the book, with what must become of it;
  ``world`` is what truly is where; ``notebook`` what somebody with pencil and paper says the book must show.

The world is simulated without the book, and the notebook follows the rule of a stock card: so where book, notebook and
world agree, it means something. Played are deliveries, waybills with partial arrivals, claims, losses, spoilage,
distributions, mills, hand-overs, counts that find less or more, mistakes and their reversals, newcomers; and two phones
per depot that are out of reach for up to a month, and then send twice, in another order, or the later part first.
"""

from muster.book.rehearsal.desks import Batch
from muster.book.rehearsal.notebook import Notebook
from muster.book.rehearsal.setting import GOODS, Good, Setting, numbered
from muster.book.rehearsal.world import World
from muster.book.rehearsal.year import Rehearsal

__all__ = ["GOODS", "Batch", "Good", "Notebook", "Rehearsal", "Setting", "World", "numbered"]

"""What the site keeps of requests and splits; quantities are whole smallest units, as in the book."""

from __future__ import annotations

from django.db import models

LONGEST_REASON = 400


class GoodsRequest(models.Model):
    """Somebody asks for a good; it is open until it is closed, with a reason."""

    unit = models.CharField(max_length=100, db_index=True)
    who = models.CharField(max_length=200)
    store = models.CharField(max_length=200)
    resource = models.CharField(max_length=200)
    asked = models.BigIntegerField()
    measure = models.CharField(max_length=20)
    entered = models.CharField(max_length=100)
    people = models.PositiveIntegerField()
    until = models.DateField()
    origin = models.CharField(max_length=300, blank=True)
    filed_by = models.CharField(max_length=150)
    filed = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    why_closed = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        """What no two rows share: a line of a plan is taken over once."""

        constraints = (
            models.UniqueConstraint(
                fields=["unit", "origin"], condition=~models.Q(origin=""), name="sharing_origin_taken_over_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.who}"

    @property
    def number(self) -> str:
        """What people call it: ``R-2026-0007``."""
        return f"R-{self.filed.year}-{self.pk:04}"


class Split(models.Model):
    """A good of a store shared out over open requests: open, being sent, sent, or withdrawn.

    At most one of a unit and good is open: what lies there is shared once.
    """

    OPEN, SENDING, SENT, WITHDRAWN = "open", "sending", "sent", "withdrawn"

    unit = models.CharField(max_length=100, db_index=True)
    store = models.CharField(max_length=200)
    resource = models.CharField(max_length=200)
    measure = models.CharField(max_length=20)
    pack = models.CharField(max_length=100)
    pack_size = models.BigIntegerField()
    there = models.BigIntegerField()
    keep = models.BigIntegerField()
    made_by = models.CharField(max_length=150)
    made = models.DateTimeField()
    state = models.CharField(max_length=10, default=OPEN)
    ended = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    why_ended = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        """What no two rows share."""

        constraints = (
            models.UniqueConstraint(
                fields=["unit", "resource"],
                condition=models.Q(state__in=["open", "sending"]),
                name="sharing_one_open_split_of_a_good",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.resource}"

    @property
    def number(self) -> str:
        """What people call it: ``S-2026-0007``."""
        return f"S-{self.made.year}-{self.pk:04}"


class Share(models.Model):
    """What one request gets in a split: by the fair share, and as it stands now."""

    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="shares")
    request = models.ForeignKey(GoodsRequest, on_delete=models.PROTECT, related_name="shares")
    had = models.BigIntegerField()
    fair = models.BigIntegerField()
    share = models.BigIntegerField()

    class Meta:
        """A request stands once in a split."""

        constraints = (models.UniqueConstraint(fields=["split", "request"], name="sharing_request_once_in_a_split"),)

    def __str__(self) -> str:
        return f"{self.split}: {self.request}"


class Change(models.Model):
    """A line of a split that somebody changed, and why; rows are added and never changed."""

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    who = models.CharField(max_length=150)
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    why = models.CharField(max_length=LONGEST_REASON)

    def __str__(self) -> str:
        return f"{self.share}: {self.before} → {self.after}"


class Waybill(models.Model):
    """What goes to one store because of a split: the id of its event, made before it is sent, and its number."""

    split = models.ForeignKey(Split, on_delete=models.CASCADE, related_name="waybills")
    store = models.CharField(max_length=200)
    event = models.CharField(max_length=36, unique=True)
    number = models.CharField(max_length=100, unique=True)

    class Meta:
        """A store stands once in a split."""

        constraints = (models.UniqueConstraint(fields=["split", "store"], name="sharing_store_once_in_a_split"),)

    def __str__(self) -> str:
        return self.number

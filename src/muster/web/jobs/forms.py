"""What a logistician chooses for a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muster.economy.tables import GOALS
from muster.plan.policies import POLICIES
from muster.web.jobs.models import LONGEST_NAME, Version

NAME = r"[A-Za-z0-9][A-Za-z0-9_\-]*"
"""Names of plans, comparisons and economies: they are names of folders and stand in addresses."""

SAID = {
    "floor": _("floor: what people need to live"),
    "reserve": _("reserve: what is held back"),
    "norm": _("norm: the full standard"),
    "effort": _("effort: as little use and transport as can be"),
}
"""Goal -> what it is about."""

MOST_SECONDS = 86_400
MOST_OFFERED = 50
"""Versions that can be chosen, the latest first."""


def _name(label: str) -> forms.RegexField:
    wrong = _("Use letters from a to z, digits, - and _.")
    field = forms.RegexField(rf"^{NAME}\Z", max_length=LONGEST_NAME, label=label, error_messages={"invalid": wrong})
    field.widget.attrs |= {"pattern": NAME, "autocomplete": "off"}
    return field


class _JobForm(forms.Form):
    """What all jobs have: a name, an economy, a limit."""

    version = forms.ModelChoiceField(Version.objects.none(), label=_("Plan with"), empty_label=None)
    limit_seconds = forms.FloatField(
        label=_("At most so many seconds (blank: no limit)"),
        required=False,
        min_value=1,
        max_value=MOST_SECONDS,
    )

    def __init__(self, *given: Any, taken: Callable[[str], bool] = lambda name: False) -> None:
        super().__init__(*given, label_suffix="")
        latest = Version.objects.order_by("-pk").values_list("pk", flat=True)[:MOST_OFFERED]
        self.fields["version"].queryset = Version.objects.filter(pk__in=list(latest)).order_by("-pk")
        self._taken = taken

    def clean_name(self) -> str:
        """Refuse the name of something that is there: what people have in their hands is not replaced."""
        name: str = self.cleaned_data["name"]
        if self._taken(name):
            raise forms.ValidationError(_("There is one of this name already. Choose another name."))
        return name

    def choices(self) -> dict[str, Any]:
        """Return what was chosen beside name and version, as JSON can hold it."""
        beside = {key: value for key, value in self.cleaned_data.items() if key not in ("name", "version")}
        return {key: value for key, value in beside.items() if value not in (None, "", [], False)}


class PlanForm(_JobForm):
    """A plan."""

    name = _name(_("Name of the plan"))
    on_book = forms.BooleanField(label=_("on what the book counts today"), required=False)
    goals = forms.MultipleChoiceField(
        choices=[(goal, SAID[goal]) for goal in GOALS],
        widget=forms.CheckboxSelectMultiple,
        label=_("Goals, the first matters most"),
        initial=list(GOALS),
    )
    step = forms.FloatField(
        label=_("Step of fairness, 0.01 to 1 (blank: as the economy says)"), required=False, min_value=0.01, max_value=1
    )
    field_order = ("version", "on_book", "name", "goals", "step", "limit_seconds")


class ComparisonForm(_JobForm):
    """The policies side by side."""

    name = _name(_("Name of the comparison"))
    on_book = forms.BooleanField(label=_("on what the book counts today"), required=False)
    policies = forms.MultipleChoiceField(
        choices=[(name, f"{name}: {says}") for name, says in POLICIES.items()],
        widget=forms.CheckboxSelectMultiple,
        label=_("Policies"),
        initial=list(POLICIES),
    )
    field_order = ("version", "on_book", "name", "policies", "limit_seconds")


class UploadForm(forms.Form):
    """An economy that is sent."""

    name = _name(_("Name of the economy (an existing one gets a new version)"))
    file = forms.FileField(label=_("Its folder as .zip, or one .xlsx"))

    def __init__(self, *given: Any) -> None:
        super().__init__(*given, label_suffix="")

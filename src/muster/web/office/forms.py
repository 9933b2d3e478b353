"""What an administrator writes of a person or a unit."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from muster.services.book_registers import ToRegister
from muster.web.people.models import Unit
from muster.web.people.person import ROLES, Person

_LONGEST = 100
_NAME = RegexValidator(r"^[^\W_]+(?:[ .@_-][^\W_]+)*$", _("Letters and digits, parted by single . - _ @ or spaces."))
_GOOD = RegexValidator(r"^[^\W_]+(?:[ ._/-][^\W_]+)*$", _("Letters and digits, parted by single . - _ / or spaces."))
_UNIT = RegexValidator(
    r"^[^\W_]+(?:[._-][^\W_]+)*$", _("Letters and digits, parted by single . - or _, without spaces.")
)

MEANS = {
    "clerk": _("records what comes, goes and is counted in the store of the unit"),
    "chair": _("sees what one place gets, and objects"),
    "manager": _("shares out and approves in the unit; records as well"),
    "logistician": _("makes and compares plans"),
    "auditor": _("reads everything, records nothing"),
    "admin": _("looks after people, units and backups"),
}
"""Role -> what it does, for who gives it."""


class PersonForm(forms.Form):
    """A person: everything but the name can be changed later."""

    name = forms.CharField(max_length=_LONGEST, validators=[_NAME])
    unit = forms.ChoiceField()
    roles = forms.MultipleChoiceField(choices=[(role, role) for role in ROLES], widget=forms.CheckboxSelectMultiple)
    place = forms.CharField(max_length=_LONGEST, required=False)
    language = forms.ChoiceField(choices=[("", _("as chosen for the site")), *settings.LANGUAGES], required=False)

    def __init__(self, data: object = None, *, person: Person | None = None, language: str = "") -> None:
        """Show an empty form, or that of a person there is, whose name stays."""
        roles = sorted(person.roles) if person else []
        here = {"unit": person.unit, "roles": roles, "place": person.place, "language": language} if person else {}
        super().__init__(data, initial=here)
        units = {each.name for each in Unit.objects.filter(closed=None)} | ({person.unit} if person else set())
        self.fields["unit"].choices = [(name, name) for name in sorted(units)]
        if person:
            del self.fields["name"]
        self._name = person.name if person else ""

    def clean(self) -> dict[str, object]:
        """Ask for the place of a chair."""
        given: dict[str, object] = super().clean()
        if "chair" in given.get("roles", []) and not given.get("place"):  # type: ignore[operator]
            self.add_error("place", _("A chair speaks for a place: write its id in the plan."))
        return given

    def person(self) -> Person:
        """Return who was described."""
        given = self.cleaned_data
        return Person(given.get("name") or self._name, given["unit"], frozenset(given["roles"]), given["place"])

    def roles_shown(self) -> list[tuple[str, object, bool]]:
        """Return role, what it does, and whether it is marked, for the page."""
        marked = self["roles"].value() or []
        return [(role, MEANS[role], role in marked) for role in ROLES]


class UnitForm(forms.Form):
    """A new unit."""

    name = forms.CharField(max_length=_LONGEST, validators=[_UNIT])


class GoodForm(forms.Form):
    """A good, and a pack in which it comes."""

    name = forms.CharField(max_length=_LONGEST, validators=[_GOOD])
    measure = forms.ChoiceField(choices=[("kg", _("kilograms")), ("l", _("litres")), ("piece", _("pieces"))])
    pack = forms.CharField(max_length=_LONGEST, validators=[_UNIT])
    holds = forms.CharField(max_length=20, validators=[RegexValidator(r"^\d+(\.\d+)?$", _("A number: 50 or 0.5."))])

    def given(self) -> ToRegister:
        """Return what is to be registered."""
        said = self.cleaned_data
        pack = f"{said['pack']}={said['holds']} {said['measure']}"
        return ToRegister(resource=said["name"], measure=said["measure"], packs=[pack])


class LanguageForm(forms.Form):
    """The language of those who chose none."""

    language = forms.ChoiceField(
        choices=[("", _("the one that the browser asks for")), *settings.LANGUAGES], required=False
    )

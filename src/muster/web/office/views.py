"""Pages of people, units, languages and changes."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from muster.errors import Fault, MusterError
from muster.services.audits import rights
from muster.services.book_registers import known_goods
from muster.services.places import place_names
from muster.services.plan_lists import plan_folders
from muster.web.office.forms import GoodForm, LanguageForm, PersonForm, UnitForm
from muster.web.pages.told import told
from muster.web.people import staff
from muster.web.people.access import role
from muster.web.people.changes import changes
from muster.web.people.models import Choice, Knock, Unit
from muster.web.people.person import Person

AT_ONCE = 100
"""Rows of a page of a record."""


@require_GET
@role("admin")
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody who has an account."""
    asked = request.GET.get("q", "").strip()
    users = User.objects.filter(account__isnull=False).select_related("account").prefetch_related("groups")
    by_name = Q(username__icontains=asked) | Q(account__unit__icontains=asked) | Q(account__place__icontains=asked)
    found = users.filter(by_name).order_by("-is_active", "account__unit", "username")
    return render(request, "office/people.html", {"users": found, "now": timezone.now(), "q": asked, "tab": "people"})


@require_http_methods(["GET", "POST"])
@role("admin")
def new(request: HttpRequest) -> HttpResponse:
    """Make an account, and show its one-time password, once."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            word = staff.make(request.person, form.person(), language=_language(form), book=settings.SITE.book)
        except MusterError as error:
            return _person(request, form, error)
        return render(request, "office/password.html", {"name": form.person().name, "word": word, "tab": "people"})
    return _person(request, form)


@require_http_methods(["GET", "POST"])
@role("admin")
def person(request: HttpRequest, key: int) -> HttpResponse:
    """Show an account, and change it: what is in the form, or by a button that stands below."""
    user = get_object_or_404(User.objects.select_related("account"), pk=key, account__isnull=False)
    known = staff.owner_of(user)
    form = PersonForm(request.POST if "unit" in request.POST else None, person=known, language=user.account.language)
    act = request.POST.get("do", "")
    if request.method == "GET" or (act == "change" and not form.is_valid()):
        return _person(request, form, user=user)
    by: Person = request.person
    try:
        if act == "change":
            staff.alter(by, user, form.person(), language=_language(form), book=settings.SITE.book)
        elif act == "close" and user.is_active:
            staff.close(by, user, book=settings.SITE.book)
        elif act == "factor":
            staff.forget_second_factor(by.name, user)
        elif act in ("password", "reopen"):
            word = staff.reopen(by, user, book=settings.SITE.book) if act == "reopen" else None
            word = word or staff.renew_password(by.name, user)
            return render(request, "office/password.html", {"name": known.name, "word": word, "tab": "people"})
        else:
            return _person(request, form, user=user, status=400)
    except MusterError as error:
        return _person(request, form, error, user=user)
    messages.success(request, gettext("Done."))
    return redirect("office:person", key)


@require_http_methods(["GET", "POST"])
@role("admin")
@told
def units(request: HttpRequest) -> HttpResponse:
    """Show the units, make one, close one, open one again."""
    form, status = UnitForm(request.POST if "name" in request.POST else None), 200
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            if "close" in request.POST:
                staff.close_unit(request.person, get_object_or_404(Unit, name=request.POST["close"]))
                return redirect("office:units")
            if form.is_valid():
                staff.make_unit(request.person, form.cleaned_data["name"])
                return redirect("office:units")
            status = 400
        except MusterError as error:
            status, faults = 409, error.faults
    known = {each.unit for each in rights(settings.SITE.book).rights}
    of = Unit.objects.order_by("name")
    rest = sorted(known - {each.name for each in of})
    here = {"units": of, "rest": rest, "form": form, "faults": faults, "tab": "units"}
    return render(request, "office/units.html", here, status=status)


@require_http_methods(["GET", "POST"])
@role("admin")
@told
def goods(request: HttpRequest) -> HttpResponse:
    """Show what can be received and given out, and in which packs; register more."""
    form = GoodForm(request.POST if request.method == "POST" else None)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            staff.make_good(request.person, form.given(), book=settings.SITE.book)
            return redirect("office:goods")
        except MusterError as error:
            faults = error.faults
    known = known_goods(settings.SITE.book)
    here = {"goods": [(name, packs.items()) for name, packs in known.items()], "form": form, "faults": faults}
    status = 409 if faults else 400 if form.errors else 200
    return render(request, "office/goods.html", here | {"tab": "goods"}, status=status)


@require_http_methods(["GET", "POST"])
@role("admin")
def languages(request: HttpRequest) -> HttpResponse:
    """Show and choose the language of those who have chosen none."""
    chosen = Choice.objects.filter(name=staff.LANGUAGE).values_list("value", flat=True).first() or ""
    form = LanguageForm(request.POST if "language" in request.POST else None, initial={"language": chosen})
    if request.method == "POST" and form.is_bound and form.is_valid():
        staff.choose_language(request.person, form.cleaned_data["language"])
        messages.success(request, gettext("Done."))
        return redirect("office:languages")
    return render(request, "office/languages.html", {"form": form, "tab": "languages"})


@require_GET
@role("admin", "auditor")
def changed(request: HttpRequest) -> HttpResponse:
    """Show what was changed of accounts, units, choices and requests, the latest first."""
    return _record(request, "changes", changes(), ("by", "what", "whom", "said"))


@require_GET
@role("admin", "auditor")
def door(request: HttpRequest) -> HttpResponse:
    """Show logins, refused ones, wrong codes, logouts and denied pages, the latest first."""
    return _record(request, "door", Knock.objects.order_by("-id"), ("what", "who", "whence", "where"))


def _record(request: HttpRequest, tab: str, rows: QuerySet[Model], columns: tuple[str, ...]) -> HttpResponse:
    """Show a page of a record: all of it, or the rows that hold in one of their columns what is looked for."""
    asked = request.GET.get("q", "").strip()
    held = [Q(**{f"{column}__icontains": asked}) for column in columns]
    page = Paginator(rows.filter(reduce(or_, held)), AT_ONCE).get_page(request.GET.get("page"))
    return render(request, f"office/{tab}.html", {"page": page, "q": asked, "tab": tab})


def _person(
    request: HttpRequest,
    form: PersonForm,
    error: MusterError | None = None,
    *,
    user: User | None = None,
    status: int = 200,
) -> HttpResponse:
    faults = error.faults if error else ()
    status = 409 if error else 400 if form.errors else status
    latest = next(iter(plan_folders(settings.SITE.plans)), None)
    here = {"form": form, "user_shown": user, "faults": faults, "now": timezone.now(), "tab": "people"}
    here["places"] = place_names(latest) if latest else ()
    return render(request, "office/person.html", here, status=status)


def _language(form: PersonForm) -> str:
    return str(form.cleaned_data["language"])

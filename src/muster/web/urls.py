"""Which address is which page."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from muster.web.api.interface import api
from muster.web.people import views

urlpatterns = [
    path("", views.home, name="home"),
    path("login", views.enter, name="login"),
    path("logout", views.leave, name="logout"),
    path("language", set_language, name="set_language"),
    path("password", views.password, name="password"),
    path("", include("muster.web.codes.urls")),
    path("", include("muster.web.office.urls")),
    path("", include("muster.web.approvals.urls")),
    path("clerk/", include("muster.web.clerk.urls")),
    path("", include("muster.web.pages.urls")),
    path("", include("muster.web.api.urls")),
    path("api/", api.urls),
    path("", include("muster.web.jobs.urls")),
    path("", include("muster.web.sharing.urls")),
    path("", include("muster.web.openly.urls")),
]

"""Addresses of jobs, economies, maps and policies."""

from __future__ import annotations

from django.urls import path

from muster.web.jobs import economies, jobs, maps, policies

app_name = "jobs"
urlpatterns = [
    path("plans/new", jobs.new_plan, name="new-plan"),
    path("jobs/<int:key>", jobs.one, name="job"),
    path("jobs/<int:key>/state", jobs.state, name="state"),
    path("jobs/<int:key>/cancel", jobs.cancel, name="cancel"),
    path("economies", economies.listed, name="economies"),
    path("economies/<int:key>", economies.one, name="economy"),
    path("plan/<str:plan>/map", maps.of_plan, name="map"),
    path("plan/<str:plan>/pipeline", maps.pipeline, name="pipeline"),
    path("policies", policies.listed, name="policies"),
    path("policies/<str:name>", policies.one, name="comparison"),
    path("policies/<str:name>/page", policies.take, name="comparison-page"),
]

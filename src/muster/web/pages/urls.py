"""Addresses of the pages of those who decide and of those who check."""

from __future__ import annotations

from django.urls import path

from muster.web.pages import audits, mornings, objections, places, plans

app_name = "pages"
urlpatterns = [
    path("place", places.mine, name="place"),
    path("place/<str:place>", places.one, name="one"),
    path("place/<str:place>/why", places.ask, name="ask"),
    path("place/<str:place>/objection", places.object_to, name="object"),
    path("objections", objections.listed, name="objections"),
    path("objections/<int:key>/answer", objections.answer, name="answer"),
    path("morning", mornings.today, name="morning"),
    path("plans", plans.listed, name="plans"),
    path("plans/compared", plans.compared, name="compared"),
    path("plan/<str:plan>", plans.one, name="plan"),
    path("plan/<str:plan>/workbook", plans.take, {"name": "plan.xlsx"}, name="workbook"),
    path("plan/<str:plan>/report", plans.take, {"name": "report.html"}, name="report"),
    path("audit", audits.trial, name="audit"),
    path("audit/waybills", audits.three_ways, name="waybills"),
    path("audit/exceptions", audits.exceptional, name="exceptions"),
    path("audit/rights", audits.who, name="rights"),
    path("audit/log", audits.log, name="log"),
    path("audit/checkpoint", audits.checkpoint, name="checkpoint"),
    path("audit/key", audits.public_key, name="key"),
]

"""The report: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from muster import __version__
from muster.pictures.markup import Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import account, facts, sections, stocks
from muster.report.atlas import atlas
from muster.report.data import as_script, map_values, page_data
from muster.report.names import Names
from muster.report.top import top

_SECTIONS = (
    ("where", "Where"),
    ("who", "Who is worst off"),
    ("pipeline", "Pipeline"),
    ("sent", "What is sent"),
    ("made", "What is made"),
    ("reserves", "Reserves"),
    ("binds", "What stands in the way"),
    ("goals", "Goals"),
)


def render(plan: Plan) -> str:
    """Return the report of a plan as one HTML page: no network, no clock, the same plan gives the same bytes.

    Args:
        plan: What to show. The page holds at most the ``MOST_…`` rows named in this room and says what it leaves out.
    """
    names = Names(plan.economy)
    values = map_values(plan)
    summary = facts.headline(plan)
    where = atlas(plan, values, names=names)
    binding = facts.bindings(plan)
    shown = binding[: account.MOST_BINDINGS]
    data = page_data(plan, values, names=names, flows=where.pairs, bindings=shown)
    parts = {
        "where": where.section,
        "who": sections.worst_off(plan, names),
        "pipeline": stocks.pipeline(plan, names),
        "sent": sections.dispatches(plan, names),
        "made": stocks.made(plan, names),
        "reserves": stocks.reserves(plan, names),
        "binds": account.binding(shown, len(binding) - len(shown), names),
        "goals": account.goals(plan),
    }
    present = [(ident, title) for ident, title in _SECTIONS if parts[ident]]
    links = join(element("a", {"href": f"#{ident}"}, text(title)) for ident, title in present)
    main = [
        top(plan, summary, names),
        element("nav", {"aria-label": "Sections"}, links),
        *(parts[ident] for ident, _ in present),
    ]
    body = join(
        [
            element("a", {"class": "skip", "href": "#main"}, text("Skip to the plan")),
            element("main", {"id": "main", "tabindex": "-1"}, join(main)),
            account.foot(plan, __version__),
            element("script", {"type": "application/json", "id": "data"}, as_script(data)),
            element("script", None, _file("page.js")),
        ]
    )
    return document(f"{plan.economy.title}: the plan", body)


def document(title: str, body: Markup) -> str:
    """Return a whole page around what stands in its body; only the style and script of this room may run in it."""
    page = element("html", {"lang": "en"}, join([_head(title), element("body", None, body)]))
    return f"<!doctype html>\n{page}\n"


def _head(title: str) -> Markup:
    style, script = _file("page.css"), _file("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        None,
        join(
            [
                element("meta", {"charset": "utf-8"}),
                element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
                element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
                element("meta", {"name": "color-scheme", "content": "light dark"}),
                element("meta", {"name": "referrer", "content": "no-referrer"}),
                element("link", {"rel": "icon", "href": "data:,"}),
                element("title", None, text(title)),
                element("style", None, style),
            ]
        ),
    )


@cache
def _file(name: str) -> Markup:
    """Return a file of this room that goes into the page as it is."""
    return Markup(resources.files("muster.report").joinpath(name).read_text(encoding="utf-8"))


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"

"""The interface as a whole: its operations, its description, and how it refuses."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser

from muster import __version__
from muster.web.api import deciding, problems, proving, reading, recording

_ABOUT = """\
The book and the plans of muster, for programs. Every request carries a token that a person made on the page /tokens,
and reaches as far as that person. Quantities are whole numbers of the smallest unit. What is not done is answered with
problem details (RFC 9457) that have the five fields of every message: what, where, seen, do, rule."""


class Json(Parser):
    """Reads bodies as strictly as the interchange: UTF-8, no NaN, no halves of surrogate pairs."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what a body says.

        Raises:
            ValueError: It is no JSON.
        """
        return orjson.loads(request.body)


api = NinjaAPI(
    title="muster",
    version=__version__,
    description=_ABOUT,
    docs_url=None,
    openapi_url=None,
    parser=Json(),
    urls_namespace="interface",
)
problems.add_handlers(api)
for router in (reading.router, deciding.router, proving.router, recording.router):
    api.add_router("", router)


def description() -> dict[str, Any]:
    """Return the description of every operation, in which refusals are problem details."""
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix=problems.ROOT)
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= HTTPStatus.BAD_REQUEST:
                    answer["content"] = {problems.MEDIA_TYPE: answer["content"].pop("application/json")}
    return schema

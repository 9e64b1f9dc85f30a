"""How /analytics answers: in JSON, whoever answers."""

from collections.abc import Mapping

import orjson
from django.http import HttpResponse


def json_answer(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json; charset=utf-8", headers=headers)
    # Four of the actions write: no cache may answer in the CRM's place.
    response["Cache-Control"] = "no-store"
    return response


def error_body(message: str) -> bytes:
    return orjson.dumps({"status": "error", "message": message})

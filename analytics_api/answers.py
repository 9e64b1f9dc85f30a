"""How /analytics answers: in JSON, whoever answers."""

import gzip
from collections.abc import Mapping

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# Shorter than this an answer travels in one packet anyhow.
LEAST_TO_COMPRESS = 1_000
# The quickest: a page of orders shrinks to a fifth for a sixth of its time, a higher level costs more than it saves.
COMPRESSION = 1


def json_answer(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json; charset=utf-8", headers=headers)
    # Four of the actions write: no cache may answer in the CRM's place.
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(body))
    return response


def error_body(message: str) -> bytes:
    return orjson.dumps({"status": "error", "message": message})


def compressed(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """The answer, its body compressed where it is long and the caller accepts gzip."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if len(response.content) >= LEAST_TO_COMPRESS and accepts_gzip(request.headers.get("Accept-Encoding", "")):
        response.content = gzip.compress(response.content, COMPRESSION, mtime=0)
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
    return response


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding names gzip, or anything, with a weight above zero."""
    for offer in header.lower().split(","):
        coding, _semicolon, weight = offer.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.strip().removeprefix("q=").strip("0.") != "" if weight else True
    return False

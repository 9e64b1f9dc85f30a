"""The address as the place where board and list keep their filter."""

from django.http import HttpRequest, HttpResponseRedirect, QueryDict

# What narrows nothing, and so stays when the filter is reset and is carried along by its form.
OF_THE_VIEW = ("sort", "columns")


def filter_context(query: QueryDict) -> dict[str, object]:
    """What the templates need of the address: the query to go on from, also as text and as pairs, and without the
    filter.
    """
    onward, view = query.copy(), QueryDict(mutable=True)
    onward.pop("page", None)
    for name in OF_THE_VIEW:
        if name in query:
            view.setlist(name, query.getlist(name))
    return {
        "query": onward,
        "query_text": f"?{onward.urlencode()}" if onward else "",
        "reset": f"?{view.urlencode()}" if view else "",
        "asked": pairs(onward),
        "kept": pairs(view),
    }


def pairs(query: QueryDict) -> list[tuple[str, str]]:
    """For hidden inputs: a template cannot take a query apart, to it `query.lists` is the parameter "lists"."""
    return [(name, value) for name, values in query.lists() for value in values]


def tidy_address(request: HttpRequest) -> HttpResponseRedirect | None:
    """A form sends all its fields; the address keeps those that say something, several columns as one."""
    query = request.GET.copy()
    for name, values in request.GET.lists():
        said = list(dict.fromkeys(value for value in values if value))
        query.setlist(name, [",".join(said)] if name == "columns" and said else said)
    if query == request.GET:
        return None
    text = query.urlencode(safe=",")
    return HttpResponseRedirect(f"{request.path}?{text}" if text else request.path)

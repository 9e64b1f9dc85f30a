"""The address as the place where board and list keep their filter."""

from django.http import HttpRequest, HttpResponseRedirect, QueryDict

from crm.views.viewing import ALL, Viewing

# What narrows nothing, and so stays when the filter is reset and is carried along by its form.
OF_THE_VIEW = ("sort", "columns")

# Where the query began, so that it can be written into the saved view.
MARKS = ("from", "view")


def filter_context(viewing: Viewing) -> dict[str, object]:
    """What the templates need of the address: the query to go on from, also as text and as pairs, and without the
    filter.
    """
    onward, without_filter = viewing.onward, QueryDict(mutable=True)
    for name in OF_THE_VIEW:
        if name in onward:
            without_filter.setlist(name, onward.getlist(name))
    marks = [(name, onward[name]) for name in MARKS if name in onward]
    reset = without_filter.copy()
    if viewing.default:
        reset["view"] = ALL
    return {
        "viewing": viewing,
        "query": onward,
        "query_text": f"?{onward.urlencode()}" if onward else "",
        "reset": f"?{reset.urlencode()}" if reset else "",
        "asked": pairs(onward),
        "marks": marks,
        "kept": pairs(without_filter) + marks,
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

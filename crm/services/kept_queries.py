"""What people looked for and said to many deals, where it is kept: a person who is erased is taken out of it."""

from urllib.parse import parse_qsl, urlencode

from crm.models import Bulk, SavedView
from crm.services.traces import Traces

# What a bulk's parameters hold beside text: keys of rows. Its deed is not said without the text.
KEYS = frozenset({"status", "name"})


def erase_from_queries(traces: Traces) -> None:
    """A view asks on without the words that name the person, and is called by its number where its name does.

    A bulk that is still to write such words leaves the rest of its deals as they are. Bulks are locked, as a worker
    locks them before their deals.
    """
    for view in SavedView.objects.select_for_update(no_key=True).order_by("pk"):
        view.query = _without(view.query, traces)
        view.name = f"#{view.pk}" if traces.found_in(view.name) else view.name
        view.save(update_fields=["query", "name"])
    for bulk in Bulk.objects.briefly().select_for_update(no_key=True).order_by("pk"):
        bulk.query = _without(bulk.query, traces)
        said = bulk.parameters
        if any(isinstance(text, str) and traces.found_in(text) for name, text in said.items() if name not in KEYS):
            bulk.parameters = {name: key for name, key in said.items() if name in KEYS}
        bulk.save(update_fields=["query", "parameters"])


def _without(query: str, traces: Traces) -> str:
    """The query of an address without the parameters that tell of the person; as it is, where none does."""
    asked = parse_qsl(query, keep_blank_values=True)
    rest = [(name, text) for name, text in asked if not traces.found_in(text)]
    return query if rest == asked else urlencode(rest)

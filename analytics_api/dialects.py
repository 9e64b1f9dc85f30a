"""The two dialects: `universe`, exactly the document, and `roistat`, as Roistat's cloud itself speaks
(PROTOCOL.md).
"""

from datetime import datetime
from typing import Any

import orjson

from crm.models import Integration


def speaks_roistat(integration: Integration) -> bool:
    return integration.dialect == Integration.Dialect.ROISTAT


def pagination(integration: Integration, *, total_count: int, limit: int) -> dict[str, Any]:
    """Strings in the universe dialect, as the document's examples have it; numbers in Roistat's."""
    if speaks_roistat(integration):
        return {"total_count": total_count, "limit": limit}
    return {"total_count": str(total_count), "limit": str(limit)}


def order_in_roistat(order_json: str, visit: str, changed_at: datetime) -> str:
    """The kept order with what Roistat's dialect adds: the visit under its own name, and when the order changed."""
    added: dict[str, str] = {"roistat": visit} if visit else {}
    added["date_update"] = str(int(changed_at.timestamp()))
    return f"{order_json[:-1]},{orjson.dumps(added).decode()[1:]}"

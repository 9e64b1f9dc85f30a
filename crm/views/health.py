"""For whoever watches over the service: a supervisor, a load balancer, a monitor."""

from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served: the database answers and holds every migration of this version; else 503."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        return unready("The database does not answer.")
    if not latest_migrations() <= applied.keys():
        return unready("Migrations are not applied: run manage.py migrate.")
    return JsonResponse({"status": "ok"})


def unready(message: str) -> JsonResponse:
    return JsonResponse({"status": "error", "message": message}, status=503)


@cache
def latest_migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of each app's last migration, as the code of this process has them."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())

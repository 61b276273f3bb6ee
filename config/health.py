"""Health, for monitoring and load balancers. Names no job, no studio and no setting."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobstatus import clock
from jobstatus.heartbeat import sweep_health

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def everything(request: HttpRequest) -> JsonResponse:
    """200 when jobs archive themselves on time, 503 when they do not. Three queries at the most."""
    try:
        health = sweep_health(clock.now())
    except DatabaseError:
        return _no_database()
    facts = {
        "status": "ok" if health.is_well else "failing",
        "database": True,
        "sweep": {
            "late": health.is_late,
            "seconds_since_last_run": health.age_seconds,
            "overdue_jobs": health.overdue,
            "failed_jobs": health.failed,
        },
    }
    return JsonResponse(facts, status=200 if health.is_well else 503)


@require_safe
@never_cache
def web(request: HttpRequest) -> JsonResponse:
    """200 when this process can serve. A late sweep is no reason to take the shop off the net."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _no_database()
    return JsonResponse({"status": "ok", "database": True})


def _no_database() -> JsonResponse:
    logger.exception("The health page cannot reach the database.")
    return JsonResponse({"status": "failing", "database": False}, status=503)

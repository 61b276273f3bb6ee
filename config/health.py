"""Health, for monitoring and load balancers. Names no job, no studio and no setting."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from comms.sending.health import sending_health
from jobstatus import clock
from jobstatus.heartbeat import sweep_health
from shop.delivery.health import receipts_health

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def everything(request: HttpRequest) -> JsonResponse:
    """200 when jobs archive themselves, and messages and receipts leave on time, else 503.

    Nine queries, ten if receipts are overdue.
    """
    try:
        at = clock.now()
        health, sending, receipts = sweep_health(at), sending_health(at), receipts_health(at)
    except DatabaseError:
        return _no_database()
    is_well = health.is_well and sending.is_well and receipts.is_well
    facts = {
        "status": "ok" if is_well else "failing",
        "database": True,
        "sweep": {
            "late": health.is_late,
            "seconds_since_last_run": health.age_seconds,
            "overdue_jobs": health.overdue,
            "failed_jobs": health.failed,
        },
        "sending": {
            "muted": sending.is_muted,
            "overdue": sending.overdue,
            "unknown": sending.unknown,
            "failed": sending.failed,
            "oldest_due_seconds": sending.oldest_due_seconds,
        },
        "receipts": {
            "overdue": receipts.overdue,
            "oldest_due_seconds": receipts.oldest_due_seconds,
        },
    }
    return JsonResponse(facts, status=200 if is_well else 503)


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

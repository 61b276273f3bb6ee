"""The same workers with the protection taken out, so that the kill test can be seen to fail.

`celery -A tests.unprotected worker`: a message that was leaving when its sender died is sent again,
as outboxes with a lease and without a mark do.
"""

from datetime import datetime

import django

from config.celery import app

django.setup()

from comms.models import Message  # noqa: E402
from comms.sending import claims  # noqa: E402 - needs the set-up

__all__ = ["app"]

recover_lost = claims.recover_lost


def requeue_lost(*, at: datetime) -> int:
    Message.objects.filter(status=claims.Status.TRANSMITTING, leased_until__lte=at).update(
        status=claims.Status.CLAIMED, attempts=0
    )
    return recover_lost(at=at)


claims.recover_lost = requeue_lost

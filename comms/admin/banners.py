"""What stands above the pages: messages that can still be stopped (X2), and a mute system (X5)."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from comms import held
from comms.sending import mute
from jobstatus.admin.job_list import page_instant
from jobstatus.admin.scope import own_studios
from jobstatus.models import Job


def banners(request: HttpRequest, job: Job | None) -> dict[str, Any]:
    """For a page of this job, or of all own jobs. Three queries at the most."""
    shown: dict[str, Any] = {"banner_template": "admin/comms/banners.html", "muted": muted()}
    if not request.user.has_perm("comms.view_dispatch"):
        return shown
    studios = None if request.user.is_superuser else list(own_studios(request))
    if job is not None:
        studios = [job.studio_id]
    return shown | {
        "held": held.held(studios, at=page_instant(request), job=job),
        "may_stop": request.user.has_perm("comms.change_dispatch"),
    }


def muted() -> str:
    """Why nothing is sent; empty if it is. One query."""
    row = mute.is_muted()
    return _(row.muted_because) if row else ""

"""How much a studio may store, and how much it does. Archived and trashed photos count (A13).

The sums stand beside each job, kept by database triggers: nothing here looks at photos, but for
jobs that have no shop page yet, which integrations may leave behind.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from jobstatus.keys import listed
from jobstatus.models import Job, Studio
from shop.models import Photo, StorageQuota, Storefront

GIGABYTE = 1_000_000_000
WARN_PERCENT, ALARM_PERCENT = 80, 95


class NoRoom(Exception):
    """What should be stored does not fit into the studio's quota. The message is for people."""


@dataclass(frozen=True)
class Use:
    """Of a studio. A quota of 0 bytes is none."""

    used_bytes: int
    quota_bytes: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means full. 0 without a quota."""
        return self.used_bytes * 100 // self.quota_bytes if self.quota_bytes else 0

    @property
    def free_bytes(self) -> int | None:
        return max(0, self.quota_bytes - self.used_bytes) if self.quota_bytes else None

    @property
    def level(self) -> str:
        """For pages: "fine", "warning" from 80 %, "alarm" from 95 %."""
        if self.percent >= ALARM_PERCENT:
            return "alarm"
        return "warning" if self.percent >= WARN_PERCENT else "fine"

    def has_room_for(self, more: int) -> bool:
        return not self.quota_bytes or self.used_bytes + more <= self.quota_bytes


def require_room(studio: Studio, *, bytes: int) -> None:
    """Raise NoRoom, with a sentence for people, if this many more bytes do not fit.

    Ask with the bytes of all that is under way, before they come. Three queries. Two who ask at the
    same instant may both be let in: the quota is an agreement and no wall to the byte.
    """
    use = use_of(studio)
    if use.has_room_for(bytes):
        return
    raise NoRoom(
        _(
            "There is no room for %(more)s: %(used)s of %(quota)s are used. Delete albums that "
            "are no longer needed (they count until they leave the trash), or ask for more storage."
        )
        % {
            "more": filesizeformat(bytes),
            "used": filesizeformat(use.used_bytes),
            "quota": filesizeformat(use.quota_bytes),
        }
    )


def use_of(studio: Studio) -> Use:
    """Three queries: the quota, the sums, and jobs that have none."""
    return Use(used_bytes=used_bytes(studio), quota_bytes=quota_bytes(studio))


def quota_bytes(studio: Studio) -> int:
    agreed = StorageQuota.objects.filter(studio=studio).values_list("gigabytes", flat=True).first()
    gigabytes = settings.STORAGE_QUOTA_GB if agreed is None else agreed
    return int(gigabytes * GIGABYTE)


def used_bytes(studio: Studio) -> int:
    weighed = Storefront.objects.filter(job__studio=studio).aggregate(sum=Sum("stored_bytes"))
    used: int = weighed["sum"] or 0
    without = list(
        Job.objects.filter(studio=studio, storefront__isnull=True).values_list("pk", flat=True)
    )
    if without:
        rest = Photo.objects.filter(job__in=listed(without)).aggregate(sum=Sum("stored_bytes"))
        used += rest["sum"] or 0
    return used

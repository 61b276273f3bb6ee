"""Photos out of the database, with their files noted for deletion. For the purge and the job."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from jobstatus.keys import listed
from shop.models import Appearance, LinePicture, OrderPicture, Photo
from shop.storing import doomed


def delete_photos(photo_ids: Collection[int], *, at: datetime) -> int:
    """Delete these rows for ever, in the caller's transaction, which holds them. Returns how many.

    Orders and baskets keep their pictures' names without the photo; originals that an order refers
    to keep their files. What the photos were tied to is cut set by set first: the rest is Django's
    own cascade, so that rows which come to point to photos later are not forgotten.
    """
    if not photo_ids:
        return 0
    photos = listed(photo_ids)
    doomed.doom_photos(photo_ids, at=at)
    Appearance.objects.filter(photo__in=photos).delete()
    pictures = held_pictures(OrderPicture.objects.filter(photo__in=photos))
    OrderPicture.objects.filter(pk__in=listed(pictures)).update(photo=None)
    LinePicture.objects.filter(photo__in=photos).update(photo=None)
    _all, by_model = Photo.objects.filter(pk__in=photos).delete()
    return by_model.get(Photo._meta.label, 0)


def held_pictures(pictures: QuerySet[OrderPicture]) -> list[int]:
    """Their numbers. Held in one order: of two who change several, one waits for the other."""
    rows = pictures.select_for_update(no_key=True).order_by("pk")
    return list(rows.values_list("pk", flat=True))

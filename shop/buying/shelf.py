"""What may be ordered at an instant, and at what price: the one judgement of every basket line.

Adding, showing, changing and ordering ask here, so that they cannot drift apart. A shelf is read
in a fixed number of queries and then judges any number of lines without the database.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobstatus.keys import listed
from jobstatus.models import Job, Studio
from shop import access, visit
from shop.models import AccessCode, Appearance, Photo, Product

Pick = tuple[int | None, int | None]  # an access code and a photo that it opens


class Standing(StrEnum):
    """Whether a line can be ordered, or the first reason why not."""

    GOOD = "good"
    LOCKED = "locked"  # the visitor has not typed the code, or has forgotten it since
    CLOSED = "closed"  # the job is not open for this code now
    PHOTO_GONE = "photo-gone"  # deleted, hidden, no longer of this person
    OFF_SALE = "off-sale"  # the product is not in the price list of the photo's job
    OTHER_CURRENCY = "other-currency"  # than the lines before it


@dataclass(frozen=True)
class Shelf:
    """The visitor's codes and what they open, the photos and products that lines name."""

    at: datetime
    codes: Mapping[int, AccessCode]
    photos: Mapping[int, Photo]
    tied: frozenset[tuple[int, int]]  # photo and person
    products: Mapping[int, Product]

    def standing(self, product_id: int | None, picks: Sequence[Pick]) -> Standing:
        """Says nothing of currencies: those are a matter of the whole basket."""
        codes = [self.codes.get(code_id or 0) for code_id, _photo_id in picks]
        known = [code for code in codes if code is not None]
        if len(known) < len(picks):
            return Standing.LOCKED
        if not all(access.is_open(code, self.at) for code in known):
            return Standing.CLOSED
        if not picks or not all(self.shows(*pick) for pick in picks):
            return Standing.PHOTO_GONE
        product = self.products.get(product_id or 0)
        if product is None or not self._is_offered(product, known):
            return Standing.OFF_SALE
        # A picture of a deleted job is gone from the line without a trace.
        return Standing.GOOD if len(picks) == product.picture_count else Standing.PHOTO_GONE

    def shows(self, code_id: int | None, photo_id: int | None) -> bool:
        """Whether this code may see this photo now: as `Photo.objects.shown().of(subject)`."""
        code, photo = self.codes.get(code_id or 0), self.photos.get(photo_id or 0)
        if code is None or photo is None or not access.is_open(code, self.at):
            return False
        subject = code.subject
        if subject is None or photo.is_hidden or not photo.album.is_active:
            return False
        if photo.trashed_at is not None:
            return False
        is_tied = (photo.pk, subject.pk) in self.tied
        is_of_group = photo.is_group and photo.album_id == subject.album_id
        return photo.job_id == subject.job_id and (is_tied or is_of_group)

    def opens(self, code_id: int | None, job: Job) -> bool:
        """Whether the job is open for this code; for a code that is not known, for anybody."""
        code = self.codes.get(code_id or 0)
        return job.is_orderable(self.at) if code is None else access.is_open(code, self.at)

    @staticmethod
    def _is_offered(product: Product, codes: Sequence[AccessCode]) -> bool:
        lists = {_price_list_id(code) for code in codes}
        return product.is_active and lists == {product.price_list_id}


def _price_list_id(code: AccessCode) -> int | None:
    """None for a job without a price list or without a page: nothing is for sale there."""
    storefront = getattr(code.job, "storefront", None)
    return None if storefront is None else storefront.price_list_id


def read(
    studio: Studio,
    *,
    code_ids: Collection[int],
    photo_ids: Collection[int],
    product_ids: Collection[int],
    at: datetime,
) -> Shelf:
    """What these ids are in this studio; those of another are not found. Four queries at most."""
    codes = {code.pk: code for code in visit.codes_of(list(code_ids), studio)}
    photos = Photo.objects.filter(pk__in=listed(photo_ids), job__studio=studio)
    subjects = [code.subject_id for code in codes.values() if code.subject_id is not None]
    tied = Appearance.objects.filter(photo__in=listed(photo_ids), subject__in=listed(subjects))
    products = Product.objects.filter(pk__in=listed(product_ids), price_list__studio=studio)
    return Shelf(
        at=at,
        codes=codes,
        photos={photo.pk: photo for photo in photos.select_related("album")},
        tied=frozenset(tied.values_list("photo_id", "subject_id")),
        products={product.pk: product for product in products.select_related("price_list")},
    )

"""A photo came in: where it belongs, as far as cards say it."""

from django.db import transaction

from shop.holding import hold
from shop.models import Appearance, Photo
from shop.sorting import cards
from shop.sorting.card_text import code_on
from shop.sorting.sequence import Shot, card_before, followers


def tie(photo: Photo, card: str | None) -> None:
    """Take up a photo that was just stored. `card` is what the QR code in it says, if it has one.

    Call it in the transaction that stores the row: otherwise a card could be seen for a moment.
    A photo of one of our cards (code, or link with the code) is hidden for ever and names the
    person of the photos that follow it by file name in its album; any other text means nothing.
    Photos and cards may come in any order, from several workers at once, and twice. A photo whose
    album went to the trash meanwhile goes there, too. Three queries for a photo in an album without
    cards, eleven at most; no clock, no file, nothing to be done at the end of an upload.
    """
    with transaction.atomic():
        hold(photo.job_id)
        row = Photo.objects.select_related("album").filter(pk=photo.pk).first()
        if row is None or row.trashed_at is not None:
            return
        if row.album.trashed_at is not None:
            Photo.objects.filter(pk=row.pk).update(trashed_at=row.album.trashed_at)
            return
        code = code_on(card)
        if code and not row.card_code:
            # By the way, in one statement: never shown and still without its mark.
            Photo.objects.filter(pk=row.pk).update(card_code=code, is_hidden=True, is_group=False)
            Appearance.objects.filter(photo=row.pk).delete()
            row.card_code = code
        _tie_around(row)


def _tie_around(row: Photo) -> None:
    shot = Shot(row.pk, row.file_name, row.card_code)
    if row.card_code:
        # Photos that came before their card followed the card before it.
        after = followers(shot, cards.shots_of(row.album_id))
        cards.tie(row.job_id, dict.fromkeys(after, row.card_code))
        return
    known = cards.shots_of(row.album_id, only_cards=True)
    if known:
        cards.tie(row.job_id, {row.pk: card_before(shot, known)})

"""Printed cards that were photographed: who is on the photos that follow.

Which photo follows which card is a matter of their names (`sequence`), never of when they came:
several workers may bring an album in any order, and the ties are the same in the end.
"""

from collections.abc import Iterable, Mapping

from jobstatus.keys import listed, listed_texts
from shop.models import AccessCode, Appearance, Photo
from shop.sorting.plans import Pair
from shop.sorting.sequence import Shot


def shots_of(album_id: int, *, only_cards: bool = False) -> list[Shot]:
    """The photos of an album that count, in no order. One query."""
    rows = Photo.objects.filter(album=album_id, trashed_at__isnull=True)
    if only_cards:
        rows = rows.exclude(card_code="")
    return [Shot(*row) for row in rows.values_list("pk", "file_name", "card_code")]


def persons_of(job_id: int, codes: Iterable[str]) -> dict[str, int]:
    """Codes of this job to the numbers of their persons; no others are in it. One query."""
    rows = AccessCode.objects.filter(
        code__in=listed_texts(sorted(set(codes) - {""})), job=job_id, subject__job=job_id
    )
    return {code: pk for code, pk in rows.values_list("code", "subject_id") if pk is not None}


def difference(job_id: int, wanted: Mapping[int, str]) -> tuple[list[Pair], list[Pair]]:
    """The ties that cards add and those that they take away, if each photo follows its code.

    Cards say nothing of group photos, and nothing of photos that were tied in another way: a person
    who corrected a card is right. Three queries.
    """
    persons = persons_of(job_id, wanted.values())
    there, by_hand = set[Pair](), set[int]()
    ties = Appearance.objects.filter(photo__in=listed(wanted), photo__job=job_id)
    for photo, subject, by_card in ties.values_list("photo_id", "subject_id", "by_card"):
        there.add((photo, subject))
        if not by_card:
            by_hand.add(photo)
    alone = Photo.objects.filter(
        pk__in=listed(wanted), job=job_id, is_group=False, card_code="", trashed_at__isnull=True
    )
    spoken_of = set(alone.values_list("pk", flat=True)) - by_hand
    meant = {(pk, persons[wanted[pk]]) for pk in spoken_of if wanted[pk] in persons}
    gone = {pair for pair in there - meant if pair[0] in spoken_of}
    return sorted(meant - there), sorted(gone)


def write(job_id: int, new: Iterable[Pair], gone: Iterable[Pair], *, by_card: bool) -> None:
    """Two statements; the caller holds the gallery, so that nobody else makes the same tie."""
    old = set(gone)
    if old:
        ties = Appearance.objects.filter(
            photo__in=listed({photo for photo, _subject in old}), photo__job=job_id
        )
        rows = [
            pk
            for pk, *pair in ties.values_list("pk", "photo_id", "subject_id")
            if tuple(pair) in old
        ]
        Appearance.objects.filter(pk__in=listed(rows)).delete()
    Appearance.objects.bulk_create(
        [Appearance(photo_id=p, subject_id=s, by_card=by_card) for p, s in new],
        batch_size=1_000,
        ignore_conflicts=True,
    )


def tie(job_id: int, wanted: Mapping[int, str]) -> None:
    """Make the ties of cards what `wanted` says: for each photo the code that it follows."""
    new, gone = difference(job_id, wanted)
    write(job_id, new, gone, by_card=True)

"""Reading the cards of albums again, as a plan to look at first."""

from collections import Counter

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.keys import listed, listed_texts
from jobstatus.models import Job
from shop.codes import spelling
from shop.models import AccessCode, Appearance, Photo
from shop.sorting import cards
from shop.sorting.plans import Left, Plan
from shop.sorting.sequence import Shot, followed

MOST_NOTES = 20


def plan(job: Job, album_id: int | None) -> Plan:
    """For one album or for all: the ties that cards make, and what is odd about the cards."""
    found = Plan(job.pk, by_card=True)
    photos = _photos(job, album_id)
    by_album: dict[int, list[Shot]] = {}
    rows = photos.values_list("album_id", "pk", "file_name", "card_code")
    for album, pk, file_name, code in rows:
        by_album.setdefault(album, []).append(Shot(pk, file_name, code))
    # An album without a card is nobody's business here: its photos were tied in other ways.
    with_cards = {pk: shots for pk, shots in by_album.items() if any(s.code for s in shots)}
    wanted: dict[int, str] = {}
    for shots in with_cards.values():
        wanted |= followed(shots)
    found.new, found.gone = cards.difference(job.pk, wanted)
    every = {shot.pk: shot for shots in with_cards.values() for shot in shots}
    known = cards.persons_of(job.pk, (shot.code for shot in every.values()))
    _look_at_photos(found, wanted, every, known)
    found.notes = _notes(job, list(with_cards.values()), known)
    if not with_cards:
        found.notes = [_("There is no card in these photos.")]
    return found


def _photos(job: Job, album_id: int | None) -> QuerySet[Photo]:
    photos = Photo.objects.filter(
        job=job, trashed_at__isnull=True, album__trashed_at__isnull=True, is_group=False
    )
    return photos if album_id is None else photos.filter(album=album_id)


def _look_at_photos(
    found: Plan, wanted: dict[int, str], every: dict[int, Shot], known: dict[str, int]
) -> None:
    ties = Appearance.objects.filter(photo__in=listed(wanted), photo__job=found.job_id)
    tied: dict[int, set[int]] = {}
    for photo, subject in ties.values_list("photo_id", "subject_id"):
        tied.setdefault(photo, set()).add(subject)
    changed = {photo for photo, _subject in [*found.new, *found.gone]}
    for pk, code in sorted(wanted.items(), key=lambda item: every[item[0]].key):
        there, name = tied.get(pk, set()), every[pk].file_name
        if known.get(code) in there:
            found.known += 1
        elif there and pk not in changed:
            found.other.append(name)
        elif code not in known:
            reason = _("Its card is of nobody in this job.") if code else _("No card before it.")
            found.without.append(Left(name, reason))


def _notes(job: Job, albums: list[list[Shot]], known: dict[str, int]) -> list[str]:
    """What a person should look at: cards of nobody, cards without photos, a name twice."""
    notes: list[str] = []
    strange = {shot.code for shots in albums for shot in shots if shot.code} - set(known)
    elsewhere = _elsewhere(job, strange)
    for shots in albums:
        notes += _strange(shots, strange, elsewhere)
        notes += _without_photos(shots)
        notes += _twice(shots)
    more = len(notes) - MOST_NOTES
    if more <= 0:
        return notes
    text = ngettext("and %(count)d remark more", "and %(count)d remarks more", more)
    return [*notes[:MOST_NOTES], text % {"count": more}]


def _elsewhere(job: Job, codes: set[str]) -> dict[str, str]:
    """Codes of the studio's other jobs and the jobs' names. Those of others are nobody's."""
    rows = AccessCode.objects.filter(
        code__in=listed_texts(sorted(codes)), job__studio=job.studio_id
    ).exclude(job=job)
    return {code: str(name) for code, name in rows.values_list("code", "job__name")}


def _strange(shots: list[Shot], strange: set[str], elsewhere: dict[str, str]) -> list[str]:
    notes = []
    for shot in sorted(shots, key=lambda shot: shot.key):
        if shot.code not in strange:
            continue
        values = {"file": shot.file_name, "code": spelling.written(shot.code)}
        if shot.code in elsewhere:
            text = _("%(file)s: the card %(code)s is of the job “%(job)s”.")
            notes.append(text % {**values, "job": elsewhere[shot.code]})
        else:
            notes.append(_("%(file)s: the card %(code)s is of nobody in this job.") % values)
    return notes


def _without_photos(shots: list[Shot]) -> list[str]:
    notes, before = [], None
    ordered = sorted(shots, key=lambda shot: shot.key)
    for shot in [*ordered, None]:
        if before is not None and before.code:
            follows = shot is not None and shot.series == before.series
            if not follows:
                notes.append(
                    _("%(file)s: no photo follows this card.") % {"file": before.file_name}
                )
            elif shot is not None and shot.code and shot.code != before.code:
                text = _("%(first)s and %(second)s: two cards in a row. The second one counts.")
                notes.append(text % {"first": before.file_name, "second": shot.file_name})
        before = shot
    return notes


def _twice(shots: list[Shot]) -> list[str]:
    """Two cameras that count alike in one album mix their photos up."""
    counted = Counter(shot.file_name.casefold() for shot in shots)
    twice = sorted(name for name, count in counted.items() if count > 1)
    if not twice:
        return []
    text = ngettext(
        "%(count)d file name is there twice, as of two cameras (%(names)s). Put each camera into "
        "an album of its own, otherwise photos follow the wrong card.",
        "%(count)d file names are there twice, as of two cameras (%(names)s). Put each camera into "
        "an album of its own, otherwise photos follow the wrong card.",
        len(twice),
    )
    return [text % {"count": len(twice), "names": ", ".join(twice[:3])}]

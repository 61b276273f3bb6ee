"""Taking an action back: exactly its rows, and of them those that are still as it left them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobstatus.keys import listed
from jobstatus.models import Job
from shop.holding import hold
from shop.models import Album, Appearance, Photo, SortingStep, Subject
from shop.sorting import cards, trash
from shop.sorting.steps import can_be_undone

Kind = SortingStep.Kind


class UndoRefused(Exception):
    """The action cannot be taken back any more. The message is a sentence for a person."""


@dataclass
class Undone:
    count: int  # photos that are as before
    left: int = 0  # photos that somebody changed since, and which stay so
    sentences: tuple[str, ...] = ()

    def told(self) -> str:
        return ngettext(
            "Taken back: %(count)d photo is as before.",
            "Taken back: %(count)d photos are as before.",
            self.count,
        ) % {"count": self.count}

    def stayed(self) -> list[str]:
        if not self.left:
            return list(self.sentences)
        text = ngettext(
            "%(count)d photo was changed since, and stays so.",
            "%(count)d photos were changed since, and stay so.",
            self.left,
        )
        return [*self.sentences, text % {"count": self.left}]


@transaction.atomic(durable=True)
def undo(job: Job, step_id: int, *, at: datetime) -> Undone:
    """Once. Photos that are gone or in the trash by now stay there. Raises UndoRefused."""
    hold(job.pk)
    step = SortingStep.objects.filter(pk=step_id, job=job).first()
    if step is None or not can_be_undone(step, at=at):
        raise UndoRefused(_("This was taken back already, or is too long ago."))
    SortingStep.objects.filter(pk=step.pk).update(undone_at=at)
    return _WAYS[step.kind](job, step.rows)


def _hidden(job: Job, rows: dict[str, Any]) -> Undone:
    here = _here(job, rows["photos"]).filter(is_hidden=rows["to"])
    # What turned out to be a card meanwhile stays hidden.
    here = here.filter(card_code="") if rows["to"] else here
    return _undone(rows["photos"], here.update(is_hidden=not rows["to"]))


def _group(job: Job, rows: dict[str, Any]) -> Undone:
    here = _here(job, rows["photos"]).filter(is_group=rows["to"], card_code="")
    return _undone(rows["photos"], here.update(is_group=not rows["to"]))


def _moved(job: Job, rows: dict[str, Any]) -> Undone:
    """Back into albums that are still there."""
    albums = Album.objects.filter(job=job, trashed_at__isnull=True)
    known = set(albums.filter(pk__in=listed(map(int, rows["from"]))).values_list("pk", flat=True))
    count, all_of_them = 0, []
    for text, ids in rows["from"].items():
        all_of_them += ids
        if int(text) in known:
            here = _here(job, ids).filter(album=rows["to"])
            count += here.update(album=int(text))
    return _undone(all_of_them, count)


def _tied(job: Job, rows: dict[str, Any]) -> Undone:
    new, gone = ([(photo, subject) for photo, subject in rows[name]] for name in ("new", "gone"))
    by_card = {(photo, subject) for photo, subject in rows["gone_by_card"]}
    photos = {photo for photo, _subject in [*new, *gone]}
    here = set(_here(job, photos).values_list("pk", flat=True))
    ties = Appearance.objects.filter(photo__in=listed(photos), photo__job=job)
    there = set(ties.values_list("photo_id", "subject_id"))
    subjects = set(
        Subject.objects.filter(pk__in=listed({s for _p, s in gone}), job=job).values_list(
            "pk", flat=True
        )
    )
    away = [pair for pair in new if pair in there and pair[0] in here]
    back = [pair for pair in gone if pair not in there and pair[0] in here and pair[1] in subjects]
    cards.write(job.pk, [pair for pair in back if pair not in by_card], away, by_card=False)
    cards.write(job.pk, [pair for pair in back if pair in by_card], [], by_card=True)
    return _undone(photos, len({photo for photo, _subject in [*away, *back]}))


def _trashed(job: Job, rows: dict[str, Any]) -> Undone:
    instant = datetime.fromisoformat(rows["at"])
    if rows["album"] is not None:
        album = Album.objects.filter(pk=rows["album"], job=job, trashed_at=instant).first()
        found = trash.bring_album_back(job, album.pk) if album else trash.Restored()
    else:
        found = trash.bring_back(Photo.objects.filter(job=job, trashed_at=instant))
    return Undone(found.photos, sentences=tuple(trash.stayed(found)))


def _no_card(job: Job, rows: dict[str, Any]) -> Undone:
    """Cards again, unless somebody shows them by now."""
    codes = {int(pk): code for pk, code in rows["cards"].items()}
    here = _here(job, codes).filter(card_code="", is_hidden=True)
    photos = list(here.only("pk", "card_code"))
    for photo in photos:
        photo.card_code = codes[photo.pk]
    Photo.objects.bulk_update(photos, ["card_code"], batch_size=500)
    return _undone(codes, len(photos))


_WAYS: dict[str, Callable[[Job, dict[str, Any]], Undone]] = {
    Kind.HIDDEN: _hidden,
    Kind.GROUP: _group,
    Kind.MOVED: _moved,
    Kind.TIED: _tied,
    Kind.TRASHED: _trashed,
    Kind.NO_CARD: _no_card,
}


def _here(job: Job, ids: Iterable[int]) -> Any:
    return Photo.objects.filter(pk__in=listed(ids), job=job, trashed_at__isnull=True)


def _undone(ids: Any, count: int) -> Undone:
    return Undone(count, len(ids) - count)

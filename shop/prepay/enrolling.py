"""Children become persons of the job with their order, each with a code of its own (P1).

Runs inside the order's transaction, which holds the job alone: of two orders for one child at one
instant the second one finds the first one's person.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from jobstatus.keys import listed
from shop.buying.lines import Priced
from shop.codes import issuing
from shop.models import (
    AccessCode,
    Album,
    Basket,
    BasketChild,
    PrepayQuestion,
    PrepayShop,
    SameChild,
    Subject,
    SubjectAnswer,
)
from shop.names.judging import key
from shop.prepay import children

MOST_DOUBLES = 20  # noted for one child: more of one name say nothing any more


def enrol(shop_id: int, now: Priced, *, at: datetime) -> dict[int, AccessCode]:
    """The code of each child of these lines, by its number. Nine queries for any number of them.

    Who was known keeps person and code. A new one gets both, and a note for the photographer if
    the job has somebody who may be the same.
    """
    shop = PrepayShop.objects.get(pk=shop_id)
    wanted = {line.child.pk for line in now.lines if line.child is not None}
    rows = BasketChild.objects.filter(pk__in=listed(wanted)).select_related("code").order_by("pk")
    found = {row.pk: row.code for row in rows if row.code is not None}
    new = [row for row in rows if row.code is None]
    if new and shop.job_id is not None:
        found |= _written(shop.job_id, new, at=at)
    return found


def tidy(basket: Basket, codes: Mapping[int, AccessCode]) -> None:
    """Ordered children leave the basket; one that has other products left is known from now on."""
    basket.children.filter(pk__in=listed(codes), lines__isnull=True).delete()
    for child in basket.children.filter(pk__in=listed(codes), code__isnull=True):
        child.code = codes[child.pk]
        child.save(update_fields=["code"])


def _written(job_id: int, new: Sequence[BasketChild], *, at: datetime) -> dict[int, AccessCode]:
    questions = children.questions_of(job_id)
    before = list(Subject.objects.filter(job=job_id).select_related("album").order_by("pk"))
    answers = {child.pk: children.stored(child.answers) for child in new}
    classes = {child.pk: children.class_of(answers[child.pk], questions) for child in new}
    albums = _albums(job_id, classes.values())
    subjects = Subject.objects.bulk_create(
        Subject(job_id=job_id, name=child.name, album=albums.get(key(classes[child.pk])))
        for child in new
    )
    _answers(zip(subjects, (answers[child.pk] for child in new), strict=True), questions)
    _doubles(before, subjects, at=at)
    issued = issuing.issue(subjects)
    return {child.pk: code for child, code in zip(new, issued, strict=True)}


def _albums(job_id: int, wanted: Iterable[str]) -> dict[str, Album]:
    """The job's albums by the keys of their names; those that are missing are made."""
    rows = Album.objects.filter(job=job_id, trashed_at__isnull=True).order_by("-pk")
    found = {key(album.name): album for album in rows}
    missing = {key(name): name for name in wanted if name and key(name) not in found}
    for album in Album.objects.bulk_create(
        Album(job_id=job_id, name=name) for name in missing.values()
    ):
        found[key(album.name)] = album
    return found


def _answers(
    told: Iterable[tuple[Subject, Mapping[int, str]]], questions: Iterable[PrepayQuestion]
) -> None:
    asked = {question.pk for question in questions if question.slot != children.CLASS}
    SubjectAnswer.objects.bulk_create(
        SubjectAnswer(subject=subject, question_id=number, text=text)
        for subject, answers in told
        for number, text in answers.items()
        if number in asked
    )


def _doubles(before: Sequence[Subject], new: Sequence[Subject], *, at: datetime) -> None:
    known, doubles = list(before), []
    for subject in new:
        class_name = subject.album.name if subject.album else ""
        same = [other for other in known if children.may_be(other, subject.name, class_name)]
        doubles += [
            SameChild(first=other, second=subject, found_at=at) for other in same[:MOST_DOUBLES]
        ]
        known.append(subject)
    SameChild.objects.bulk_create(doubles)

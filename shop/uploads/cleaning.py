"""What came to nothing, or is done: rows and bytes that nobody needs any more."""

from datetime import datetime, timedelta

from shop.models import Upload
from shop.uploads import places
from shop.uploads.receiving import KEPT_UNFINISHED

KEPT_ENDED = timedelta(days=7)  # so long a page can tell what became of a file
KEPT_WITHOUT_ROW = timedelta(hours=24)  # of a job that was deleted, or of a worker that died
CLEANED_AT_ONCE = 500

State = Upload.State
UNENDED = (State.RECEIVING, State.WAITING)


def clean(*, at: datetime) -> int:
    """Idle: two queries and a look into the folder."""
    return _unfinished(at) + _ended(at) + _without_row()


def _unfinished(at: datetime) -> int:
    late = Upload.objects.receiving().filter(changed_at__lt=at - KEPT_UNFINISHED)
    tokens = list(late.order_by("changed_at").values_list("token", flat=True)[:CLEANED_AT_ONCE])
    if not tokens:
        return 0
    # The row first: whoever appends just now finds none, and removes what it wrote.
    late.filter(token__in=tokens).delete()
    gone = set(tokens) - set(_known(tokens))
    for token in gone:
        places.forget(token)
    return len(gone)


def _ended(at: datetime) -> int:
    ended = Upload.objects.exclude(state__in=UNENDED).filter(changed_at__lt=at - KEPT_ENDED)
    found = list(ended.order_by("changed_at").values_list("pk", flat=True)[:CLEANED_AT_ONCE])
    if found:
        Upload.objects.filter(pk__in=found).delete()
    return len(found)


def _without_row() -> int:
    old = places.older_than(KEPT_WITHOUT_ROW)[:CLEANED_AT_ONCE]
    tokens = [places.token_of(path) for path in old]
    needed = set(_known(tokens, unended=True)) if tokens else set()
    gone = [token for token in tokens if token not in needed]
    for token in gone:
        places.forget(token)
    return len(gone)


def _known(tokens: list[str], *, unended: bool = False) -> list[str]:
    rows = Upload.objects.filter(token__in=tokens)
    if unended:
        rows = rows.filter(state__in=UNENDED)
    return list(rows.values_list("token", flat=True))

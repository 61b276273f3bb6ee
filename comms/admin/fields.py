"""Small things that the pages of communication share."""

from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

LONGEST_ID = 18  # digits; more is no number that the database knows


def pill(kind: str, label: Any) -> SafeString:
    return format_html('<span class="pill pill-{}">{}</span>', kind, label)


def labelled(label: str, text: Any) -> SafeString:
    """A cell that names itself where a narrow screen shows no column heads."""
    return format_html('<span class="cell-label">{}</span> {}', label, text)


def number_in(text: str | None) -> int | None:
    """The number that a query string or a form names; none if no row can have it."""
    if text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID:
        return int(text)
    return None


def counted(rows: models.QuerySet[Any], column: str) -> Any:
    """How many of these rows point with this column to the row of the outer query."""
    mine = rows.filter(**{column: models.OuterRef("pk")}).order_by()
    sums = mine.values(column).annotate(n=models.Count("pk")).values("n")
    return models.functions.Coalesce(models.Subquery(sums), 0)


def jobs_text(count: int) -> str:
    return ngettext("%(count)d job", "%(count)d jobs", count) % {"count": count}

"""List filters whose choices are the person's own rows."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest

from jobstatus.admin.scope import own_rows


class OwnRelatedFilter(RelatedFieldListFilter):
    """Choices from the related table itself, never by DISTINCT over a million jobs.

    Django shows the filter from two choices on, so that a person with one studio is not asked.
    """

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = own_rows(field.remote_field.model, model_admin.admin_site, request)
        return [(row.pk, str(row)) for row in rows]


def own_filters(model: type[models.Model], filters: Sequence[Any]) -> list[Any]:
    return [_own_filter(model, item) for item in filters]


def _own_filter(model: type[models.Model], item: Any) -> Any:
    path = item if isinstance(item, str) else item[0] if isinstance(item, (list, tuple)) else None
    if path is None:
        return item  # A class of its own; it gets its rows from get_queryset().
    field = get_fields_from_path(model, path)[-1]
    if field.is_relation:
        return (path, OwnRelatedFilter)
    if "__" in path and not (field.choices or isinstance(field, models.BooleanField)):
        raise ImproperlyConfigured(
            f"The filter {path} would list the values of all studios. Write a SimpleListFilter."
        )
    return item

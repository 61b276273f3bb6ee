"""Which rows are a person's own. Pure reading; base.py builds the pages on it."""

from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest

from jobstatus.models import Studio


def own_studios(request: HttpRequest) -> dict[int, Studio]:
    """The studios of the signed-in person by id, in order of their names. One query a request."""
    known: dict[int, Studio] | None = getattr(request, "_own_studios", None)
    if known is None:
        member = request.user.pk is not None
        studios = Studio.objects.filter(members=request.user.pk).order_by("name", "pk")
        known = {studio.pk: studio for studio in studios} if member else {}
        request._own_studios = known  # type: ignore[attr-defined]
    return known


def within(rows: models.QuerySet[Any], path: str, request: HttpRequest) -> models.QuerySet[Any]:
    """These rows, narrowed to the person's studios. `path` leads from a row to its studio."""
    if request.user.is_superuser:
        return rows
    # Literal ids instead of a subquery: the planner then uses the index that begins with them.
    return rows.filter(**{f"{path}__in": list(own_studios(request))})


def own_rows(model: Any, site: AdminSite, request: HttpRequest) -> models.QuerySet[Any]:
    """All own rows of a model, in the order of its page. None of a model without a scope."""
    page = site._registry.get(model)
    rows: models.QuerySet[Any] = model._default_manager.all()
    if page is not None:
        rows = rows.order_by(*page.get_ordering(request))
    if request.user.is_superuser:
        return rows
    path = getattr(page, "studio_path", None)
    return rows.none() if path is None else within(rows, path, request)


def studio_id_of(row: Any, path: str) -> Any:
    """The id of this row's studio, by its attributes; None if a step is not set."""
    *steps, last = path.split("__")
    for step in steps:
        field = row._meta.get_field(step)
        if getattr(row, field.attname) is None:
            return None
        row = getattr(row, step)
    return getattr(row, row._meta.pk.attname if last == "pk" else f"{last}_id")

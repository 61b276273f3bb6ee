"""A page whose form is read, judged and written while nobody else changes its row."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest
from django.utils.functional import Promise

from jobstatus.admin.base import StudioScopedAdmin


class SavedMeanwhile(Exception):
    """The row changed between lock and UPDATE. The transaction was rolled back."""


class LockedFormAdmin(StudioScopedAdmin):
    """If the row cannot be had now, the form comes back with the input and with `busy`.

    Its form class has an attribute `refused`, the sentence that it then shows.
    """

    busy: Promise

    def lock_row(self, obj: Any) -> None:
        """Take the row, and what is taken before it, for this transaction."""
        raise NotImplementedError

    def get_form(
        self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "_refused", None)  # Django makes the class anew each time.
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with transaction.atomic():
                if object_id is not None:
                    obj = self.get_object(request, unquote(object_id))
                    if obj is not None:
                        self.lock_row(obj)
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, OperationalError, SavedMeanwhile):
            # An IntegrityError: somebody took the same name or address at the same instant.
            request._refused = self.busy  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

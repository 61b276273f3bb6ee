"""Staff see the rows of their own studios only (J3). Every admin class of the product is one of

    StudioScopedAdmin     its rows belong to a studio: `studio_path` leads there
    StudioScopedInline    the same for rows on another row's page
    SuperuserOnly         its rows belong to no studio

The admin site turns whatever is neither into the third. A row of another studio answers in every
place exactly as one that does not exist. Superusers see everything.
"""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse

from jobstatus.admin.filters import own_filters
from jobstatus.admin.scope import own_rows, own_studios, studio_id_of, within
from jobstatus.models import Studio

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    AnyInline = admin.TabularInline[Any, Any]
    AnyOptions = admin.options.BaseModelAdmin[Any]
else:
    AnyAdmin, AnyInline, AnyOptions = admin.ModelAdmin, object, object


class SuperuserOnly(AnyOptions):
    """Mixin for what belongs to no studio. Goes before the admin or inline class."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        # The history page looks for the row before it looks at permissions.
        rows = super().get_queryset(request)
        return rows if _is_superuser(request) else rows.none()

    def has_view_permission(self, request: HttpRequest, *args: Any, **kwargs: Any) -> bool:
        return _is_superuser(request) and super().has_view_permission(request, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest, *args: Any, **kwargs: Any) -> bool:
        return _is_superuser(request) and super().has_add_permission(request, *args, **kwargs)

    def has_change_permission(self, request: HttpRequest, *args: Any, **kwargs: Any) -> bool:
        return _is_superuser(request) and super().has_change_permission(request, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, *args: Any, **kwargs: Any) -> bool:
        return _is_superuser(request) and super().has_delete_permission(request, *args, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request) and super().has_module_permission(request)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


class OwnRawIdWidget(ForeignKeyRawIdWidget):
    """Names the row behind an id only if it is among the person's own."""

    rows: models.QuerySet[Any]

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        key = self.rel.get_related_field().name
        try:
            known = self.rows.filter(**{key: value}).exists()
        except (TypeError, ValueError):
            known = False
        return super().label_and_url_for_value(value) if known else ("", "")


class StudioScope(AnyOptions):
    """What admin pages and inlines have in common: the rows, and the rows to choose from."""

    # From the model to its studio, as in a query: "studio", "job__studio"; "pk" for Studio itself.
    studio_path: str

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return within(super().get_queryset(request), self.studio_path, request)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        rows = self._own_choices(db_field, request, kwargs)
        if db_field.name in self.raw_id_fields and "widget" not in kwargs:
            widget = OwnRawIdWidget(db_field.remote_field, self.admin_site)
            widget.rows = rows
            kwargs["widget"] = widget
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        self._own_choices(db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _own_choices(self, db_field: Any, request: Any, kwargs: Any) -> models.QuerySet[Any]:
        """Narrow the choices to own rows: those of the field, or those that a subclass asks for."""
        rows = own_rows(db_field.remote_field.model, self.admin_site, request)
        asked = kwargs.get("queryset")
        if asked is None:
            asked = self.get_field_queryset(kwargs.get("using"), db_field, request)
        kwargs["queryset"] = rows if asked is None else asked.filter(pk__in=rows.values("pk"))
        return cast("models.QuerySet[Any]", kwargs["queryset"])

    def refuse_foreign_rows(self, request: HttpRequest, obj: models.Model) -> None:
        """Raise PermissionDenied if this object, or a row it points to, is of another studio.

        The second line behind the forms. Asks about the object as it would be saved.
        """
        if request.user.is_superuser:
            return
        studio_id = studio_id_of(obj, self.studio_path)
        if studio_id not in own_studios(request):
            raise PermissionDenied
        for field in obj._meta.concrete_fields:
            value = getattr(obj, field.attname)
            target = self.admin_site._registry.get(cast(Any, field.related_model))
            if value is None or not isinstance(target, StudioScopedAdmin):
                continue
            rows = target.model._default_manager.filter(**{target.studio_path: studio_id})
            if not rows.filter(**{cast(Any, field).target_field.name: value}).exists():
                raise PermissionDenied


class StudioScopedInline(StudioScope, AnyInline):
    """Mixin before TabularInline or StackedInline. `studio_path` starts at the inline's model."""


class StudioScopedAdmin(StudioScope, AnyAdmin):
    """A page whose rows belong to a studio.

    A new row's studio is the person's only one, or chosen among several. It stays what it is:
    only a superuser can move a row to another studio. Subclasses that override `get_fieldsets`,
    `get_exclude`, `get_readonly_fields`, `get_list_filter` or `get_form` call super().
    """

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return own_filters(self.model, super().get_list_filter(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._is_own(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        if not super().has_add_permission(request):
            return False
        return bool(request.user.is_superuser or own_studios(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_own(request, obj)

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None or request.user.is_superuser:
            return True
        return studio_id_of(obj, self.studio_path) in own_studios(request)

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        inlines = super().get_inline_instances(request, obj)
        if _is_superuser(request):
            return inlines
        return [inline for inline in inlines if isinstance(inline, StudioScope)]

    # Pages of its own below a row begin with these two.

    def _own_row(self, request: HttpRequest, object_id: str) -> Any:
        """The person's own row; None if there is no such one. Raises PermissionDenied."""
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row

    def _missing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        page: Any = self  # Django's answer for a row that is not there; the stubs lack it.
        answer: HttpResponse = page._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return answer

    # The studio of a new row

    @property
    def studio_field(self) -> str | None:
        """The foreign key to the studio, if the model has one itself."""
        if self.studio_path == "pk" or "__" in self.studio_path:
            return None
        return self.studio_path

    def _only_studio(self, request: HttpRequest) -> Studio | None:
        """The studio that goes without saying, so that nobody is asked for it."""
        if self.studio_field is None or request.user.is_superuser:
            return None
        studios = list(own_studios(request).values())
        return studios[0] if len(studios) == 1 else None

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        excluded = super().get_exclude(request, obj)
        if self._only_studio(request) is None:
            return excluded
        return [*(excluded or ()), self.studio_field]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if self._only_studio(request) is None:
            return fieldsets
        return without_field(fieldsets, self.studio_field)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        readonly = super().get_readonly_fields(request, obj)
        if obj is None or self.studio_field is None or request.user.is_superuser:
            return readonly
        if self._only_studio(request) is not None:
            return [name for name in readonly if name != self.studio_field]
        return [*readonly, self.studio_field]

    def get_form(
        self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        form = super().get_form(request, obj, change=change, **kwargs)
        studio = self._only_studio(request)
        if studio is None or obj is not None:
            return form
        field = str(self.studio_field)

        # Before validation, which needs the studio's zone.
        def __init__(own: Any, *args: Any, **options: Any) -> None:
            form.__init__(own, *args, **options)
            setattr(own.instance, field, studio)

        return type(form.__name__, (form,), {"__init__": __init__})

    # Saving: the second line

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        self.refuse_foreign_rows(request, obj)
        if change and not request.user.is_superuser:
            # A person with several studios has both rows, yet may not carry one across.
            stored = self.get_queryset(request).filter(pk=obj.pk)
            studio_id = studio_id_of(obj, self.studio_path)
            if not stored.filter(**{self.studio_path: studio_id}).exists():
                raise PermissionDenied
        super().save_model(request, obj, form, change)

    def save_formset(self, request: Any, form: Any, formset: Any, change: Any) -> None:
        scope = self._scope_of(request, form.instance, formset.model)
        rows = formset.save(commit=False)
        for row in [*rows, *formset.deleted_objects]:
            if scope is not None:
                scope.refuse_foreign_rows(request, row)
            elif not _is_superuser(request):
                raise PermissionDenied
        for row in formset.deleted_objects:
            row.delete()
        for row in rows:
            row.save()
        formset.save_m2m()

    def _scope_of(self, request: HttpRequest, obj: Any, model: Any) -> StudioScope | None:
        for inline in self.get_inline_instances(request, obj):
            if inline.model is model and isinstance(inline, StudioScope):
                return inline
        return None


def without_field(fieldsets: Any, name: str | None) -> list[tuple[Any, dict[str, Any]]]:
    """The fieldsets without this field; a row or a set that it leaves empty goes with it."""
    kept = []
    for title, options in fieldsets:
        rows = []
        for row in options["fields"]:
            names = [row] if isinstance(row, str) else list(row)
            others = [other for other in names if other != name]
            if others:
                rows.append(row if isinstance(row, str) else tuple(others))
        if rows:
            kept.append((title, {**options, "fields": rows}))
    return kept

"""The admin as one site."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobstatus import clock

# The head of every page names these first; the front page names all that a person may see.
PLACES = ("Job", "Order", "Customer", "PriceList", "Profile", "Studio")
# The order has its payments, the job its messages, the front page those that need a person.
NOT_IN_HEAD = ("Payment", "Message")


class StudioAdminSite(AdminSite):
    site_title = gettext_lazy("Jobs and shop")
    site_header = gettext_lazy("Jobs and shop")
    index_title = gettext_lazy("Overview")
    enable_nav_sidebar = False  # The head of every page has the few places there are.
    site_url = None  # Customers reach a job by its own address; there is no front page.

    def register(
        self, model_or_iterable: Any, admin_class: type[Any] | None = None, **options: Any
    ) -> None:
        """As Django's, but what has no studio is for superusers: forgetting it shows nothing."""
        from jobstatus.admin.base import StudioScopedAdmin, SuperuserOnly  # -- it registers here

        admin_class = admin_class or ModelAdmin
        if not issubclass(admin_class, (StudioScopedAdmin, SuperuserOnly)):
            admin_class = type(admin_class.__name__, (SuperuserOnly, admin_class), {})
        super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        own = path(
            "r/<path:content_type_id>/<path:object_id>/",
            self.admin_view(self.view_on_site),
            name="view_on_site",
        )
        others = [url for url in super().get_urls() if getattr(url, "name", "") != own.name]
        return [own, *others]

    def view_on_site(
        self, request: HttpRequest, content_type_id: str, object_id: str
    ) -> HttpResponse:
        """Lead to an object's public page. Django's own looks at no permission and no studio."""
        try:
            model = ContentType.objects.get_for_id(int(content_type_id)).model_class()
        except (ContentType.DoesNotExist, ValueError, OverflowError):
            raise Http404 from None
        page = self._registry.get(model) if model else None
        obj = page.get_object(request, object_id) if page else None
        if page is None or obj is None or not page.has_view_permission(request, obj):
            raise Http404
        return shortcut(request, content_type_id, object_id)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Adds `own_studios` and `places`, which the head of every page names."""
        from jobstatus.admin.scope import own_studios  # -- the package registers on this site

        context = super().each_context(request)
        return {
            **context,
            "own_studios": list(own_studios(request).values()),
            "places": places(context["available_apps"]),
        }

    def get_log_entries(self, request: HttpRequest) -> Any:
        return super().get_log_entries(request).filter(user=cast(Any, request.user.pk))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        from comms.admin.ledger import front_page  # -- the package registers on this site
        from comms.models import Message  # -- models are not loaded when the site is made
        from shop.admin.overdue import overdue_receipts  # -- the same
        from shop.admin.payments import waiting_payments  # -- the package registers on this site
        from shop.models import Order, Payment  # -- models are not loaded when the site is made

        waiting = waiting_payments(request) if self.is_registered(Payment) else None
        overdue = overdue_receipts(request) if self.is_registered(Order) else None
        told = front_page(request) if self.is_registered(Message) else []
        of_shop = [said for said in (overdue, waiting) if said]
        warnings = [*told, *sweep_warnings(request), *of_shop]
        return super().index(request, {"warnings": warnings, **(extra_context or {})})


def places(apps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lists that a person may open, the daily ones first, the others as they come."""
    models = [model for app in apps for model in app["models"] if model["admin_url"]]
    shown = [model for model in models if model["object_name"] not in NOT_IN_HEAD]
    rank = {name: number for number, name in enumerate(PLACES)}
    return sorted(shown, key=lambda model: rank.get(model["object_name"], len(rank)))


def sweep_warnings(request: HttpRequest) -> Iterable[str]:
    """What staff should know about the sweep. Counts go over all studios: superusers only."""
    from jobstatus.heartbeat import sweep_health  # -- models are not loaded when the site is made

    health = sweep_health(clock.now())
    if health.is_late:
        yield _("Automatic archiving is not running, so jobs stay in status Selling for longer.")
    if not request.user.is_superuser:
        return
    if health.overdue:
        yield ngettext(
            "%(count)d job is still selling although its archiving deadline has passed.",
            "%(count)d jobs are still selling although their archiving deadline has passed.",
            health.overdue,
        ) % {"count": health.overdue}
    if health.failed:
        yield ngettext(
            "The last run could not archive %(count)d job; the log says why.",
            "The last run could not archive %(count)d jobs; the log says why.",
            health.failed,
        ) % {"count": health.failed}

"""A customer's page with what was written to them, and whether they want it (C9, C13)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from comms import explain, unsubscribe
from comms.models import Suppression
from comms.unsubscribe import Recipient
from jobstatus import clock, wording
from jobstatus.admin.base import StudioScopedAdmin

BY_STAFF = "staff"  # the remark of a suppression


class CommunicationOfCustomer(StudioScopedAdmin):
    """Goes before the admin class of customers, which the composition knows."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.unsubscribe_view)
        own = path("<path:object_id>/unsubscribe/", view, name="shop_customer_unsubscribe")
        return [own, *super().get_urls()]

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None and request.user.has_perm("comms.view_message"):
            context |= {
                "entries": explain.of_customer(obj),
                "silences": _silences(obj),
                "may_unsubscribe": self.has_change_permission(request, obj),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def unsubscribe_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For who asks on the phone. Only the customers themselves can subscribe again."""
        customer = self._own_row(request, object_id)
        if customer is None:
            return self._missing(request, object_id)
        if not self.has_change_permission(request, customer):
            raise PermissionDenied
        if request.method == "POST":
            recipient = Recipient(customer.studio_id, customer.email_key)
            unsubscribe.stop(recipient, remark=BY_STAFF, at=clock.now())
            text = _("%(address)s is unsubscribed. Mails about orders continue.")
            words = text % {"address": customer.email}
            messages.success(request, words)
            self.log_change(request, customer, words)
        return HttpResponseRedirect(reverse("admin:shop_customer_change", args=[customer.pk]))


def _silences(customer: Any) -> list[tuple[str, str]]:
    """Why nothing is written to this person, and since when. One query."""
    rows = Suppression.objects.filter(
        studio=customer.studio_id, address_key=customer.email_key
    ).order_by("at", "pk")
    zone = customer.studio.timezone
    return [(row.get_why_display(), wording.moment(row.at, zone)) for row in rows]

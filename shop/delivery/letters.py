"""The e-mails that an order owes its customer, as messages that are ready to be sent."""

import hashlib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from shop import links
from shop.delivery.order_pages import OrderPage, keep_the_codes, order_page
from shop.models import Order, Receipt, Terms

Kind = Receipt.Kind
LONGEST_SUBJECT = 150
LONGEST_SENDER = 80


class NoAddress(Exception):
    """What the order has as its e-mail address is none. Nothing can be sent to it."""


@dataclass(frozen=True)
class Letter:
    subject: str
    title: str
    greeting: str
    opening: str
    to_pay: str
    more: str  # until when more can be ordered before the photos exist
    keep: str  # what to do with the codes that come with the order
    see: str
    button: str
    link: str


def message(receipt: Receipt) -> EmailMultiAlternatives:
    """In the order's language. Needs the order with its studio and terms loaded. Four queries.

    What an order or a studio is called goes into headers in one line. Raises NoAddress.
    """
    order = receipt.order
    try:
        validate_email(order.email)
    except ValidationError as error:
        raise NoAddress from error
    with override(order.language):
        page = order_page(order)
        letter = _letter(receipt.kind, order, page)
        context = {"page": page, "letter": letter}
        text = render_to_string("shop/mail/receipt.txt", context)
        html = render_to_string("shop/mail/receipt.html", context)
    terms: Terms | None = getattr(order.studio, "terms", None)
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=text,
        from_email=_sender(order.studio.name),
        to=[order.email],
        reply_to=[terms.email] if terms and terms.email else None,
        headers={"Message-ID": message_id(receipt), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def message_id(receipt: Receipt) -> str:
    """The same each time, so that a repeated mail is known to be the same one."""
    # The token opens the order's page, hence only its digest.
    digest = hashlib.sha256(f"{receipt.kind} {receipt.order.token}".encode()).hexdigest()[:32]
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{digest}@{address.rpartition('@')[2]}>"


def _letter(kind: str, order: Order, page: OrderPage) -> Letter:
    names = {"number": order.number, "studio": page.studio, "name": order.name}
    subjects = {
        Kind.CONFIRMATION: _("Your order %(number)s at %(studio)s"),
        Kind.PAID: _("Payment received for order %(number)s at %(studio)s"),
        Kind.CANCELLED: _("Order %(number)s at %(studio)s was cancelled"),
    }
    return Letter(
        subject=one_line(subjects[Kind(kind)] % names)[:LONGEST_SUBJECT],
        title=_("Order %(number)s") % names,
        greeting=_("Hello %(name)s,") % names,
        opening=_opening(kind, order) % names,
        to_pay=_to_pay(kind, page),
        more=_more(kind, page),
        keep=keep_the_codes(page) if kind == Kind.CONFIRMATION else "",
        see=_see(page),
        button=_("Open your order"),
        link=links.absolute(order.get_absolute_url()),
    )


def _opening(kind: str, order: Order) -> str:
    if kind == Kind.CONFIRMATION:
        return _("thank you for your order at %(studio)s.")
    if kind == Kind.PAID:
        return _("we have received your payment for order %(number)s. Thank you.")
    if order.paid_at is None:
        return _("order %(number)s was cancelled. You do not have to pay anything for it.")
    return _("order %(number)s was cancelled. The money you paid for it is paid back.")


def _to_pay(kind: str, page: OrderPage) -> str:
    """Nothing if it has been paid or cancelled since: what a mail says must still be true."""
    if kind != Kind.CONFIRMATION or not page.is_placed:
        return ""
    if page.pays_by_card:
        return _("To pay: %(total)s. You can pay by card on your order's page.") % {
            "total": page.total
        }
    if page.account is None:
        return _("To pay: %(total)s. The studio will tell you how.") % {"total": page.total}
    return _("Please transfer %(total)s until %(until)s.") % {
        "total": page.total,
        "until": page.account.until,
    }


def _more(kind: str, page: OrderPage) -> str:
    if kind != Kind.CONFIRMATION or not page.prepay_until:
        return ""
    return _("You can order more before picture day, until the end of %(day)s.") % {
        "day": page.prepay_until
    }


def _see(page: OrderPage) -> str:
    if page.has_files and page.is_paid:
        return _("On your order's page you can download your files and see how it stands.")
    return _("On your order's page you can see how it stands.")


def _sender(studio: str) -> str:
    """The installation's own address, in the studio's name: no other server's mail is imitated."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((one_line(studio)[:LONGEST_SENDER], address))


def one_line(text: str) -> str:
    """Without line breaks and other control characters: nothing can become a header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

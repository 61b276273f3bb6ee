"""Stripe Checkout: customers pay on Stripe's page, and Stripe tells us by signed messages."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import stripe
from django.utils.translation import gettext as _
from django.utils.translation import override

from shop.models import Payment
from shop.payments.provider import (
    HostedPage,
    NotGenuine,
    Notice,
    PageState,
    ProviderUnavailable,
    RefundAnswer,
    RefundState,
    What,
)

CONNECT_SECONDS, ANSWER_SECONDS = 4, 10
RETRIES = 1  # with the same key, so that nothing happens twice
SIGNATURE_LASTS_SECONDS = 300
ALREADY_BACK = "charge_already_refunded"

logger = logging.getLogger(__name__)
stripe.enable_telemetry = False


class StripeCheckout:
    """One account, one client. Safe for several threads."""

    name = "stripe"

    def __init__(self, *, secret_key: str, webhook_secrets: Sequence[str], api_base: str) -> None:
        self.webhook_secrets = webhook_secrets
        self.client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
        )

    def open_page(self, payment: Payment, *, key: str, back_url: str) -> HostedPage:
        order = payment.order
        ours = {"order": order.token, "payment": str(payment.pk)}
        with override(order.language):
            # No names of children or products: the provider needs to know the total only.
            title = _("Order %(number)s at %(studio)s") % {
                "number": order.number,
                "studio": order.studio.name,
            }
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": payment.amount_cents,
            "product_data": {"name": title},
        }
        params: Any = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "customer_email": order.email,
            "locale": order.language,
            "client_reference_id": order.token,
            "metadata": ours,
            "payment_intent_data": {"metadata": ours},  # charges and their refunds carry it, too
            "success_url": f"{back_url}?returned=1",
            "cancel_url": back_url,
        }
        with _asking("for a payment page"):
            session = self.client.v1.checkout.sessions.create(params, {"idempotency_key": key})
        return self._page(_plain(session))

    def find_page(self, reference: str) -> HostedPage:
        with _asking("about a payment page"):
            session = self.client.v1.checkout.sessions.retrieve(reference)
        return self._page(_plain(session))

    def close_page(self, reference: str) -> HostedPage:
        try:
            with _asking("to close a payment page"):
                session = self.client.v1.checkout.sessions.expire(reference)
        except ProviderUnavailable as error:
            if not isinstance(error.__cause__, stripe.InvalidRequestError):
                raise
            # It is not open any more: filled in, or closed before.
            return self.find_page(reference)
        return self._page(_plain(session))

    def pay_back(self, payment: Payment, *, key: str) -> RefundAnswer:
        ours = {"order": payment.order.token, "payment": str(payment.pk)}
        params: Any = {
            "payment_intent": payment.intent,
            "amount": payment.amount_cents,
            "metadata": ours,
        }
        try:
            with _asking("for a refund"):
                refund = self.client.v1.refunds.create(params, {"idempotency_key": key})
        except ProviderUnavailable as error:
            refusal = error.__cause__
            if not isinstance(refusal, stripe.InvalidRequestError | stripe.CardError):
                raise
            if refusal.code == ALREADY_BACK:
                return RefundAnswer(RefundState.DONE)
            return RefundAnswer(RefundState.REFUSED, refusal.code or "")
        status = _plain(refund)["status"]
        if status == "succeeded":
            return RefundAnswer(RefundState.DONE)
        refused = status in ("failed", "canceled")
        return RefundAnswer(RefundState.REFUSED if refused else RefundState.PENDING, status or "")

    def read(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        signature = headers.get("Stripe-Signature", "")
        if not any(_is_signed(body, signature, secret) for secret in self.webhook_secrets):
            raise NotGenuine
        event = json.loads(body)
        reader = READERS.get(event["type"])
        told = reader(event["data"]["object"]) if reader else None
        if told is None:
            return None
        return self._notice(
            event["data"]["object"], event_id=event["id"], kind=event["type"], **told
        )

    def _page(self, session: Any) -> HostedPage:
        state, what = PageState.OPEN, None
        if session["status"] == "expired":
            state, what = PageState.CLOSED, What.FAILED
        elif session["status"] == "complete":
            is_paid = session["payment_status"] == "paid"
            state = PageState.PAID if is_paid else PageState.PENDING
            what = What.PAID if is_paid else None
        notice = self._notice(session, **_page_told(session, what)) if what else None
        return HostedPage(session["id"], session.get("url") or "", state, notice)

    def _notice(self, thing: Any, **told: Any) -> Notice:
        ours = thing.get("metadata") or {}
        payment_id = ours.get("payment", "")
        return Notice(
            provider=self.name,
            order_token=ours.get("order", ""),
            payment_id=int(payment_id) if payment_id.isdecimal() else 0,
            **told,
        )


@contextmanager
def _asking(what: str) -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        # Without the provider's message: it may quote what a customer typed.
        logger.warning(
            "Asked the payment provider %s, got %s (%s, %s, request %s).",
            what,
            type(error).__name__,
            error.http_status,
            error.code,
            error.request_id,
        )
        raise ProviderUnavailable(
            _("The payment provider does not answer at the moment. Please try again later.")
        ) from error


def _plain(thing: Any) -> dict[str, Any]:
    plain: dict[str, Any] = thing.to_dict()
    return plain


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(
            stripe.WebhookSignature.verify_header(
                body, signature, secret, tolerance=SIGNATURE_LASTS_SECONDS
            )
        )
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # whatever a forger sends
        return False


def _id_of(thing: Any) -> str:
    """Of a field that is an id, or the whole object where an account has asked for that."""
    return (thing["id"] if isinstance(thing, dict) else thing) or ""


def _page_told(session: Any, what: What) -> dict[str, Any]:
    return {
        "what": what,
        "reference": session["id"],
        "intent": _id_of(session.get("payment_intent")),
        "amount_cents": session["amount_total"] or 0,
        "currency": session["currency"].upper(),
    }


def _completed(session: Any) -> dict[str, Any] | None:
    # Complete but unpaid: a direct debit, say, that takes days. Its end is told by another message.
    return _page_told(session, What.PAID) if session["payment_status"] == "paid" else None


def _charge_refunded(charge: Any) -> dict[str, Any]:
    return {
        "what": What.REFUNDED if charge["refunded"] else What.REFUNDED_PARTLY,
        "intent": _id_of(charge["payment_intent"]),
        "amount_cents": charge["amount"],
        "currency": charge["currency"].upper(),
    }


def _refund(refund: Any) -> dict[str, Any] | None:
    outcomes = {
        "succeeded": What.REFUNDED,
        "failed": What.REFUND_FAILED,
        "canceled": What.REFUND_FAILED,
    }
    if refund["status"] not in outcomes:
        return None
    return {
        "what": outcomes[refund["status"]],
        "refund": refund["id"],
        "intent": _id_of(refund["payment_intent"]),
        "amount_cents": refund["amount"],
        "currency": refund["currency"].upper(),
    }


def _disputed(dispute: Any) -> dict[str, Any]:
    return {"what": What.DISPUTED, "intent": _id_of(dispute["payment_intent"])}


Reader = Callable[[Any], dict[str, Any] | None]
READERS: dict[str, Reader] = {
    "checkout.session.completed": _completed,
    "checkout.session.async_payment_succeeded": lambda page: _page_told(page, What.PAID),
    "checkout.session.async_payment_failed": lambda page: _page_told(page, What.FAILED),
    "checkout.session.expired": lambda page: _page_told(page, What.FAILED),
    "charge.refunded": _charge_refunded,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _disputed,
}

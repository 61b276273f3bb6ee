"""Mutants of orders and payments."""

from tests.mutant import Mutant

ORDERS = "shop/orders.py"
LEDGER = "shop/payments/ledger.py"
OUTBOX = "shop/payments/outbox.py"
STARTING = "shop/payments/starting.py"
STRIPE = "shop/payments/stripe_checkout.py"

DOOR = (
    Mutant(
        ORDERS,
        "no lock on the order's row",
        '.select_for_update(of=("self",), no_key=True)\n    order = rows',
        "\n    order = rows",
        ("test_shop_payment_races",),
        "postgresql",
    ),
    Mutant(
        ORDERS,
        "the update is not guarded by the order's old status",
        "Order.objects.filter(pk=order.pk, status=order.status)",
        "Order.objects.filter(pk=order.pk)",
        ("test_shop_orders",),
    ),
    Mutant(
        ORDERS,
        "a cancelled order can be paid",
        "if order.status != Status.PLACED:",
        "if False:",
        ("test_shop_orders",),
    ),
    Mutant(
        ORDERS,
        "a cancelled order keeps its money",
        "    for payment in order.payments.filter(status=Money.RECEIVED)",
        "    for payment in order.payments.none()",
        ("test_shop_orders", "test_shop_webhooks"),
    ),
    Mutant(
        ORDERS,
        "money that waits stays when the order is paid otherwise",
        "    for other in order.payments.filter(status=Money.RECEIVED)",
        "    for other in order.payments.none()",
        ("test_shop_orders",),
    ),
    Mutant(
        ORDERS,
        "a transfer is paid back by the tick",
        "payment.needs_person = payment.provider == TRANSFER",
        "payment.needs_person = False",
        ("test_shop_orders",),
    ),
    Mutant(
        ORDERS,
        "the payment of a paid order is returned alone",
        "    if order.status == Status.PAID:\n        raise ChangeRefused(",
        "    if False:\n        raise ChangeRefused(",
        ("test_shop_orders",),
    ),
    Mutant(
        ORDERS,
        "money that is owed is settled without moving",
        "    if payment.status == Money.REFUND_DUE or (",
        "    if False and (",
        ("test_shop_orders",),
    ),
    Mutant(
        ORDERS,
        "a payment is settled twice",
        "pk=payment.pk, status=payment.status, needs_person=True)",
        "pk=payment.pk, status=payment.status)",
        ("test_shop_orders",),
    ),
    Mutant(
        ORDERS,
        "marking as paid runs inside another transaction",
        "@transaction.atomic(durable=True)\ndef mark_paid(",
        "@transaction.atomic\ndef mark_paid(",
        ("test_shop_orders",),
    ),
)
MESSAGES = (
    Mutant(
        STRIPE,
        "the signature of a message is not checked",
        "if not any(_is_signed(body, signature, secret) for secret in self.webhook_secrets):",
        "if False:",
        ("test_shop_webhooks",),
    ),
    Mutant(
        STRIPE,
        "an old signature is accepted",
        "tolerance=SIGNATURE_LASTS_SECONDS",
        "tolerance=None",
        ("test_shop_webhooks",),
    ),
    Mutant(
        STRIPE,
        "a page that is complete counts as paid",
        'if session["payment_status"] == "paid" else None',
        "if True else None",
        ("test_shop_webhooks",),
    ),
    Mutant(
        LEDGER,
        "an unknown order is answered “thank you”",
        "        raise UnknownPayment(",
        "        return None\n        raise UnknownPayment(",
        ("test_shop_webhooks",),
    ),
    Mutant(
        LEDGER,
        "a message that was applied is applied again",
        "    if notice.event_id and not _remember(",
        "    if notice.event_id and None is _remember(",
        ("test_shop_refunds",),
    ),
    Mutant(
        LEDGER,
        "money that was received is received again",
        "    if payment.status not in NOT_ANSWERED:\n        return\n    is_wanted",
        "    is_wanted",
        ("test_shop_late_messages",),
    ),
    Mutant(
        LEDGER,
        "any amount pays an order",
        "(notice.amount_cents, notice.currency) == (order.total_cents, order.currency)",
        "True",
        ("test_shop_webhooks",),
    ),
    Mutant(
        LEDGER,
        "any currency pays an order",
        "(notice.amount_cents, notice.currency) == (order.total_cents, order.currency)",
        "notice.amount_cents == order.total_cents",
        ("test_shop_webhooks",),
    ),
    Mutant(
        LEDGER,
        "money of a page that expired is not received",
        "NOT_ANSWERED = (Money.STARTED, Money.FAILED)",
        "NOT_ANSWERED = (Money.STARTED,)",
        ("test_shop_late_messages",),
    ),
    Mutant(
        LEDGER,
        "a late refusal takes received money away",
        "    if payment.status == Money.STARTED:\n        payment.status, payment.reference",
        "    if True:\n        payment.status, payment.reference",
        ("test_shop_late_messages",),
    ),
    Mutant(
        LEDGER,
        "a refund that failed is forgotten",
        "return rows.filter(event_id__startswith=_failed_key(notice, refund)).exists()",
        "return False",
        ("test_shop_late_messages",),
    ),
    Mutant(
        LEDGER,
        "an order stays paid when its money went back",
        "if payment.status == Money.RECEIVED and order.status == Order.Status.PAID:",
        "if False:",
        ("test_shop_late_messages",),
    ),
)
PROVIDER = (
    Mutant(
        STARTING,
        "every click opens another page",
        "if under_way := attempts.filter(status=Money.STARTED)",
        "if under_way := attempts.none()",
        ("test_shop_payments",),
    ),
    Mutant(
        STARTING,
        "an order that is paid is paid again",
        "if order.status != Order.Status.PLACED:",
        "if False:",
        ("test_shop_payments",),
    ),
    Mutant(
        STARTING,
        "a repeated request has another key",
        'key=f"page-{payment.reference}"',
        'key=f"page-{secrets.token_hex(8)}"',
        ("test_shop_payments",),
    ),
    Mutant(
        OUTBOX,
        "a repeated refund has another key",
        'key=f"refund-{payment.reference}"',
        'key=f"refund-{payment.reference}-{payment.attempts}"',
        ("test_shop_refunds",),
    ),
    Mutant(
        OUTBOX,
        "a payment is claimed by both workers",
        "            status=payment.status,\n            attempts=payment.attempts,\n"
        "            claimed_at=payment.claimed_at,\n",
        "",
        ("test_shop_payment_races",),
        "both",
    ),
    Mutant(
        OUTBOX,
        "a refund is tried for ever",
        "if payment.attempts >= len(waits):",
        "if False:",
        ("test_shop_refunds",),
    ),
    Mutant(
        OUTBOX,
        "a refund that was settled is settled again",
        "    if row.status != Money.REFUND_DUE:\n        return False\n",
        "",
        ("test_shop_refunds",),
    ),
)
CLOSING = (
    Mutant(
        OUTBOX,
        "pages of orders that wait are closed as well",
        "_started().filter(order__status=Order.Status.CANCELLED)",
        "_started()",
        ("test_shop_closed_pages",),
    ),
    Mutant(
        ORDERS,
        "the page of a cancelled order waits for the attempts before",
        "    order.payments.filter(status=Money.STARTED).update(attempts=0, claimed_at=None)\n",
        "",
        ("test_shop_closed_pages",),
    ),
    Mutant(
        STRIPE,
        "a page that was paid cannot be closed and is not looked at",
        "            return self.find_page(reference)\n        return",
        "            raise\n        return",
        ("test_shop_closed_pages",),
    ),
)
PAYMENTS = (*DOOR, *MESSAGES, *PROVIDER, *CLOSING)

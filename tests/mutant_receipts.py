"""Mutants of receipts and downloads."""

from tests.mutant import Mutant

RECEIPTS = "shop/delivery/receipts.py"
LETTERS = "shop/delivery/letters.py"
DOWNLOADS = "shop/delivery/downloads.py"

MAILS = (
    Mutant(
        RECEIPTS,
        "a receipt is claimed by both workers",
        "pk=receipt.pk, status=Status.WAITING, attempts=receipt.attempts, due_at=receipt.due_at",
        "pk=receipt.pk",
        ("test_shop_lost_workers",),
        "both",
    ),
    Mutant(
        RECEIPTS,
        "a receipt in doubt is sent again and again",
        "if receipt.doubts < MOST_DOUBTS:",
        "if True:",
        ("test_shop_receipts", "test_shop_lost_workers"),
    ),
    Mutant(
        RECEIPTS,
        "a receipt of a lost worker is never sent",
        "    _take_up_lost(at)\n    due",
        "    due",
        ("test_shop_lost_workers",),
    ),
    Mutant(
        RECEIPTS,
        "a receipt is taken from a worker that still has it",
        "claimed_at__lte=at - LEASE",
        "claimed_at__lte=at",
        ("test_shop_lost_workers",),
    ),
    Mutant(
        RECEIPTS,
        "a lost connection counts as not sent",
        "        return _End(Ending.DOUBT, type(error).__name__)",
        "        return _End(Ending.LATER, type(error).__name__)",
        ("test_shop_receipts",),
    ),
    Mutant(
        RECEIPTS,
        "a permanent refusal is tried again",
        "Ending.LATER if code < FIRST_PERMANENT_CODE else Ending.NEVER",
        "Ending.LATER",
        ("test_shop_receipts",),
    ),
    Mutant(
        LETTERS,
        "a repeated mail has another Message-ID",
        'f"{receipt.kind} {receipt.order.token}"',
        'f"{receipt.kind} {receipt.order.token} {receipt.attempts}"',
        ("test_shop_receipts", "test_shop_lost_workers"),
    ),
    Mutant(
        LETTERS,
        "a name can have a line break in a header",
        'return " ".join("".join(c if c.isprintable() else " " for c in text).split())',
        "return text",
        ("test_shop_receipts",),
    ),
    Mutant(
        LETTERS,
        "any text is an address",
        "        validate_email(order.email)",
        "        pass",
        ("test_shop_receipts",),
    ),
)
FILES = (
    Mutant(
        DOWNLOADS,
        "tickets last for ever",
        "return at >= self.until",
        "return False",
        ("test_shop_downloads",),
    ),
    Mutant(
        DOWNLOADS,
        "unpaid orders deliver",
        " and line.order.status == Order.Status.PAID",
        "",
        ("test_shop_downloads",),
    ),
    Mutant(
        DOWNLOADS,
        "prints are delivered as files",
        "line.kind == ProductKind.DOWNLOAD and ",
        "",
        ("test_shop_downloads",),
    ),
    Mutant(
        "shop/views/orders.py",
        "an order's address delivers the files of others",
        ".filter(line__order=order)",
        "",
        ("test_shop_downloads",),
    ),
    Mutant(
        "shop/views/downloads.py",
        "an expired ticket shows anybody the order",
        "order.pk in request.session.get(OWN_ORDERS, [])",
        "True",
        ("test_shop_downloads",),
    ),
)
TRANSFER = "shop/delivery/transfer_code.py"
TRANSFERS = (
    Mutant(
        TRANSFER,
        "francs are transferred as euro",
        "if currency != CURRENCY or not",
        "if not",
        ("test_shop_transfer_code",),
    ),
    Mutant(
        TRANSFER,
        "nineteen euro five are nineteen euro fifty",
        "{cents % 100:02}",
        "{cents % 100}",
        ("test_shop_transfer_code",),
    ),
    Mutant(
        TRANSFER,
        "a holder of two lines moves the account",
        'return " ".join(text.split())',
        "return text",
        ("test_shop_transfer_code",),
    ),
)
MAILS_AND_FILES = (*MAILS, *FILES, *TRANSFERS)

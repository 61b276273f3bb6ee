"""Mutants of the guards in the shop's admin."""

from tests.mutant import Mutant

ADMIN = "shop/admin/"

SHOP_ADMIN = (
    Mutant(
        f"{ADMIN}order_changes.py",
        "an order changes without what was seen",
        'if self.form.cleaned_data["seen"] != self.fingerprint:',
        "if False:",
        ("test_shop_admin_order_changes",),
    ),
    Mutant(
        f"{ADMIN}payment_changes.py",
        "money is decided about without what was seen",
        'if form.cleaned_data["seen"] != fingerprint(payment):',
        "if False:",
        ("test_shop_admin_payments",),
    ),
    Mutant(
        f"{ADMIN}payment_changes.py",
        "a payment offers decisions that are not possible",
        "    if way not in ways(payment):",
        "    if False:",
        ("test_shop_admin_payments",),
    ),
    Mutant(
        f"{ADMIN}orders.py",
        "the hidden field reaches orders of other studios",
        "rows = self.get_queryset(request).filter(pk__in=asked)",
        "rows = Order.objects.filter(pk__in=asked)",
        ("test_shop_admin_order_changes",),
    ),
    Mutant(
        f"{ADMIN}orders.py",
        "a picture of any order is shown on the way through an own one",
        "OrderPicture.objects.filter(line__order=order, pk=picture, photo__isnull=False)",
        "OrderPicture.objects.filter(pk=picture, photo__isnull=False)",
        ("test_shop_admin_orders",),
    ),
    Mutant(
        f"{ADMIN}orders.py",
        "an export without end",
        "if count == 0 or count > most:",
        "if count == 0:",
        ("test_shop_exports",),
    ),
    Mutant(
        "jobstatus/admin/seen.py",
        "an old page writes over a newer row",
        'if self.is_outdated(data.get("seen")):',
        "if False:",
        ("test_shop_admin_prices", "test_shop_admin_customers"),
    ),
    Mutant(
        f"{ADMIN}price_forms.py",
        "two price lists of one name are an error of the database",
        "if studio and others.exclude(pk=self.instance.pk).exists():",
        "if False:",
        ("test_shop_admin_prices",),
    ),
    Mutant(
        f"{ADMIN}storefront.py",
        "a job has prices of another studio",
        "field.queryset = PriceList.objects.filter(studio=studio_id)",
        "field.queryset = PriceList.objects.all()",
        ("test_shop_admin_storefront",),
    ),
    Mutant(
        f"{ADMIN}code_list.py",
        "late access reaches codes of other jobs",
        "rows = AccessCode.objects.filter(job=job, subject__job=job)",
        "rows = AccessCode.objects.filter(subject__isnull=False)",
        ("test_shop_admin_codes",),
    ),
    Mutant(
        f"{ADMIN}job_codes.py",
        "late access is written over somebody else's",
        'if seen != (stored.isoformat() if stored else ""):',
        "if False:",
        ("test_shop_admin_codes",),
    ),
    Mutant(
        f"{ADMIN}code_forms.py",
        "a person goes into an album of another job",
        "Album.objects.filter(job=job, trashed_at__isnull=True)",
        "Album.objects.filter(trashed_at__isnull=True)",
        ("test_shop_admin_codes",),
    ),
    Mutant(
        "shop/delivery/exports.py",
        "a cell of the CSV is a formula",
        "else safe_cell(value)",
        "else str(value)",
        ("test_shop_exports",),
    ),
    Mutant(
        "shop/delivery/exports.py",
        "a cell of the sheet is a formula",
        "return safe_cell(text)[:LONGEST_CELL]",
        "return text",
        ("test_shop_exports",),
    ),
    Mutant(
        "shop/iban.py",
        "check digits are not checked",
        "% 97 != 1:",
        "% 97 == -1:",
        ("test_shop_money",),
    ),
    Mutant(
        "shop/money.py",
        "thousands are taken for cents",
        "(?:[.,]([0-9]{1,2}))?",
        "(?:[.,]([0-9]{1,3}))?",
        ("test_shop_money",),
    ),
)

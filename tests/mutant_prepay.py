"""Mutants of the prepay shop: who gets in, when it is open, whose child is whose."""

from tests.mutant import Mutant

MIGRATION = "shop/migrations/0011_prepay.py"
COUNTER = "shop/prepay/counter.py"
CHOOSING = "shop/prepay/choosing.py"
ENROLLING = "shop/prepay/enrolling.py"
CHILDREN_PAGES = "shop/views/prepay_children.py"
PAGES = ("test_prepay_pages",)
SCOPE = ("test_prepay_scope", "test_prepay_pages")
ORDERS = ("test_prepay_orders",)
ROWS = ("test_prepay_rows",)


def without_constraint(name: str) -> Mutant:
    return Mutant(
        MIGRATION,
        f"no constraint {name}",
        rf"        migrations\.AddConstraint\(\n.*\n.*name='{name}'\),\n        \),\n",
        "",
        ROWS,
        is_pattern=True,
    )


PREPAY = (
    Mutant(
        COUNTER,
        "a prepay order does not hold its job",
        "        list(Job.objects.select_for_update(no_key=True)"
        '.filter(pk__in=job_ids).order_by("pk"))\n',
        "",
        ("test_prepay_races",),
        "postgresql",
    ),
    Mutant(
        COUNTER,
        "the counter does not ask whether the shop is open",
        "    if not is_open:\n",
        "    if False:\n",
        PAGES,
    ),
    Mutant(
        CHOOSING,
        "a closed shop's basket can be changed",
        "    if not now.job.is_prepay_orderable(at):\n",
        "    if False:\n",
        PAGES,
    ),
    Mutant(
        COUNTER,
        "products of another price list are sold",
        " or product.price_list_id != shop.price_list_id",
        "",
        ("test_prepay_input",),
    ),
    Mutant(
        "shop/visit.py",
        "everybody may enter every prepay shop",
        "shop.entry == PrepayShop.Entry.NAME or",
        "True or",
        PAGES,
    ),
    Mutant(
        "shop/prepay/shops.py",
        "a studio's address opens another studio's prepay shop",
        "filter(pk=shop_id, studio=studio, job__isnull=False)",
        "filter(pk=shop_id, job__isnull=False)",
        SCOPE,
    ),
    Mutant(
        "shop/prepay/shops.py",
        "shops that need a code are listed by name",
        "        studio=studio, entry=PrepayShop.Entry.NAME, job__status=Status.PREPAY\n",
        "        studio=studio, job__status=Status.PREPAY\n",
        PAGES,
    ),
    Mutant(
        CHILDREN_PAGES,
        "whoever knows the number of a code orders for its child",
        "    codes = visit.unlocked(request, shop.studio)\n",
        "    codes = AccessCode.objects.filter(studio=shop.studio)\n",
        SCOPE,
    ),
    Mutant(
        "shop/views/entry.py",
        "wrong prepay codes are not counted",
        "    found = PrepayShop.objects.filter(code=code).first()\n",
        "    guessing.give_back(slot)\n    found = PrepayShop.objects.filter(code=code).first()\n",
        PAGES,
    ),
    Mutant(
        CHILDREN_PAGES,
        "new baskets of a network are not counted",
        "    if visit.prepay_basket(request, shop) is None:\n",
        "    if False:\n",
        ("test_prepay_input",),
    ),
    Mutant(
        ENROLLING,
        "two orders for one child are not noticed",
        "    SameChild.objects.bulk_create(doubles)\n",
        "",
        ORDERS,
    ),
    Mutant(
        ENROLLING,
        "each order makes the class anew",
        "if name and key(name) not in found}",
        "if name}",
        ORDERS,
    ),
    Mutant(
        ENROLLING,
        "a child that stays in the basket becomes a person twice",
        '        child.save(update_fields=["code"])\n',
        "",
        ORDERS,
    ),
    Mutant(
        "shop/buying/lines.py",
        "a child that was changed is ordered as it was not shown",
        "                    line.child and line.child.facts,\n",
        "",
        ("test_prepay_input",),
    ),
    Mutant(
        "shop/delivery/downloads.py",
        "files of an order that is held are given out",
        "    return is_bought and not line.order.is_held\n",
        "    return is_bought\n",
        ORDERS,
    ),
    Mutant(
        "shop/prepay/joining.py",
        "joining forgets the second one's codes",
        "    AccessCode.objects.filter(subject=gone).update(subject=keep)\n",
        "",
        ("test_prepay_joining",),
    ),
    Mutant(
        "shop/prepay/ending.py",
        "lines of a prepay shop that ended stay in the baskets",
        "        lines.update(set_aside_at=events[0].at)\n",
        "        del lines\n",
        ("test_prepay_ending",),
    ),
    Mutant(
        "shop/models/basket.py",
        "an ending prepay shop empties the baskets of all",
        "        return self.filter(basket__prepay_shop__job__in=listed(job_ids))\n",
        "        return self.filter(basket__prepay_shop__isnull=False)\n",
        ("test_prepay_ending",),
    ),
    Mutant(
        "shop/models/orders.py",
        "cancelled prepay orders wait for photos",
        "        return self.held().exclude(status=Order.Status.CANCELLED)\n",
        "        return self.held()\n",
        ("test_prepay_ending", "test_shop_admin_order_phase"),
    ),
    Mutant(
        "shop/prepay/opening.py",
        "a prepay shop opens with nothing on sale",
        "        if not sells.get(job.pk):\n",
        "        if job.pk not in sells:\n",
        ("test_admin_prepay_opening",),
    ),
    Mutant(
        "shop/admin/order_list.py",
        "the filter by job forgets prepay orders",
        "    return own | _with_picture(job=job_id)\n",
        "    return _with_picture(job=job_id)\n",
        ("test_shop_admin_order_phase",),
    ),
    *map(
        without_constraint,
        (
            "a_prepay_line_has_a_child_and_a_rule",
            "only_prepay_orders_are_held_and_released",
            "a_place_in_a_line_has_one_picture",
            "a_photo_rule_fits_its_product",
            "a_prepay_code_is_8_capitals",
            "a_job_asks_for_a_thing_once",
            "nobody_is_their_own_double",
        ),
    ),
)

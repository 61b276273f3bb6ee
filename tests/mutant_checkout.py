"""Mutants of what stands between a basket and an order."""

from tests.mutant import Mutant

CHECKOUT = "shop/buying/checkout.py"
BASKETS = "shop/buying/baskets.py"
ACCESS = "shop/access.py"

BUYING = (
    Mutant(
        BASKETS,
        "an order holds no jobs",
        'if connection.vendor == "postgresql":',
        "if False:",
        ("test_checkout_races",),
        "postgresql",
    ),
    Mutant(
        CHECKOUT,
        "an order reads the clock before it holds the jobs",
        "    counter.hold(held)\n",
        "    early = clock()\n    clock = lambda: early\n    counter.hold(held)\n",
        ("test_checkout_races",),
        "postgresql",
    ),
    Mutant(
        CHECKOUT,
        "what the customer saw is not compared",
        " or now.fingerprint() != form.seen",
        "",
        ("test_shop_checkout", "test_shop_checkout_facts"),
    ),
    Mutant(
        CHECKOUT,
        "jobs that came into the basket meanwhile are not held",
        "    if not now.job_ids <= held:\n        raise _OtherJobs\n",
        "",
        ("test_shop_access",),
    ),
    Mutant(
        ACCESS,
        "every known code is open",
        "return code.job.is_orderable(at) or has_late_access(code, at)",
        "return True",
        ("test_shop_closed", "test_shop_media"),
    ),
    Mutant(
        ACCESS,
        "late access opens a job in Planning",
        " or code.job.closed_since(at) is None",
        "",
        ("test_shop_access",),
    ),
)

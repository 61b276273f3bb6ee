"""Guards of access codes: guessing, networks, the entry page, registrations, cards."""

from tests.mutant import Mutant

GUESSING = "shop/codes/guessing.py"
NETWORKS = "shop/codes/networks.py"
ENTRY = "shop/views/entry.py"
REGISTRATION = "shop/codes/registration.py"
ISSUING = "shop/codes/issuing.py"

ENTRY_GUARDS = (
    Mutant(
        GUESSING,
        "a slot is taken although a delay runs",
        "    updated = _free(mine, at).update(\n",
        "    updated = mine.update(\n",
        ("test_shop_guessing_races",),
        "postgresql",
    ),
    Mutant(
        GUESSING,
        "a studio has no budget",
        "    updated = _free(everybody, at).update(\n",
        "    updated = everybody.update(\n",
        ("test_shop_guessing", "test_shop_guessing_over_time"),
    ),
    Mutant(
        GUESSING,
        "a network over the studio's budget is charged",
        "        give_back(slot)\n        raise Wait(STUDIO_WAIT_SECONDS)",
        "        raise Wait(STUDIO_WAIT_SECONDS)",
        ("test_shop_guessing", "test_shop_guessing_over_time"),
    ),
    Mutant(
        GUESSING,
        "a right code lifts the delay of a wrong one that followed",
        "    is_last = Q(failed_at=slot.at)\n",
        "    is_last = Q(failures__gt=0)\n",
        ("test_shop_guessing", "test_shop_guessing_over_time"),
    ),
    Mutant(
        GUESSING,
        "a delay has no longest",
        "    return min(timedelta(seconds=2**doublings), _LONGEST_DELAY)",
        "    return timedelta(seconds=2**doublings)",
        ("test_shop_guessing",),
    ),
    Mutant(
        GUESSING,
        "a clock that was set back locks out",
        "    return at < waits_until <= at + _LONGEST_DELAY",
        "    return at < waits_until",
        ("test_shop_guessing", "test_shop_guessing_over_time"),
    ),
    Mutant(
        GUESSING,
        "wrong codes are never forgotten",
        "    is_forgotten = Q(failed_at__lt=at - FORGOTTEN_AFTER)",
        "    is_forgotten = Q(failed_at__lt=at - 1000 * FORGOTTEN_AFTER)",
        ("test_shop_guessing", "test_shop_guessing_over_time"),
    ),
    Mutant(
        GUESSING,
        "a counter may overflow",
        'When(is_forgotten, then=Value(1)), default=Least(F("failures") + 1, _HIGHEST_COUNT)',
        'When(is_forgotten, then=Value(1)), default=F("failures") + 1',
        ("test_shop_guessing", "test_shop_guessing_over_time"),
    ),
    Mutant(
        NETWORKS,
        "forged headers are believed",
        "    chain = [*(passed_on if trusted_proxies else []), remote_addr]",
        '    chain = [*forwarded_for.split(","), remote_addr]',
        ("test_shop_networks",),
    ),
    Mutant(
        NETWORKS,
        "every IPv6 address is a network of its own",
        "IPV6_PREFIX_BITS = 48",
        "IPV6_PREFIX_BITS = 128",
        ("test_shop_networks",),
    ),
    Mutant(
        ENTRY,
        "a code is looked up before a slot is claimed",
        "    slot = guessing.claim(shop.pk, network=network_of(request), at=at)\n"
        "    found = next(iter(with_code(code)), None)\n",
        "    found = next(iter(with_code(code)), None)\n"
        "    slot = guessing.claim(shop.pk, network=network_of(request), at=at)\n",
        ("test_shop_entry", "test_shop_entry_page"),
    ),
    Mutant(
        ENTRY,
        "a code of another studio opens",
        "found.studio_id != shop.pk or not (found.job_id",
        "not (found.job_id",
        ("test_shop_entry", "test_shop_entry_page"),
    ),
    Mutant(
        ENTRY,
        "a dead code opens",
        " or not (found.job_id and found.subject_id):",
        ":",
        ("test_shop_entry", "test_shop_entry_page"),
    ),
    Mutant(
        ENTRY,
        "a right code is counted as wrong",
        "    guessing.give_back(slot)\n    rows",
        "    rows",
        ("test_shop_entry", "test_shop_entry_page"),
    ),
    Mutant(
        ENTRY,
        "error reports show the code",
        "@sensitive_variables()  # also of whatever is called from here\n",
        "",
        ("test_shop_entry", "test_shop_entry_page"),
    ),
    Mutant(
        ENTRY,
        "error reports show the form",
        '@sensitive_post_parameters("code")\n',
        "",
        ("test_shop_entry", "test_shop_entry_page"),
    ),
    Mutant(
        ENTRY,
        "a code of another studio is forgotten here",
        "    if code in [known.pk for known in visit.unlocked(request, shop)]:\n"
        "        visit.forget(request, code)\n",
        "    visit.forget(request, code)\n",
        ("test_shop_entry", "test_shop_entry_page"),
    ),
    Mutant(
        ENTRY,
        "an address is taken while the photos are there",
        '    if request.method != "POST" or state_of(storefront.job, clock.now()) is State.OPEN:',
        '    if request.method != "POST":',
        ("test_shop_registration",),
    ),
    Mutant(
        ENTRY,
        "addresses of a network are not counted",
        "        registration.count(job.studio_id, network=network_of(request), at=clock.now())\n",
        "",
        ("test_shop_registration",),
    ),
    Mutant(
        REGISTRATION,
        "an address may have line breaks",
        'if any(unicodedata.category(character)[0] in "CZ" for character in address):',
        "if False:",
        ("test_shop_registration",),
    ),
    Mutant(
        ISSUING,
        "two people issue codes twice",
        "    Job.objects.select_for_update(no_key=True).get(pk=job_id)\n",
        "",
        ("test_shop_codes",),
        "postgresql",
    ),
    Mutant(
        "shop/cells.py",
        "a formula stays a formula",
        "text.startswith(_STARTS_OF_FORMULAS) or text.lstrip().startswith(_STARTS_OF_FORMULAS)",
        "False",
        ("test_shop_cards",),
    ),
    Mutant(
        "shop/views/entry.py",
        "a code's page takes an address without a token",
        '@require_http_methods(["GET", "HEAD", "POST"])\ndef tell_me(',
        '@csrf_exempt\n@require_http_methods(["GET", "HEAD", "POST"])\ndef tell_me(',
        ("test_shop_registration",),
    ),
)

"""Mutants of sorting: what a card may do, and what ways of tying leave alone."""

from tests.mutant import Mutant

ARRIVALS = "shop/sorting/arrivals.py"
CARDS = "shop/sorting/cards.py"
PHOTOS = "shop/sorting/photos.py"
TYING = "shop/sorting/tying.py"
WAYS = "shop/sorting/ways.py"
PATTERNS = "shop/sorting/patterns.py"
OF_ALBUMS = ("test_sorting_albums",)
OF_CARDS = ("test_sorting_cards",)
OF_WAYS = ("test_sorting_ways_refused",)
OF_PATTERNS = ("test_sorting_ways",)

OF_CARD = (
    Mutant(
        PHOTOS,
        "a card can be shown",
        '_set(of_job(job, ids).filter(card_code=""), "is_hidden", False)',
        '_set(of_job(job, ids), "is_hidden", False)',
        OF_ALBUMS,
    ),
    Mutant(
        PHOTOS,
        "a card can be a group photo",
        '_set(of_job(job, ids).filter(card_code=""), "is_group", True)',
        '_set(of_job(job, ids), "is_group", True)',
        OF_ALBUMS,
    ),
    Mutant(
        TYING,
        "a card can be tied",
        'photos.of_job(job, ids).filter(card_code="")',
        "photos.of_job(job, ids)",
        OF_ALBUMS,
    ),
    Mutant(
        TYING,
        "another plan is done than was shown",
        "    if planned.mark() != seen:\n",
        "    if False:\n",
        OF_WAYS,
    ),
    Mutant(
        ARRIVALS,
        "a card comes in and is not hidden",
        "update(card_code=code, is_hidden=True, is_group=False)",
        "update(is_hidden=False, is_group=False)",
        OF_CARDS,
    ),
    Mutant(
        ARRIVALS,
        "a card that was a group photo stays one",
        "update(card_code=code, is_hidden=True, is_group=False)",
        "update(card_code=code, is_hidden=True)",
        OF_CARDS,
    ),
    Mutant(
        ARRIVALS,
        "a card keeps the person that it was tied to",
        "            Appearance.objects.filter(photo=row.pk).delete()\n",
        "",
        OF_CARDS,
    ),
    Mutant(
        ARRIVALS,
        "a card that comes after its photos ties nobody",
        "after = followers(shot, cards.shots_of(row.album_id))",
        "after: list[int] = []",
        OF_CARDS,
    ),
    Mutant(
        ARRIVALS,
        "a photo comes into a trashed album and is shown",
        "        if row.album.trashed_at is not None:\n",
        "        if False:\n",
        OF_CARDS,
    ),
    Mutant(
        ARRIVALS,
        "a photo of the trash is tied",
        "if row is None or row.trashed_at is not None:",
        "if row is None:",
        OF_CARDS,
    ),
    Mutant(
        CARDS,
        "a card takes away what a person tied",
        "- by_hand\n",
        "\n",
        OF_CARDS,
    ),
    Mutant(
        CARDS,
        "a card ties group photos",
        'job=job_id, is_group=False, card_code="", trashed_at__isnull=True',
        'job=job_id, card_code="", trashed_at__isnull=True',
        OF_CARDS,
    ),
    Mutant(
        CARDS,
        "a card in the trash still counts",
        "filter(album=album_id, trashed_at__isnull=True)",
        "filter(album=album_id)",
        OF_CARDS,
    ),
    Mutant(
        "shop/sorting/sequence.py",
        "another camera's photos follow the card",
        "        if shot.series != series:\n",
        "        if False:\n",
        OF_CARDS,
    ),
    Mutant(
        "shop/sorting/card_text.py",
        "a square of any length is read",
        "if not text or len(text) > LONGEST_TEXT:",
        "if not text:",
        OF_CARDS,
    ),
    Mutant(
        WAYS,
        "group photos and cards are tied",
        '        is_group=False,\n        card_code="",\n',
        "",
        OF_WAYS,
    ),
    Mutant(
        WAYS,
        "photos of the trash are tied",
        "        trashed_at__isnull=True,\n        album__trashed_at__isnull=True,\n",
        "",
        OF_WAYS,
    ),
    Mutant(
        WAYS,
        "photos that show somebody are tied to a second person",
        "elif there and among is Among.WITHOUT:",
        "elif False:",
        OF_WAYS,
    ),
    Mutant(
        WAYS,
        "of two persons of one name one is chosen",
        "            _leave(found, scene, picture, who, persons, "
        '_("Nobody has the name of its album."))',
        "            _tie(found, scene, picture, min(who, default=0), way.among)",
        OF_WAYS,
    ),
    Mutant(
        PATTERNS,
        "a pattern of any length",
        "    if len(text) > LONGEST_PATTERN:\n",
        "    if False:\n",
        OF_PATTERNS,
    ),
    Mutant(
        PATTERNS,
        "a pattern that names nobody",
        "    if NAME not in kinds and CODE not in kinds:\n",
        "    if False:\n",
        OF_PATTERNS,
    ),
    Mutant(
        PATTERNS,
        "any number of stars",
        "    if kinds.count(STAR) > MOST_STARS or kinds.count(NUMBER) > MOST_STARS:\n",
        "    if False:\n",
        OF_PATTERNS,
    ),
    Mutant(
        PATTERNS,
        "file names of any length are read",
        "        if len(words) > MOST_WORDS:\n",
        "        if False:\n",
        OF_PATTERNS,
    ),
    Mutant(
        PATTERNS,
        "a name and a code of two persons name one of them",
        "now = named if who is None else who & named",
        "now = named",
        OF_PATTERNS,
    ),
)

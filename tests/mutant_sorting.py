"""Mutants of sorting: whose rows, and what is done as it was shown."""

from tests.mutant import Mutant
from tests.mutant_sorting_back import BACK
from tests.mutant_sorting_cards import OF_CARD

HOLDING = "shop/holding.py"
UNDOING = "shop/sorting/undoing.py"
ALBUMS = "shop/sorting/albums.py"
CARD_PLANS = "shop/sorting/card_plans.py"
CARDS = "shop/sorting/cards.py"
PHOTOS = "shop/sorting/photos.py"
TRASH = "shop/sorting/trash.py"
TYING = "shop/sorting/tying.py"
WAYS = "shop/sorting/ways.py"
DONE = ("test_sorting_changes",)
OF_ALBUMS = ("test_sorting_albums",)
OF_CARDS = ("test_sorting_cards",)
OF_TRASH = ("test_sorting_trash_surfaces", "test_sorting_trash")
OF_RACES = ("test_sorting_races",)
OF_WAYS = ("test_sorting_ways_refused",)

HOLDS = (
    Mutant(
        HOLDING,
        "whoever holds a gallery does not wait for the job's deletion",
        '"share": " FOR KEY SHARE"',
        '"share": ""',
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        HOLDING,
        "nobody waits for whoever holds a gallery",
        '"update": " FOR NO KEY UPDATE OF page"',
        '"update": ""',
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        HOLDING,
        "the gallery of a job without a page is not held",
        "    if page is None:\n",
        "    if False:\n",
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        TRASH,
        "an album comes back without the gallery in hand",
        "    hold(job.pk)\n    return bring_album_back(",
        "    return bring_album_back(",
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        TRASH,
        "photos come back without the gallery in hand",
        "    hold(job.pk)\n    return bring_back(",
        "    return bring_back(",
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        UNDOING,
        "what is taken back is taken back without the gallery in hand",
        "    hold(job.pk)\n    step =",
        "    step =",
        OF_RACES,
        "postgresql",
    ),
    Mutant(
        "shop/uploads/taking.py",
        "a photo is written without the gallery in hand",
        "    hold(upload.job_id)\n",
        "",
        OF_RACES,
        "postgresql",
    ),
)

WHOSE = (
    Mutant(
        ALBUMS,
        "albums of any job",
        "Album.objects.filter(job=job, trashed_at__isnull=True)",
        "Album.objects.filter(trashed_at__isnull=True)",
        OF_ALBUMS,
    ),
    Mutant(
        ALBUMS,
        "albums in the trash are changed",
        "Album.objects.filter(job=job, trashed_at__isnull=True)",
        "Album.objects.filter(job=job)",
        OF_ALBUMS,
    ),
    Mutant(
        PHOTOS,
        "photos of any job",
        "filter(pk__in=listed(ids), job=job, trashed_at__isnull=True)",
        "filter(pk__in=listed(ids), trashed_at__isnull=True)",
        DONE,
    ),
    Mutant(
        PHOTOS,
        "photos in the trash are changed",
        "filter(pk__in=listed(ids), job=job, trashed_at__isnull=True)",
        "filter(pk__in=listed(ids), job=job)",
        DONE,
    ),
    Mutant(
        PHOTOS,
        "any number of photos at once",
        "    if len(ids) > MOST_PHOTOS:\n",
        "    if False:\n",
        OF_ALBUMS,
    ),
    Mutant(
        PHOTOS,
        "photos move into any job's album",
        "filter(pk=album_id, job=job, trashed_at__isnull=True)",
        "filter(pk=album_id, trashed_at__isnull=True)",
        OF_ALBUMS,
    ),
    Mutant(
        PHOTOS,
        "photos move into the trash",
        "filter(pk=album_id, job=job, trashed_at__isnull=True)",
        "filter(pk=album_id, job=job)",
        OF_ALBUMS,
    ),
    Mutant(
        TYING,
        "persons of any job are tied",
        "filter(pk=subject_id, job=job)",
        "filter(pk=subject_id)",
        OF_ALBUMS,
    ),
    Mutant(
        TYING,
        "who else is on a photo is untied, too",
        "        rows = rows.filter(subject=subject_id)\n",
        "        pass\n",
        OF_ALBUMS,
    ),
    Mutant(
        TRASH,
        "any job's album goes into the trash",
        "filter(pk=album_id, job=job, trashed_at__isnull=True)",
        "filter(pk=album_id, trashed_at__isnull=True)",
        OF_TRASH,
    ),
    Mutant(
        TRASH,
        "any job's photos come back",
        "filter(pk__in=listed(ids), job=job))",
        "filter(pk__in=listed(ids)))",
        OF_TRASH,
    ),
    Mutant(
        TRASH,
        "any job's album comes back",
        "filter(pk=album_id, job=job, trashed_at__isnull=False)",
        "filter(pk=album_id, trashed_at__isnull=False)",
        OF_TRASH,
    ),
    Mutant(
        WAYS,
        "a way takes any job's album",
        "not albums.of_job(job).filter(pk=way.album).exists()",
        "False",
        OF_WAYS,
    ),
    Mutant(
        WAYS,
        "a way takes any job's person",
        "not Subject.objects.filter(pk=way.subject, job=job).exists()",
        "False",
        OF_WAYS,
    ),
    Mutant(
        CARDS,
        "a card of another job names its person here",
        'sorted(set(codes) - {""})), job=job_id, subject__job=job_id',
        'sorted(set(codes) - {""}))',
        OF_CARDS,
    ),
    Mutant(
        CARD_PLANS,
        "jobs of other studios are named",
        "code__in=listed_texts(sorted(codes)), job__studio=job.studio_id",
        "code__in=listed_texts(sorted(codes)), job__isnull=False",
        OF_WAYS,
    ),
)

SORTING = (*HOLDS, *WHOSE, *BACK, *OF_CARD)

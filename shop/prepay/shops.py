"""Which prepay shop somebody means, and which ones may be chosen by name."""

from datetime import datetime

from jobstatus.lifecycle import Status
from jobstatus.models import Job, Studio
from shop.models import PrepayShop

MOST_NAMED = 20  # so many are shown at once; with more, parents type the beginning of the name
FEWEST_LETTERS = 3
LONGEST_SEARCH = 100


def shop_of(job: Job) -> PrepayShop:
    """The job's prepay shop, made when there is none yet. The same for two who ask at once."""
    PrepayShop.objects.bulk_create(
        [PrepayShop(job=job, studio_id=job.studio_id)], ignore_conflicts=True
    )
    return PrepayShop.objects.select_related("job__studio").get(job=job)


def in_studio(shop_id: int, studio: Studio) -> PrepayShop | None:
    """With its job, and all that its pages need. None for one of another studio or no job."""
    shops = PrepayShop.objects.filter(pk=shop_id, studio=studio, job__isnull=False)
    loaded = shops.select_related("job__studio__terms", "job__storefront", "price_list")
    return loaded.first()


def named(studio: Studio, search: str, *, at: datetime) -> tuple[list[PrepayShop], bool]:
    """Those that are open now and may be chosen by name, and whether a search is needed for more.

    Without a search all of them, unless they are many; with one, those whose name begins so, or
    has a word that does. Two queries at most.
    """
    open_ones = PrepayShop.objects.filter(
        studio=studio, entry=PrepayShop.Entry.NAME, job__status=Status.PREPAY
    )
    rows = open_ones.select_related("job__studio").order_by("job__name", "pk")
    search = " ".join(search[:LONGEST_SEARCH].split())
    if len(search) >= FEWEST_LETTERS:
        rows = rows.filter(job__name__icontains=search)
    found = [shop for shop in rows[: 10 * MOST_NAMED] if _is_open(shop, at)]
    if len(found) <= MOST_NAMED:
        return found, bool(search)
    return (found[:MOST_NAMED] if len(search) >= FEWEST_LETTERS else []), True


def _is_open(shop: PrepayShop, at: datetime) -> bool:
    return shop.job is not None and shop.job.is_prepay_orderable(at)

"""What there is to see in the demo now, as text for the terminal."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from config.demo.data import CLOSING, STAYING
from jobstatus import deadlines
from jobstatus.lifecycle import Status
from jobstatus.models import Job
from shop.codes import spelling
from shop.models import AccessCode, BasketLine, PrepayShop

MOST_CLOSINGS = 2
LOG_INS = (
    ("photographer", "works in Demo Studio"),
    ("viewer", "may look there, not change"),
    ("harbour", "works in Harbour Studio, sees nothing of the other"),
    ("admin", "sees everything"),
)


def tour(*, url: str, at: datetime, offset: timedelta, password: str) -> Iterator[str]:
    """`at` is the product's instant; people look at the machine's clock, `offset` behind it."""
    yield f"Admin       {url}/admin/"
    for username, what in LOG_INS:
        yield f"            {f'{username} / {password}':<24}{what}"
    yield "Shop pages"
    seen: set[str] = set()
    jobs = Job.objects.filter(studio__slug="demo-studio").select_related("studio", "storefront")
    for job in jobs.order_by("pk"):
        state = state_of(job, at)
        if state not in seen:
            seen.add(state)
            yield f"  {state:<25}{url}{job.storefront.get_absolute_url()}"
    yield "Access codes of parents"
    for name in (CLOSING, STAYING):
        code = AccessCode.objects.select_related("subject").filter(job__name=name).first()
        if code is not None and code.subject is not None:
            yield f"  {spelling.written(code.code)}          {code.subject.name}, {name}"
    yield f"  to be typed at          {url}/shop/at/demo-studio/"
    prepay = PrepayShop.objects.filter(job__status=Status.PREPAY).order_by("pk").first()
    if prepay is not None:
        yield "Orders before picture day"
        yield f"  {spelling.written(prepay.code)}               {prepay.job}"
        yield f"  to be typed at          {url}/prepay/demo-studio/"
    yield f"Mails       {settings.EMAIL_FILE_PATH}"
    yield "What to watch"
    yield from closings(at=at, offset=offset)


def closings(*, at: datetime, offset: timedelta) -> Iterator[str]:
    soon = Job.objects.selling().filter(closes_at__gt=at).order_by("closes_at", "pk")
    for job in soon[:MOST_CLOSINGS]:
        if job.closes_at is None:
            continue
        lines = BasketLine.objects.pending().with_pictures_of([job.pk]).count()
        wall = (job.closes_at - offset).astimezone()
        left = timedelta(seconds=round((job.closes_at - at).total_seconds()))
        yield (
            f"  “{job.name}” archives itself at {wall:%Y-%m-%d %H:%M:%S}, in {left}; "
            f"{lines} products leave baskets."
        )
    yield (
        f"  The product's clock is {timedelta(seconds=round(offset.total_seconds()))} ahead of "
        "this machine's, so that a midnight, when jobs close, comes soon after the first start."
    )


def state_of(job: Job, at: datetime) -> str:
    if job.status == Status.PLANNING:
        return "not available yet"
    if job.status == Status.PREPAY:
        return "prepay" if job.is_prepay_orderable(at) else "prepay, deadline passed"
    if job.closed_since(at):
        return "archived"
    if not job.archiving_enabled or job.archive_date is None:
        return "selling, no end"
    left = deadlines.days_left(archive_date=job.archive_date, zone=job.studio.timezone, at=at)
    if left is None:
        return "selling, days of grace" if job.closes_at else "selling, never archived"
    return "selling, last day" if left == 0 else "selling, countdown"

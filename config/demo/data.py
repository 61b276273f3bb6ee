"""Two studios with jobs in every state. Every status was reached through the operations."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.text import slugify

from config.demo import families, prepay, shop
from config.demo.shop import Wish
from jobstatus import deadlines, operations
from jobstatus.clock import Clock
from jobstatus.deadlines import NEVER
from jobstatus.lifecycle import Kind
from jobstatus.models import Job, Membership, Studio
from shop import orders
from shop.models import AccessCode, Storefront

ZONE = "Europe/Berlin"  # of the studio whose job closes soon
PASSWORD = "demo"  # noqa: S105 -- the demo runs with DEBUG on, for this machine only
CLOSING = "Primary School – Class portraits"
STAYING = "Football club – U12 team photos"
CURRENCIES = {"demo-studio": "EUR", "harbour-studio": "USD"}
PAID_ORDERS = 2  # the first ones
OFFICE_OPENS = timedelta(hours=9, minutes=30)
SWEEP_FOLLOWS = timedelta(seconds=20)

Steps = tuple[str, ...]
SELL: Steps = ("start_selling",)
ARCHIVE: Steps = ("archive",)
PLAN: Steps = ("return_to_planning",)
PREPAY: Steps = ("open_prepay",)
SELL_AFTER_PREPAY: Steps = ("convert_to_standard", "start_selling")


@dataclass(frozen=True)
class Scene:
    """A job as the photographer left it. Days count from the demo's today; None is no date."""

    name: str
    archive_day: int | None = None
    delay: int = 0
    archiving: bool = True
    kind: str = Kind.STANDARD
    prepay_day: int | None = None
    history: tuple[tuple[int, Steps], ...] = ()  # how many days ago, and which steps


FOR_TWO_WEEKS = ((14, SELL),)
SCENES = (
    Scene(CLOSING, 0, history=FOR_TWO_WEEKS),
    Scene("Kindergarten Sunshine – Group pictures"),
    Scene("Music school – Summer concert", 30, 1),
    Scene(STAYING, 10, 1, history=((4, SELL),)),
    Scene("Grammar school – Yearbook", 3, NEVER, history=((20, SELL),)),
    Scene("Dance school – Stage photos", archiving=False, history=((9, SELL),)),
    Scene("Kindergarten Rainbow – Portraits", 0, 1, history=FOR_TWO_WEEKS),
    Scene("Vocational school – Graduation", -1, 3, history=((16, SELL),)),
    Scene("Swimming club – Season pictures", -5, NEVER, history=((30, SELL),)),
    Scene("Secondary school – Class photos", kind=Kind.PREPAY),
    Scene(
        prepay.OPEN,
        kind=Kind.PREPAY,
        prepay_day=12,
        history=((6, PREPAY),),
    ),
    Scene(
        "Handball club – Tournament",
        kind=Kind.PREPAY,
        prepay_day=-2,
        history=((15, PREPAY),),
    ),
    Scene(
        "Theatre group – Premiere",
        21,
        2,
        kind=Kind.PREPAY,
        prepay_day=-8,
        history=((25, PREPAY), (7, SELL_AFTER_PREPAY)),
    ),
    Scene("Riding club – Spring show", -4, history=((18, SELL),)),
    Scene("Day care Pebbles – Portraits", -30, 1, history=((50, SELL),)),
    Scene("Judo club – Belt test", 8, 1, history=((12, SELL), (5, ARCHIVE))),
    Scene(
        "Forest kindergarten – Portraits",
        18,
        1,
        history=((11, SELL), (2, PLAN)),
    ),
    Scene("Primary School – Class portraits of last year", -365, 2, history=((380, SELL),)),
    Scene("Football club – Team photos of last year", -340, 1, history=((361, SELL),)),
)
HARBOUR_SCENES = (
    Scene("Sailing school – Regatta", 5, 1, history=((8, SELL),)),
    Scene("Harbour school – Portraits", 40, 1),
    Scene("Rowing club – Crew photos", -20, 0, history=((45, SELL),)),
)


@transaction.atomic
def make_people() -> dict[str, Studio]:
    User.objects.create_superuser("admin", password=PASSWORD)
    demo = Studio.objects.create(name="Demo Studio", slug="demo-studio", timezone=ZONE)
    harbour = Studio.objects.create(
        name="Harbour Studio", slug="harbour-studio", timezone="America/New_York"
    )
    for username, role, studio in (
        ("photographer", "Photographer", demo),
        ("viewer", "Viewer", demo),
        ("harbour", "Photographer", harbour),
    ):
        address = f"{username}@{studio.slug}.example"
        user = User.objects.create_user(username, address, PASSWORD, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        Membership.objects.create(user=user, studio=studio)
    return {"demo": demo, "harbour": harbour}


def fill(today: date) -> None:
    """Everything, as it is late on the evening of `today`. Not in one transaction: the operations
    bring their own."""
    studios = make_people()
    users = {user.username: user for user in User.objects.all()}
    for scene in SCENES:
        play(scene, studio=studios["demo"], by=users["photographer"], today=today)
    for scene in HARBOUR_SCENES:
        play(scene, studio=studios["harbour"], by=users["harbour"], today=today)
    sweep_until(today)
    fill_shops(studios)
    buy(today, by=users["photographer"])
    for studio in studios.values():
        families.know_families(studio)
        families.write_to_families(studio, at=office_hours(today, ZONE))


def play(scene: Scene, *, studio: Studio, by: User, today: date) -> None:
    def day(offset: int | None) -> date | None:
        return None if offset is None else today + timedelta(days=offset)

    job = Job.objects.create(
        studio=studio,
        name=scene.name,
        kind=scene.kind,
        archiving_enabled=scene.archiving and scene.archive_day is not None,
        archive_date=day(scene.archive_day),
        archive_delay=scene.delay,
        prepay_deadline_date=day(scene.prepay_day),
    )
    Storefront.objects.get_or_create(job=job, defaults={"slug": slugify(scene.name)})
    first = max((days for days, _steps in scene.history), default=0)
    created_at = office_hours(today - timedelta(days=first + 2), studio.timezone)
    Job.objects.filter(pk=job.pk).update(created_at=created_at)
    for days, steps in scene.history:
        if steps == PREPAY:
            prepay.furnish(job, currency=CURRENCIES[studio.slug])
        instant = office_hours(today - timedelta(days=days), studio.timezone)
        outcome = operations.change([job.pk], steps, by=by, clock=standing_still(instant))
        if outcome.refused:
            raise ValueError(f"This history is not possible: {outcome.refused}")
        if steps == PREPAY:
            prepay.sell_before(job, opened_at=instant)


def office_hours(day: date, zone: str) -> datetime:
    return deadlines.start_of_day(day, zone) + OFFICE_OPENS


def standing_still(instant: datetime) -> Clock:
    return lambda: instant


def sweep_until(today: date) -> None:
    """The sweeps of the past, each when it happened: shortly after a deadline."""
    due = Job.objects.due(office_hours(today, ZONE))
    for closes_at in sorted({job.closes_at for job in due if job.closes_at}):
        operations.archive_due(clock=standing_still(closes_at + SWEEP_FOLLOWS))


def fill_shops(studios: dict[str, Studio]) -> None:
    """Prices and photos for every job; those before their prepay deadline have none yet."""
    seeds = count(1)
    for studio in studios.values():
        prices = shop.open_shop(studio, currency=CURRENCIES[studio.slug])
        jobs = Job.objects.filter(studio=studio, kind=Kind.STANDARD).select_related("studio")
        for job in jobs.order_by("pk"):
            classes = 2 if job.name in (CLOSING, STAYING) else 1
            shop.hang_pictures(job, prices, classes=classes, seeds=seeds)


def buy(today: date, *, by: User) -> None:
    """Orders of the last days, and baskets: most lines leave with the job, two stay (A5)."""
    closing, staying = codes_of(CLOSING), codes_of(STAYING)
    for number, (days, wishes) in enumerate(
        (
            (3, [Wish("Family package", closing[1]), Wish("Photo as a download", closing[1])]),
            (2, [Wish("Print 20 × 30 cm", closing[2], 2), Wish("Print 13 × 18 cm", staying[1])]),
            (1, [Wish("Photo as a download", staying[2])]),
            (1, [Wish("Class picture 20 × 30 cm", closing[3])]),
        ),
        start=1,
    ):
        at = office_hours(today - timedelta(days=days), ZONE)
        order = shop.place(number, wishes, at=at)
        if number <= PAID_ORDERS:
            orders.mark_paid(order.pk, by=by, clock=standing_still(at + timedelta(hours=3)))
    evening = standing_still(office_hours(today, ZONE))
    for wishes in (
        [Wish("Print 13 × 18 cm", closing[0]), Wish("Class picture 20 × 30 cm", closing[0])],
        [Wish("Family package", closing[4]), Wish("Print 20 × 30 cm", staying[3])],
        [Wish("Photo as a download", closing[5])],
        [Wish("Print 13 × 18 cm", staying[4])],
    ):
        shop.fill_basket(wishes, clock=evening)


def codes_of(job: str) -> list[AccessCode]:
    found = AccessCode.objects.filter(job__name=job).select_related("studio")
    return list(found.order_by("pk"))

"""Mutants of populating: whose photos, by which rule, once, held until complete, what was shown."""

from tests.mutant import Mutant

FOLDER = "shop/populating/"
TABLE = ("test_populating_choosing",)
ORDERS = ("test_populating",)
SHOWN = ("test_populating_shown",)
RELEASES = ("test_populating_releasing",)
PICKS = ("test_populating_picking",)
RACES = ("test_populating_races",)


def of(file: str, tests: tuple[str, ...], *rows: tuple[str, str, str]) -> tuple[Mutant, ...]:
    return tuple(Mutant(f"{FOLDER}{file}.py", why, old, new, tests) for why, old, new in rows)


def raced(file: str, *rows: tuple[str, str, str]) -> tuple[Mutant, ...]:
    return tuple(
        Mutant(f"{FOLDER}{file}.py", why, old, new, RACES, "postgresql") for why, old, new in rows
    )


CHOOSING = of(
    "choosing",
    TABLE,
    (
        "a file that was replaced is still the one that was ordered",
        "photo is not None and photo.original_name == picture.original_name",
        "photo is not None",
    ),
    ("a child that was deleted has places", "if not shown.has_person:", "if False:"),
    ("what is sound is chosen anew", "        if place in sound:\n", "        if False:\n"),
    ("a photo is chosen twice in a line", "if photo.pk not in used]", "]"),
    (
        "a photo with a new file is chosen twice",
        "free = [other for other in free if other.pk != photo.pk]",
        "pass",
    ),
    ("a mixed line has group photos only", " and place == 0)", ")"),
    ("a group line has the child's photos", "rule == GROUP or ", ""),
    ("nothing is missing", "missing=len(lacks)", "missing=0"),
    ("all photos are chosen again", "        if photo.pk in stored:\n", "        if False:\n"),
    (
        "what is gone stays in a line of all photos",
        "leaving=tuple(picture for picture in unsound if picture.pk not in replaced)",
        "leaving=()",
    ),
    ("group photos alone are all photos", "missing=1 if lack else 0", "missing=0"),
    (
        "an order that lacks photos is complete",
        "return not self.changes and not self.missing",
        "return not self.changes",
    ),
    (
        "an order that gets photos is complete",
        "return not self.changes and not self.missing",
        "return not self.missing",
    ),
)
FACTS = (
    *of(
        "facts",
        ORDERS,
        ("orders of other jobs are filled", ".filter(prepay_shop__job=job)", ""),
        ("cancelled orders are filled", ".exclude(status=Order.Status.CANCELLED)", ""),
        (
            "a child gets the photos of another",
            "self.own.get(line.subject_id, [])",
            "next(iter(self.own.values()), [])",
        ),
        (
            "a class gets the group photos of another",
            "self.group.get(line.album_id or 0, [])",
            "next(iter(self.group.values()), [])",
        ),
        ("a tied group photo is the child's own", " if not seen.is_group]", "]"),
        (
            "hidden and trashed photos of the child are chosen",
            "Photo.objects.shown().filter(job=job)\n",
            "Photo.objects.filter(job=job)\n",
        ),
        (
            "a child's photos in other jobs are chosen",
            "Photo.objects.shown().filter(job=job)\n",
            "Photo.objects.shown()\n",
        ),
        (
            "hidden group photos are chosen",
            "Photo.objects.shown().filter(job=job, is_group=True",
            "Photo.objects.filter(job=job, is_group=True",
        ),
        ("all photos of the class are group photos", "job=job, is_group=True, ", "job=job, "),
    ),
    *of(
        "facts",
        RELEASES,
        ("one order means all of them", "filter(pk__in=listed(order_ids))", "all()"),
    ),
)
PLANNING = (
    *of(
        "planning",
        RELEASES,
        (
            "incomplete orders are released",
            "not self.is_released and self.is_complete",
            "not self.is_released",
        ),
        (
            "a photo that went disturbs nothing",
            "any(line.choice.unsound for line in self.lines)",
            "False",
        ),
    ),
    *of(
        "planning",
        ORDERS,
        ("released orders are filled", "return not self.is_released and any(", "return any("),
    ),
    *of(
        "planning",
        SHOWN,
        ("the status was not shown", "o.order.status, ", ""),
        ("the release was not shown", "o.order.status, o.is_released", "o.order.status"),
        (
            "the photos that are there were not shown",
            "[(p.pk, p.place, p.photo_id) for p in line.choice.kept]",
            "[]",
        ),
        (
            "the photos that come were not shown",
            "[(f.place, f.photo.pk, f.photo.original_name) for f in line.choice.fills]",
            "[]",
        ),
        ("the files that come were not shown", "f.photo.pk, f.photo.original_name", "f.photo.pk"),
    ),
)
RELEASING = of(
    "releasing",
    RELEASES,
    ("whatever is there is released", "o.is_releasable and o.is_paid", "True"),
    (
        "unpaid orders are released with the complete ones",
        "if o.is_releasable and o.is_paid",
        "if o.is_releasable",
    ),
    (
        "one order is released incomplete",
        "[o for o in planned.outcomes if o.is_releasable])",
        "planned.outcomes)",
    ),
    ("what was shown is not compared", "seen is not None and chosen.mark() != seen", "False"),
    ("nobody counts the released orders", " != len(ids):", " < 0:"),
    (
        "cancelled orders are released",
        "Order.objects.waiting()",
        "Order.objects.held()",
    ),
    (
        "released orders are released again",
        "Order.objects.waiting()",
        "Order.objects.exclude(status=Order.Status.CANCELLED)",
    ),
    ("what has left is taken back", "    if reason is not None:\n", "    if False:\n"),
    ("what left before the release keeps it", ", at__gte=order.released_at)", ")"),
    ("downloads keep no release", "(What.EXPORTED, What.DOWNLOADED)", "(What.EXPORTED,)"),
    ("exports keep no release", "(What.EXPORTED, What.DOWNLOADED)", "(What.DOWNLOADED,)"),
    ("held orders are noted as exported", ", released_at__isnull=False)", ")"),
    ("all orders are noted as exported", 'pk__in=chosen.values("pk"), ', ""),
    ("each export is noted", "rows.exclude(pk__in=noted)", "rows"),
)
WRITING = (
    *of(
        "writing",
        SHOWN,
        ("what was shown is not compared", "seen is not None and planned.mark() != seen", "False"),
    ),
    *of(
        "writing",
        ORDERS,
        ("what leaves stays", "filter(pk__in=listed(leaving)).delete()", "none()"),
        ("what was replaced stays", "objects.bulk_update(changed", "objects.bulk_update([]"),
    ),
    *of(
        "writing",
        PICKS,
        ("a place that is taken ends in an error", "except IntegrityError:", "except KeyError:"),
    ),
)
PICKING = of(
    "picking",
    PICKS,
    (
        "photos of released orders are changed",
        "    if is_released:\n",
        "    if False:\n",
    ),
    ("lines of all photos have places", " and line.rule != ALL:", ":"),
    (
        "places that are none are filled",
        "found is None or not 0 <= place < ",
        "found is None or not -9 < place < 9 + ",
    ),
    ("what was there is not compared", "    if seen != found.mark(place):\n", "    if False:\n"),
    ("a place that is taken ends in an error", "except IntegrityError:", "except KeyError:"),
    ("the same photo again is told", "old.photo_id == photo.pk and is_there", "False"),
)
LOCKS = (
    *raced(
        "writing",
        (
            "the job is not held",
            "Job.objects.select_for_update(no_key=True).get(",
            "Job.objects.get(",
        ),
        (
            "pictures are held in any order",
            "    held_pictures(OrderPicture.objects.filter(pk__in=listed(old)))\n",
            "",
        ),
    ),
    *raced(
        "facts",
        ("the orders are not held", "    if locked:\n", "    if False:\n"),
    ),
    *raced(
        "releasing",
        ("photos go between look and release", "    hold(job_id)\n", ""),
        ("orders are taken back while exported", ".select_for_update(no_key=True)", ""),
    ),
)
PAGES = (
    Mutant(
        "shop/delivery/downloads.py",
        "files leave while their release is taken back",
        "    if not may_be_fetched(picture):\n        return False\n",
        "",
        RACES,
        "postgresql",
    ),
    Mutant(
        "shop/admin/order_list.py",
        "an order without photos is not found by its code",
        "        | _with_line(code__subject=code.subject_id)\n",
        "",
        ("test_shop_admin_order_phase",),
    ),
    Mutant(
        "shop/admin/job_prepay_order.py",
        "orders of other jobs are released and filled at a job's pages",
        "filter(pk=pk, prepay_shop__job=job)",
        "filter(pk=pk)",
        ("test_prepay_admin",),
    ),
    Mutant(
        "shop/admin/job_prepay.py",
        "pairs of other jobs are joined at a job's pages",
        "SameChild.objects.filter(first__job=job, second__job=job)",
        "SameChild.objects.all()",
        ("test_prepay_admin",),
    ),
    Mutant(
        "shop/admin/job_prepay.py",
        "whoever may look may populate",
        '*(CHOOSES if request.method == "POST" else SEEN)',
        "*SEEN",
        ("test_admin_matrix",),
    ),
    Mutant(
        "shop/admin/job_prepay.py",
        "the page releases what was not shown",
        "releasing.release_all(job.pk, by=request.user, clock=clock.now, seen=seen)",
        "releasing.release_all(job.pk, by=request.user, clock=clock.now, seen=None)",
        ("test_admin_matrix", "test_prepay_admin"),
    ),
    Mutant(
        "shop/admin/job_prepay.py",
        "the page populates what was not shown",
        "done = writing.populate(job.pk, by=request.user, clock=clock.now, seen=seen)",
        "done = writing.populate(job.pk, by=request.user, clock=clock.now, seen=None)",
        ("test_prepay_admin",),
    ),
)
POPULATE = (*CHOOSING, *FACTS, *PLANNING, *RELEASING, *WRITING, *PICKING, *LOCKS, *PAGES)

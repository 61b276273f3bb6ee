"""Mutants of who sees which photos, and of what browsers and caches may keep."""

from tests.mutant import Mutant

MEDIA = "shop/gallery/media.py"
PICTURE = "shop/views/media.py"
PAGE = "shop/gallery/page.py"
VIEW = "shop/views/gallery.py"
GLANCE = "shop/gallery/glance.py"
GALLERIES = "shop/gallery/contents.py"
PHOTOS = "shop/models/gallery.py"

GALLERY = (
    Mutant(
        PICTURE,
        "photos of a closed job",
        " or not access.is_open(code, at):",
        ":",
        ("test_shop_media",),
    ),
    Mutant(
        PICTURE,
        "photos for a forgotten code",
        "if code_id not in request.session.get(visit.CODES, []):",
        "if False:",
        ("test_shop_media",),
    ),
    Mutant(
        PICTURE,
        "any photo for a grant",
        "Photo.objects.of(code.subject).filter(pk=photo_id)",
        "Photo.objects.filter(pk=photo_id)",
        ("test_shop_media",),
    ),
    Mutant(
        PICTURE,
        "the original by its name",
        "if code_id is None or size not in media.SIZES:",
        "if code_id is None:",
        ("test_shop_media",),
    ),
    Mutant(
        MEDIA,
        "a grant works in every browser",
        'salt=f"shop.media.{visitor}"',
        'salt="shop.media"',
        ("test_shop_media",),
    ),
    Mutant(
        MEDIA,
        "a grant never ends",
        "return code_id if 0 <= _period(at) - period < PERIODS else None",
        "return code_id",
        ("test_shop_grants",),
    ),
    Mutant(
        PHOTOS,
        "hidden photos and inactive albums are shown",
        "return self.filter(is_hidden=False, trashed_at__isnull=True, album__is_active=True)",
        "return self.all()",
        ("test_shop_media",),
    ),
    Mutant(
        GALLERIES,
        "group photos of another job in a list of several codes",
        "            if photo.job_id == subject.job_id:\n",
        "            if True:\n",
        ("test_shop_gallery_changes",),
    ),
    Mutant(
        GALLERIES,
        "hidden photos in a list of several codes",
        "        photo__is_hidden=False,\n",
        "",
        ("test_shop_gallery_changes",),
    ),
    Mutant(
        GALLERIES,
        "closed codes in a package",
        " and access.is_open(code, at):",
        ":",
        ("test_shop_my_photos",),
    ),
    Mutant(
        VIEW,
        "a closed job's gallery",
        "    if not access.is_open(seen.code, at):\n",
        "    if False:\n",
        ("test_shop_gallery",),
    ),
    Mutant(
        VIEW,
        "a closed job's photo page",
        "if opened.subject is None or not access.is_open(opened, at):",
        "if opened.subject is None:",
        ("test_shop_gallery",),
    ),
    Mutant(
        VIEW,
        "a photo page of a code that was not typed",
        "    if code not in visit.known_ids(request):\n        raise Http404\n",
        "",
        ("test_shop_gallery_scope",),
    ),
    Mutant(
        VIEW,
        "a message is swallowed by an unchanged page",
        "if seen.version is None or len(get_messages(request)):",
        "if seen.version is None:",
        ("test_shop_gallery_kept",),
    ),
    Mutant(
        GLANCE,
        "a gallery of a code that was not typed",
        "    if code_id not in visit.known_ids(request):\n        return None\n",
        "",
        ("test_shop_gallery_scope",),
    ),
    Mutant(
        GLANCE,
        "a gallery under another studio's address",
        "    if code.studio.slug != slug.lower():\n        return None\n",
        "",
        ("test_shop_gallery_scope",),
    ),
    Mutant(
        PAGE,
        "photos are kept whatever changes",
        'f"photos:{revisit.release()}:{seen.code.pk}:{version}:{facts.language}"',
        'f"photos:{revisit.release()}:{seen.code.pk}:{facts.language}"',
        ("test_shop_gallery_changes",),
    ),
    Mutant(
        PAGE,
        "photos are kept for every code of a job",
        'f"photos:{revisit.release()}:{seen.code.pk}:{version}:{facts.language}"',
        'f"photos:{revisit.release()}:{seen.code.job_id}:{version}:{facts.language}"',
        ("test_shop_gallery_changes",),
    ),
    Mutant(
        PAGE,
        "an unchanged page whatever the day",
        "day=deadlines.local_date(at, job.studio.timezone),",
        "day=date.min,",
        ("test_shop_gallery_kept",),
    ),
    Mutant(
        PAGE,
        "an unchanged page whatever is in the basket",
        "basket_count=seen.basket_count,",
        "basket_count=0,",
        ("test_shop_gallery_kept",),
    ),
    Mutant(
        PAGE,
        "the same fingerprint for every visitor",
        "_digest(facts.key, self.granted, self.stretch)",
        "_digest(facts.key, self.stretch)",
        ("test_shop_gallery_kept",),
    ),
    Mutant(
        "shop/gallery/revisit.py",
        "a kept page looks again too late",
        "return seconds - length, now // length",
        "return seconds, now // length",
        ("test_shop_gallery_changes",),
    ),
    Mutant(
        "shop/views/my_photos.py",
        "archived jobs without active albums are listed",
        " if code.pk not in archived or code.job_id in with_albums]",
        "]",
        ("test_shop_my_photos",),
    ),
    Mutant(
        GLANCE,
        "the basket that was guessed is believed",
        "    if basket_id != guess:\n",
        "    if guess == 0:\n",
        ("test_shop_glance",),
    ),
    Mutant(
        VIEW,
        "a browser keeps photos that have no version",
        "if seen.version is None or len(get_messages(request)):",
        "if len(get_messages(request)):",
        ("test_shop_gallery_kept",),
    ),
    Mutant(
        "config/postgresql/base.py",
        "a lost connection is used",
        "return not news.poll(0) or bool(super().is_usable())",
        "return True",
        ("test_shop_glance",),
        "postgresql",
    ),
    Mutant(
        "shop/sessions.py",
        "sessions never expire",
        "session_key=session_key, expire_date__gt=Now()",
        "session_key=session_key",
        ("test_shop_gallery_changes",),
    ),
)

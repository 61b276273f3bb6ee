"""Mutants of how photos come in."""

from tests.mutant import Mutant

RECEIVING = "shop/uploads/receiving.py"
PROTOCOL = "shop/uploads/protocol.py"
CLAIMS = "shop/uploads/claims.py"
TAKING = "shop/uploads/taking.py"
PAGES = "shop/admin/job_uploads.py"
PLACES = "shop/uploads/places.py"
CLEANING = "shop/uploads/cleaning.py"

UPLOADS = (
    Mutant(
        PLACES,
        "two requests write one file",
        "            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "            pass\n",
        ("test_uploads_protocol",),
    ),
    Mutant(
        RECEIVING,
        "the offset is not asked under the lock",
        "        if row.state != State.RECEIVING or row.received_bytes != offset:\n"
        "            raise WrongOffset\n",
        "",
        ("test_uploads_races", "test_uploads_protocol"),
    ),
    Mutant(
        RECEIVING,
        "what was never confirmed stays in the file",
        "        file.truncate(offset)",
        "        file.tell()",
        ("test_uploads_protocol",),
    ),
    Mutant(
        RECEIVING,
        "an album of any job",
        "albums = Album.objects.filter(job=job, trashed_at=None)\n    if arrival",
        "albums = Album.objects.filter(trashed_at=None)\n    if arrival",
        ("test_uploads_pages",),
    ),
    Mutant(
        RECEIVING,
        "a studio without room goes on",
        "    _require_room(job, arrival)\n",
        "",
        ("test_uploads_pages",),
    ),
    Mutant(
        RECEIVING,
        "what is under way does not count",
        '(under_way["sum"] or 0) + arrival',
        "arrival",
        ("test_uploads_pages",),
    ),
    Mutant(
        RECEIVING,
        "names of files lead elsewhere",
        'PurePath(file_name.replace("\\\\", "/")).name',
        "file_name",
        ("test_uploads_protocol",),
    ),
    Mutant(
        PROTOCOL,
        "more bytes than announced",
        '    if int(request.META.get("CONTENT_LENGTH") or 0) > upload.length_bytes - offset:\n',
        "    if False:\n",
        ("test_uploads_protocol",),
    ),
    Mutant(
        PROTOCOL,
        "a file whose photo was deleted never comes again",
        "    return upload.photo is None or upload.photo.trashed_at is not None\n",
        "    return False\n",
        ("test_uploads_protocol",),
    ),
    Mutant(
        PROTOCOL,
        "any version of the protocol",
        'if request.headers.get("Tus-Resumable") != VERSION:',
        "if False:",
        ("test_uploads_protocol",),
    ),
    Mutant(
        CLAIMS,
        "a lost worker's file stays lost",
        "Q(leased_until=None) | Q(leased_until__lte=at)",
        "Q(leased_until=None)",
        ("test_uploads_races", "test_uploads_taking"),
    ),
    Mutant(
        CLAIMS,
        "a file in hand is taken by others",
        "Q(leased_until=None) | Q(leased_until__lte=at)",
        "Q()",
        ("test_uploads_races",),
    ),
    Mutant(
        CLAIMS,
        "whoever has lost its lease settles",
        "filter(pk=upload.pk, lease=upload.lease)",
        "filter(pk=upload.pk)",
        ("test_uploads_taking",),
        "both",
    ),
    Mutant(
        TAKING,
        "a file that breaks workers is tried for ever",
        "    if upload.attempts > claims.MOST_ATTEMPTS:\n",
        "    if False:\n",
        ("test_uploads_taking",),
    ),
    Mutant(
        TAKING,
        "files of a lost worker stay",
        "    if lost:\n        remove(storage, place_of(upload, lost))\n",
        "",
        ("test_uploads_races",),
    ),
    Mutant(
        TAKING,
        "the trash counts as there already",
        "sha256=sha256, trashed_at=None)",
        "sha256=sha256)",
        ("test_uploads_taking",),
    ),
    Mutant(
        TAKING,
        "a photo is written although the upload is another's",
        "        raise Lost\n    return True",
        "        pass\n    return True",
        ("test_uploads_taking",),
    ),
    Mutant(
        PAGES,
        "the file of another job",
        "filter(job=job, token=token)",
        "filter(token=token)",
        ("test_uploads_pages",),
    ),
    Mutant(
        PAGES,
        "viewers upload",
        'ADDS = ("shop.view_photo", "shop.add_photo", "shop.add_album")',
        'ADDS = ("shop.view_photo",)',
        ("test_uploads_pages",),
    ),
    Mutant(
        CLEANING,
        "bytes that wait are removed with the old ones",
        "needed = set(_known(tokens, unended=True)) if tokens else set()",
        "needed: set[str] = set()",
        ("test_uploads_pages",),
    ),
)

"""A complete file becomes a photo, once, or is refused with a sentence (G1)."""

import pytest
from django.core.files.storage import storages
from django.utils import translation

from shop import images
from shop.models import Photo, Upload
from shop.uploads import claims, progress, receiving, taking
from shop.uploads.reasons import sentence
from tests.factories import NOON, AlbumFactory, PhotoFactory, at
from tests.uploads import BATCH, CLOCK, bytes_of, jpeg, on_the_way, stored, uploaded

pytestmark = pytest.mark.django_db(transaction=True)

LATER = at(NOON + claims.lease())


def take(clock=CLOCK):
    return taking.take_next(clock=clock)


def outcome(upload):
    upload.refresh_from_db()
    return upload.state, upload.photo and upload.photo.file_name


def test_G1_a_file_becomes_a_photo_with_all_its_files():
    album = AlbumFactory.create()
    content = jpeg(1, (90, 60))
    upload = uploaded(album, content, name="IMG_7.JPG", position=3)

    assert take() == upload
    assert take() is None

    photo = Photo.objects.get()
    assert outcome(upload) == ("done", "IMG_7.JPG")
    assert (photo.album, photo.job, photo.position) == (album, album.job, 3)
    assert (photo.width, photo.height) == (90, 60)
    assert bytes_of(photo) == content
    folder = photo.original.name.rpartition("/")[0]
    names = ["original.jpg", "preview.jpg", "preview.webp", "thumbnail.jpg", "thumbnail.webp"]
    assert stored() == [f"{folder}/{name}" for name in names]
    assert photo.preview.name == f"{folder}/preview.jpg"
    assert photo.thumbnail.name == f"{folder}/thumbnail.jpg"
    assert photo.stored_bytes == sum(storages["private"].size(name) for name in stored())
    assert photo.sha256 == taking.hashlib.sha256(content).hexdigest()
    assert on_the_way() == []


def test_G1_the_same_content_comes_into_a_job_once():
    album = AlbumFactory.create()
    other = AlbumFactory.create(job=album.job)
    uploads = [uploaded(album, name="a.jpg"), uploaded(other, name="b.jpg"), uploaded(album)]
    elsewhere = uploaded(AlbumFactory.create(), name="c.jpg")

    while take():
        pass

    assert [outcome(upload) for upload in uploads] == [
        ("done", "a.jpg"),
        ("known", "a.jpg"),
        ("known", "a.jpg"),
    ]
    assert outcome(elsewhere) == ("done", "c.jpg")
    assert Photo.objects.count() == 2
    assert len(stored()) == 10
    assert on_the_way() == []


def test_G1_a_photo_in_the_trash_comes_again():
    album = AlbumFactory.create()
    uploaded(album)
    take()
    Photo.objects.update(trashed_at=NOON)

    again = uploaded(album, name="again.jpg")
    take()

    assert outcome(again) == ("done", "again.jpg")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "The file is empty (0 bytes)."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is "),
        (jpeg()[:200], "The file ends before the photo does"),
        (b"GIF89a" + b"\0" * 50, "This is a GIF file"),
    ],
)
def test_G1_a_bad_file_is_refused_and_stops_no_other(content, text):
    album = AlbumFactory.create()
    bad, good = uploaded(album, content, name="bad.jpg"), uploaded(album, name="good.jpg")

    taking.take_waiting(clock=CLOCK, until=NOON + claims.lease())

    assert outcome(bad) == ("refused", None)
    assert sentence(bad).startswith(text)
    assert outcome(good) == ("done", "good.jpg")
    assert on_the_way() == []
    assert len(stored()) == 5


def test_G1_a_refusal_is_told_in_the_language_of_whoever_reads_it(monkeypatch):
    monkeypatch.setattr(images.Refused, "__str__", lambda error: translation.get_language())
    album = AlbumFactory.create()
    uploaded(album, b"", name="a.jpg")
    take()

    with translation.override("de"):
        assert progress.refusals(album.job, BATCH) == [("a.jpg", "de")]


@pytest.mark.parametrize("loss", ["deleted", "trashed"])
def test_G1_a_file_whose_album_is_gone_is_refused(loss):
    album = AlbumFactory.create()
    upload = uploaded(album)
    if loss == "deleted":
        album.delete()
    else:
        type(album).objects.update(trashed_at=NOON)

    take()

    assert outcome(upload) == ("refused", None)
    assert sentence(upload).startswith("Its album was deleted")
    assert stored() == on_the_way() == []


def test_G1_an_album_that_goes_to_the_trash_meanwhile_gets_no_photo(monkeypatch):
    album = AlbumFactory.create()
    upload = uploaded(album)
    make = images.make

    def slow(*args, **values):
        type(album).objects.update(trashed_at=NOON)
        return make(*args, **values)

    monkeypatch.setattr(images, "make", slow)
    take()

    assert outcome(upload) == ("refused", None)
    assert not Photo.objects.exists()
    assert stored() == []


def test_G1_bytes_that_are_lost_on_the_server_are_asked_for_again():
    upload = uploaded(AlbumFactory.create())
    on_the_way()[0].unlink()

    take()

    assert outcome(upload) == ("refused", None)
    assert sentence(upload) == "Its bytes were lost on the server. Upload it again."


def test_G1_a_file_that_breaks_workers_is_given_up_after_three(monkeypatch):
    upload = uploaded(AlbumFactory.create())
    asked = []

    def break_off(*args, **values):
        asked.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(images, "make", break_off)
    for number in range(6):
        take(at(NOON + number * claims.lease()))

    assert len(asked) == claims.MOST_ATTEMPTS
    assert outcome(upload) == ("refused", None)
    assert sentence(upload).startswith("Processing it was broken off several times.")


@pytest.mark.parametrize("where", ["storage", "disk", "making"])
def test_G1_trouble_that_is_not_the_files_fault_is_waited_for(monkeypatch, where):
    album = AlbumFactory.create()
    upload, error = uploaded(album), OSError(28, "No space left on device")

    def refuse(*args, **values):
        raise images.MakingFailed("no process") if where == "making" else error

    with monkeypatch.context() as patch:
        if where == "storage":
            patch.setattr(storages["private"], "save", refuse)
        else:
            patch.setattr(images, "make", refuse)
        for number in range(claims.MOST_ATTEMPTS + 2):
            take(at(NOON + number * claims.PAUSE))
    assert outcome(upload) == ("waiting", None)
    take(at(NOON + claims.lease()))

    assert outcome(upload) == ("done", "IMG_1.jpg")
    assert len(stored()) == 5


def test_G1_a_worker_that_was_slower_than_its_lease_undoes_what_it_did(monkeypatch):
    upload = uploaded(AlbumFactory.create())
    make, done = images.make, []

    def slow(*args, **values):
        made = make(*args, **values)
        if not done:
            done.append(1)
            taking.take_next(clock=LATER)
        return made

    monkeypatch.setattr(images, "make", slow)
    take()

    photo = Photo.objects.get()
    assert outcome(upload) == ("done", "IMG_1.jpg")
    assert {name.rpartition("/")[0] for name in stored()} == {
        photo.original.name.rpartition("/")[0]
    }
    assert len(stored()) == 5


def test_G1_a_worker_whose_file_is_in_other_hands_writes_no_photo(monkeypatch):
    upload = uploaded(AlbumFactory.create())
    make = images.make

    def slow(*args, **values):
        claims.claim(at=LATER())
        return make(*args, **values)

    monkeypatch.setattr(images, "make", slow)
    take()

    assert outcome(upload) == ("waiting", None)
    assert not Photo.objects.exists()
    assert (stored(), len(on_the_way())) == ([], 1)


def test_G1_new_files_go_before_those_that_were_tried(monkeypatch):
    album = AlbumFactory.create()
    suspect = uploaded(album, name="suspect.jpg")
    claims.claim(at=NOON)
    fresh = uploaded(album, jpeg(2), name="fresh.jpg")

    assert [take(LATER), take(LATER), take(LATER)] == [fresh, suspect, None]


def test_G1_a_photo_without_a_place_goes_behind_the_others_of_its_album():
    album = AlbumFactory.create()
    PhotoFactory.create(album=album, position=7)
    PhotoFactory.create(position=90)
    uploaded(album)
    take()

    assert Photo.objects.get(file_name="IMG_1.jpg").position == 8


def test_G1_a_batch_is_counted_and_its_refusals_listed_once():
    album = AlbumFactory.create()
    for number in range(3):
        uploaded(album, jpeg(number), name=f"{number}.jpg")
    uploaded(album, b"", name="empty.jpg")
    uploaded(album, jpeg(50), batch="ffffffffffffffff")
    uploaded(AlbumFactory.create(), jpeg(51))
    before = progress.of_batch(album.job, BATCH)
    while take():
        pass
    after = progress.of_batch(album.job, BATCH)

    assert (dict(before.counts), before.is_over) == ({"waiting": 4}, False)
    assert (dict(after.counts), after.is_over) == ({"done": 3, "refused": 1}, True)
    assert [name for name, _text in after.refusals] == ["empty.jpg"]
    assert progress.of_batch(album.job, BATCH, refused=1).refusals == []


def test_G1_contents_that_are_there_or_wait_need_not_be_sent():
    album = AlbumFactory.create()
    digests = [taking.hashlib.sha256(jpeg(number)).hexdigest() for number in range(5)]
    uploaded(album, jpeg(0))
    take()
    uploaded(album, jpeg(1), sha256=digests[1])
    uploaded(AlbumFactory.create(), jpeg(2), sha256=digests[2])
    uploaded(album, jpeg(3))
    take(), take(), take()
    Photo.objects.filter(sha256=digests[3]).update(trashed_at=NOON)
    uploaded(album, jpeg(4), sha256=digests[4])

    assert progress.known(album.job, [*digests, "x", "'"]) == {digests[0], digests[1], digests[4]}


def test_G1_so_many_files_at_once_and_no_more(monkeypatch):
    monkeypatch.setattr(receiving, "MOST_FILES", 2)
    album = AlbumFactory.create()
    uploaded(album), uploaded(album)

    with pytest.raises(receiving.NotTaken, match="No more than 2 files at once"):
        uploaded(album)
    uploaded(album, batch="ffffffffffffffff")

    assert Upload.objects.count() == 3

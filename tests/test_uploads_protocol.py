"""The server's side of tus 1.0, request by request (G1)."""

from datetime import timedelta
from io import BytesIO

import pytest

from jobstatus import clock
from shop.models import Upload
from shop.uploads import places, protocol, receiving
from tests.factories import AlbumFactory, JobFactory, PhotoFactory
from tests.staff import sign_in
from tests.uploads import TUS, TusClient, on_the_way, pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def tus():
    job = JobFactory.create()
    return TusClient(sign_in(job.studio), job)


def row(url):
    return Upload.objects.get(token=url.rstrip("/").rpartition("/")[2])


def test_G1_a_file_comes_in_pieces_and_its_bytes_are_all_there(tus):
    url = tus.begun(10)

    answers = [tus.patch(url, 0, b"0123"), tus.patch(url, 4, b"45"), tus.patch(url, 6, b"6789")]

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert [answer["Upload-Offset"] for answer in answers] == ["4", "6", "10"]
    upload = row(url)
    assert (upload.state, upload.received_bytes) == ("waiting", 10)
    assert places.path_of(upload.token).read_bytes() == b"0123456789"


def test_G1_options_tell_what_the_server_can(tus):
    answer = tus.client.options(tus.collection)

    assert answer.status_code == 204
    told = {name: answer[name] for name in ("Tus-Version", "Tus-Extension", "Tus-Max-Size")}
    assert told == {
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,expiration,termination",
        "Tus-Max-Size": "100000000",
    }


@pytest.mark.parametrize(
    ("length", "headers", "status"),
    [
        ("", {}, 400),
        ("-1", {}, 400),
        ("1e3", {}, 400),
        ("٣", {}, 400),
        ("9" * 19, {}, 400),
        ("100000001", {}, 413),
        ("5", {"Tus-Resumable": "0.2.2"}, 412),
        ("5", {"Tus-Resumable": ""}, 412),
        ("5", {"Upload-Defer-Length": "1"}, 400),
        ("5", {"Upload-Metadata": ""}, 400),
        ("5", {"Upload-Metadata": "filename"}, 400),
        ("5", {"Upload-Metadata": "filename $$$"}, 400),
        ("5", {"Upload-Metadata": "filename /w=="}, 400),
        ("5", {"Upload-Metadata": "filename YQ==,filename YQ=="}, 400),
        ("5", {"Upload-Metadata": "x " + "A" * 4000}, 400),
        ("5", {"Upload-Metadata": pairs({"filename": "a.jpg", "batch": "1234567"})}, 400),
        ("5", {"Upload-Metadata": pairs({"filename": "a.jpg", "batch": "12345678"})}, 400),
        ("5", {"X-HTTP-Method-Override": "DELETE"}, 405),
        ("5", {}, 201),
    ],
)
def test_G1_a_file_is_begun_only_by_a_request_that_is_right(tus, length, headers, status):
    answer = tus.create(length, headers)

    assert answer.status_code == status
    assert Upload.objects.count() == (status == 201)
    assert ("Location" in answer) == (status == 201)
    assert answer["Tus-Resumable"] == "1.0.0"
    assert answer.get("Tus-Version") == ("1.0.0" if status == 412 else None)


@pytest.mark.parametrize(
    ("offset", "body", "headers", "status"),
    [
        ("0", b"x", {}, 409),
        ("5", b"x", {}, 409),
        ("", b"x", {}, 400),
        ("-4", b"x", {}, 400),
        ("4.0", b"x", {}, 400),
        ("4", b"x", {"content_type": "application/octet-stream"}, 415),
        ("4", b"x" * 7, {}, 413),
        ("4", b"x", {"Tus-Resumable": "2.0.0"}, 412),
        ("4", b"", {}, 204),
        ("4", b"x" * 6, {}, 204),
    ],
)
def test_G1_a_piece_is_taken_only_where_the_file_ends(tus, offset, body, headers, status):
    url = tus.begun(10)
    tus.patch(url, 0, b"0123")

    answer = tus.patch(url, offset, body, **headers)

    received = 4 + len(body) if status == 204 else 4
    assert answer.status_code == status
    assert row(url).received_bytes == received
    assert tus.head(url)["Upload-Offset"] == f"{received}"
    assert places.path_of(row(url).token).stat().st_size == received


@pytest.mark.parametrize("offset", [0, 3, 5, 10])
def test_G1_bytes_that_another_request_has_overtaken_are_not_written(tus, offset):
    """It looked at the offset before, and got the file when the other one had done with it."""
    url = tus.begun(10)
    tus.patch(url, 0, b"0123")

    with pytest.raises(receiving.WrongOffset):
        receiving.append(row(url), BytesIO(b"xxxxxx"), offset=offset, clock=clock.now)

    assert places.path_of(row(url).token).read_bytes() == b"0123"
    assert row(url).received_bytes == 4


def test_G1_a_complete_file_takes_no_more(tus):
    url = tus.begun(2)
    tus.patch(url, 0, b"ab")

    assert tus.patch(url, 2, b"").status_code == 409
    assert tus.patch(url, 2, b"c").status_code == 413
    assert tus.delete(url).status_code == 409
    assert tus.head(url)["Upload-Offset"] == "2"


def test_G1_a_file_of_no_bytes_is_complete_at_once(tus):
    url = tus.begun(0)

    assert row(url).state == "waiting"


def test_G1_head_tells_how_far_it_is_and_nothing_keeps_that(tus):
    url = tus.begun(10)
    tus.patch(url, 0, b"0123")

    answer = tus.head(url)

    assert answer.status_code == 200
    assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("4", "10")
    assert "no-store" in answer["Cache-Control"]
    assert "Upload-Expires" in answer


def test_G1_a_file_that_is_given_up_leaves_nothing(tus):
    url = tus.begun(10)
    tus.patch(url, 0, b"0123")

    assert tus.delete(url).status_code == 204
    assert tus.head(url).status_code == tus.patch(url, 4, b"x").status_code == 404
    assert tus.delete(url).status_code == 404
    assert on_the_way() == []


def test_G1_two_requests_never_write_one_file_at_once(tus):
    url = tus.begun(10)

    with places.held(row(url).token):
        answer = tus.patch(url, 0, b"0123")

    assert answer.status_code == 423
    assert tus.patch(url, 0, b"0123").status_code == 204


def test_G1_networks_that_let_only_posts_pass_can_upload_too(tus):
    url = tus.begun(4)
    headers = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    answer = tus.client.generic("POST", url, b"0123", content_type=protocol.PIECES, headers=headers)

    assert answer.status_code == 204
    assert row(url).state == "waiting"


def test_G1_a_broken_connection_keeps_what_had_come(tus):
    class Breaking:
        pieces = [b"0123", b"45"]

        def read(self, size):
            if not self.pieces:
                raise ConnectionResetError(104, "Connection reset by peer")
            return self.pieces.pop(0)

    url = tus.begun(10)

    assert receiving.append(row(url), Breaking(), offset=0, clock=clock.now) == 6
    assert tus.head(url)["Upload-Offset"] == "6"
    assert tus.patch(url, 6, b"6789").status_code == 204


def test_G1_what_was_never_confirmed_is_written_over(tus):
    """As after a crash between the disk and the database."""
    url = tus.begun(6)
    tus.patch(url, 0, b"012")
    with places.path_of(row(url).token).open("ab") as file:
        file.write(b"garbage that is longer than the file")

    tus.patch(url, 3, b"345")

    assert places.path_of(row(url).token).read_bytes() == b"012345"


def test_G1_an_upload_that_is_too_old_is_begun_anew(tus):
    url = tus.begun(10)
    Upload.objects.update(changed_at=clock.now() - receiving.KEPT_UNFINISHED - timedelta(seconds=1))

    assert tus.head(url).status_code == tus.patch(url, 0, b"x").status_code == 410


@pytest.mark.parametrize(
    ("photo", "status"), [("kept", 200), ("trashed", 410), ("deleted", 410), ("refused", 410)]
)
def test_G1_a_file_whose_photo_is_gone_is_begun_anew(tus, photo, status):
    url = tus.begun(2)
    tus.patch(url, 0, b"ab")
    made = PhotoFactory.create(album=AlbumFactory.create(job=tus.job))
    state = "refused" if photo == "refused" else "done"
    Upload.objects.update(state=state, photo=None if photo == "refused" else made)
    if photo == "trashed":
        made.trashed_at = clock.now()
        made.save()
    if photo == "deleted":
        made.delete()

    assert tus.head(url).status_code == status


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\Ünï.JPG", "Ünï.JPG"),
        ("a\0b\n\u202egpj.jpg", "abgpj.jpg"),
        ("ä" * 300 + ".jpeg", "ä" * 195 + ".jpeg"),
        ("..", ".."),
        ("\n", "photo"),
    ],
)
def test_G1_names_of_files_lead_nowhere(tus, told, stored):
    upload = row(tus.begun(1, filename=told))

    assert upload.file_name == stored
    assert upload.token in f"{places.path_of(upload.token)}"

"""X5: a database that was restored or copied sends nothing until a person says so."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import call_command

from comms import tasks
from comms.models import Installation, Message
from comms.sending import mute
from tests.comms_acts import REMINDER_AT, closing, sell
from tests.comms_rows import ledger, person_in
from tests.delivery_rows import due, facts, send, statuses
from tests.factories import NOON, at

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def may_send(now=NOON):
    return mute.may_send(clock=at(now))


def notes():
    return sorted(storages["private"].listdir(mute.FOLDER)[1])


def written():
    """The note as the row has it now."""
    row = Installation.objects.get()
    return f"{row.name}.{row.counter}"


def back_up():
    """The row, as a backup of now would have it."""
    return Installation.objects.values().get()


def restore(backup):
    Installation.objects.all().delete()
    Installation.objects.create(**backup)


def test_X5_the_first_start_is_silent_and_notes_itself(caplog):
    assert may_send()

    assert caplog.messages == []
    assert notes() == [written()]
    assert (Installation.objects.get().muted_at, mute.warnings()) == (None, [])


def test_X5_a_database_that_goes_on_stays_ahead_of_its_note():
    assert [may_send(NOON + n * MINUTE) for n in range(5)] == [True] * 5
    assert len(notes()) == 1


def test_X5_a_restored_database_is_mute_and_loud_until_it_is_released(caplog):
    first, second = due(2)
    may_send()
    backup = back_up()
    assert send(NOON + 5 * MINUTE) == 2
    restore(backup)
    Message.objects.update(status="planned", finished_at=None)

    assert send(NOON + 6 * MINUTE) == 0
    assert statuses() == ["planned", "planned"]
    assert mute.is_muted().muted_because == mute.BEHIND
    assert "Nothing is sent" in caplog.text
    assert len(mute.warnings()) == 1

    assert mute.release(by="a person", clock=at(NOON + 7 * MINUTE))
    assert send(NOON + 8 * MINUTE) == 2
    assert [facts(row)[0] for row in (first, second)] == ["sent", "sent"]


def test_X5_after_the_release_what_is_too_late_is_skipped():
    (message,) = due(1)
    mute.mute("A test.", clock=at(NOON))
    mute.release(by="a person", clock=at(NOON + timedelta(days=9)))

    send(NOON + timedelta(days=9))

    assert facts(message)[::2] == ("skipped", "too_late")


def test_X5_a_copy_of_the_database_with_the_same_files_is_mute():
    may_send()
    copied = back_up()
    mute.mute("It was copied.", clock=at(NOON))
    mute.release(by="the original", clock=at(NOON))
    original = back_up()

    restore(copied)
    assert not may_send(NOON + MINUTE)
    assert mute.is_muted().muted_because == mute.ANOTHER
    restore(original)
    assert may_send(NOON + 2 * MINUTE)


def test_X5_a_copy_without_the_files_is_mute():
    may_send()
    for name in notes():
        storages["private"].delete(f"{mute.FOLDER}/{name}")

    assert not may_send(NOON + MINUTE)
    assert mute.is_muted().muted_because == mute.NO_WITNESS


def test_X5_a_note_that_cannot_be_read_sends_nothing_and_is_no_mute_for_ever():
    may_send()
    storages["private"].save(f"{mute.FOLDER}/nonsense", ContentFile(b""))

    assert not may_send(NOON + MINUTE)
    storages["private"].delete(f"{mute.FOLDER}/nonsense")
    assert may_send(NOON + 2 * MINUTE)


class BrokenStorage(InMemoryStorage):
    """A storage that cannot be reached for reading, or for writing."""

    def __init__(self, *broken):
        super().__init__()
        self.broken = broken

    def listdir(self, path):
        if "read" in self.broken:
            raise ConnectionError
        return super().listdir(path)

    def _save(self, name, content):
        if "write" in self.broken:
            raise PermissionError
        return super()._save(name, content)


@pytest.fixture
def storage(monkeypatch):
    storage = BrokenStorage()
    monkeypatch.setitem(storages._storages, "private", storage)
    return storage


def test_X5_a_storage_that_cannot_be_read_sends_nothing_while_it_lasts(storage, caplog):
    due(1)
    may_send()
    storage.broken = ("read",)

    assert send() == 0
    assert facts(Message.objects.get())[:2] == ("planned", 0)
    assert "cannot be asked; nothing is sent" in caplog.text
    assert mute.is_muted() is None
    storage.broken = ()
    assert may_send(NOON + MINUTE)


def test_X5_a_note_that_cannot_be_written_is_loud_and_holds_up_nobody(storage, caplog):
    may_send()
    storage.broken = ("write",)

    assert may_send(NOON + MINUTE)
    assert "cannot be written" in caplog.text
    storage.broken = ()
    assert may_send(NOON + 2 * MINUTE)
    assert notes() == [written()]


def test_X5_a_release_that_cannot_note_itself_releases_nothing(storage):
    may_send()
    mute.mute("A test.", clock=at(NOON))
    storage.broken = ("write",)

    with pytest.raises(PermissionError):
        mute.release(by="a person", clock=at(NOON + MINUTE))

    assert not may_send(NOON + MINUTE)


def test_X5_a_cache_that_processes_share_is_a_witness_too(settings, tmp_path):
    """Files that were restored together with the database do not hide it."""
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    may_send()
    backup, (file,) = back_up(), notes()
    may_send(NOON + MINUTE)
    restore(backup)
    (newer,) = notes()
    storages["private"].delete(f"{mute.FOLDER}/{newer}")
    storages["private"].save(f"{mute.FOLDER}/{file}", ContentFile(b""))

    assert not may_send(NOON + MINUTE)
    assert mute.is_muted().muted_because == mute.BEHIND


def test_X5_a_release_gives_a_new_name_and_notes_how_far_everybody_was():
    may_send(NOON + 9 * MINUTE)
    ahead, old = Installation.objects.get().counter, Installation.objects.get().name
    Installation.objects.update(counter=ahead - 5)
    assert not may_send(NOON)

    assert mute.release(by="a person", clock=at(NOON))

    row = Installation.objects.get()
    assert (row.counter, row.muted_at, row.muted_because) == (ahead, None, "")
    assert row.name != old
    assert notes() == [written()]
    assert may_send(NOON)
    assert not mute.release(by="a person", clock=at(NOON))


def test_X5_the_first_reason_and_instant_are_kept():
    mute.mute("The first.", clock=at(NOON))
    mute.mute("The second.", clock=at(NOON + MINUTE))

    row = mute.is_muted()
    assert (row.muted_because, row.muted_at) == ("The first.", NOON)


def test_X5_while_mute_the_tick_plans_no_reminder_and_takes_up_nothing(monkeypatch):
    job, _reminder = closing()
    parent = person_in(job)
    sell(job)
    (lost,) = due(1)
    Message.objects.update(status="claimed", token="t", leased_until=NOON, attempts=1)
    mute.mute("A test.", clock=at(NOON))
    monkeypatch.setattr("jobstatus.clock.now", at(REMINDER_AT))
    # There is no broker.
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda *args, **options: None)

    tasks.tick()

    assert ledger() == [(lost.address, "claimed", "")]
    mute.release(by="a person", clock=at(REMINDER_AT))
    tasks.tick()
    assert ledger() == sorted([(lost.address, "planned", ""), (parent.email, "planned", "")])


def test_X5_while_mute_the_tick_plans_and_starts_nothing(monkeypatch):
    due(1)
    mute.mute("A test.", clock=at(NOON))
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))

    tasks.tick()

    assert statuses() == ["planned"]
    assert Message.objects.get().attempts == 0


def test_X5_the_commands_say_what_they_do(monkeypatch):
    monkeypatch.setattr("jobstatus.clock.now", at(NOON))
    due(1)

    assert "nothing to release" in told("comms_release")
    assert "until you run manage.py comms_release" in told("comms_mute", "Restoring.")
    asked = told("comms_release")
    assert ("Restoring." in asked, "1 messages are due" in asked) == (True, True)
    assert mute.is_muted() is not None
    assert "sent again" in told("comms_release", "--yes")
    assert mute.is_muted() is None


def test_X5_the_health_page_tells_it(client):
    assert client.get("/healthz").json()["sending"]["muted"] is False
    mute.mute("A test.", clock=at(NOON))

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["sending"]["muted"]) == (503, True)


def told(*words):
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()

"""The child that reads photos: bounded, replaced when ill, gone with its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from shop import images
from shop.images import children, limits
from tests import odd_images as odd
from tests.served import made

PATIENCE = 20  # seconds for a process to end, on a busy machine


@pytest.fixture(autouse=True)
def own_children():
    """None from a test before, so that each is where the test expects it."""
    children.end_all()
    yield
    children.end_all()


def pids():
    return [child.pid for child in children._spare]


def is_gone(pid):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_one_child_serves_many_files_also_refused_ones(tmp_path):
    made(odd.jpeg(), tmp_path)
    first = pids()
    with pytest.raises(images.Refused):
        made(odd.archive(), tmp_path)
    made(odd.png(), tmp_path)

    assert len(first) == 1
    assert pids() == first


def test_a_child_is_replaced_after_some_files(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "FILES_OF_A_CHILD", 2)
    made(odd.jpeg(), tmp_path)
    first = pids()
    made(odd.jpeg(), tmp_path)

    assert pids() == []
    assert is_gone(first[0])


def test_a_child_that_was_killed_costs_no_photo(tmp_path):
    made(odd.jpeg(), tmp_path)
    os.kill(pids()[0], signal.SIGKILL)

    assert made(odd.jpeg(), tmp_path).kind == ".jpg"


def test_a_child_that_dies_at_work_gets_a_second_opinion(tmp_path):
    """It had served before, so the fault may be its own: a fresh one makes the photo."""
    made(odd.jpeg(), tmp_path)
    child = children._spare[0]
    ask = child._send
    child._send = lambda line: (os.kill(child.pid, signal.SIGKILL), ask(line))

    assert made(odd.jpeg(), tmp_path).kind == ".jpg"
    assert pids() != [child.pid]


def test_a_file_that_kills_a_fresh_child_is_refused(tmp_path, monkeypatch):
    send = children.Child._send
    asked = []

    def die(child, line):
        asked.append(child.pid)
        os.kill(child.pid, signal.SIGKILL)
        send(child, line)

    monkeypatch.setattr(children.Child, "_send", die)

    with pytest.raises(images.Refused) as refused:
        made(odd.jpeg(), tmp_path)

    assert refused.value.reason == images.Reason.TOO_MUCH_WORK
    assert len(asked) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_file_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    made(odd.jpeg(), tmp_path)
    child = pids()[0]
    os.kill(child, signal.SIGSTOP)
    monkeypatch.setattr(limits, "SECONDS", 0.2)

    with pytest.raises(images.Refused) as refused:
        made(odd.jpeg(), tmp_path)

    assert refused.value.reason == images.Reason.TOO_MUCH_WORK
    assert is_gone(child)


def test_a_child_has_a_limit_on_memory_that_holds(tmp_path):
    """A picture that takes 200 MB as a whole, for a child that may have 100 more than now."""
    made(odd.jpeg(), tmp_path)
    process = psutil.Process(pids()[0])
    used = int(Path(f"/proc/{process.pid}/status").read_text().split("VmData:")[1].split()[0])
    assert process.rlimit(psutil.RLIMIT_DATA) == (limits.MEMORY_BYTES, limits.MEMORY_BYTES)
    assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    process.rlimit(psutil.RLIMIT_DATA, (used * 1024 + 100_000_000,) * 2)
    children._spare[0].served = 0  # So that no other is asked.
    large = odd.bare_png(8000, 6000, bytes(8000 * 18_001 + 90_000), interlaced=1)

    with pytest.raises(images.Refused):
        made(large, tmp_path)

    assert made(odd.jpeg(), tmp_path).kind == ".jpg"


def test_a_child_that_does_not_start_is_no_fault_of_the_photo(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "ENVIRONMENT", {"PYTHONHOME": "/nowhere"})

    with pytest.raises(images.MakingFailed):
        made(odd.jpeg(), tmp_path)


def test_a_child_knows_no_secret_of_its_parent(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "very secret")
    made(odd.jpeg(), tmp_path)

    environment = psutil.Process(pids()[0]).environ()
    assert set(environment) <= set(children.ENVIRONMENT)


PARENT = """
import sys, time
from pathlib import Path
from shop import images
from shop.images import children
images.make(Path(sys.argv[1]), Path(sys.argv[1]).parent, watermark="x")
print(children._spare[0].pid, flush=True)
if sys.argv[2] == "wait":
    time.sleep(60)
"""


@pytest.mark.parametrize("how", ["wait", "end"])
def test_a_child_ends_with_its_parent(tmp_path, how):
    source = tmp_path / "a.jpg"
    source.write_bytes(odd.jpeg())
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(source), how],
        cwd=children.ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(children.ROOT)},
    ) as parent:
        child = int(parent.stdout.readline())
        if how == "wait":
            parent.kill()
        parent.wait()

    gone = is_gone(child)
    if not gone:
        os.kill(child, signal.SIGKILL)
    assert gone


def test_a_fork_asks_a_child_of_its_own_and_leaves_its_parent_s_alone(tmp_path):
    """As Celery's worker forks its processes. What the fork holds open would keep a child alive."""
    made(odd.jpeg(), tmp_path)
    child = children._spare[0]
    read, write = os.pipe()

    pid = os.fork()
    if pid == 0:  # No test framework in here: it would report twice.
        os.write(write, b"empty" if not children._spare and child._wishes.closed else b"shared")
        os._exit(0)
    os.waitpid(pid, 0)

    assert os.read(read, 10) == b"empty"
    os.close(read)
    os.close(write)
    assert made(odd.jpeg(), tmp_path).kind == ".jpg"
    assert pids() == [child.pid]

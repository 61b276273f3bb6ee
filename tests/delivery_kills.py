"""Real workers on real servers that are killed at random while they send; the sink is the judge."""

import os
import random
import signal
import time
from collections import Counter
from contextlib import contextmanager, suppress

import psutil
import psycopg
import redis

from comms.sending.pace import BLOCK, GRACE, STRETCH
from tests import servers
from tests.production import SERVICES, Production
from tests.smtp_sink import CONTENT, DATA, DOT, MAIL, RCPT, SmtpSink

TICK_SECONDS, LEASE_SECONDS = 2, 5
SLACK_SECONDS = 15  # for a busy machine, on top of a lease and a tick
STEP_SECONDS = 0.25
WORKERS = 2
STUDIOS = 3
ROWS = """
from jobstatus import clock
from tests.delivery_rows import due
for number in range({studios}):
    due({count}, now=clock.now(), per_minute={per_minute})
"""
LEDGER = "SELECT status, count(*) FROM comms_message GROUP BY status"
# Nobody wants to wait for the second and third attempt of those whose connection was dropped.
HASTEN = """
    UPDATE comms_message SET due_at = clock_timestamp()
    WHERE status = 'planned' AND reason = 'retry' AND due_at > clock_timestamp()
"""
OVERDUE = """
    SELECT count(*) FROM comms_message
    WHERE status IN ('claimed', 'transmitting') AND leased_until < clock_timestamp() - %s::interval
"""


class Ordeal:
    """A run with faults. What it saw is in its attributes."""

    def __init__(self, folder, *, messages, per_minute, app="config", seed=None):
        self.folder, self.messages, self.per_minute, self.app = folder, messages, per_minute, app
        self.seed = seed if seed is not None else random.randrange(10**6)
        self.random = random.Random(self.seed)
        self.kills = self.flushes = self.dropped_after = 0
        self.wrong_sums, self.late = [], []
        self.drops_left = 0

    @contextmanager
    def running(self):
        name = f"kills_{os.getpid()}_{self.app.replace('.', '_')}"
        with servers.postgresql() as address, SmtpSink() as self.sink:
            with psycopg.connect(f"{address}/postgres", autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {name}")
                admin.execute(f"CREATE DATABASE {name}")
            try:
                with servers.throwaway_redis(servers.free_port()) as broker:
                    self._prepare(f"{address}/{name}", broker)
                    with psycopg.connect(f"{address}/{name}", autocommit=True) as self.database:
                        self._fill()
                        self._start()
                        try:
                            yield self
                        finally:
                            self._stop()
            finally:
                with psycopg.connect(f"{address}/postgres", autocommit=True) as admin:
                    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _prepare(self, database, broker):
        port = int(broker.rpartition(":")[2])
        self.broker = redis.Redis(port=port)
        self.production = Production(
            database=database, broker_port=port, port=0, folder=self.folder
        )
        self.production.environment |= {
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "TICK_SECONDS": str(TICK_SECONDS),
            "SENDER_LEASE_SECONDS": str(LEASE_SECONDS),
            "EMAIL_PER_MINUTE": str(self.per_minute),
        }

    def _fill(self):
        self.production.run("migrate", "--verbosity", "0")
        count = self.messages // STUDIOS
        code = ROWS.format(studios=STUDIOS, count=count, per_minute=self.per_minute)
        self.production.run("shell", "--no-imports", "-c", code)
        self.messages = count * STUDIOS

    def _start(self):
        for number in range(WORKERS):
            self._start_worker(number)
        beat = [
            word.replace("/tmp/beat", str(self.folder / "beat"))
            for word in SERVICES["beat"]["command"]
        ]
        self.production.start("beat", beat)

    def _start_worker(self, number):
        words = [self.app if word == "config" else word for word in SERVICES["worker"]["command"]]
        host = f"{number}-{time.monotonic_ns()}@{os.getpid()}"
        self.production.start(f"worker {number}", [*words, "--hostname", host])

    def _stop(self):
        for process in self.production.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    # Faults

    def kill_a_child(self):
        children = [
            child
            for name, process in self.production.processes.items()
            if name.startswith("worker") and process.poll() is None
            for child in psutil.Process(process.pid).children()
        ]
        if children:
            with suppress(psutil.NoSuchProcess):
                self.random.choice(children).kill()
                self.kills += 1

    def kill_a_worker(self):
        """With its children, as when a machine loses its power. Another takes its place."""
        number = self.random.randrange(WORKERS)
        process = self.production.processes[f"worker {number}"]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills += 1
        self._start_worker(number)

    def flush(self):
        self.broker.flushall()
        self.flushes += 1

    def drop_some(self, *, before, after):
        """Connections that end before the final dot, by chance, and some after it."""
        self.drops_left = after

        def decide(stage):
            if stage in (MAIL, RCPT, DATA, CONTENT) and self.random.random() < before:
                return "drop"
            if stage == DOT and self.drops_left and self.random.random() < before:
                self.drops_left -= 1
                self.dropped_after += 1
                return "drop"
            return None

        self.sink.decide = decide

    # Facts

    def ledger(self):
        """Also checks that no row is missing, and that no lost one waits too long."""
        counts = Counter(dict(self.database.execute(LEDGER).fetchall()))
        if counts.total() != self.messages:
            self.wrong_sums.append(counts)
        allowed = f"{TICK_SECONDS + SLACK_SECONDS} seconds"
        (late,) = self.database.execute(OVERDUE, [allowed]).fetchone()
        if late:
            self.late.append(late)
        return counts

    def is_done(self):
        counts = self.ledger()
        return not counts["planned"] + counts["claimed"] + counts["transmitting"]

    def revive(self):
        """As the service manager does: Celery's worker ends by itself in rare cases."""
        for number in range(WORKERS):
            if self.production.processes[f"worker {number}"].poll() is not None:
                self._start_worker(number)

    def wait(self, seconds):
        deadline = time.monotonic() + seconds
        while not self.is_done():
            assert time.monotonic() < deadline, (self.ledger(), self.production.logs())
            self.revive()
            self.database.execute(HASTEN)
            time.sleep(STEP_SECONDS)

    def doubled(self):
        return [to for to, times in Counter(self.sink.recipients()).items() if times > 1]

    def silently_lost(self):
        """Those that count as sent and did not arrive."""
        rows = self.database.execute("SELECT address FROM comms_message WHERE status = 'sent'")
        return {address for (address,) in rows} - set(self.sink.recipients())

    def unlisted(self):
        """Those that arrived and neither count as sent nor are shown as in doubt."""
        rows = self.database.execute(
            "SELECT address FROM comms_message WHERE status IN ('sent', 'unknown')"
        )
        return set(self.sink.recipients()) - {address for (address,) in rows}

    def too_fast(self, seconds):
        """By how many messages the pace was exceeded in any window of so many seconds."""
        instants = sorted(taken.at for taken in self.sink.taken)
        stretch = seconds + 2 * BLOCK.total_seconds() + GRACE.total_seconds()
        allowed = self.per_minute * stretch / STRETCH.total_seconds()
        most = start = 0
        for end, instant in enumerate(instants):
            while instants[start] <= instant - seconds:
                start += 1
            most = max(most, end - start + 1)
        return max(0, most - allowed)

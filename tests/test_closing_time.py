"""The deadline passes while every process but the web server stands still (L4, L6, A3)."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from tests.parent import Parent, hidden_fields, pictures, token
from tests.production import ROOT, question
from tests.servers import free_port

PATIENCE_SECONDS = 30
AFTER_THE_DEADLINE = timedelta(days=3)
CUSTOMER = [
    ("name", "A parent"),
    ("email", "parent@example.org"),
    ("street", "Market Square 1"),
    ("postal_code", "12345"),
    ("city", "Example Town"),
    ("country", "Germany"),
    ("method", "invoice"),
    ("conditions", "on"),
]


class Shop:
    """One web server on a database file, with a clock that can be set. No worker and no beat."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.web = None
        self.environment = os.environ | {
            "DEBUG": "1",
            "DATABASE_URL": f"sqlite:///{folder}/shop.sqlite3",
            "PRIVATE_MEDIA_ROOT": str(folder / "media"),
            "CLOCK_OFFSET_SECONDS": "0",
        }

    def manage(self, *words):
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, expression):
        words = [word.replace("tests.deployed", "tests.closing") for word in question(expression)]
        return json.loads(self.manage(*words).splitlines()[-1])

    def start(self, *, offset=timedelta()):
        self.environment["CLOCK_OFFSET_SECONDS"] = str(int(offset.total_seconds()))
        with (self.folder / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "config.wsgi"),
                    *("--bind", f"127.0.0.1:{self.port}", "--threads", "2", "--no-control-socket"),
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            assert time.monotonic() < deadline, (self.folder / "web.log").read_text()
            time.sleep(0.1)

    def answers(self):
        try:
            return Parent(self.url).get("/healthz/web")[0] == 200
        except OSError:
            return False

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        if self.web is not None:
            self.web.terminate()
            self.web.wait(PATIENCE_SECONDS)


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    shop.manage("migrate")
    yield shop
    shop.stop()


class Visit:
    """A parent with a code, from the slip to the checkout's form, filled in and not yet sent."""

    def __init__(self, shop, facts):
        self.parent = Parent(shop.url)
        self.at = f"/shop/at/{facts['studio']}/"
        self.gallery = f"{self.at}photos/{facts['code_pk']}/"
        self.photo = f"{self.gallery}{facts['photo']}/"
        self.slip = facts["code"]
        self.chosen = [
            ("product", str(facts["product"])),
            ("photo", f"{facts['code_pk']}:{facts['photo']}"),
            ("quantity", "1"),
        ]
        self.pages = [
            *(self.at, f"{self.at}photos/", self.gallery, self.photo, f"{self.at}basket/"),
            *(f"{self.at}package/{facts['product']}/", f"{self.at}checkout/"),
            f"/shop/{facts['job_slug']}/",
        ]

    def enter(self):
        page = self.parent.get(self.at)[1]
        self.parent.post(self.at, [*token(page), ("code", self.slip)])

    def choose(self):
        page = self.parent.get(self.at)[1]
        self.parent.post(f"{self.at}basket/add/", [*token(page), *self.chosen])

    def form(self):
        return hidden_fields(self.parent.get(f"{self.at}checkout/")[1])

    def order(self, form):
        self.parent.post(f"{self.at}checkout/", [*form, *CUSTOMER])

    def photos(self):
        return [photo for page in self.pages for photo in pictures(self.parent.get(page)[1])]

    def answers(self, photos):
        return {self.parent.get(photo)[0] for photo in photos}


def test_L4_L6_after_the_deadline_the_web_server_alone_sells_and_shows_nothing(shop):
    visit = Visit(shop, shop.ask("open_family()"))
    shop.start()
    visit.enter()
    visit.choose()
    photos, form = visit.photos(), visit.form()
    assert len(set(photos)) > 2
    assert visit.answers(photos) == {200}
    assert shop.ask("facts()") == {"orders": 0, "lines": 1, "statuses": ["selling"]}

    # Three days later. Nobody has swept.
    shop.stop()
    shop.start(offset=AFTER_THE_DEADLINE)
    visit.order(form)
    visit.choose()

    assert visit.answers(photos) == {404}
    assert visit.photos() == []
    assert shop.ask("facts()") == {"orders": 0, "lines": 1, "statuses": ["selling"]}

    # With the clock back the same visit ends in an order: it was the deadline that refused it.
    shop.stop()
    shop.start()
    visit.order(visit.form())
    assert shop.ask("facts()")["orders"] == 1

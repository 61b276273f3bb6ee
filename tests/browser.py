"""A real browser for tests: pages that fail their test on any error, and a check of their form."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from jobstatus import clock
from jobstatus.models import Membership, Studio
from tests import chromium
from tests.factories import UserFactory

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
FLAGS += ("--disable-background-networking", "--disable-component-update")
PHONE, DESK = 390, 1440
PASSPHRASE = "a-long-passphrase"
# Every two of width, scheme and language meet.
LOOKS = [(PHONE, "light", "en"), (PHONE, "dark", "de"), (DESK, "dark", "en"), (DESK, "light", "de")]
GRACE_SECONDS = 10  # for what is still being answered when a test ends
PATIENCE_MS = 20_000  # of `expect`: a machine may be busy with other tests

expect.set_options(timeout=PATIENCE_MS)

# What every page owes to people who do not see it, see it badly, or use the keyboard only.
FINDINGS = """() => {
  const found = [];
  const shown = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const say = (what, e) => found.push(`${what}: ${e.outerHTML.slice(0, 120)}`);

  if (!document.documentElement.lang) found.push("the document has no language");
  if (!document.title.trim()) found.push("the document has no title");
  if (document.querySelectorAll("h1").length !== 1) found.push("not exactly one h1");
  if (document.querySelectorAll("main").length !== 1) found.push("not exactly one main");
  for (const e of document.querySelectorAll("img:not([alt])")) say("no alt text", e);
  const inputs = "input:not([type=hidden], [type=submit], [type=button]), select, textarea";
  for (const e of document.querySelectorAll(inputs)) {
    const name = e.ariaLabel || e.getAttribute("aria-labelledby");
    if (shown(e) && !name && ![...e.labels].some((l) => l.innerText.trim())) say("no label", e);
  }
  for (const e of document.querySelectorAll("a[href], button, summary")) {
    const name = e.innerText.trim() || e.ariaLabel || e.querySelector("img[alt]")?.alt || e.title;
    if (shown(e) && !name) say("no name", e);
  }
  let level = 0;
  for (const e of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    if (!shown(e)) continue;
    if (Number(e.tagName[1]) > level + 1 && level) say("skips a level", e);
    level = Number(e.tagName[1]);
  }

  const rgba = (text) => {
    const numbers = text.match(/[\\d.]+(?:e-?\\d+)?/g).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    return [...numbers.slice(0, 3).map((n) => n * scale), numbers[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = (colour) => colour.slice(0, 3)
    .map((n) => n / 255)
    .map((n) => (n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4))
    .reduce((sum, n, i) => sum + n * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    if (!e) return [255, 255, 255];
    const colour = rgba(getComputedStyle(e).backgroundColor);
    return colour[3] === 1 ? colour : over(colour, ground(e.parentElement));
  };
  for (const e of document.querySelectorAll("body *")) {
    const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!words || !shown(e) || e.closest("svg, script, option, [disabled]")) continue;
    const style = getComputedStyle(e), below = ground(e);
    const tones = [light(over(rgba(style.color), below)), light(below)].sort((a, b) => b - a);
    const ratio = (tones[0] + 0.05) / (tones[1] + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)}`, e);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("scrolls sideways");
  return found;
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that tests/chromium.py finds. Without one the test fails and says what to do."""
    path = chromium.find()
    if path is None:
        pytest.fail("No Chromium was found. `make browser` installs one, CHROMIUM names one.")
    # Playwright's loop runs in this thread; Django would take it for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visitor(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Makes pages, each in a browser of its own. Errors on any of them fail the test.

    Errors are those of the console, which violations of the security policy are among, of
    scripts, and of requests that fail or are answered with an error.
    """
    # The runner finds or installs a browser after the other tests; it tells the files by name.
    if not request.path.name.startswith("test_browser"):
        pytest.fail(f"{request.path.name} asks for a browser: its file is tests/test_browser_….py")
    contexts, errors = [], []

    def watch(page: Page) -> None:
        page.on("console", lambda m: errors.append(m.text) if is_error(m) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "requestfailed",
            lambda r: errors.append(f"{r.url}: {r.failure}") if is_lost(r) else None,
        )

    def visitor(*, width: int = DESK, language: str = "en", scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("page", watch)
        return context.new_page()

    yield visitor
    for context in contexts:
        context.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:  # would find no database if it came later
            thread.join(GRACE_SECONDS)
    assert errors == [], errors


def photographer(studio: Studio, **values: Any) -> None:
    """“ada”, who works in this studio, for `sign_in`."""
    user = UserFactory.create(username="ada", **values)
    user.set_password(PASSPHRASE)
    user.save()
    user.groups.add(Group.objects.get(name="Photographer"))
    Membership.objects.create(user=user, studio=studio)


def sign_in(page: Page) -> Page:
    page.goto("/admin/")
    page.locator("#id_username").fill("ada")
    page.locator("#id_password").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    expect(page.locator("#logout-form")).to_be_attached()
    return page


def moving_clock(settings: Any, begin: datetime) -> Callable[[datetime], None]:
    """Moves the product's clock to an instant, from which it goes on. It stands at `begin`."""

    def set_clock(instant: datetime) -> None:
        settings.CLOCK_OFFSET_SECONDS = 0
        settings.CLOCK_OFFSET_SECONDS = (instant - clock.now()).total_seconds()

    set_clock(begin)
    return set_clock


def is_error(message: ConsoleMessage) -> bool:
    """409 is no error: so the confirmation page answers when it asks once more."""
    return message.type in ("error", "warning") and "409 (Conflict)" not in message.text


def is_lost(request: Request) -> bool:
    """A request that the browser gave up because its page was left is no error."""
    return request.failure != "net::ERR_ABORTED"


def findings(page: Page) -> list[str]:
    """What is wrong with the page as it stands, one line each."""
    page.wait_for_load_state()  # A page that has just begun to come has no content yet.
    return page.evaluate(FINDINGS)

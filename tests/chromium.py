"""`python -m tests.chromium`: find the browser of the browser tests, or install one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """`CHROMIUM` if set, else the system's, else the one that playwright has installed."""
    if named := os.environ.get("CHROMIUM"):
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or _playwrights_own()


def find_or_install() -> str:
    if find() is None:
        _install()
    path = find()
    if path is None:
        sys.exit("No Chromium was found and none could be installed. Set CHROMIUM to its path.")
    return path


def _install() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        # A bare Debian: the package brings the libraries that a downloaded browser would miss.
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    sys.stdout.write(f"{find_or_install()}\n")

"""The lock files fit pyproject.toml. `make lock` writes them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAIN = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]
FILES = {
    "base": MAIN,
    "dev": MAIN + GROUPS["test"] + GROUPS["check"],
    "lock": GROUPS["lock"],
}


def entries(name: str) -> dict[str, str]:
    """Package to the text of its entry: version, marker, hashes, and who asked for it."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return {canonicalize_name(e.split("==")[0]): e for e in re.split(r"\n(?=\S)", text.strip())}


def version(entry: str) -> str:
    return re.split(r"==|[ ;\\]", entry)[1]


@pytest.mark.parametrize("name", FILES)
def test_every_dependency_is_locked_to_a_version_that_it_allows(name):
    locked = entries(name)

    wrong = [
        text
        for text in FILES[name]
        for wanted in [Requirement(text)]
        if not wanted.specifier.contains(version(locked.get(canonicalize_name(wanted.name), "==")))
    ]

    assert wrong == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_locked_for_a_dependency_that_is_gone(name):
    wanted = {canonicalize_name(Requirement(text).name) for text in FILES[name]}

    direct = {package for package, entry in entries(name).items() if "pyproject.toml" in entry}

    assert direct == wanted


@pytest.mark.parametrize("name", FILES)
def test_every_locked_package_has_hashes_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()

    assert [package for package, entry in entries(name).items() if "--hash" not in entry] == []
    assert "http" not in text
    assert "--index" not in text


def test_the_tests_run_with_the_versions_of_production():
    base, dev = entries("base"), entries("dev")

    assert {name: version(entry) for name, entry in base.items()} == {
        name: version(dev[name]) for name in base
    }

"""The product's settings, with one address more: a view that does nothing."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.empty"

"""Composition: settings, Celery and its beat table, URLs, the assembled admin, demo data."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

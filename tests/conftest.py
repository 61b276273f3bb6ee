"""Fixtures for every test. `DATABASE_URL` chooses the database; the runner sets it."""

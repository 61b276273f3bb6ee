"""Two imports of names lists at the same instant (G2, C8)."""

import pytest

from shop.models import Customer
from tests.factories import JobFactory, UserFactory
from tests.names_lists import big_list, bring, csv_of, people
from tests.races import Racers


@pytest.mark.postgresql
@pytest.mark.parametrize("references", [("A1", "A2"), ("A1", "A1")])
def test_G2_two_imports_of_one_list_at_once_write_each_person_once(real_database, references):
    studio = JobFactory.create().studio
    user = UserFactory.create()
    with Racers(2) as racers:
        for _round in range(10):
            job = JobFactory.create(studio=studio)
            acts = [
                lambda r=r, j=job: bring(j, big_list(40), reference=r, by=user) for r in references
            ]

            results = racers.race(*acts)

            assert len(people(job)) == job.codes.count() == 40, results
            assert [r for r in results if isinstance(r, str)]
    assert Customer.objects.count() == 40 + 14


@pytest.mark.postgresql
def test_C8_two_jobs_at_once_share_their_customers(real_database):
    studio = JobFactory.create().studio
    content = csv_of("Mia,3a,,m@example.org,,0170 12345", "Zoe,3a,,,,0170 33333")
    with Racers(2) as racers:
        for _round in range(5):
            jobs = JobFactory.create_batch(2, studio=studio)

            results = racers.race(*[lambda j=job: bring(j, content) for job in jobs])

            assert [r for r in results if not isinstance(r, str)] == []
    assert Customer.objects.count() == 2

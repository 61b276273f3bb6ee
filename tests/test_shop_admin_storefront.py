"""Which price lists the settings of a job offer and take (J3), over HTTP."""

import pytest

from jobstatus.models import Job
from shop.models import Storefront
from tests.factories import JobFactory, PriceListFactory, StudioFactory
from tests.staff import answers, settings_page, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    return StudioFactory.create()


@pytest.mark.parametrize("role", ["Photographer", "superuser"])
def test_J3_a_job_is_offered_the_price_lists_of_its_own_studio_only(studio, role):
    """Also for who has both studios."""
    other = StudioFactory.create()
    own, theirs = PriceListFactory.create(studio=studio), PriceListFactory.create(studio=other)
    job = JobFactory.create(studio=studio)
    people = {"is_superuser": True} if role == "superuser" else {}
    client = sign_in(studio, other, **people)
    url = settings_page(job)

    html = client.get(url).text
    crafted = client.post(url, answers(job, **{"storefront-0-price_list": theirs.pk}))
    after = Storefront.objects.filter(price_list=theirs).exists()
    client.post(url, answers(job, **{"storefront-0-price_list": own.pk}))

    assert own.name in html
    assert theirs.name not in html
    assert "Choose a price list of the job&#x27;s studio." in crafted.text
    assert not after
    assert Storefront.objects.get(job=job).price_list == own


def test_J3_a_new_job_gets_a_price_list_of_the_studio_chosen_for_it(studio):
    other = StudioFactory.create()
    own, theirs = PriceListFactory.create(studio=studio), PriceListFactory.create(studio=other)
    client = sign_in(studio, other)
    url = "/admin/jobstatus/job/add/"
    data = {"kind": "standard", "studio": studio.pk, "archive_delay": 1}
    data |= {"storefront-TOTAL_FORMS": 1, "storefront-INITIAL_FORMS": 0}

    html = client.get(url).text
    for number, prices in enumerate((theirs, own)):
        slug, name = f"address-{number}", f"Job {number}"
        more = {"storefront-0-slug": slug, "storefront-0-price_list": prices.pk, "name": name}
        client.post(url, data | more)

    assert own.name not in html
    assert theirs.name not in html
    assert [job.storefront.price_list for job in Job.objects.all()] == [own]

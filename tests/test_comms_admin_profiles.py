"""Communication profiles in the admin (C1, C2, C3): own ones, standard ones, copies of them."""

import pytest
from django.db import OperationalError, connection

from comms.models import Campaign, Message, Profile, Text, Trigger
from jobstatus import clock
from tests.comms_rows import NotificationFactory, ProfileFactory, attach, person_in
from tests.factories import JobFactory, StudioFactory, UserFactory, job_in
from tests.staff import said, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/comms/profile/"


@pytest.fixture
def studio():
    return StudioFactory.create(name="Studio Linden")


@pytest.fixture
def client(studio):
    return sign_in(studio)


@pytest.fixture
def standard():
    profile = Profile.objects.create(name="Standard one", standard_key="tests")
    NotificationFactory.create(profile=profile, trigger=Trigger.BEFORE_ARCHIVING, days=7)
    NotificationFactory.create(profile=profile)
    return profile


def page(profile: Profile, what: str = "change") -> str:
    return f"{LIST}{profile.pk}/{what}/"


def superuser(client):
    client.force_login(UserFactory.create(is_superuser=True))
    return client


def test_C1_the_list_has_own_profiles_then_standard_ones_and_no_foreign_ones(
    client, studio, standard
):
    own = ProfileFactory.create(studio=studio, name="Zebra")
    ProfileFactory.create(name="Fremdling")
    ProfileFactory.create(studio=studio, name="Old", retired_at=clock.now())
    Profile.objects.exclude(pk=standard.pk).filter(studio=None).update(retired_at=clock.now())

    response = client.get(LIST)

    assert list(response.context["cl"].queryset) == [own, standard]
    assert "Standard</span>" in response.text


def test_C1_who_belongs_to_no_studio_sees_no_standard_profile(standard):
    client = sign_in()

    assert list(client.get(LIST).context["cl"].queryset) == []
    assert client.get(page(standard)).status_code == 302


def test_C1_used_by_counts_the_jobs_of_the_own_studios_only(client, studio, standard):
    for job in (job_in("selling", studio=studio), JobFactory.create(studio=studio)):
        Campaign.objects.create(job=job, profile=standard, attached_at=clock.now())
    foreign = job_in("selling")
    Campaign.objects.create(job=foreign, profile=standard, attached_at=clock.now())

    row = client.get(LIST).context["cl"].queryset.get(pk=standard.pk)

    assert (row.job_count, row.selling_count) == (2, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_C1_the_list_asks_the_same_number_of_queries(
    client, studio, rows, django_assert_num_queries
):
    for _number in range(rows):
        attach(JobFactory.create(studio=studio), Trigger.SELLING)

    with django_assert_num_queries(7):
        client.get(LIST)


@pytest.mark.parametrize("who", ["photographer", "superuser"])
def test_C1_a_standard_profile_is_changed_by_nobody(client, standard, who):
    client = superuser(client) if who == "superuser" else client
    rule = standard.notifications.first()

    answers = [
        client.post(page(standard), {"name": "Mine"}).status_code,
        client.post(page(standard, "retire")).status_code,
        client.post(f"/admin/comms/notification/{rule.pk}/change/", {}).status_code,
        client.post(f"/admin/comms/notification/{rule.pk}/retire/").status_code,
        client.post(f"/admin/comms/notification/add/?profile={standard.pk}", {}).status_code,
    ]

    standard.refresh_from_db()
    assert answers == [403, 403, 403, 403, 302]
    assert (standard.name, standard.retired_at) == ("Standard one", None)


def test_C1_a_standard_profile_shows_its_notifications_in_words_in_the_order_of_a_job(
    client, standard
):
    response = client.get(page(standard))

    assert [(rule.when, rule.whom) for rule in response.context["rules"]] == [
        ("When the job is set to Selling", "E-mail to all customers of the job"),
        ("7 days before the archiving date at 10:00", "E-mail to all customers of the job"),
    ]


def test_C1_duplicate_copies_notifications_and_texts_into_the_own_studio(client, studio, standard):
    gone = NotificationFactory.create(profile=standard, retired_at=clock.now())
    before = Text.objects.count()

    response = client.post(page(standard, "duplicate"), {"name": "Ours"}, follow=True)

    copy = Profile.objects.get(name="Ours")
    assert (copy.studio, copy.standard_key) == (studio, None)
    assert [rule.trigger for rule in copy.notifications.order_by("pk")] == [
        "before_archiving",
        "selling",
    ]
    assert Text.objects.count() == before + 2
    assert gone.profile_id == standard.pk
    assert standard.notifications.count() == 3
    assert said(response) == ["“Ours” is a copy of “Standard one”. No job uses it yet."]


def test_C1_the_suggested_name_of_a_copy_is_free(client, studio):
    profile = ProfileFactory.create(studio=studio, name="Ours")

    form = client.get(page(profile, "duplicate")).context["form"]

    assert form.initial["name"] == "Ours (copy)"


def test_C1_a_copy_with_a_name_that_is_taken_is_refused_with_a_sentence(client, studio, standard):
    ProfileFactory.create(studio=studio, name="Ours")
    ProfileFactory.create(name="Free here")

    taken = client.post(page(standard, "duplicate"), {"name": "Ours"})
    free = client.post(page(standard, "duplicate"), {"name": "Free here"})

    assert taken.context["form"].errors == {
        "name": ["Another profile has this name. Choose a different one."]
    }
    assert free.status_code == 302


def test_C1_who_has_several_studios_chooses_where_the_copy_goes(standard):
    first, second, foreign = StudioFactory.create_batch(3)
    client = sign_in(first, second)
    url = page(standard, "duplicate")

    refused = client.post(url, {"name": "Ours", "studio": foreign.pk})
    client.post(url, {"name": "Ours", "studio": second.pk})

    assert refused.context["form"].errors == {"studio": ["Choose one of your studios."]}
    assert Profile.objects.get(name="Ours").studio == second


def test_C1_a_superusers_copy_of_a_studios_profile_stays_in_that_studio(client):
    profile = ProfileFactory.create(name="Theirs")
    other = StudioFactory.create()

    superuser(client).post(page(profile, "duplicate"), {"name": "Copy", "studio": other.pk})

    assert Profile.objects.get(name="Copy").studio == profile.studio


def test_C1_deleting_says_how_many_jobs_use_it_and_keeps_the_row(client, studio):
    job = JobFactory.create(studio=studio)
    (rule,) = attach(job, Trigger.SELLING)
    person_in(job)
    selling = job_in("selling", studio=studio)
    Campaign.objects.create(job=selling, profile=rule.profile, attached_at=clock.now())
    other = ProfileFactory.create(studio=studio)
    Campaign.objects.create(
        job=job_in("selling", studio=studio), profile=other, attached_at=clock.now()
    )

    shown = client.get(page(rule.profile, "retire"))
    response = client.post(page(rule.profile, "retire"), follow=True)

    context = shown.context
    assert (context["job_count"], context["selling_count"]) == (2, 1)
    rule.profile.refresh_from_db()
    other.refresh_from_db()
    assert rule.profile.retired_at is not None
    assert other.retired_at is None
    name = rule.profile.name
    assert said(response) == [f"“{name}” is deleted. Nobody gets a message from it any more."]


def test_C1_a_new_profile_belongs_to_the_own_studio_whatever_is_posted(client, studio):
    foreign = StudioFactory.create()

    client.post(f"{LIST}add/", {"name": "New", "studio": foreign.pk})

    assert Profile.objects.get(name="New").studio == studio


def test_C1_a_superuser_cannot_make_a_profile_without_a_studio(client):
    response = superuser(client).post(f"{LIST}add/", {"name": "New", "studio": ""})

    assert list(response.context["adminform"].form.errors) == ["studio"]
    assert not Profile.objects.filter(name="New").exists()


def test_L13_a_profile_changed_meanwhile_keeps_the_input_and_says_so(client, studio):
    profile = ProfileFactory.create(studio=studio, name="Old")
    seen = client.get(page(profile)).context["adminform"].form["seen"].value()
    client.post(page(profile), {"name": "Theirs", "seen": seen})

    response = client.post(page(profile), {"name": "Mine", "seen": seen})

    form = response.context["adminform"].form
    assert "Somebody changed this while you were editing." in form.non_field_errors()[0]
    assert form["name"].value() == "Mine"
    profile.refresh_from_db()
    assert profile.name == "Theirs"


def test_L13_a_locked_profile_keeps_the_input_and_says_so(client, studio):
    profile = ProfileFactory.create(studio=studio, name="Old")
    seen = client.get(page(profile)).context["adminform"].form["seen"].value()

    def refuse(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "comms_profile" in sql:
            raise OperationalError("canceling statement due to lock timeout")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        response = client.post(page(profile), {"name": "Mine", "seen": seen})

    form = response.context["adminform"].form
    assert "Somebody else is changing this profile" in form.non_field_errors()[0]
    assert form["name"].value() == "Mine"


def test_C1_the_page_warns_of_selling_jobs_that_a_change_reaches(client, studio):
    (rule,) = attach(job_in("selling", studio=studio, name="Waldschule"), Trigger.SELLING)
    attach(job_in("selling", studio=studio, name="Other school"), Trigger.SELLING)

    html = client.get(page(rule.profile)).text

    assert "1 job is selling with this profile." in html
    assert "Waldschule" in html
    assert "Other school" not in html


def test_C1_a_viewer_reads_profiles_and_finds_nothing_to_press(studio, standard):
    viewer = sign_in(studio, role="Viewer")
    own = ProfileFactory.create(studio=studio)

    html = [viewer.get(page(profile)).text for profile in (own, standard)]

    for text in html:
        assert "_save" not in text
        assert "/duplicate/" not in text
        assert "/retire/" not in text
    assert Message.objects.count() == 0

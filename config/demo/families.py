"""The families of the demo: who is told of which job, and what the studio writes to them."""

from datetime import datetime, time

from comms.models import Campaign, Profile, SendingRules
from comms.texts import copies
from jobstatus.models import Job, Studio
from shop.models import Contact, Customer, Subject

PROFILE = "School and kindergarten"
STANDARD = "school-classic"
HOLD_MINUTES = 1
NO_QUIET_HOURS = time(0)


def know_families(studio: Studio) -> None:
    """Each child of the studio's jobs has parents with an address, as from a names list.

    Those of prepay orders have the family that ordered.
    """
    subjects = list(
        Subject.objects.filter(job__studio=studio, contacts__isnull=True).order_by("pk")
    )
    customers = Customer.objects.bulk_create(
        Customer(
            studio=studio,
            email=f"parents-{subject.pk}@example.org",
            email_key=f"parents-{subject.pk}@example.org",
            name=f"Parents of {subject.name}",
            language="en" if subject.pk % 2 else "de",
        )
        for subject in subjects
    )
    Contact.objects.bulk_create(
        Contact(
            customer=customer,
            job_id=subject.job_id,
            subject=subject,
            source=Contact.Source.NAMES_LIST,
        )
        for customer, subject in zip(customers, subjects, strict=True)
    )


def write_to_families(studio: Studio, *, at: datetime) -> None:
    """From now on each job has the studio's own profile. By day and night, and after a minute, so
    that there is something to see: what has a time of its own in the standard goes at once."""
    SendingRules.objects.create(
        studio=studio,
        quiet_from=NO_QUIET_HOURS,
        quiet_until=NO_QUIET_HOURS,
        hold_minutes=HOLD_MINUTES,
    )
    standard = Profile.objects.get(standard_key=STANDARD)
    profile = copies.duplicate(standard, studio_id=studio.pk, name=PROFILE)
    profile.notifications.filter(days=0, trigger="archived").update(send_time=None)
    Campaign.objects.bulk_create(
        Campaign(job=job, profile=profile, attached_at=at)
        for job in Job.objects.filter(studio=studio).order_by("pk")
    )

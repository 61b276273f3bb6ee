"""An e-mail address left on a page that shows no photos: who wants to be told of them (L2, L6)."""

import unicodedata
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from jobstatus.models import Job
from shop.codes import guessing
from shop.models import Contact, Customer, Subject
from shop.models.people import EMAIL_LENGTH, email_key

FREE_REGISTRATIONS = 30  # of a network without delay: a school that shares one address registers
PREFIX = "mail:"  # before the network, so that wrong codes and addresses are counted apart


class BadAddress(Exception):
    """The text is no address that we could write to. The message is a sentence for a person."""


def read_address(text: str) -> str:
    """The address that a person typed, without white space round it. Raises BadAddress."""
    address = text.strip()
    if not address:
        raise BadAddress(_("Type your e-mail address."))
    if len(address) > EMAIL_LENGTH:
        raise BadAddress(
            _("An e-mail address has %(count)d characters at most.") % {"count": EMAIL_LENGTH}
        )
    # Line breaks, blanks, and what a reader would not see.
    if any(unicodedata.category(character)[0] in "CZ" for character in address):
        raise BadAddress(_("An e-mail address has no blanks and no line breaks."))
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress(
            _("This is not an e-mail address that we can write to. It looks like name@example.org.")
        ) from None
    return address


@transaction.atomic(durable=True)
def register(*, job: Job, subject: Subject | None, address: str, language: str) -> None:
    """Remember that this address wants to be told about the job; with a code, about its person.

    The same again changes nothing, also at the same instant. Tells nobody whether the address was
    known. Three queries. `address` comes from `read_address`.
    """
    key = email_key(address)
    Customer.objects.bulk_create(
        [Customer(studio=job.studio, email=address, email_key=key, language=language)],
        ignore_conflicts=True,
    )
    customer = Customer.objects.get(studio=job.studio, email_key=key)
    Contact.objects.bulk_create(
        [Contact(customer=customer, job=job, subject=subject, source=Contact.Source.REGISTRATION)],
        ignore_conflicts=True,
    )


def count(studio_id: int, *, network: str, at: datetime) -> None:
    """Count one registration of a network before it is written. Raises guessing.Wait."""
    guessing.claim_of_network(
        studio_id, network=f"{PREFIX}{network}", free=FREE_REGISTRATIONS, at=at
    )

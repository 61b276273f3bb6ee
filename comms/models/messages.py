"""The ledger: one row for each notification, job and recipient, from plan to result (C4).

It is outbox and log in one: a row says what was to happen, when, what became of it and why.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comms.models.profiles import SUBJECT_LENGTH, Channel, Notification
from jobstatus.models import Job, Studio

ADDRESS_LENGTH = 254
KEY_LENGTH = 2 * ADDRESS_LENGTH
REMARK_LENGTH = 300
TOKEN_LENGTH = 32


class Reason(models.TextChoices):
    """Why a message was skipped, or why one that is planned still waits."""

    NONE = "", ""
    NO_ADDRESS = "no_address", _("There is no address for this channel.")
    NO_CHANNEL = "no_channel", _("This channel is switched off.")
    UNSUBSCRIBED = "unsubscribed", _("The customer unsubscribed.")
    BOUNCED = "bounced", _("Mail to this address came back before.")
    COMPLAINED = "complained", _("The customer reported an earlier message as spam.")
    HAS_BOUGHT = "has_bought", _("The customer has bought in this job.")
    HAS_NOT_BOUGHT = "has_not_bought", _("The customer has not bought in this job.")
    HAS_PHOTOS = "has_photos", _("There are photos of the child.")
    NO_PHOTOS = "no_photos", _("There are no photos of the child.")
    TOO_LATE = "too_late", _("It could only be sent later than the notification allows.")
    NOT_SELLING = "not_selling", _("The job was no longer selling.")
    NOT_ARCHIVED = "not_archived", _("The job was no longer archived.")
    NOT_PREPAY = "not_prepay", _("The prepay phase was over.")
    DATE_MOVED = "date_moved", _("The date was moved.")
    PAID = "paid", _("The order was paid or cancelled.")
    ORDERED = "ordered", _("The basket was ordered or emptied.")
    STOPPED = "stopped", _("Somebody stopped it before it was sent.")
    OTHER_PROFILE = "other_profile", _("The job has another communication profile now.")
    NOTIFICATION_GONE = "notification_gone", _("The notification was switched off or deleted.")
    JOB_GONE = "job_gone", _("The job was deleted.")
    CUSTOMER_GONE = "customer_gone", _("The customer was deleted or no longer belongs to the job.")
    NO_TEXT = "no_text", _("The notification has no text.")
    # These say why a planned message waits.
    HOLD = "hold", _("Waits for a few minutes, so that it can be stopped.")
    QUIET = "quiet", _("Waits for the end of the quiet hours.")
    LATER = "later", _("Waits for its day.")
    RETRY = "retry", _("The provider asked to try again later.")


class Dispatch(models.Model):
    """What one status change planned for a studio. Held, so that it can be stopped (X2).

    Messages that are due before `releases_at` wait for it.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,  # None means the clock did it.
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
    )
    move = models.CharField(_("change"), max_length=30)
    releases_at = models.DateTimeField(_("leaves"))
    stopped_at = models.DateTimeField(_("stopped"), null=True)

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        indexes = [models.Index(fields=["studio", "-releases_at"], name="latest_dispatches")]

    def __str__(self) -> str:
        return f"{self.move} {self.at:%Y-%m-%d %H:%M}"


class Evaluation(models.Model):
    """A reminder was evaluated for a job's date: once, however many planners run (C6).

    A date that is moved is evaluated anew. Moments that had passed when the sale started, or when
    the profile was chosen, are marked here too: they are not made up (C5).
    """

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "notification", "date"], name="a_date_is_evaluated_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.notification_id} {self.date}"


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> "MessageQuerySet":
        return self.filter(status=Message.Status.PLANNED)

    def needing_a_person(self) -> "MessageQuerySet":
        return self.filter(status__in=[Message.Status.UNKNOWN, Message.Status.FAILED])


class Message(models.Model):
    """One notification for one recipient in one job. `planning` writes it, `delivery` moves it on.

    planned → claimed (lease; attempt counted first) → transmitting (marked before the last byte)
    → sent | failed | unknown; or skipped, with the reason. Only a skipped one is ever planned anew.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        CLAIMED = "claimed", _("Being sent")
        TRANSMITTING = "transmitting", _("Being handed over")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Skipped")
        UNKNOWN = "unknown", _("Unknown")

    # Rows change three times on their way, so that each index is felt: the constraint's and the
    # partial ones below serve what is asked by studio or job.
    studio = models.ForeignKey(Studio, on_delete=models.PROTECT, related_name="+", db_index=False)
    notification = models.ForeignKey(
        Notification,
        on_delete=models.PROTECT,
        related_name="messages",
        verbose_name=_("notification"),
    )
    job = models.ForeignKey(
        Job,
        null=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        verbose_name=_("job"),
        db_index=False,
    )
    customer = models.ForeignKey(
        "shop.Customer",
        null=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        verbose_name=_("customer"),
    )
    # The order or basket that it is about; 0 for all that is about the job.
    about_id = models.BigIntegerField(default=0)
    dispatch = models.ForeignKey(
        Dispatch, null=True, on_delete=models.SET_NULL, related_name="messages", db_index=False
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    address = models.CharField(_("address"), max_length=ADDRESS_LENGTH, blank=True)
    # What two spellings of an address share; the customer's number where there is no address.
    address_key = models.CharField(max_length=KEY_LENGTH)
    language = models.CharField(_("language"), max_length=10)

    status = models.CharField(_("status"), max_length=15, choices=Status.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    planned_at = models.DateTimeField(_("planned"))
    due_at = models.DateTimeField(_("due"))
    # The moment that it is meant for. Hold, quiet hours and retries move `due_at`, not this: from
    # here its tolerance counts.
    meant_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    token = models.CharField(max_length=TOKEN_LENGTH, blank=True, db_default="", default="")
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    provider_id = models.CharField(max_length=200, blank=True, db_default="", default="")
    remark = models.CharField(
        _("remark"), max_length=REMARK_LENGTH, blank=True, db_default="", default=""
    )
    subject = models.CharField(
        _("subject"), max_length=SUBJECT_LENGTH, blank=True, db_default="", default=""
    )
    text = models.TextField(_("text"), blank=True, db_default="", default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "notification", "address_key", "about_id"],
                name="a_recipient_gets_a_notification_once",
            ),
            models.CheckConstraint(
                name="a_skipped_message_has_a_reason",
                condition=~Q(status="skipped") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="whoever_holds_a_message_has_a_lease",
                condition=~Q(status__in=["claimed", "transmitting"])
                | (Q(leased_until__isnull=False) & ~Q(token="")),
            ),
            models.CheckConstraint(
                name="a_finished_message_has_its_instant",
                condition=~Q(status__in=["sent", "failed", "unknown"])
                | Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["dispatch"],
                condition=Q(dispatch__isnull=False),
                name="messages_of_a_dispatch",
            ),
            models.Index(
                fields=["studio", "due_at"],
                condition=Q(status="planned"),
                name="messages_to_be_sent",
            ),
            models.Index(
                fields=["leased_until"],
                condition=Q(status__in=["claimed", "transmitting"]),
                name="messages_in_hand",
            ),
            models.Index(
                fields=["studio", "-finished_at"],
                condition=Q(status__in=["unknown", "failed"]),
                name="messages_for_a_person",
            ),
            models.Index(
                fields=["provider_id"],
                condition=~Q(provider_id=""),
                name="messages_of_a_provider",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.notification_id}"

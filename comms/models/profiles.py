"""What is written to whom and when: profiles of notifications, and the profile of a job (C1-C3)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job, Studio

MOST_DAYS = 60
MOST_TOLERANCE_HOURS = 14 * 24
SUBJECT_LENGTH = 150
BODY_LENGTH = 10_000
CUSTOM_TEXT_LENGTH = 2_000


class Trigger(models.TextChoices):
    SELLING = "selling", _("When the job is set to Selling")
    BEFORE_ARCHIVING = "before_archiving", _("Before the archiving date")
    ARCHIVED = "archived", _("When the job is archived")
    REGISTERED = "registered", _("When a customer has registered")
    BASKET_LEFT = "basket_left", _("When a basket was left behind")
    ORDER_UNPAID = "order_unpaid", _("When an order is still unpaid")
    BEFORE_PREPAY_DEADLINE = "before_prepay_deadline", _("Before the prepay deadline")


# Count from a date of the job.
BEFORE_DATES = (Trigger.BEFORE_ARCHIVING, Trigger.BEFORE_PREPAY_DEADLINE)
# Something that one customer did.
HAPPENINGS = (Trigger.REGISTERED, Trigger.BASKET_LEFT, Trigger.ORDER_UNPAID)


class Audience(models.TextChoices):
    ALL = "all", _("All customers of the job")
    NOT_BOUGHT = "not_bought", _("Customers who have not bought in this job")
    BOUGHT = "bought", _("Customers who have bought in this job")


class Photos(models.TextChoices):
    ANY = "any", _("With or without photos")
    WITH = "with", _("Only if there are photos of their child")
    WITHOUT = "without", _("Only if there are no photos of their child")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class ProfileQuerySet(models.QuerySet["Profile"]):
    def current(self) -> "ProfileQuerySet":
        return self.filter(retired_at__isnull=True)

    def offered_to(self, studio_id: int) -> "ProfileQuerySet":
        """The studio's own and those that ship with the system."""
        return self.current().filter(Q(studio=studio_id) | Q(studio__isnull=True))


class Profile(models.Model):
    """A named set of notifications. Without a studio it ships with the system: duplicated, not
    edited (C1). Retired instead of deleted: the ledger goes on naming it."""

    studio = models.ForeignKey(
        Studio,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="profiles",
        verbose_name=_("studio"),
    )
    name = models.CharField(_("name"), max_length=100)
    standard_key = models.SlugField(max_length=40, null=True, unique=True, editable=False)  # noqa: DJ001 - unique where there is one
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    retired_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("communication profile")
        verbose_name_plural = _("communication profiles")
        constraints = [
            models.UniqueConstraint(
                fields=["studio", "name"],
                condition=Q(retired_at__isnull=True),
                name="a_studio_names_its_profiles_apart",
            ),
            models.CheckConstraint(
                name="only_standard_profiles_have_no_studio",
                condition=Q(studio__isnull=True, standard_key__isnull=False)
                | Q(studio__isnull=False, standard_key__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_standard(self) -> bool:
        return self.studio_id is None


class NotificationQuerySet(models.QuerySet["Notification"]):
    def current(self) -> "NotificationQuerySet":
        return self.filter(
            is_active=True, retired_at__isnull=True, profile__retired_at__isnull=True
        )


class Notification(models.Model):
    """One rule: on what, how long before or after, at what time, to whom, on which channel (C3)."""

    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("profile")
    )
    trigger = models.CharField(_("trigger"), max_length=30, choices=Trigger.choices)
    days = models.PositiveSmallIntegerField(
        _("days"), default=0, validators=[MaxValueValidator(MOST_DAYS)]
    )
    hours = models.PositiveSmallIntegerField(
        _("hours"),
        null=True,
        blank=True,
        choices=[(1, _("1 hour")), (3, _("3 hours")), (24, _("24 hours"))],
        help_text=_("For a basket that was left behind."),
    )
    send_time = models.TimeField(
        _("time"),
        null=True,
        blank=True,
        help_text=_("In the studio's time zone. Without one: at once."),
    )
    audience = models.CharField(
        _("to"), max_length=20, choices=Audience.choices, default=Audience.ALL
    )
    photos = models.CharField(
        _("photos"), max_length=10, choices=Photos.choices, default=Photos.ANY
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL
    )
    tolerance_hours = models.PositiveSmallIntegerField(
        _("not later than (hours)"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TOLERANCE_HOURS)],
        help_text=_("After a failure of the system, a message that is later is not sent."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    retired_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.CheckConstraint(
                name="only_left_baskets_count_hours",
                condition=Q(trigger="basket_left", hours__isnull=False, days=0)
                | (~Q(trigger="basket_left") & Q(hours__isnull=True)),
            ),
            models.CheckConstraint(
                name="what_counts_days_has_a_time",
                condition=Q(days=0) | Q(send_time__isnull=False),
            ),
            models.CheckConstraint(
                name="reminders_have_a_time",
                condition=~Q(trigger__in=["before_archiving", "before_prepay_deadline"])
                | Q(send_time__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_trigger_display()} ({self.days})"


class Text(models.Model):
    """What a notification says in one language. An SMS has no subject."""

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="texts", verbose_name=_("notification")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=SUBJECT_LENGTH, blank=True)
    body = models.TextField(_("text"), max_length=BODY_LENGTH)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "language"], name="one_text_for_each_language"
            )
        ]

    def __str__(self) -> str:
        return self.subject or self.body[:40]


class Campaign(models.Model):
    """The profile of a job; none means "No marketing e-mails/SMS" (C1). One row for each job."""

    job = models.OneToOneField(
        Job, on_delete=models.CASCADE, related_name="campaign", verbose_name=_("job")
    )
    profile = models.ForeignKey(
        Profile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("communication profile"),
    )
    # Moments before it are not made up (C5).
    attached_at = models.DateTimeField(_("profile chosen"), null=True, editable=False)
    # Set when the profile was taken away because the job had been archived for long (A11).
    removed_at = models.DateTimeField(_("profile removed"), null=True, editable=False)
    custom_text = models.TextField(
        _("own text for this job"),
        max_length=CUSTOM_TEXT_LENGTH,
        blank=True,
        help_text=_("Stands where a text has [[Job.custom_text]]."),
    )

    class Meta:
        verbose_name = _("communication")
        verbose_name_plural = _("communication")
        constraints = [
            models.CheckConstraint(
                name="a_chosen_profile_has_its_instant",
                condition=Q(profile__isnull=True) | Q(attached_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.profile or _("No marketing e-mails/SMS"))

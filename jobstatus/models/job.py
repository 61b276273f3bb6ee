"""One photo assignment, its deadline, and its state machine."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar, cast

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransition, ConcurrentTransitionMixin, FSMField, transition

from jobstatus import deadlines
from jobstatus.lifecycle import LEGAL_PAIRS, MOVES, Kind, Move, MoveRefused, Status, refusal
from jobstatus.models.jobs import JobQuerySet
from jobstatus.models.studio import Studio

NAME_LENGTH = 200
DATE_LIMITS = [
    MinValueValidator(deadlines.EARLIEST_DATE),
    MaxValueValidator(deadlines.LATEST_DATE),
]
ARCHIVING_FIELDS = frozenset({"archiving_enabled", "archive_date", "archive_delay", "studio"})


class ArchiveDelay(models.IntegerChoices):
    NEVER = deadlines.NEVER, _("Do not archive automatically")
    NONE = 0, _("When the archiving date ends")
    ONE_DAY = 1, _("1 day later")
    TWO_DAYS = 2, _("2 days later")
    THREE_DAYS = 3, _("3 days later")


def _kind_allows(move: Move) -> Any:
    def condition(job: "Job") -> bool:
        return move.kind is None or job.kind == move.kind

    return condition


Method = TypeVar("Method", bound=Callable[..., None])


def _arrow(name: str) -> Callable[[Method], Method]:
    """The django-fsm transition for a line of the life-cycle table."""
    move = MOVES[name]
    arrow = transition(
        field="status",
        source=[source.value for source in move.sources],
        target=move.target.value,
        conditions=[_kind_allows(move)],
        custom={"label": move.label},
    )
    return cast(Callable[[Method], Method], arrow)


class Job(ConcurrentTransitionMixin, models.Model):
    """A school, a team, a kindergarten: one assignment and what may be sold of it now.

    `status` changes only through `jobstatus.operations`; assigning it raises AttributeError, and
    saving an object that someone else moved meanwhile raises `django_fsm.ConcurrentTransition`.
    """

    studio = models.ForeignKey(
        Studio,
        on_delete=models.PROTECT,
        related_name="jobs",
        db_index=False,  # The index (studio, -id) begins with it.
        verbose_name=_("studio"),
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.STANDARD)
    status = FSMField(
        _("status"),
        max_length=10,
        choices=Status.choices,
        default=Status.PLANNING.value,
        protected=True,
        db_index=False,
    )
    archiving_enabled = models.BooleanField(_("archive automatically"), default=False)
    archive_date = models.DateField(
        _("archiving date"),
        null=True,
        blank=True,
        validators=DATE_LIMITS,
        help_text=_("The last day to order. Customers see this date; it includes the whole day."),
    )
    archive_delay = models.SmallIntegerField(
        _("archiving delay"),
        choices=ArchiveDelay.choices,
        default=ArchiveDelay.ONE_DAY,
        help_text=_("Customers can still order during these days. They are not told."),
    )
    closes_at = models.DateTimeField(_("archiving deadline"), null=True, editable=False)
    archived_at = models.DateTimeField(_("archived since"), null=True, editable=False)
    prepay_deadline_date = models.DateField(
        _("prepay deadline"),
        null=True,
        blank=True,
        validators=DATE_LIMITS,
        help_text=_("The last day for orders before the photos exist. It includes the whole day."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["studio", "-id"], name="jobs_of_a_studio"),
            # Partial: an idle sweep stays under a millisecond beside a million archived jobs.
            models.Index(
                fields=["closes_at", "id"],
                condition=Q(status=Status.SELLING),
                name="jobs_due_for_archiving",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="kind_and_status_are_a_legal_pair",
                condition=Q(
                    *(Q(kind=kind, status=status) for kind, status in LEGAL_PAIRS),
                    _connector=Q.OR,
                ),
            ),
            models.CheckConstraint(
                name="archived_jobs_have_archived_at",
                condition=~Q(status=Status.ARCHIVED) | Q(archived_at__isnull=False),
            ),
            models.CheckConstraint(
                name="open_jobs_have_no_archived_at",
                condition=Q(status__in=[Status.PLANNING, Status.ARCHIVED])
                | Q(archived_at__isnull=True),
            ),
            models.CheckConstraint(
                name="archiving_needs_a_date",
                condition=Q(archiving_enabled=False) | Q(archive_date__isnull=False),
            ),
            models.CheckConstraint(
                name="archiving_delay_is_never_or_0_to_3_days",
                condition=Q(
                    archive_delay__gte=deadlines.NEVER,
                    archive_delay__lte=deadlines.LONGEST_DELAY_DAYS,
                ),
            ),
            models.CheckConstraint(
                name="only_automatic_archiving_has_a_deadline",
                condition=Q(archiving_enabled=True, archive_delay__gte=0, closes_at__isnull=False)
                | (
                    (Q(archiving_enabled=False) | Q(archive_delay=deadlines.NEVER))
                    & Q(closes_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="archiving_date_is_within_limits",
                condition=Q(archive_date__isnull=True)
                | Q(
                    archive_date__gte=deadlines.EARLIEST_DATE,
                    archive_date__lte=deadlines.LATEST_DATE,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row with the deadline that its dates and its studio's zone give.

        One query, in the caller's transaction if there is one, plus one for the studio if it is
        not loaded. Raises ConcurrentTransition when the row changed since this object was read.
        """
        fields: Iterable[str] | None = kwargs.get("update_fields")
        if fields is None or ARCHIVING_FIELDS & set(fields):
            self.set_closes_at()
            fields = fields and {*fields, "closes_at"}
        if fields is not None:
            kwargs["update_fields"] = {*fields, "version"}
        read = self.version
        self.version += 0 if self._state.adding else 1
        try:
            super().save(*args, **kwargs)
        except Exception:
            self.version = read
            raise

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, *args: Any, **kwargs: Any) -> Any:
        # The status alone does not tell: a job that went and came back has a new archived period.
        read = self.version if self._state.adding else self.version - 1
        updated = super()._do_update(base_qs.filter(version=read), using, pk_val, *args, **kwargs)
        if not updated and base_qs.filter(pk=pk_val).exists():
            raise ConcurrentTransition("Someone else changed this job since it was read.")
        return updated

    @property
    def state_fields(self) -> tuple[Any, ...]:
        # django-fsm looks through all fields for each object that is read; this is the only one.
        return (self._meta.get_field("status"),)

    def set_closes_at(self) -> None:
        self.closes_at = deadlines.closes_at(
            archiving_enabled=self.archiving_enabled,
            archive_date=self.archive_date,
            archive_delay=self.archive_delay,
            zone=self.studio.timezone,
        )

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: Any = None,
    ) -> None:
        """As Django's. django-fsm's own unprotects the field for all threads meanwhile."""
        # With the status in any case: reading an object initialises django-fsm, which loads it.
        names = [*(self._loaded_fields() if fields is None else fields), "status"]
        self.__dict__.pop("status", None)
        models.Model.refresh_from_db(self, using=using, fields=names, from_queryset=from_queryset)
        self._update_initial_state()

    def _loaded_fields(self) -> list[str]:
        return [f.attname for f in self._meta.concrete_fields if f.attname in self.__dict__]

    def is_orderable(self, at: datetime) -> bool:
        """Whether customers can order at this instant. The one function that every surface asks.

        Never depends on a sweep having run. Raises ValueError for a naive instant.
        """
        deadlines.require_aware(at)
        return self.status == Status.SELLING and (self.closes_at is None or at < self.closes_at)

    def is_prepay_orderable(self, at: datetime) -> bool:
        """Whether customers can order in the prepay shop at this instant (L9)."""
        deadlines.require_aware(at)
        closes_at = self.prepay_closes_at()
        return self.status == Status.PREPAY and (closes_at is None or at < closes_at)

    def prepay_closes_at(self) -> datetime | None:
        """The instant that ends the prepay deadline's local day; None without a deadline."""
        if self.prepay_deadline_date is None:
            return None
        return deadlines.end_of_day(self.prepay_deadline_date, self.studio.timezone)

    def closed_since(self, at: datetime) -> datetime | None:
        """Since when customers read "archived": the deadline, even if no sweep has run yet (L6)."""
        if self.status == Status.ARCHIVED:
            return self.archived_at
        if self.status == Status.SELLING and not self.is_orderable(at):
            return self.closes_at
        return None

    # The transitions. They change this object only; operations.py locks, records and saves.

    @_arrow("start_selling")
    def start_selling(self, *, at: datetime) -> None:
        self._refuse("start_selling", at)
        self.archived_at = None

    @_arrow("open_prepay")
    def open_prepay(self, *, at: datetime) -> None:
        self._refuse("open_prepay", at)
        self.archived_at = None

    @_arrow("archive")
    def archive(self, *, at: datetime) -> None:
        # Kept through Planning: a detour must not shorten the archived period (A11).
        self.archived_at = self.archived_at or at

    @_arrow("return_to_planning")
    def return_to_planning(self, *, at: datetime) -> None:
        pass

    @_arrow("convert_to_standard")
    def convert_to_standard(self, *, at: datetime) -> None:
        self.kind = Kind.STANDARD

    def _refuse(self, name: str, at: datetime) -> None:
        reason = refusal(self, MOVES[name], at)
        if reason is not None:
            raise MoveRefused(reason)

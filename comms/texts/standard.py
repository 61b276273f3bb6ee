"""The profiles that ship with the system. Their texts are files in `standard_texts`.

After each migration the rows are made equal to what is written here, in place: a corrected text
reaches every job that uses the profile. Studios duplicate them to change something (C1).
"""

from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from django.apps import apps as installed_apps
from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from comms.models import Audience, Channel, Photos, Profile, Trigger
from jobstatus.clock import Clock, now

FOLDER = Path(__file__).resolve().parent / "standard_texts"
MORNING = time(10)
DAY, TWO_DAYS, THREE_DAYS = 24, 48, 72
SAME_DAY = 12  # "tomorrow" must be true when it is read


@dataclass(frozen=True)
class Standard:
    """A notification. The first four columns tell it from the others of its profile."""

    text: str  # name of its files, without the language
    trigger: str
    days: int = 0
    hours: int | None = None
    channel: str = Channel.EMAIL
    send_time: time | None = None
    audience: str = Audience.ALL
    tolerance_hours: int = TWO_DAYS

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.trigger, self.days, self.hours, self.channel)

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "send_time": self.send_time,
            "audience": self.audience,
            "photos": Photos.ANY.value,
            "tolerance_hours": self.tolerance_hours,
            "is_active": True,
            "retired_at": None,
        }


def _selling(text: str) -> Standard:
    return Standard(text, Trigger.SELLING, tolerance_hours=THREE_DAYS)


def _reminder(text: str, days: int, tolerance_hours: int = DAY) -> Standard:
    return Standard(
        text,
        Trigger.BEFORE_ARCHIVING,
        days,
        send_time=MORNING,
        audience=Audience.NOT_BOUGHT,
        tolerance_hours=tolerance_hours,
    )


def _archived(text: str) -> Standard:
    return Standard(text, Trigger.ARCHIVED, send_time=MORNING, tolerance_hours=THREE_DAYS)


def _unpaid(days: int) -> Standard:
    text = f"order-unpaid-{days}"
    return Standard(text, Trigger.ORDER_UNPAID, days, send_time=MORNING, tolerance_hours=THREE_DAYS)


_REGISTERED = Standard("registered", Trigger.REGISTERED, tolerance_hours=DAY)
_BASKET_LEFT = Standard("basket-left", Trigger.BASKET_LEFT, hours=3, tolerance_hours=SAME_DAY)
_BEFORE_PREPAY = Standard(
    "before-prepay",
    Trigger.BEFORE_PREPAY_DEADLINE,
    3,
    send_time=MORNING,
    audience=Audience.NOT_BOUGHT,
    tolerance_hours=DAY,
)

# By the key of the row: the name, and what it says.
PROFILES: dict[str, tuple[str, tuple[Standard, ...]]] = {
    "school-classic": (
        gettext_noop("School, classic"),
        (
            _selling("classic-selling"),
            _reminder("classic-before-7", 7),
            _reminder("classic-before-3", 3),
            _reminder("classic-before-1", 1, SAME_DAY),
            _archived("classic-archived"),
            _REGISTERED,
            _BASKET_LEFT,
            _unpaid(7),
            _unpaid(14),
            _BEFORE_PREPAY,
        ),
    ),
    "school-gentle": (
        gettext_noop("School, gentle"),
        (
            _selling("gentle-selling"),
            _reminder("gentle-before-7", 7),
            _reminder("gentle-before-1", 1, SAME_DAY),
            _archived("gentle-archived"),
            _REGISTERED,
            _unpaid(14),
            _BEFORE_PREPAY,
        ),
    ),
}


def name(profile: Profile) -> str:
    """As the reader calls it: the names of standard profiles are translated."""
    return gettext(profile.name) if profile.is_standard else profile.name


def text_of(key: str, language: str) -> tuple[str, str]:
    """Subject and body of a shipped text."""
    content = (FOLDER / f"{key}.{language}.txt").read_text(encoding="utf-8")
    subject, body = content.split("\n", 1)
    return subject.strip(), body.strip()


def write_profiles(**kwargs: Any) -> None:
    """After every migration. Idempotent; three queries if nothing is new."""
    apps = kwargs.get("apps", installed_apps)  # A flush sends the signal without them.
    try:
        profiles, rules, texts = (
            apps.get_model("comms", model) for model in ("Profile", "Notification", "Text")
        )
    except LookupError:  # A migration of something else, before these tables exist.
        return
    stored = {row.standard_key: row for row in profiles.objects.filter(standard_key__in=PROFILES)}
    for key, (title, _standards) in PROFILES.items():
        if key not in stored:
            stored[key] = profiles.objects.create(standard_key=key, name=title)
        elif stored[key].name != title:
            profiles.objects.filter(pk=stored[key].pk).update(name=title)
    wanted = {
        (stored[key].pk, *standard.key): standard
        for key, (_title, standards) in PROFILES.items()
        for standard in standards
    }
    rows = _write_rules(rules, [row.pk for row in stored.values()], wanted, clock=now)
    _write_texts(texts, {rows[place].pk: standard.text for place, standard in wanted.items()})


def _write_rules(
    rules: Any, profile_ids: list[int], wanted: dict[Any, Standard], *, clock: Clock
) -> dict[Any, Any]:
    """What ships no longer is retired and not deleted: the ledger goes on naming it."""
    rows: dict[Any, Any] = {}
    for row in rules.objects.filter(profile__in=profile_ids).order_by("pk"):
        place = (row.profile_id, row.trigger, row.days, row.hours, row.channel)
        standard = wanted.get(place)
        if standard is None or place in rows:
            if row.retired_at is None:
                rules.objects.filter(pk=row.pk).update(retired_at=clock())
            continue
        rows[place] = row
        if any(getattr(row, column) != value for column, value in standard.columns.items()):
            rules.objects.filter(pk=row.pk).update(**standard.columns)
    new = {
        place: rules(
            profile_id=place[0],
            trigger=standard.trigger,
            days=standard.days,
            hours=standard.hours,
            channel=standard.channel,
            **standard.columns,
        )
        for place, standard in wanted.items()
        if place not in rows
    }
    rules.objects.bulk_create(new.values())
    return rows | new


def _write_texts(texts: Any, keys: dict[int, str]) -> None:
    wanted = {
        (rule, language): text_of(key, language)
        for rule, key in keys.items()
        for language, _name in settings.LANGUAGES
    }
    for row in texts.objects.filter(notification__in=keys):
        subject, body = wanted.pop((row.notification_id, row.language), ("", ""))
        if subject and (row.subject, row.body) != (subject, body):
            texts.objects.filter(pk=row.pk).update(subject=subject, body=body)
    texts.objects.bulk_create(
        texts(notification_id=rule, language=language, subject=subject, body=body)
        for (rule, language), (subject, body) in wanted.items()
    )

"""Who gets which notification of which job, who does not and why: one SQL statement for any batch.

`reactions` counts it and `planning` writes it, so that what is announced is what happens. A slot is
a notification that is due in a job; the statement joins it with the job's people.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from comms.ledger import moments
from comms.models import Channel, Photos
from jobstatus.keys import listed
from shop import audience

SHORTEST_PHONE, LONGEST_PHONE = 8, 16  # characters, with the "+"
NOT_DIALLED = " -/.()"  # what people write between the digits


@dataclass(frozen=True)
class Slot:
    """A notification that is due in a job, for all its people or for the one who caused it."""

    job_id: int
    notification_id: int
    studio_id: int
    channel: str
    audience: str
    photos: str
    due_at: datetime
    meant_at: datetime
    waits: str = ""  # why not at once: a Reason
    refused: str = ""  # why nobody gets it, although it was due: a Reason
    phone_prefix: str = ""
    dispatch_id: int | None = None
    customer_id: int | None = None
    about_id: int = 0


@dataclass(frozen=True)
class Counted:
    """So many people with the same outcome."""

    job_id: int
    notification_id: int
    channel: str
    status: str
    reason: str
    due_at: datetime
    is_known: bool  # they have the message already, or it is on its way
    count: int


def write(slots: Sequence[Slot], *, at: datetime) -> int:
    """Put these into the ledger; returns how many rows are new or planned anew.

    Whoever has a row that was not skipped is left alone: the same again changes nothing, also by
    two planners at once (C4). One statement for each channel and kind of slot.
    """
    written = 0
    now = connection.ops.adapt_datetimefield_value(at)
    for chosen, params in _statements(slots):
        with connection.cursor() as cursor:
            cursor.execute(_WRITE.format(chosen=chosen), [*params, now])
            written += cursor.rowcount
    return written


def count(slots: Sequence[Slot]) -> list[Counted]:
    """What `write` would do, by outcome. Reads only; as many statements."""
    found: list[Counted] = []
    for chosen, params in _statements(slots):
        with connection.cursor() as cursor:
            cursor.execute(_COUNT.format(chosen=chosen), params)
            found += [_counted(row) for row in cursor.fetchall()]
    return found


def _counted(row: Any) -> Counted:
    job_id, notification_id, channel, status, reason, due_at, is_known, number = row
    due_at, known = moments.stored(due_at), bool(is_known)
    return Counted(job_id, notification_id, channel, status, reason, due_at, known, number)


def _statements(slots: Sequence[Slot]) -> Iterator[tuple[str, list[Any]]]:
    for channel in Channel:
        for alone in (False, True):
            alike = [
                slot
                for slot in slots
                if slot.channel == channel and (slot.customer_id is not None) is alone
            ]
            if alike:
                yield _chosen(alike, channel, alone=alone)


def _chosen(slots: Sequence[Slot], channel: Channel, *, alone: bool) -> tuple[str, list[Any]]:
    rows, params = _listed(slots)
    job_ids = listed(sorted({slot.job_id for slot in slots}))
    with_photos = any(slot.photos != Photos.ANY for slot in slots)
    people = audience.people(job_ids, with_photos=with_photos)
    persons, person_params = people.query.sql_with_params()
    sql = _CHOSEN.format(
        columns=", ".join(_TYPES),
        slots=rows,
        people=", ".join(audience.PEOPLE),
        persons=persons,
        address="person.email" if channel is Channel.EMAIL else _phone(),
        key="person.email_key" if channel is Channel.EMAIL else _phone(),
        # One address gets one message: customers do not share an e-mail address, but phones.
        place="1" if channel is Channel.EMAIL else _PLACE,
        left="1 = 0" if channel is Channel.EMAIL else "mail.why IS NOT NULL",
        also="" if channel is Channel.EMAIL else _ALSO,
        only="AND person.customer_id = slot.customer_id" if alone else "",
    )
    return sql, [*params, *person_params]


def _listed(slots: Sequence[Slot]) -> tuple[str, list[Any]]:
    """The slots as rows of a statement, in one parameter or one for each column."""
    instant = connection.ops.adapt_datetimefield_value
    if connection.vendor == "postgresql":
        columns = [[getattr(slot, name) for slot in slots] for name in _TYPES]
        arrays = ", ".join(f"%s::{kind}[]" for kind in _TYPES.values())
        return f"SELECT * FROM unnest({arrays})", columns  # noqa: S608 - names of this file
    rows = [
        [
            str(instant(value)) if isinstance(value, datetime) else value
            for value in (getattr(slot, name) for name in _TYPES)
        ]
        for slot in slots
    ]
    cells = ", ".join(f"json_extract(value, '$[{number}]')" for number in range(len(_TYPES)))
    return f"SELECT {cells} FROM json_each(%s)", [json.dumps(rows)]  # noqa: S608 - as above


def _phone() -> str:
    """SQL for a number as it is dialled from anywhere, or nothing if it can be none."""
    digits = "person.phone"
    for character in NOT_DIALLED:
        digits = f"REPLACE({digits}, '{character}', '')"
    return (
        f"CASE WHEN length({digits}) NOT BETWEEN {SHORTEST_PHONE - 2} AND {LONGEST_PHONE} THEN '' "
        f"WHEN {digits} LIKE '+%%' THEN {digits} "
        f"WHEN {digits} LIKE '00%%' THEN '+' || substr({digits}, 3) "
        f"WHEN {digits} LIKE '0%%' THEN slot.phone_prefix || substr({digits}, 2) "
        "ELSE '' END"
    )


_TYPES = {
    "job_id": "bigint",
    "notification_id": "bigint",
    "studio_id": "bigint",
    "channel": "text",
    "audience": "text",
    "photos": "text",
    "due_at": "timestamptz",
    "meant_at": "timestamptz",
    "waits": "text",
    "refused": "text",
    "phone_prefix": "text",
    "dispatch_id": "bigint",
    "customer_id": "bigint",
    "about_id": "bigint",
}
_PLACE = (
    "ROW_NUMBER() OVER (PARTITION BY job_id, notification_id, about_id,"
    " CASE WHEN given_key = '' THEN '#' || person_id ELSE given_key END ORDER BY person_id)"
)
_CHOSEN = """
WITH slot ({columns}) AS ({slots}),
person ({people}) AS ({persons}),
unwanted (studio_id, address_key, why) AS (
    SELECT studio_id, address_key, MIN(why) FROM comms_suppression
    WHERE studio_id IN (SELECT studio_id FROM slot) GROUP BY studio_id, address_key
),
aimed AS (
    SELECT slot.*, person.customer_id AS person_id, person.language, {address} AS address,
        {key} AS given_key, person.email_key, person.has_bought, person.has_photos
    FROM slot JOIN person ON person.job_id = slot.job_id {only}
),
chosen AS (
    SELECT aimed.*, {place} AS place,
        CASE WHEN given_key = '' THEN '#' || person_id ELSE given_key END AS address_key,
        CASE
            WHEN audience = 'not_bought' AND has_bought = 1 THEN 'has_bought'
            WHEN audience = 'bought' AND has_bought = 0 THEN 'has_not_bought'
            WHEN photos = 'with' AND has_photos = 0 THEN 'no_photos'
            WHEN photos = 'without' AND has_photos = 1 THEN 'has_photos'
            WHEN given_key = '' THEN 'no_address'
            WHEN unwanted.why IS NOT NULL THEN unwanted.why
            WHEN {left} THEN 'unsubscribed'
            ELSE refused
        END AS skipped
    FROM aimed LEFT JOIN unwanted ON unwanted.studio_id = aimed.studio_id
        AND unwanted.address_key = aimed.given_key {also}
)"""
# Who unsubscribed from e-mails gets no SMS either; an address that bounced says nothing of a phone.
_ALSO = """LEFT JOIN unwanted AS mail ON mail.studio_id = aimed.studio_id
        AND mail.address_key = aimed.email_key AND mail.why <> 'bounced'"""
_WRITE = """INSERT INTO comms_message (
    studio_id, notification_id, job_id, customer_id, about_id, dispatch_id, channel, address,
    address_key, language, status, reason, planned_at, due_at, meant_at
) {chosen}
SELECT studio_id, notification_id, job_id, person_id, about_id, dispatch_id, channel, address,
    address_key, language, CASE WHEN skipped = '' THEN 'planned' ELSE 'skipped' END,
    CASE WHEN skipped = '' THEN waits ELSE skipped END, %s, due_at, meant_at
FROM chosen WHERE place = 1
ON CONFLICT (job_id, notification_id, address_key, about_id) DO UPDATE SET
    status = excluded.status, reason = excluded.reason, planned_at = excluded.planned_at,
    due_at = excluded.due_at, meant_at = excluded.meant_at, dispatch_id = excluded.dispatch_id,
    customer_id = excluded.customer_id, address = excluded.address, language = excluded.language,
    attempts = 0
WHERE comms_message.status = 'skipped' AND excluded.status = 'planned'"""
_COUNT = """{chosen}
SELECT chosen.job_id, chosen.notification_id, chosen.channel,
    CASE WHEN skipped = '' THEN 'planned' ELSE 'skipped' END,
    CASE WHEN skipped = '' THEN waits ELSE skipped END,
    chosen.due_at, comms_message.id IS NOT NULL, COUNT(*)
FROM chosen LEFT JOIN comms_message ON comms_message.job_id = chosen.job_id
    AND comms_message.notification_id = chosen.notification_id
    AND comms_message.address_key = chosen.address_key
    AND comms_message.about_id = chosen.about_id AND comms_message.status <> 'skipped'
WHERE place = 1
GROUP BY 1, 2, 3, 4, 5, 6, 7"""

"""The whole table of kind, status and move: in memory, through the operations, and by raw SQL.

`test_lifecycle` has the legal pairs one by one. Here stands what must be impossible: illegal pairs
in memory, ways of several steps, and whatever a person with a database console could write.
"""

from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from jobstatus import operations
from jobstatus.admin.control import EVERY_WAY, ways
from jobstatus.lifecycle import MOVES, Kind, MoveRefused, Status, refusal
from jobstatus.models import Job, JobEvent
from tests.factories import NOON, JobFactory, at, job_in
from tests.test_lifecycle import ALL_MOVES, ILLEGAL_PAIRS, LEGAL_MOVES, unsaved

PAIRS = [*product(Kind.values, Status.values)]
# Written by hand from domain.md (L8): what the status control offers in one confirmed change.
JOINED_WAYS = {
    ("prepay", "planning"): ("start_selling", "archive"),
    ("prepay", "prepay"): ("start_selling", "archive"),
}


def values_of(status):
    return {"archived_at": NOON if status == "archived" else None}


# In memory


@pytest.mark.parametrize(("pair", "move"), [*product(ILLEGAL_PAIRS, ALL_MOVES)])
def test_L8_L11_a_job_in_an_illegal_pair_can_only_be_led_out_of_it(pair, move):
    job = unsaved(*pair, **values_of(pair[1]))

    refused = refusal(job, MOVES[move], NOON) is not None
    try:
        getattr(job, move)(at=NOON)
    except (MoveRefused, TransitionNotAllowed):
        moved = False
    else:
        moved = True

    # Nothing but what would be legal for this kind or this status alone, and never into another
    # illegal pair.
    assert moved is not refused
    assert not moved or (job.kind, job.status) in LEGAL_MOVES
    assert moved or (job.kind, job.status) == pair


@pytest.mark.parametrize("pair", [*LEGAL_MOVES])
def test_L8_no_way_of_up_to_four_moves_leads_out_of_the_table(pair):
    seen = {pair}
    jobs = [unsaved(*pair, **values_of(pair[1]))]
    for _step in range(4):
        after = []
        for job, move in product(jobs, ALL_MOVES):
            copy = unsaved(job.kind, job.status, archived_at=job.archived_at)
            try:
                getattr(copy, move)(at=NOON)
            except (MoveRefused, TransitionNotAllowed):
                continue
            after.append(copy)
        jobs = list({(job.kind, job.status): job for job in after}.values())
        seen |= {(job.kind, job.status) for job in jobs}

    assert seen <= set(LEGAL_MOVES)
    # A standard job never becomes a prepay job again; a prepay job can become anything.
    assert {kind for kind, _status in seen} == (
        {"standard"} if pair[0] == "standard" else {"standard", "prepay"}
    )


@pytest.mark.parametrize("pair", [*LEGAL_MOVES])
def test_L8_the_control_offers_the_legal_moves_and_those_behind_the_conversion(pair):
    single = [(move,) for move in ALL_MOVES if move in LEGAL_MOVES[pair]]
    joined = [("convert_to_standard", move) for move in JOINED_WAYS.get(pair, ())]

    assert sorted(ways(*pair)) == sorted(single + joined)


# Through the operations


@pytest.mark.django_db
@pytest.mark.parametrize(("pair", "move"), [*product(LEGAL_MOVES, ALL_MOVES)])
def test_L8_behind_the_conversion_every_move_is_done_whole_or_not_at_all(pair, move):
    job = job_in(pair[1], kind=pair[0])
    before = JobEvent.objects.filter(job=job).count()

    outcome = operations.change([job.pk], ("convert_to_standard", move), by=None, clock=at(NOON))

    after = Job.objects.get(pk=job.pk)
    made = JobEvent.objects.filter(job=job).count() - before
    if move in JOINED_WAYS.get(pair, ()):
        assert (after.kind, after.status) == ("standard", LEGAL_MOVES["standard", "planning"][move])
        assert ([event.move for event in outcome.events], made) == (
            ["convert_to_standard", move],
            2,
        )
    else:
        assert (after.kind, after.status, made) == (*pair, 0)
        assert [verdict.job_id for verdict in outcome.refused] == [job.pk]


def test_L8_every_way_of_the_admin_is_of_the_table():
    assert {steps[-1] for steps in EVERY_WAY.values()} == set(ALL_MOVES)
    assert {steps[0] for steps in EVERY_WAY.values() if len(steps) > 1} == {"convert_to_standard"}


# By raw SQL, on whatever database the tests run


def execute(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@pytest.mark.django_db
@pytest.mark.parametrize("before", [*LEGAL_MOVES])
def test_L11_by_raw_sql_a_job_can_be_put_into_the_legal_pairs_only(before):
    jobs = {pair: JobFactory.create(kind=before[0]) for pair in PAIRS}
    for job in jobs.values():
        Job.objects.filter(pk=job.pk).update(status=before[1], **values_of(before[1]))
    bystander = JobFactory.create(kind=before[0])

    refused = {}
    for (kind, status), job in jobs.items():
        try:
            execute(
                "UPDATE jobstatus_job SET kind = %s, status = %s, archived_at = %s WHERE id = %s",
                *(kind, status, values_of(status)["archived_at"], job.pk),
            )
        except IntegrityError as error:
            refused[kind, status] = str(error)

    assert set(refused) == set(ILLEGAL_PAIRS)
    assert all("kind_and_status_are_a_legal_pair" in said for said in refused.values())
    stored = dict(Job.objects.values_list("pk", "status"))
    assert {pair: stored[job.pk] for pair, job in jobs.items()} == {
        pair: before[1] if pair in refused else pair[1] for pair in PAIRS
    }
    assert stored[bystander.pk] == "planning"


@pytest.mark.django_db
@pytest.mark.parametrize("pair", PAIRS)
def test_L11_by_raw_sql_a_job_begins_in_a_legal_pair_only(pair):
    other = JobFactory.create()
    names = [field.column for field in Job._meta.concrete_fields if field.column != "id"]
    changed = {"kind": pair[0], "status": pair[1], **values_of(pair[1])}
    chosen = ", ".join("%s" if name in changed else name for name in names)
    insert = f"INSERT INTO jobstatus_job ({', '.join(names)}) SELECT {chosen} FROM jobstatus_job"

    if pair in ILLEGAL_PAIRS:
        with pytest.raises(IntegrityError, match="kind_and_status_are_a_legal_pair"):
            execute(insert, *(changed[name] for name in names if name in changed))
    else:
        assert execute(insert, *(changed[name] for name in names if name in changed)) == 1

    assert Job.objects.exclude(pk=other.pk).count() == (pair not in ILLEGAL_PAIRS)


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["kind", "status"])
@pytest.mark.parametrize("value", [None, "", "Selling", "selling ", "deleted"])
def test_L11_by_raw_sql_there_is_no_other_word(column, value):
    job = JobFactory.create()

    with pytest.raises(IntegrityError):
        execute(f"UPDATE jobstatus_job SET {column} = %s WHERE id = %s", value, job.pk)

    assert Job.objects.filter(pk=job.pk, kind="standard", status="planning").exists()

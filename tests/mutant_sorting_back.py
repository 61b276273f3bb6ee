"""Mutants of sorting: what is taken back, and what comes back from the trash."""

from tests.mutant import Mutant

STEPS = "shop/sorting/steps.py"
TRASH = "shop/sorting/trash.py"
UNDOING = "shop/sorting/undoing.py"
DONE = ("test_sorting_changes",)
OF_ALBUMS = ("test_sorting_albums",)
OF_TRASH = ("test_sorting_trash_surfaces", "test_sorting_trash")

BACK = (
    Mutant(
        UNDOING,
        "any job's step is taken back",
        "filter(pk=step_id, job=job)",
        "filter(pk=step_id)",
        DONE,
    ),
    Mutant(
        UNDOING,
        "what was made visible since is hidden again",
        '_here(job, rows["photos"]).filter(is_hidden=rows["to"])',
        '_here(job, rows["photos"])',
        DONE,
    ),
    Mutant(
        UNDOING,
        "what turned out to be a card is shown",
        'here = here.filter(card_code="") if rows["to"] else here',
        "pass",
        DONE,
    ),
    Mutant(
        UNDOING,
        "a card becomes a group photo again",
        'filter(is_group=rows["to"], card_code="")',
        'filter(is_group=rows["to"])',
        DONE,
    ),
    Mutant(
        UNDOING,
        "what was no group photo since counts as taken back",
        'filter(is_group=rows["to"], card_code="")',
        'filter(card_code="")',
        DONE,
    ),
    Mutant(
        UNDOING,
        "photos go back into albums of the trash",
        "albums = Album.objects.filter(job=job, trashed_at__isnull=True)",
        "albums = Album.objects.filter(job=job)",
        DONE,
    ),
    Mutant(
        UNDOING,
        "photos that were moved on since go back",
        '_here(job, ids).filter(album=rows["to"])',
        "_here(job, ids)",
        DONE,
    ),
    Mutant(
        UNDOING,
        "ties come back to photos of the trash",
        "if pair not in there and pair[0] in here and pair[1] in subjects]",
        "if pair not in there and pair[1] in subjects]",
        DONE,
    ),
    Mutant(
        UNDOING,
        "ties go from photos of the trash",
        "away = [pair for pair in new if pair in there and pair[0] in here]",
        "away = [pair for pair in new if pair in there]",
        DONE,
    ),
    Mutant(
        UNDOING,
        "ties come back to persons that are gone",
        "if pair not in there and pair[0] in here and pair[1] in subjects]",
        "if pair not in there and pair[0] in here]",
        DONE,
    ),
    Mutant(
        UNDOING,
        "ties of a card come back as a person's",
        "cards.write(job.pk, [pair for pair in back if pair in by_card], [], by_card=True)",
        "cards.write(job.pk, [pair for pair in back if pair in by_card], [], by_card=False)",
        DONE,
    ),
    Mutant(
        UNDOING,
        "an album that went again comes back by the older step",
        'filter(pk=rows["album"], job=job, trashed_at=instant)',
        'filter(pk=rows["album"], job=job)',
        OF_TRASH,
    ),
    Mutant(
        UNDOING,
        "photos that went at another instant come back",
        "trash.bring_back(Photo.objects.filter(job=job, trashed_at=instant))",
        "trash.bring_back(Photo.objects.filter(job=job))",
        OF_TRASH,
    ),
    Mutant(
        UNDOING,
        "what is shown by now becomes a card",
        'filter(card_code="", is_hidden=True)',
        'filter(card_code="")',
        DONE,
    ),
    Mutant(
        UNDOING,
        "an undo reaches into the trash",
        "filter(pk__in=listed(ids), job=job, trashed_at__isnull=True)",
        "filter(pk__in=listed(ids), job=job)",
        DONE,
    ),
    Mutant(
        STEPS,
        "a step can be taken back for ever",
        "return step.undone_at is None and at - step.at < timedelta(hours=UNDO_HOURS)",
        "return step.undone_at is None",
        DONE,
    ),
    Mutant(
        STEPS,
        "a step can be taken back after a day to the second",
        "at - step.at < timedelta(hours=UNDO_HOURS)",
        "at - step.at <= timedelta(hours=UNDO_HOURS)",
        DONE,
    ),
    Mutant(
        STEPS,
        "old steps stay",
        "    of_job.filter(at__lt=at - timedelta(hours=UNDO_HOURS)).delete()\n",
        "",
        OF_ALBUMS,
    ),
    Mutant(
        STEPS,
        "any number of steps stays",
        "    of_job.filter(pk__lt=next(iter(last), 0)).delete()\n",
        "",
        OF_ALBUMS,
    ),
    Mutant(
        TRASH,
        "photos that were in the trash before come back with the album",
        "bring_back(Photo.objects.filter(album=album, trashed_at=album.trashed_at))",
        "bring_back(Photo.objects.filter(album=album))",
        OF_TRASH,
    ),
    Mutant(
        TRASH,
        "an album takes photos along that were in the trash before",
        "filter(album=album, trashed_at__isnull=True).update(trashed_at=at)",
        "filter(album=album).update(trashed_at=at)",
        OF_TRASH,
    ),
    Mutant(
        TRASH,
        "a photo comes back without its album",
        "        if album_trashed_at is not None:\n",
        "        if False:\n",
        OF_TRASH,
    ),
    Mutant(
        TRASH,
        "a content comes back that is there again",
        "        elif content and (job_id, content) in present:\n",
        "        elif False:\n",
        OF_TRASH,
    ),
    Mutant(
        TRASH,
        "two copies come back",
        "            present.add((job_id, content))\n",
        "",
        OF_TRASH,
    ),
)

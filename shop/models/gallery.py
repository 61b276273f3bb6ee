"""Albums, photos and the people on them. A photo that nobody is tied to is shown to nobody."""

import secrets
from pathlib import PurePath
from typing import Any

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job

NAME_LENGTH = 200
CARD_LENGTH = 13  # as an access code


def private_storage() -> Storage:
    """Where photos lie. Nothing in it has a public address."""
    return storages["private"]


def _place(photo: "Photo", what: str) -> str:
    # A random folder for each file: no name leads to another one.
    return f"jobs/{photo.job_id}/{secrets.token_hex(12)}/{what}"


def original_place(photo: "Photo", file_name: str) -> str:
    return _place(photo, f"original{PurePath(file_name).suffix.lower()}")


def preview_place(photo: "Photo", file_name: str) -> str:
    return _place(photo, "preview.jpg")


def thumbnail_place(photo: "Photo", file_name: str) -> str:
    return _place(photo, "thumbnail.jpg")


class Album(models.Model):
    """A folder of photos in a job: a class, a team. An inactive one is not shown to customers."""

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="albums", verbose_name=_("job")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    is_active = models.BooleanField(_("shown to customers"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Its photos went to the trash at the same instant, those that were there before did not (A14).
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, editable=False)

    class Meta:
        verbose_name = _("album")
        verbose_name_plural = _("albums")
        indexes = [
            models.Index(
                fields=["trashed_at"],
                condition=Q(trashed_at__isnull=False),
                name="albums_in_the_trash",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Subject(models.Model):
    """A photographed person, or a group that shares a code. Its album is its class or team."""

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="subjects", verbose_name=_("job")
    )
    album = models.ForeignKey(
        Album,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="subjects",
        verbose_name=_("album"),
        help_text=_("The group photos of this album are shown to this person, too."),
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)

    class Meta:
        verbose_name = _("photographed person")
        verbose_name_plural = _("photographed persons")

    def __str__(self) -> str:
        return self.name


class PhotoQuerySet(models.QuerySet["Photo"]):
    def shown(self) -> "PhotoQuerySet":
        return self.filter(is_hidden=False, trashed_at__isnull=True, album__is_active=True)

    def of(self, subject: Subject) -> "PhotoQuerySet":
        """What this person's code may show: own photos and the group photos of the album (G2).

        Says nothing of the job's status: who may see photos at all is asked in `access`.
        """
        own = Q(pk__in=Appearance.objects.filter(subject=subject).values("photo"))
        group = Q(is_group=True, album=subject.album_id) if subject.album_id else Q(pk__in=[])
        return self.shown().filter(own | group, job=subject.job_id)


class Photo(models.Model):
    """One picture: the private original and what is made of it for customers."""

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="photos", verbose_name=_("job")
    )
    album = models.ForeignKey(
        Album, on_delete=models.CASCADE, related_name="photos", verbose_name=_("album")
    )
    file_name = models.CharField(_("file name"), max_length=NAME_LENGTH)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_group = models.BooleanField(
        _("group photo"), default=False, help_text=_("Shown to everybody of its album.")
    )
    is_hidden = models.BooleanField(_("hidden"), default=False)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    original = models.FileField(
        _("original"), storage=private_storage, upload_to=original_place, max_length=200
    )
    preview = models.FileField(
        _("preview"), storage=private_storage, upload_to=preview_place, max_length=200
    )
    thumbnail = models.FileField(
        _("thumbnail"), storage=private_storage, upload_to=thumbnail_place, max_length=200
    )
    # Of the original, in hexadecimal: the same content comes into a job once. Empty for a photo
    # whose original was never read.
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    stored_bytes = models.PositiveBigIntegerField(_("stored bytes"), default=0, editable=False)
    # Beside preview and thumbnail lies the same picture as .webp, for browsers that ask for it.
    has_webp = models.BooleanField(default=False, editable=False)
    # A picture of a printed card: the code that it shows. The photos after it are of that person.
    card_code = models.CharField(
        _("access code on the card"), max_length=CARD_LENGTH, blank=True, editable=False
    )
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, editable=False)
    subjects: Any = models.ManyToManyField(
        Subject, through="Appearance", related_name="photos", verbose_name=_("persons")
    )

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.CheckConstraint(
                name="a_photo_has_a_size", condition=Q(width__gte=1, height__gte=1)
            ),
            models.UniqueConstraint(
                fields=["job", "sha256"],
                condition=~Q(sha256="") & Q(trashed_at__isnull=True),
                name="the_same_photo_is_in_a_job_once",
            ),
            # Whoever saw it would have the code of somebody else.
            models.CheckConstraint(
                name="a_card_is_never_shown", condition=Q(card_code="") | Q(is_hidden=True)
            ),
        ]
        indexes = [
            models.Index(fields=["album"], condition=~Q(card_code=""), name="cards_of_an_album"),
            models.Index(
                fields=["trashed_at"],
                condition=Q(trashed_at__isnull=False),
                name="photos_in_the_trash",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Appearance(models.Model):
    """A person is on a photo."""

    photo = models.ForeignKey(
        Photo, on_delete=models.CASCADE, related_name="appearances", verbose_name=_("photo")
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.CASCADE, related_name="appearances", verbose_name=_("person")
    )
    # The card before the photo says so, and no person: reading the cards again may change it.
    by_card = models.BooleanField(_("by a card"), default=False, editable=False)

    class Meta:
        verbose_name = _("person on a photo")
        verbose_name_plural = _("persons on photos")
        constraints = [
            models.UniqueConstraint(fields=["subject", "photo"], name="a_person_is_on_a_photo_once")
        ]

    def __str__(self) -> str:
        return f"{self.photo_id}: {self.subject_id}"

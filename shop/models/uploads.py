"""Files on their way in. A photo's row exists only once all its files do."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job
from shop.models.gallery import NAME_LENGTH, Album, Photo

TOKEN_BYTES = 16


def new_token() -> str:
    return secrets.token_hex(TOKEN_BYTES)


class UploadQuerySet(models.QuerySet["Upload"]):
    def receiving(self) -> "UploadQuerySet":
        return self.filter(state=Upload.State.RECEIVING)

    def waiting(self) -> "UploadQuerySet":
        return self.filter(state=Upload.State.WAITING)


class Upload(models.Model):
    """One file, from its first byte until it is a photo or refused. `uploads.receiving` takes the
    bytes, `uploads.claims` moves it on.

    receiving → waiting (in a worker's hands while leased) → done | known | refused
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Being uploaded")
        WAITING = "waiting", _("Waiting to be processed")
        DONE = "done", _("Ready")
        KNOWN = "known", _("Already there")
        REFUSED = "refused", _("Refused")

    job = models.ForeignKey(
        Job,
        on_delete=models.CASCADE,
        related_name="uploads",
        verbose_name=_("job"),
        db_index=False,  # The index of a batch begins with it.
    )
    album = models.ForeignKey(
        Album, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("album")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
    )
    # What was dropped together; the page that did it asks for its progress by this.
    batch = models.CharField(max_length=32)
    token = models.CharField(max_length=32, unique=True, default=new_token)
    file_name = models.CharField(_("file name"), max_length=NAME_LENGTH)
    # Of the photo in its album; None is behind all others.
    position = models.PositiveIntegerField(null=True)
    length_bytes = models.PositiveBigIntegerField(_("size"))
    received_bytes = models.PositiveBigIntegerField(_("received"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.RECEIVING
    )
    # Who has it in hand, and the folder of its files in the storage.
    lease = models.CharField(max_length=24, blank=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Of its content: as the browser announced it, and from the worker on as it is.
    sha256 = models.CharField(max_length=64, blank=True)
    # Why it was refused: `uploads.reasons` makes a sentence of both, in the reader's language.
    reason = models.CharField(max_length=40, blank=True)
    reason_facts = models.JSONField(default=dict)
    photo = models.ForeignKey(
        Photo, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("photo")
    )
    created_at = models.DateTimeField(_("begun"))
    changed_at = models.DateTimeField(_("last change"))

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(
                name="no_more_is_received_than_was_announced",
                condition=Q(received_bytes__lte=F("length_bytes")),
            ),
            models.CheckConstraint(
                name="only_a_complete_upload_goes_on",
                condition=Q(state__in=["receiving", "refused"])
                | Q(received_bytes=F("length_bytes")),
            ),
        ]
        indexes = [
            models.Index(fields=["job", "batch", "state"], name="uploads_of_a_batch"),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="waiting_uploads"),
            models.Index(fields=["changed_at"], name="oldest_uploads"),
        ]

    def __str__(self) -> str:
        return self.file_name

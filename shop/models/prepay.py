"""The shop before the photos exist: where parents find it, what it asks, and who may be one child.

docs/decisions/029 tells how orders, persons and codes hang together here.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Upper
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from jobstatus.models import Job, Studio
from shop.characters import JOB_CODE_LENGTH, JOB_CODE_RANDOM, random_code
from shop.models.gallery import Subject
from shop.models.prices import PriceList

LONGEST_LABEL = 60
LONGEST_ANSWER = 100
LONGEST_CHOICES = 2000


def new_job_code() -> str:
    return random_code(JOB_CODE_RANDOM)


class PrepayShop(models.Model):
    """Where parents order before the photos exist. One for each job that was ever a prepay job.

    It outlives the prepay phase and the job itself: orders name it, and its code stays taken.
    """

    class Entry(models.TextChoices):
        CODE = "code", _("Only with the job's code")
        NAME = "name", _("With the job's code, or by choosing the job's name")

    studio = models.ForeignKey(
        Studio, on_delete=models.PROTECT, related_name="prepay_shops", verbose_name=_("studio")
    )
    job = models.OneToOneField(
        Job,
        null=True,
        on_delete=models.SET_NULL,
        related_name="prepay_shop",
        verbose_name=_("job"),
    )
    code = models.CharField(
        _("prepay code"),
        max_length=JOB_CODE_LENGTH,
        unique=True,
        default=new_job_code,
        editable=False,
    )
    entry = models.CharField(
        _("how parents get in"), max_length=10, choices=Entry.choices, default=Entry.CODE
    )
    price_list = models.ForeignKey(
        PriceList,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="prepay_shops",
        verbose_name=_("price list for prepay"),
        help_text=_("What can be ordered before the photos exist. Without one, nothing can."),
    )

    class Meta:
        verbose_name = _("prepay shop")
        verbose_name_plural = _("prepay shops")
        constraints = [
            models.CheckConstraint(
                # Whatever a visitor types is looked up in capitals.
                name="a_prepay_code_is_8_capitals",
                condition=Q(code=Upper("code")) & Q(Exact(Length("code"), JOB_CODE_LENGTH)),
            )
        ]

    def __str__(self) -> str:
        return self.code


class PrepayQuestion(models.Model):
    """What parents are asked of their child besides the name. Five at the most: one for each slot.

    The answer to the class becomes the person's album; the others stay with the person.
    """

    class Slot(models.TextChoices):
        CLASS = "class", _("Class, team or group")
        TEACHER = "teacher", _("Teacher")
        FIRST = "first", _("First question of your own")
        SECOND = "second", _("Second question of your own")
        THIRD = "third", _("Third question of your own")

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="prepay_questions", verbose_name=_("job")
    )
    slot = models.CharField(_("what for"), max_length=10, choices=Slot.choices)
    label = models.CharField(_("question"), max_length=LONGEST_LABEL)
    is_required = models.BooleanField(_("must be answered"), default=False)
    choices = models.TextField(
        _("answers to choose from"),
        max_length=LONGEST_CHOICES,
        blank=True,
        help_text=_("One in each line. Empty: parents write what they like."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, validators=[MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("question of the prepay shop")
        verbose_name_plural = _("questions of the prepay shop")
        constraints = [
            models.UniqueConstraint(fields=["job", "slot"], name="a_job_asks_for_a_thing_once"),
            models.CheckConstraint(name="a_question_has_words", condition=~Q(label="")),
            models.CheckConstraint(
                name="a_question_has_a_slot",
                condition=Q(slot__in=["class", "teacher", "first", "second", "third"]),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class SubjectAnswer(models.Model):
    """What was answered of a person, for the names list. The class is not here: it is the album."""

    subject = models.ForeignKey(
        Subject, on_delete=models.CASCADE, related_name="answers", verbose_name=_("person")
    )
    # Deleted with its job, but not by itself as long as somebody has answered it.
    question = models.ForeignKey(
        PrepayQuestion,
        on_delete=models.RESTRICT,
        related_name="answers",
        verbose_name=_("question"),
    )
    text = models.CharField(_("answer"), max_length=LONGEST_ANSWER)

    class Meta:
        verbose_name = _("answer of a person")
        verbose_name_plural = _("answers of persons")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "question"], name="a_question_is_answered_once_of_a_person"
            ),
            models.CheckConstraint(name="an_answer_has_words", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text


class SameChild(models.Model):
    """Two persons of one job who may be one child: ordered for twice, or on the names list before.

    A person joins them (`shop.prepay.joining`) or says that they are two. Joined, the second one
    and this row are gone. Nobody who orders is told of the other.
    """

    first = models.ForeignKey(
        Subject, on_delete=models.CASCADE, related_name="later_doubles", verbose_name=_("person")
    )
    second = models.ForeignKey(
        Subject,
        on_delete=models.CASCADE,
        related_name="earlier_doubles",
        verbose_name=_("came later"),
    )
    found_at = models.DateTimeField(_("found"))
    parted_at = models.DateTimeField(_("two different children since"), null=True)
    parted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who"),
    )

    class Meta:
        verbose_name = _("possibly one child")
        verbose_name_plural = _("possibly one child")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_double_is_found_once"),
            models.CheckConstraint(
                name="nobody_is_their_own_double", condition=~Q(first=F("second"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"

"""What an import would do or did, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.names.columns import Field
from shop.names.judging import Said
from shop.names.planning import Kind, Outcome, Plan


def summary(plan: Plan) -> str:
    """The counts as one sentence; rows with errors are those that are left out."""
    new, updated = plan.count(Kind.NEW), plan.count(Kind.UPDATED)
    left_out = plan.count(Kind.ERROR)
    parts = [
        ngettext("%(count)d new person", "%(count)d new persons", new) % {"count": new},
        ngettext("%(count)d updated", "%(count)d updated", updated) % {"count": updated},
        ngettext("%(count)d new contact", "%(count)d new contacts", plan.contacts)
        % {"count": plan.contacts},
    ]
    if left_out:
        text = ngettext("%(count)d row left out", "%(count)d rows left out", left_out)
        parts.append(text % {"count": left_out})
    return ", ".join(parts) + "."


def changes(plan: Plan, outcome: Outcome) -> list[str]:
    """What happens with this row, a few words each. Nothing for one with errors."""
    if outcome.entry.errors:
        return []
    entry, subject = outcome.entry, outcome.subject
    found = []
    if subject is not None and outcome.renames:
        text = _("Name: %(before)s → %(after)s")
        found.append(text % {"before": subject.name, "after": entry.name})
    if subject is not None and outcome.moves:
        before = plan.facts.album_of(subject) or _("none")
        text = _("Album: %(before)s → %(after)s")
        found.append(text % {"before": before, "after": entry.album})
    if outcome.takes_code:
        found.append(_("The code of the list is taken over"))
    for slot, text in outcome.answers.items():
        label = plan.facts.questions[slot].label
        found.append(_("%(question)s: %(answer)s") % {"question": label, "answer": text})
    found += [_("New contact: %(who)s") % {"who": who(said)} for said in outcome.ties]
    found += [
        _("Phone number of %(who)s: %(phone)s") % {"who": said.email, "phone": said.phone}
        for said in outcome.phones
    ]
    return found


def who(said: Said) -> str:
    return ", ".join(part for part in (said.email, said.phone) if part)


def errors(outcome: Outcome) -> list[tuple[str, str, str]]:
    """What is wrong with this row: the column, what its cell says, and a sentence."""
    texts = outcome.entry.texts
    return [
        (str(Field(where).label), texts.get(where, "")[:80], sentence)
        for where, sentences in outcome.entry.errors.items()
        for sentence in sentences
    ]

"""E-mail providers over HTTP, through django-anymail."""

from contextlib import suppress

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailStatus
from django.core.mail.backends.base import BaseEmailBackend

from comms.models.messages import REMARK_LENGTH
from comms.sending.channels import requesting
from comms.sending.channels.contract import Channel, End, Ending, Envelope, HandOver, Unreachable
from comms.texts import plain

# What providers call an address that they do not write to any more.
BOUNCED = {"rejected", "invalid"}
# Postmark refuses with one status whatever is not in order. With these codes it is the sender's
# address or the account, which a person can repair.
POSTMARK_OURS_TO_REPAIR = {400, 401, 405, 412, 413}


class ProviderChannel(Channel):
    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def open(self) -> None:
        """A session. There is nothing to be reached before the first request."""
        self.backend.open()

    def send(self, envelope: Envelope, hand_over: HandOver) -> End:
        mail = envelope.letter.email(envelope.address)
        mail.metadata = {"message": envelope.tag}  # type: ignore[attr-defined] # anymail reads it
        if not hand_over():
            return End(Ending.ABORTED)
        try:
            self.backend.send_messages([mail])
        except AnymailRecipientsRefused as error:
            is_bounce = bool(_status(mail).status & BOUNCED) if _status(mail).status else False
            return End(Ending.NEVER, _remark(error), is_bounce=is_bounce)
        except AnymailAPIError as error:
            return self._failed(error)
        except AnymailError as error:  # It asks for what the provider does not have.
            return End(Ending.NEVER, _remark(error))
        return End(Ending.SENT, provider_id=str(_status(mail).message_id or "").strip("<>"))

    def close(self) -> None:
        with suppress(requests.RequestException):
            self.backend.close()

    def _failed(self, error: AnymailAPIError) -> End:
        cause = error.__cause__
        if requesting.never_left(cause):
            raise Unreachable(f"{type(cause).__name__}: {cause}") from error
        status = getattr(error.response, "status_code", None)
        if status is None or status < requesting.FIRST_REFUSAL:
            # No answer, or one that cannot be read: it may have been taken.
            return End(Ending.DOUBT, _remark(cause or error))
        if _postmark_code(error) in POSTMARK_OURS_TO_REPAIR:
            return End(Ending.LATER, _remark(error))
        return requesting.refused(status, _remark(error))


def _postmark_code(error: AnymailAPIError) -> int | None:
    try:
        told = error.response.json()
    except requests.exceptions.JSONDecodeError:
        return None
    code = told.get("ErrorCode") if isinstance(told, dict) else None
    return code if isinstance(code, int) else None


def _status(mail: object) -> AnymailStatus:
    status: AnymailStatus = getattr(mail, "anymail_status", None) or AnymailStatus()
    return status


def _remark(error: BaseException) -> str:
    return plain.one_line(f"{type(error).__name__}: {error}", REMARK_LENGTH)

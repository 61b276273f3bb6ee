"""SMS through Twilio's Messages API."""

from contextlib import suppress
from typing import Any

import requests
from django.conf import settings
from django.urls import reverse

from comms.models.messages import REMARK_LENGTH
from comms.sending.channels import requesting
from comms.sending.channels.contract import Channel, End, Ending, Envelope, HandOver, Unreachable
from comms.texts import plain

VERSION = "2010-04-01"
SERVICE_PREFIX = "MG"  # of a messaging service's number; others are senders
CONNECT_SECONDS, ANSWER_SECONDS = 10, 30
# Its codes for: not a number, no mobile, cannot receive. And: the receiver has sent STOP.
BAD_NUMBERS = {21211, 21214, 21217, 21612, 21614}
STOPPED = 21610


class TwilioChannel(Channel):
    def __init__(self) -> None:
        self.session: requests.Session | None = None

    def open(self) -> None:
        if self.session is None:
            self.session = requests.Session()
            self.session.auth = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)

    def close(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            with suppress(requests.RequestException):
                session.close()

    def send(self, envelope: Envelope, hand_over: HandOver) -> End:
        form = _form(envelope)
        self.open()
        if self.session is None or not hand_over():
            return End(Ending.ABORTED)
        account = f"{settings.TWILIO_API_BASE}/{VERSION}/Accounts/{settings.TWILIO_ACCOUNT_SID}"
        try:
            answer = self.session.post(
                f"{account}/Messages.json",
                data=form,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            if requesting.never_left(error):
                raise Unreachable(f"{type(error).__name__}: {error}") from error
            # Asking again would send a second one: their POST does not know repetitions.
            return End(Ending.DOUBT, type(error).__name__)
        return _end(answer)


def _form(envelope: Envelope) -> dict[str, str]:
    sender = settings.TWILIO_FROM
    field = "MessagingServiceSid" if sender.startswith(SERVICE_PREFIX) else "From"
    path = reverse("comms_events:twilio", args=[envelope.tag])
    return {
        "To": envelope.address,
        "Body": envelope.letter.text,
        field: sender,
        "StatusCallback": f"{settings.PUBLIC_BASE_URL}{path}",
    }


def _end(answer: requests.Response) -> End:
    told = _told(answer)
    if answer.ok and told.get("sid"):
        return End(Ending.SENT, provider_id=str(told["sid"]))
    remark = f"{answer.status_code} {told.get('code', '')} {told.get('message', '')}"
    remark = plain.one_line(remark, REMARK_LENGTH)
    if answer.status_code < requesting.FIRST_REFUSAL:
        return End(Ending.DOUBT, remark)
    if told.get("code") in BAD_NUMBERS:
        return End(Ending.NEVER, remark, is_bounce=True)
    if told.get("code") == STOPPED:
        return End(Ending.NEVER, remark, is_unwanted=True)
    return requesting.refused(answer.status_code, remark)


def _told(answer: requests.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except requests.exceptions.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}

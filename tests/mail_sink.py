"""A mail server on this machine that is the judge of what arrived: it counts at the final dot."""

import os
import re
import signal
import threading
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server


class Sink(Controller):
    """Use as a context manager. What it took is in `taken`, as parsed messages.

    `answers` are used up, one for each message: a reply of SMTP to the content, "drop" ends the
    connection after the final dot and before the reply, "kill" ends the sending process there.
    `at_recipient` the same before the content, for the recipient.
    """

    def __init__(self):
        super().__init__(self, hostname="127.0.0.1", port=0)
        self.taken, self.answers, self.at_recipient = [], [], []
        self.victim, self.lock = None, threading.Lock()

    def factory(self):
        return Server(self, enable_SMTPUTF8=True)

    def __enter__(self):
        self.start()
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *error):
        self.stop()

    def _trigger_server(self):
        """The controller's own first contact needs the port that the system chose."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        answer = self.at_recipient.pop(0) if self.at_recipient else "250 OK"
        if answer == "kill":
            os.kill(self.victim, signal.SIGKILL)
        elif answer == "drop":
            server.transport.abort()
        elif re.match("[45]", answer):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer[0] in "45":
            return answer
        with self.lock:
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if answer == "kill":
            os.kill(self.victim, signal.SIGKILL)
        if answer == "drop":
            server.transport.abort()
        return "250 OK"

    def ids(self):
        return [message["Message-ID"] for message in self.taken]

"""SMS for the demo and for developers: into the log."""

import logging

from comms.sending.channels.contract import Channel, End, Ending, Envelope, HandOver

logger = logging.getLogger(__name__)


class ConsoleChannel(Channel):
    def open(self) -> None:
        pass

    def send(self, envelope: Envelope, hand_over: HandOver) -> End:
        if not hand_over():
            return End(Ending.ABORTED)
        logger.info("SMS to %s:\n%s", envelope.address, envelope.letter.text)
        return End(Ending.SENT)

    def close(self) -> None:
        pass

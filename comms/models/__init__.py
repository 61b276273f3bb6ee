"""The rows of communication. Each subject has a small file; these are the public names."""

from comms.models.messages import Dispatch, Evaluation, Message, MessageQuerySet, Reason
from comms.models.operation import Installation, Pace, ProviderEvent
from comms.models.people import Suppression
from comms.models.profiles import (
    Audience,
    Campaign,
    Channel,
    Notification,
    NotificationQuerySet,
    Photos,
    Profile,
    ProfileQuerySet,
    Text,
    Trigger,
)
from comms.models.rules import SendingRules

__all__ = [
    "Audience",
    "Campaign",
    "Channel",
    "Dispatch",
    "Evaluation",
    "Installation",
    "Message",
    "MessageQuerySet",
    "Notification",
    "NotificationQuerySet",
    "Pace",
    "Photos",
    "Profile",
    "ProfileQuerySet",
    "ProviderEvent",
    "Reason",
    "SendingRules",
    "Suppression",
    "Text",
    "Trigger",
]

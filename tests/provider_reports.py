"""Reports as the providers write them, with what they show to be believed."""

import base64
import hashlib
import hmac
import json

from comms.sending import tags

SECRET, SIGNING_KEY = "reports:secret", "mailgun-signing-key"
BASIC = {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}
INSTANT, MILLISECONDS = "2026-05-04T12:00:00Z", 1_777_896_000_000
SAID = "550 5.1.1 No such user"


def postmark(message, kind, *, number=1):
    told = {
        "MessageID": message.provider_id,
        "Metadata": {"message": tags.tag(message)},
        "Tag": "",
        "ServerID": 23,
        "MessageStream": "broadcast",
    }
    if kind == "delivered":
        return told | {
            "RecordType": "Delivery",
            "Recipient": message.address,
            "DeliveredAt": INSTANT,
            "Details": "250 OK",
        }
    if kind == "unsubscribed":
        return told | {
            "RecordType": "SubscriptionChange",
            "Recipient": message.address,
            "ChangedAt": INSTANT,
            "Origin": "Recipient",
            "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
        }
    return told | _came_back(message, kind, number)


def _came_back(message, kind, number):
    record = "SpamComplaint" if kind == "complained" else "Bounce"
    kinds = {
        "hard": ("HardBounce", 1),
        "soft": ("SoftBounce", 4096),
        "complained": ("SpamComplaint", 512),
    }
    name, code = kinds[kind]
    return {
        "RecordType": record,
        "ID": number,
        "Type": name,
        "TypeCode": code,
        "Name": name,
        "Description": SAID,
        "Details": "",
        "Email": message.address,
        "From": "shop@example.org",
        "BouncedAt": INSTANT,
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "News",
    }


def mailgun(message, kind, *, number=1, key=SIGNING_KEY, **data):
    kinds = {
        "hard": {"event": "failed", "severity": "permanent", "reason": "bounce"},
        "soft": {"event": "failed", "severity": "permanent", "reason": "generic"},
        "delivered": {"event": "delivered"},
        "complained": {"event": "complained"},
        "unsubscribed": {"event": "unsubscribed"},
    }
    failed = {"code": 550, "message": SAID, "description": "", "attempt-no": 1}
    headers = {"to": message.address, "message-id": message.provider_id, "subject": "News"}
    told = {
        "id": f"event-{number}",
        "timestamp": MILLISECONDS / 1000,
        "log-level": "error",
        "recipient": message.address,
        "recipient-domain": "example.org",
        "user-variables": {"message": tags.tag(message)},
        "tags": [],
        "flags": {"is-test-mode": False},
        "message": {"headers": headers, "attachments": [], "size": 111},
        **({"delivery-status": failed} if kind in ("hard", "soft") else {}),
        **kinds[kind],
        **data,
    }
    token = hashlib.sha256(f"{number} {kind} {message.pk}".encode()).hexdigest()[:50]
    seconds = str(MILLISECONDS // 1000)
    signature = hmac.new(key.encode(), f"{seconds}{token}".encode(), hashlib.sha256).hexdigest()
    signed = {"timestamp": seconds, "token": token, "signature": signature}
    return {"signature": signed, "event-data": told}


def brevo(message, kind, *, number=1):
    names = {
        "hard": "hard_bounce",
        "soft": "soft_bounce",
        "delivered": "delivered",
        "complained": "spam",
        "unsubscribed": "unsubscribe",
    }
    return {
        "event": names[kind],
        "email": message.address,
        "id": 26_224,
        "date": "2026-05-04 14:00:00",
        "message-id": f"<{message.provider_id}>",
        "subject": "News",
        "X-Mailin-custom": json.dumps({"message": tags.tag(message)}),
        "ts_epoch": MILLISECONDS + number,
        "reason": SAID,
    }


FORMATS = {"postmark": postmark, "mailgun": mailgun, "brevo": brevo}


def post(client, provider, told, headers=BASIC):
    """The status of the answer."""
    body = told if isinstance(told, str) else json.dumps(told)
    url = f"/mail/events/{provider}/"
    return client.post(url, body, content_type="application/json", headers=headers).status_code

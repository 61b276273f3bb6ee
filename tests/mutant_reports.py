"""Guards of providers and their reports that are taken out one by one."""

from tests.mutant import Mutant

CLAIMS, FEEDBACK, WEBHOOKS = (
    "comms/sending/claims.py",
    "comms/sending/feedback.py",
    "comms/webhooks.py",
)
PROVIDER, TWILIO = (f"comms/sending/channels/{name}.py" for name in ("provider", "twilio"))
OF_PROVIDERS, OF_TWILIO = ("test_comms_providers",), ("test_comms_twilio",)
OF_REPORTS, OF_FORGED = ("test_comms_webhooks",), ("test_comms_forged_reports",)

REPORTS = (
    Mutant(
        PROVIDER,
        "a mail in doubt is sent later",
        "return End(Ending.DOUBT, _remark(cause or error))",
        "return End(Ending.LATER, _remark(cause or error))",
        OF_PROVIDERS,
    ),
    Mutant(
        PROVIDER,
        "an account without credit fails every message",
        "if _postmark_code(error) in POSTMARK_OURS_TO_REPAIR:",
        "if False:",
        OF_PROVIDERS,
    ),
    Mutant(
        PROVIDER,
        "a request leaves without asking",
        "        if not hand_over():\n            return End(Ending.ABORTED)\n",
        "",
        (*OF_PROVIDERS, "test_comms_pace"),
    ),
    Mutant(
        TWILIO,
        "who has sent STOP can never come back",
        "return End(Ending.NEVER, remark, is_unwanted=True)",
        "return End(Ending.NEVER, remark, is_bounce=True)",
        OF_TWILIO,
    ),
    Mutant(
        CLAIMS,
        "a report during the hand-over is lost",
        "doubtful = [Status.TRANSMITTING, Status.UNKNOWN]",
        "doubtful = [Status.UNKNOWN]",
        OF_REPORTS,
    ),
    Mutant(
        FEEDBACK,
        "the same message is counted as several soft bounces",
        'event_id=f"{address}{message.pk}", at=at)',
        'event_id=f"{address}{message.pk}-{at}", at=at)',
        OF_REPORTS,
    ),
    Mutant(
        FEEDBACK,
        "soft bounces count for ever",
        "event_id__startswith=address, at__gt=at - YOUNG",
        "event_id__startswith=address",
        OF_REPORTS,
    ),
    Mutant(
        FEEDBACK,
        "a report counts each time it comes",
        "    except IntegrityError:\n        return False\n",
        "    except IntegrityError:\n        _apply(report, message, at)\n",
        OF_REPORTS,
    ),
    Mutant(
        WEBHOOKS,
        "a key that is not set signs for anybody",
        '        secrets.append("MAILGUN_WEBHOOK_SIGNING_KEY")\n',
        "        pass\n",
        OF_FORGED,
    ),
    Mutant(
        WEBHOOKS,
        "a token that is not set signs for anybody",
        "return bool(key) and constant_time_compare(",
        "return constant_time_compare(",
        OF_FORGED,
    ),
)

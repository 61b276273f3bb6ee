"""All settings, from the environment. docs/operating.md lists the variables.

Without any variable the project refuses to start: production is the default, and a secret key has
no default. `DEBUG=1` is for a developer's machine and the demo.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-debugging" if DEBUG else environ.Env.NOTSET)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
if ALLOWED_HOSTS:
    ALLOWED_HOSTS.append("127.0.0.1")  # for health checks from the machine itself
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Moves the product's clock, for the demo and for tests that jump by days. A check refuses it
# where DEBUG is off.
CLOCK_OFFSET_SECONDS = env.int("CLOCK_OFFSET_SECONDS", default=0)

INSTALLED_APPS = [
    "config.apps.StudioAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_fsm",
    "jobstatus",
    "shop",
    "comms",
    "config.apps.CompositionConfig",
]
JOB_LISTENERS = ["shop.reactions", "comms.reactions"]
JOB_DELETION_LISTENERS = ["shop.deletion", "comms.deletion"]
# Asked before anything is sent to people: a database that was restored or copied is mute.
MAY_WRITE = "comms.sending.mute.may_send"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")
}
DATABASE = DATABASES["default"]
# Connections are kept between requests. Opening one costs more than a page: PostgreSQL starts a
# process, SQLite looks through the write-ahead log, which the last one to close writes back.
DATABASE["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
if DATABASE["ENGINE"].endswith("sqlite3"):
    Path(DATABASE["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASE["OPTIONS"] = {
        # Writers queue for the lock at BEGIN; without IMMEDIATE they fail at once on conflict.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASE["ENGINE"] = "config.postgresql"  # Django's, with a cheaper health check
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE.setdefault("OPTIONS", {})["options"] = (
        "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
        f" -c statement_timeout={env.int('STATEMENT_TIMEOUT_SECONDS', default=60)}s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
PRIVATE_MEDIA_ROOT = env.path("PRIVATE_MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
# Files on their way in, until a worker has made photos of them. Web and workers share it.
UPLOAD_ROOT = env.path("UPLOAD_ROOT", default=str(BASE_DIR / "var" / "uploads"))
# Who has a file in hand for longer counts as lost: the file is processed again.
UPLOAD_LEASE_SECONDS = env.int("UPLOAD_LEASE_SECONDS", default=300)
# Tasks that turn files into photos at the same time, over all workers.
UPLOAD_TAKERS = env.int("UPLOAD_TAKERS", default=2)
# An S3-compatible bucket for photos instead of the folder; it must be private. Browsers fetch
# photos there, at this same endpoint, by addresses that work for a minute.
PRIVATE_MEDIA_BUCKET = env.str("PRIVATE_MEDIA_BUCKET", default="")
PRIVATE_MEDIA_REGION = env.str("PRIVATE_MEDIA_REGION", default="us-east-1")
PRIVATE_MEDIA_ENDPOINT = env.str("PRIVATE_MEDIA_ENDPOINT", default="").rstrip("/")
if PRIVATE_MEDIA_BUCKET and not PRIVATE_MEDIA_ENDPOINT:
    PRIVATE_MEDIA_ENDPOINT = f"https://s3.{PRIVATE_MEDIA_REGION}.amazonaws.com"
STORAGES = {
    # Photos. No address leads there: shop.media hands them out after asking who may see them.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_MEDIA_ROOT), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if PRIVATE_MEDIA_BUCKET:
    STORAGES["private"] = {
        "BACKEND": "shop.storing.bucket.PrivateBucket",
        "OPTIONS": {
            "bucket_name": PRIVATE_MEDIA_BUCKET,
            "endpoint_url": PRIVATE_MEDIA_ENDPOINT,
            "region_name": PRIVATE_MEDIA_REGION,
            # Without them the usual ways of boto3 count: AWS_…, or the machine's role.
            "access_key": env.str("PRIVATE_MEDIA_KEY", default="") or None,
            "secret_key": env.str("PRIVATE_MEDIA_SECRET", default="") or None,
        },
    }
# A place of the web server in front, such as "/private/", that is for this system's answers only
# (nginx: `internal`) and leads to PRIVATE_MEDIA_ROOT. Then the server sends photos, not Python.
PRIVATE_MEDIA_REDIRECT = env.str("PRIVATE_MEDIA_REDIRECT", default="")
# What a studio may store, in gigabytes, unless something else was agreed with it; 0 is no limit.
STORAGE_QUOTA_GB = env.int("STORAGE_QUOTA_GB", default=0)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# Where customers reach this installation; links in e-mails begin with it. A check asks for it
# where DEBUG is off.
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000" if DEBUG else "")
PUBLIC_BASE_URL = PUBLIC_BASE_URL.rstrip("/")

# Card payment, on the provider's own page. Offered once both are set; several webhook secrets,
# separated by commas, while one is being replaced by another.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRET", default=[])
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="").rstrip("/")  # for the demo and tests
# Where forms may lead besides here: browsers ask this of a redirect after a form, too.
CARD_PAGE_ORIGINS = [STRIPE_API_BASE or "https://checkout.stripe.com"] if STRIPE_SECRET_KEY else []

# E-mail. In DEBUG mails go to the terminal unless EMAIL_URL says otherwise.
EMAIL_URL = env.str("EMAIL_URL", default="") or ("consolemail:" if DEBUG else "smtp://localhost:25")
EMAIL = env.email_url_config(EMAIL_URL)
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = EMAIL["EMAIL_HOST"], EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_USER"], EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"] or None
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_TLS", False), EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT_SECONDS", default=30)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or "shop@localhost"
# How long a server may take to judge a mail that it has got completely.
EMAIL_REPLY_TIMEOUT = env.int("EMAIL_REPLY_TIMEOUT_SECONDS", default=240)

# Messages of communication profiles. They leave like all other mails, or through a provider's API;
# receipts always take EMAIL_URL, which every provider has as well.
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="")  # brevo, mailgun, postmark
EMAIL_PROVIDER_KEY = env.str("EMAIL_PROVIDER_KEY", default="")
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("EMAIL_PROVIDER_WEBHOOK_SECRET", default=""),
    "BREVO_API_KEY": EMAIL_PROVIDER_KEY,
    "MAILGUN_API_KEY": EMAIL_PROVIDER_KEY,
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAILGUN_WEBHOOK_SIGNING_KEY", default=""),
    "MAILGUN_SENDER_DOMAIN": env.str("MAILGUN_SENDER_DOMAIN", default="") or None,
    "POSTMARK_SERVER_TOKEN": EMAIL_PROVIDER_KEY,
    "REQUESTS_TIMEOUT": (10, EMAIL_TIMEOUT),
}
if EMAIL_PROVIDER and (url := env.str("EMAIL_PROVIDER_URL", default="")):
    ANYMAIL[f"{EMAIL_PROVIDER.upper()}_API_URL"] = url
SMS_PROVIDER = env.str("SMS_PROVIDER", default="console" if DEBUG else "")  # twilio
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_FROM = env.str("TWILIO_FROM", default="")  # a number, or a messaging service: MG…
TWILIO_API_BASE = env.str("TWILIO_API_BASE", default="https://api.twilio.com").rstrip("/")
# What the providers take in a minute from all studios together; 0 is as many as come.
EMAIL_PER_MINUTE = env.int("EMAIL_PER_MINUTE", default=600)
SMS_PER_MINUTE = env.int("SMS_PER_MINUTE", default=60)
COMMS_SENDERS = env.int("COMMS_SENDERS", default=4)
# Who has a message in hand for longer counts as lost.
SENDER_LEASE_SECONDS = env.int("SENDER_LEASE_SECONDS", default=60)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_ENGINE = "shop.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz(/web)?$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Our own proxies between a browser and this process, each of which adds to X-Forwarded-For. With
# too few, all visitors seem to be one network; with too many, forged headers are believed.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, *([PRIVATE_MEDIA_ENDPOINT] if PRIVATE_MEDIA_BUCKET else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *CARD_PAGE_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

CELERY_BROKER_URL = env.str("BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 570  # below the visibility time-out, so that no task is sent out twice
CELERY_TIMEZONE = "UTC"
if CELERY_BROKER_URL.startswith("filesystem"):
    FOLDER = env.str("BROKER_FOLDER")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": FOLDER,
        "data_folder_out": FOLDER,
        "control_folder": f"{FOLDER}/control",
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
TICK_SECONDS = env.int("TICK_SECONDS", default=60)
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "jobstatus.tasks.tick",
        "schedule": TICK_SECONDS,
        # A tick that waited a minute is covered by the next one.
        "options": {"expires": TICK_SECONDS},
    },
    "shop": {
        "task": "shop.tasks.tick",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "comms": {
        "task": "comms.tasks.tick",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Archived jobs are told even where Celery is asked to be quiet.
    # The payment library would log every address it asks.
    "loggers": {"jobstatus": {"level": "INFO"}, "stripe": {"level": "WARNING"}},
}

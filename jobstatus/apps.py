from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class JobStatusConfig(AppConfig):
    name = "jobstatus"
    verbose_name = _("Jobs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jobstatus.listeners import check_listeners  # models are loaded only now

        checks.register(check_listeners)

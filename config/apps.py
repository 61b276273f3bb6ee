from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.db.models.signals import post_migrate


class StudioAdminConfig(AdminConfig):
    default_site = "config.site.StudioAdminSite"


class CompositionConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from comms.texts.standard import write_profiles
        from config import checks as own_checks  # settings are complete only now
        from config.roles import write_roles

        for check in own_checks.ALL:
            checks.register(check)
        # Django sends the signal for apps with models only, so that this one never gets it.
        post_migrate.connect(write_roles, sender=apps.get_app_config("comms"))
        post_migrate.connect(write_profiles, sender=apps.get_app_config("comms"))

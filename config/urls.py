from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("shop/", include("shop.urls")),
    path("prepay/", include("shop.prepay_urls")),
    path("mail/", include("comms.urls")),
    path("mail/events/", include("comms.webhook_urls")),
    path("healthz", health.everything, name="health"),
    path("healthz/web", health.web, name="health_web"),
]

from django.urls import path

from comms import webhooks

app_name = "comms_events"
urlpatterns = [
    path("twilio/<str:tag>/", webhooks.twilio, name="twilio"),
    path("<slug:provider>/", webhooks.email, name="email"),
]

from django.urls import path

from comms import views

app_name = "comms"
urlpatterns = [
    path("u/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("s/<str:short>/", views.unsubscribe_short, name="unsubscribe_short"),
    path("calendar/<str:key>.ics", views.calendar, name="calendar"),
]

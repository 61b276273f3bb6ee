from django.urls import path

from shop import views

app_name = "shop"
urlpatterns = [path("<slug:slug>/", views.job, name="job")]

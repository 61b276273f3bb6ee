from django.urls import path

from shop.views import (
    basket,
    checkout,
    downloads,
    entry,
    gallery,
    job,
    media,
    my_photos,
    orders,
    package,
    webhooks,
)

app_name = "shop"
urlpatterns = [
    path("at/<slug:studio>/", entry.enter, name="entry"),
    path("at/<slug:studio>/photos/", my_photos.my_photos, name="my_photos"),
    path("at/<slug:studio>/photos/<int:code>/", gallery.gallery, name="gallery"),
    path("at/<slug:studio>/photos/<int:code>/forget/", entry.forget, name="forget"),
    path("at/<slug:studio>/photos/<int:code>/tell-me/", entry.tell_me, name="tell_me"),
    path("at/<slug:studio>/photos/<int:code>/<int:photo>/", gallery.photo, name="photo"),
    path("at/<slug:studio>/package/<int:product>/", package.package, name="package"),
    path("at/<slug:studio>/basket/", basket.show, name="basket"),
    path("at/<slug:studio>/basket/add/", basket.add, name="basket_add"),
    path("at/<slug:studio>/basket/<int:line>/", basket.change, name="basket_line"),
    path("at/<slug:studio>/checkout/", checkout.checkout, name="checkout"),
    path("order/<str:token>/", orders.show, name="order"),
    path("order/<str:token>/pay/", orders.pay, name="order_pay"),
    path("order/<str:token>/download/<int:picture>/", orders.download, name="order_download"),
    path("download/<str:ticket>/", downloads.download, name="download"),
    path("media/<str:grant>/<int:photo_id>/<str:size>.jpg", media.picture, name="picture"),
    path("payments/<str:provider>/", webhooks.receive, name="webhook"),
    path("<slug:slug>/", job.job, name="job"),
    path("<slug:slug>/tell-me/", entry.tell_me_of_job, name="tell_me_of_job"),
]

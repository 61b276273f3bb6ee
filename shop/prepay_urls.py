"""The pages of `/prepay/`. They have a name of their own, so that no job's address can take it."""

from django.urls import path

from shop.views import prepay, prepay_children

app_name = "prepay"
urlpatterns = [
    path("<slug:studio>/", prepay.enter, name="entry"),
    path("<slug:studio>/<int:shop>/", prepay.show, name="shop"),
    path("<slug:studio>/<int:shop>/child/", prepay_children.new, name="new_child"),
    path("<slug:studio>/<int:shop>/child/<int:child>/", prepay_children.choose, name="child"),
    path(
        "<slug:studio>/<int:shop>/child/<int:child>/details/",
        prepay_children.details,
        name="details",
    ),
    path(
        "<slug:studio>/<int:shop>/child/<int:child>/remove/",
        prepay_children.remove,
        name="remove_child",
    ),
    path("<slug:studio>/<int:shop>/code/<int:code>/", prepay_children.known, name="known"),
    path("<slug:studio>/<int:shop>/line/<int:line>/", prepay.remove_line, name="line"),
    path("<slug:studio>/<int:shop>/checkout/", prepay.checkout, name="checkout"),
]

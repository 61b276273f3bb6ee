"""A basket belongs to the studio of its pictures; one without pictures is of no use to anybody."""

import django.db.models.deletion
from django.db import migrations, models


def forwards(apps, schema_editor):
    Basket = apps.get_model("shop", "Basket")
    LinePicture = apps.get_model("shop", "LinePicture")
    pictures = LinePicture.objects.filter(line__basket=models.OuterRef("pk")).order_by("pk")
    studio = models.Subquery(pictures.values("job__studio")[:1])
    Basket.objects.filter(studio=None).update(studio=studio)
    Basket.objects.filter(studio=None).delete()


class Migration(migrations.Migration):
    # PostgreSQL alters no table that has changes waiting for their constraints to be checked.
    atomic = False
    dependencies = [("shop", "0002_shop_of_parents")]
    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="basket",
            name="studio",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="baskets",
                to="jobstatus.studio",
                verbose_name="studio",
            ),
        ),
    ]

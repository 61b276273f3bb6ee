"""A trash, and what a photo's file is and weighs."""

import importlib

from django.db import migrations, models

triggers = importlib.import_module("shop.migrations.0004_triggers")


def stop_counting(apps, schema_editor):
    """SQLite makes a table anew when it alters it, and its triggers stand in the way."""
    if schema_editor.connection.vendor == "sqlite":
        for table in triggers.GALLERY:
            for event in triggers.EVENTS:
                schema_editor.execute(f"DROP TRIGGER {table}_{event.lower()}_changes_gallery")


def count_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in triggers.sqlite():
            if "_changes_gallery" in statement:
                schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('jobstatus', '0002_history_is_final'),
        ('shop', '0006_people_without_email'),
    ]

    operations = [
        migrations.RunPython(stop_counting, count_again),
        migrations.AddField(
            model_name='album',
            name='trashed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='in the trash since'),
        ),
        migrations.AddField(
            model_name='photo',
            name='sha256',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='photo',
            name='stored_bytes',
            field=models.PositiveBigIntegerField(default=0, editable=False, verbose_name='stored bytes'),
        ),
        migrations.AddField(
            model_name='photo',
            name='trashed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='in the trash since'),
        ),
        migrations.AddIndex(
            model_name='album',
            index=models.Index(condition=models.Q(('trashed_at__isnull', False)), fields=['trashed_at'], name='albums_in_the_trash'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('trashed_at__isnull', False)), fields=['trashed_at'], name='photos_in_the_trash'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('sha256', ''), _negated=True), ('trashed_at__isnull', True)), fields=('job', 'sha256'), name='the_same_photo_is_in_a_job_once'),
        ),
        migrations.RunPython(count_again, stop_counting),
    ]

"""What a job's photos weigh, counted by the database; the quota; files that are to be deleted.

A photo's bytes are added to its job's sum and taken away with it, whoever writes the row. PostgreSQL
counts once for each statement, SQLite for each row. A shop page that comes later begins with the
sum of the photos that are there. On SQLite a later migration that makes shop_photo or
shop_storefront anew begins with `stop_counting` and ends with `count_again` of this module.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models

photos_in = importlib.import_module("shop.migrations.0007_photos_in")

NAMES = {
    "shop_photo_insert_weighs": "shop_photo",
    "shop_photo_update_weighs": "shop_photo",
    "shop_photo_delete_weighs": "shop_photo",
    "shop_storefront_insert_weighs": "shop_storefront",
}
CHANGES = {
    "insert": ("SELECT job_id, stored_bytes FROM new_rows", "NEW TABLE AS new_rows"),
    "delete": ("SELECT job_id, -stored_bytes FROM old_rows", "OLD TABLE AS old_rows"),
    "update": (
        "SELECT job_id, stored_bytes FROM new_rows"
        " UNION ALL SELECT job_id, -stored_bytes FROM old_rows",
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    ),
}
SUM_OF_JOB = "SELECT COALESCE(SUM(stored_bytes), 0) FROM shop_photo WHERE job_id = {job}"
WEIGH_ALL = f"UPDATE shop_storefront SET stored_bytes = ({SUM_OF_JOB.format(job='shop_storefront.job_id')});"


def postgresql():
    for event, (weights, tables) in CHANGES.items():
        name = f"shop_photo_{event}_weighs"
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            "BEGIN UPDATE shop_storefront SET stored_bytes = stored_bytes + change.bytes FROM (\n"
            f"SELECT job_id, SUM(bytes) AS bytes FROM ({weights}) AS weights (job_id, bytes)\n"
            "GROUP BY job_id HAVING SUM(bytes) <> 0) AS change\n"
            "WHERE shop_storefront.job_id = change.job_id; RETURN NULL; END $$;\n"
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON shop_photo REFERENCING {tables}\n"
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
        )
    yield (
        "CREATE FUNCTION shop_storefront_insert_weighs() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN NEW.stored_bytes := ({SUM_OF_JOB.format(job='NEW.job_id')}); RETURN NEW; END $$;\n"
        "CREATE TRIGGER shop_storefront_insert_weighs BEFORE INSERT ON shop_storefront\n"
        "FOR EACH ROW EXECUTE FUNCTION shop_storefront_insert_weighs();"
    )


def sqlite():
    add = "UPDATE shop_storefront SET stored_bytes = stored_bytes + NEW.stored_bytes WHERE job_id = NEW.job_id;"
    take = "UPDATE shop_storefront SET stored_bytes = stored_bytes - OLD.stored_bytes WHERE job_id = OLD.job_id;"
    yield f"CREATE TRIGGER shop_photo_insert_weighs AFTER INSERT ON shop_photo BEGIN {add} END;"
    yield f"CREATE TRIGGER shop_photo_delete_weighs AFTER DELETE ON shop_photo BEGIN {take} END;"
    yield (
        "CREATE TRIGGER shop_photo_update_weighs AFTER UPDATE OF stored_bytes, job_id ON shop_photo\n"
        f"BEGIN {take} {add} END;"
    )
    yield (
        "CREATE TRIGGER shop_storefront_insert_weighs AFTER INSERT ON shop_storefront BEGIN\n"
        f"UPDATE shop_storefront SET stored_bytes = ({SUM_OF_JOB.format(job='NEW.job_id')})\n"
        "WHERE id = NEW.id; END;"
    )


def weigh(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in postgresql() if is_postgresql else sqlite():
        schema_editor.execute(statement, params=None)


def do_not_weigh(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name, table in NAMES.items():
        schema_editor.execute(f"DROP TRIGGER {name}{f' ON {table}' if is_postgresql else ''}")
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION {name}")


def weigh_all(apps, schema_editor):
    schema_editor.execute(WEIGH_ALL, params=None)


def stop_counting(apps, schema_editor):
    photos_in.stop_counting(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        do_not_weigh(apps, schema_editor)


def count_again(apps, schema_editor):
    photos_in.count_again(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        weigh(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('jobstatus', '0002_history_is_final'),
        ('shop', '0009_albums'),
    ]

    operations = [
        migrations.RunPython(photos_in.stop_counting, photos_in.count_again),
        migrations.CreateModel(
            name='DoomedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='file')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='failed attempts')),
                ('retry_at', models.DateTimeField(null=True, verbose_name='next attempt')),
            ],
            options={
                'verbose_name': 'file to be deleted',
                'verbose_name_plural': 'files to be deleted',
            },
        ),
        migrations.CreateModel(
            name='StorageQuota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gigabytes', models.PositiveIntegerField(blank=True, help_text='Empty: as for every studio of this installation. 0: without limit.', null=True, verbose_name='storage in gigabytes')),
                ('studio', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='storage_quota', to='jobstatus.studio', verbose_name='studio')),
            ],
            options={
                'verbose_name': 'storage quota',
                'verbose_name_plural': 'storage quotas',
            },
        ),
        migrations.AddField(
            model_name='photo',
            name='has_webp',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='storefront',
            name='stored_bytes',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name='orderpicture',
            index=models.Index(fields=['original_name'], name='originals_of_orders'),
        ),
        migrations.RunPython(photos_in.count_again, photos_in.stop_counting),
        migrations.RunPython(weigh_all, migrations.RunPython.noop),
        migrations.RunPython(weigh, do_not_weigh),
    ]

"""The database counts the changes of a gallery, and keeps codes and the events of orders.

A gallery's version changes with every album, photo, person and tie between them, whoever writes it.
PostgreSQL counts once for each statement, SQLite for each row.
"""

from django.db import migrations

GALLERY = {
    "shop_album": "SELECT job_id FROM {rows}",
    "shop_photo": "SELECT job_id FROM {rows}",
    "shop_subject": "SELECT job_id FROM {rows}",
    "shop_appearance": (
        "SELECT job_id FROM shop_photo WHERE id IN (SELECT photo_id FROM {rows})"
    ),
}
SQLITE_JOBS = {
    "shop_appearance": "SELECT job_id FROM shop_photo WHERE id = {row}.photo_id",
}
EVENTS = {"INSERT": ("new",), "UPDATE": ("old", "new"), "DELETE": ("old",)}
COUNT = (
    "UPDATE shop_storefront SET gallery_version = gallery_version + 1 WHERE job_id IN ({jobs});"
)


def postgresql():
    for table, jobs in GALLERY.items():
        for event, rows in EVENTS.items():
            name = f"{table}_{event.lower()}_changes_gallery"
            union = " UNION ".join(jobs.format(rows=f"{row}_rows") for row in rows)
            tables = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
                f"BEGIN {COUNT.format(jobs=union)} RETURN NULL; END $$;\n"
                f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables}\n"
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
            )
    yield from (
        "CREATE FUNCTION shop_refuse() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation'; END $$;",
        "CREATE TRIGGER codes_are_for_ever BEFORE DELETE ON shop_accesscode FOR EACH ROW\n"
        "EXECUTE FUNCTION shop_refuse('Access codes are never deleted.');",
        "CREATE TRIGGER codes_stay_the_same BEFORE UPDATE OF code ON shop_accesscode\n"
        "FOR EACH ROW WHEN (OLD.code <> NEW.code)\n"
        "EXECUTE FUNCTION shop_refuse('An access code cannot be changed.');",
        "CREATE TRIGGER order_events_are_final BEFORE UPDATE ON shop_orderevent FOR EACH ROW\n"
        "EXECUTE FUNCTION shop_refuse('What happened to an order cannot be edited.');",
    )


def sqlite():
    for table in GALLERY:
        for event, rows in EVENTS.items():
            template = SQLITE_JOBS.get(table, "{row}.job_id")
            union = " UNION ".join(
                part if part.startswith("SELECT") else f"SELECT {part}"
                for part in (template.format(row=row.upper()) for row in rows)
            )
            yield (
                f"CREATE TRIGGER {table}_{event.lower()}_changes_gallery AFTER {event} ON {table}\n"
                f"BEGIN {COUNT.format(jobs=union)} END;"
            )
    for name, when, text in (
        (
            "codes_are_for_ever",
            "DELETE ON shop_accesscode",
            "Access codes are never deleted.",
        ),
        (
            "codes_stay_the_same",
            "UPDATE OF code ON shop_accesscode WHEN OLD.code <> NEW.code",
            "An access code cannot be changed.",
        ),
        (
            "order_events_are_final",
            "UPDATE ON shop_orderevent",
            "What happened to an order cannot be edited.",
        ),
    ):
        yield f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{text}'); END;"


def forwards(apps, schema_editor):
    statements = postgresql() if schema_editor.connection.vendor == "postgresql" else sqlite()
    for statement in statements:
        schema_editor.execute(statement, params=None)


REFUSALS = {
    "codes_are_for_ever": "shop_accesscode",
    "codes_stay_the_same": "shop_accesscode",
    "order_events_are_final": "shop_orderevent",
}


def backwards(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    counters = {f"{t}_{e.lower()}_changes_gallery": t for t in GALLERY for e in EVENTS}
    for name, table in (counters | REFUSALS).items():
        schema_editor.execute(f"DROP TRIGGER {name}{f' ON {table}' if is_postgresql else ''}")
    if is_postgresql:
        for name in (*counters, "shop_refuse"):
            schema_editor.execute(f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_baskets_have_a_studio")]
    operations = [migrations.RunPython(forwards, backwards)]

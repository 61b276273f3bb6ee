"""The database itself refuses to edit the record of a status change (L12)."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION jobstatus_refuse_edit_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of a job cannot be edited.' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER history_is_final BEFORE UPDATE ON jobstatus_jobevent
    FOR EACH ROW EXECUTE FUNCTION jobstatus_refuse_edit_of_history();
"""
POSTGRESQL_BACK = """
DROP TRIGGER history_is_final ON jobstatus_jobevent;
DROP FUNCTION jobstatus_refuse_edit_of_history();
"""
SQLITE = """
CREATE TRIGGER history_is_final BEFORE UPDATE ON jobstatus_jobevent
BEGIN
    SELECT RAISE(ABORT, 'The history of a job cannot be edited.');
END;
"""
SQLITE_BACK = "DROP TRIGGER history_is_final;"


def forwards(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if is_postgresql else SQLITE)


def backwards(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL_BACK if is_postgresql else SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("jobstatus", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]

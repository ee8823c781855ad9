"""Who may do what: the application reads and calls two functions; triggers stop the owner's own slips.

A superuser can get around all of it. That is what signed checkpoints outside the database are for.
"""

from django.db import migrations

APP_ROLE = "platewarden_app"

REQUIRE_ROLE = f"""
do $$ begin
    if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
        raise exception 'the role {APP_ROLE}, as which Platewarden runs, does not exist'
            using hint = 'Create it before migrating: CREATE ROLE {APP_ROLE} LOGIN';
    end if;
end $$;
"""

# "Always" triggers fire during replication too; a body may go only inside ledger_erase_bodies.
TRIGGERS = """
create function ledger_refuse() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'ledger_body' and tg_op = 'DELETE'
            and current_setting('platewarden.erasing', true) = 'on' then
        return null;
    end if;
    raise exception 'the ledger is append-only: % of % is refused', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
""" + "".join(
    f"""
create trigger append_only before update or delete or truncate on {table}
    for each statement execute function ledger_refuse();
alter table {table} enable always trigger append_only;
"""
    for table in ("ledger_leaf", "ledger_node", "ledger_body", "ledger_checkpoint")
)

RIGHTS = f"""
revoke all on ledger_leaf, ledger_node, ledger_body, ledger_checkpoint from public, {APP_ROLE};
revoke all on function ledger_leaf_bytes, ledger_grow, ledger_append_at, ledger_append, ledger_erase_bodies
    from public, {APP_ROLE};
grant select on ledger_leaf, ledger_node, ledger_body to {APP_ROLE};
grant select, insert on ledger_checkpoint to {APP_ROLE};
grant execute on function ledger_append, ledger_erase_bodies to {APP_ROLE};
"""

UNDO = (
    "".join(
        f"drop trigger append_only on {table};"
        for table in ("ledger_leaf", "ledger_node", "ledger_body", "ledger_checkpoint")
    )
    + "drop function ledger_refuse;"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_functions")]
    operations = [migrations.RunSQL(REQUIRE_ROLE + TRIGGERS + RIGHTS, UNDO)]

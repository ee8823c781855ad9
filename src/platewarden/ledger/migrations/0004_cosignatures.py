"""Co-signatures beside the checkpoints; bodies that announce a key are never erased, or nobody could follow it."""

from django.db import migrations, models

APP_ROLE = "platewarden_app"

TABLE = f"""
create table ledger_cosignature (
    id bigint generated always as identity primary key,
    size bigint not null references ledger_checkpoint,
    witness text not null,
    line text not null check (octet_length(line) <= 1000),
    signed_at timestamptz not null,
    received_at timestamptz not null,
    unique (size, witness)
);
create index ledger_cosignature_witness on ledger_cosignature (witness, size);
create trigger append_only before update or delete or truncate on ledger_cosignature
    for each statement execute function ledger_refuse();
alter table ledger_cosignature enable always trigger append_only;
revoke all on ledger_cosignature from public, {APP_ROLE};
grant select, insert on ledger_cosignature to {APP_ROLE};
"""

ERASE = r"""
create or replace function ledger_erase_bodies(
    of_kinds text[], before timestamptz, reason text, actor json, out seq bigint, out at timestamptz, out erased bigint
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set lock_timeout = '10s' set platewarden.erasing = 'on' as $$
declare
    kept constant text[] := array[%s];
begin
    if before is null or before > clock_timestamp() - interval '365 days' then
        raise exception 'bodies younger than 365 days cannot be erased; %% is too late', before;
    end if;
    if coalesce(reason, '') = '' or actor is null then
        raise exception 'erasing bodies needs a reason and an actor';
    end if;
    perform pg_advisory_xact_lock(6962);
    delete from public.ledger_body body using public.ledger_leaf leaf
    where leaf.seq = body.seq and leaf.at < before and leaf.kind = any (of_kinds) and leaf.kind <> all (kept);
    get diagnostics erased = row_count;
    if erased = 0 then
        return;
    end if;
    select made.seq, made.at into seq, at from public.ledger_append_at(array['bodies.erased'], array[
        json_build_object('actor', actor, 'subject', '', 'outcome', 'done', 'details', json_build_object(
            'before', before, 'count', erased, 'kinds', of_kinds, 'reason', reason))::text
    ], clock_timestamp()) made;
end $$;
"""
BEFORE = "'bodies.erased', 'clock.stepped_back'"
NOW = f"{BEFORE}, 'ledger.key_rotated', 'ledger.key_replaced'"

STATE = [
    migrations.CreateModel(
        name="Cosignature",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("size", models.BigIntegerField()),
            ("witness", models.TextField()),
            ("line", models.TextField()),
            ("signed_at", models.DateTimeField()),
            ("received_at", models.DateTimeField()),
        ],
        options={"db_table": "ledger_cosignature", "managed": False},
    ),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_guards")]
    operations = [
        migrations.RunSQL(TABLE, "drop table ledger_cosignature", state_operations=STATE),
        migrations.RunSQL(ERASE % NOW, ERASE % BEFORE),
    ]

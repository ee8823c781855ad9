"""The ledger's tables. The models only read them, so the database's own words create them."""

from django.db import migrations, models

TABLES = """
create table ledger_leaf (
    seq bigint primary key check (seq >= 0),
    at timestamptz not null,
    kind text not null check (kind ~ '^[a-z_]{1,30}[.][a-z_]{1,30}$'),
    canon bytea not null
);
create index ledger_leaf_kind on ledger_leaf (kind, seq);
create index ledger_leaf_at on ledger_leaf (at);

-- complete subtrees: node (level, idx) covers 2^level leaves from idx << level on
create table ledger_node (
    level smallint not null,
    idx bigint not null,
    hash bytea not null check (length(hash) = 32),
    primary key (level, idx)
);

-- what may be erased; actor and subject are for finding entries and vanish with the body
create table ledger_body (
    seq bigint primary key references ledger_leaf,
    salt bytea not null check (length(salt) = 32),
    body text not null check (octet_length(body) <= 65536),
    actor text generated always as (body::json #>> '{actor,name}') stored,
    subject text generated always as (body::json ->> 'subject') stored
);
create index ledger_body_actor on ledger_body (actor, seq);
create index ledger_body_subject on ledger_body (subject, seq) where subject <> '';

create table ledger_checkpoint (
    size bigint primary key check (size > 0),
    root bytea not null check (length(root) = 32),
    note text not null,
    signed_at timestamptz not null
);
"""
DROP = "drop table ledger_checkpoint, ledger_body, ledger_node, ledger_leaf"

STATE = [
    migrations.CreateModel(
        name="LedgerLeaf",
        fields=[
            ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
            ("at", models.DateTimeField()),
            ("kind", models.TextField()),
            ("canon", models.BinaryField()),
        ],
        options={"db_table": "ledger_leaf", "managed": False},
    ),
    migrations.CreateModel(
        name="Checkpoint",
        fields=[
            ("size", models.BigIntegerField(primary_key=True, serialize=False)),
            ("root", models.BinaryField()),
            ("note", models.TextField()),
            ("signed_at", models.DateTimeField()),
        ],
        options={"db_table": "ledger_checkpoint", "managed": False},
    ),
    migrations.CreateModel(
        name="LedgerBody",
        fields=[
            (
                "leaf",
                models.OneToOneField(
                    db_column="seq",
                    on_delete=models.DO_NOTHING,
                    primary_key=True,
                    related_name="kept_body",
                    serialize=False,
                    to="ledger.ledgerleaf",
                ),
            ),
            ("salt", models.BinaryField()),
            ("body", models.TextField()),
            ("actor", models.TextField(null=True)),
            ("subject", models.TextField(null=True)),
        ],
        options={"db_table": "ledger_body", "managed": False},
    ),
]


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(TABLES, DROP, state_operations=STATE)]

"""The only ways to write to the ledger: append, and erase old bodies leaving an entry that says so."""

from django.db import migrations

# The leaf, line by line; `platewarden.ledger.leaf` says the same in Python.
LEAF = r"""
create function ledger_leaf_bytes(seq bigint, at timestamptz, kind text, digest bytea)
returns bytea language sql stable
return convert_to(format(
    E'platewarden ledger leaf 1\nseq %s\nat %s\nkind %s\nbody sha256:%s\n',
    seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind, encode(digest, 'hex')
), 'UTF8');
"""

# Nodes [from_idx, to_idx) of a level are new; their parents are complete from `from_idx >> 1` to `to_idx >> 1`.
GROW = r"""
create function ledger_grow(from_idx bigint, to_idx bigint)
returns void language plpgsql as $$
declare
    below smallint := 0;
begin
    insert into public.ledger_node (level, idx, hash)
    select 0, leaf.seq, sha256('\x00'::bytea || leaf.canon)
    from public.ledger_leaf leaf where leaf.seq >= from_idx and leaf.seq < to_idx;
    loop
        from_idx := from_idx >> 1;
        to_idx := to_idx >> 1;
        exit when from_idx >= to_idx;
        insert into public.ledger_node (level, idx, hash)
        select below + 1, parent, sha256('\x01'::bytea
            || (select hash from public.ledger_node where level = below and idx = 2 * parent)
            || (select hash from public.ledger_node where level = below and idx = 2 * parent + 1))
        from generate_series(from_idx, to_idx - 1) parent;
        below := below + 1;
    end loop;
end $$;
"""

# The caller holds the lock. Times never run backwards, except at an entry that says the clock was set back.
# Two random UUIDs make a salt of 244 random bits: without extensions they alone reach the strong random source.
APPEND_AT = r"""
create function ledger_append_at(kinds text[], bodies text[], clock timestamptz)
returns table (seq bigint, at timestamptz) language plpgsql as $$
declare
    next bigint;
    latest timestamptz;
    moment timestamptz;
    unasked int := 0;
begin
    if coalesce(cardinality(kinds), 0) = 0 or cardinality(kinds) is distinct from cardinality(bodies) then
        raise exception 'ledger_append needs as many kinds as bodies, and at least one';
    end if;
    select leaf.seq + 1, leaf.at into next, latest
    from public.ledger_leaf leaf order by leaf.seq desc limit 1;
    next := coalesce(next, 0);
    moment := greatest(clock, latest);
    if clock < latest - interval '1 minute' then
        unasked := 1;
        moment := clock;
        kinds := array_prepend('clock.stepped_back', kinds);
        bodies := array_prepend(json_build_object(
            'actor', json_build_object('kind', 'system', 'id', 'ledger', 'name', 'ledger'),
            'subject', '', 'outcome', 'done',
            'details', json_build_object('from', latest, 'to', clock))::text, bodies);
    end if;
    with fresh as materialized (
        select next + ordinal - 1 as new_seq, new_kind, new_body,
            uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as new_salt
        from unnest(kinds, bodies) with ordinality as given (new_kind, new_body, ordinal)
    ), leaves as (
        insert into public.ledger_leaf (seq, at, kind, canon)
        select new_seq, moment, new_kind, public.ledger_leaf_bytes(
            new_seq, moment, new_kind, sha256(new_salt || convert_to(new_body, 'UTF8')))
        from fresh
    )
    insert into public.ledger_body (seq, salt, body) select new_seq, new_salt, new_body from fresh;
    perform public.ledger_grow(next, next + cardinality(kinds));
    return query select made, moment from generate_series(next + unasked, next + cardinality(kinds) - 1) made;
end $$;
"""

# The clock is read once the lock is held, so that times follow the order of entries. Sequential scans are off
# because sessions keep plans made while the tables were small. Two kinds are the ledger's own to write.
APPEND = r"""
create function ledger_append(kinds text[], bodies text[])
returns table (seq bigint, at timestamptz) language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set lock_timeout = '10s' as $$
begin
    if kinds && array['bodies.erased', 'clock.stepped_back'] then
        raise exception 'entries of these kinds are written by the ledger itself';
    end if;
    perform pg_advisory_xact_lock(6962);
    return query select * from public.ledger_append_at(kinds, bodies, clock_timestamp());
end $$;
"""

# CJIS AU-11 asks for a year at least: nobody can have younger bodies erased. Entries about the ledger itself stay.
ERASE = r"""
create function ledger_erase_bodies(
    of_kinds text[], before timestamptz, reason text, actor json, out seq bigint, out at timestamptz, out erased bigint
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set lock_timeout = '10s' set platewarden.erasing = 'on' as $$
begin
    if before is null or before > clock_timestamp() - interval '365 days' then
        raise exception 'bodies younger than 365 days cannot be erased; % is too late', before;
    end if;
    if coalesce(reason, '') = '' or actor is null then
        raise exception 'erasing bodies needs a reason and an actor';
    end if;
    perform pg_advisory_xact_lock(6962);
    delete from public.ledger_body body using public.ledger_leaf leaf
    where leaf.seq = body.seq and leaf.at < before and leaf.kind = any (of_kinds)
        and leaf.kind not in ('bodies.erased', 'clock.stepped_back');
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

DROP = """
drop function ledger_erase_bodies, ledger_append, ledger_append_at, ledger_grow, ledger_leaf_bytes;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables")]
    operations = [migrations.RunSQL(LEAF + GROW + APPEND_AT + APPEND + ERASE, DROP)]

import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuditTrail1795478401500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table order_events add column hash bytea check (length(hash) = 32);

      -- The canonical form of src/audit/event-hash.ts, written a second time: the two must agree to the byte.
      create function chain_order_event() returns trigger language plpgsql as $$
      declare
        previous bytea;
      begin
        if new.previous_status is not null then
          select hash into previous from order_events
          where order_id = new.order_id and sequence < new.sequence order by sequence desc limit 1;
        end if;
        new.hash := sha256(coalesce(previous, '\\x0000000000000000000000000000000000000000000000000000000000000000') || convert_to(
          '{"attempt":' || new.attempt
          || ',"clientOrderId":' || coalesce(to_json(new.client_order_id)::text, 'null')
          || ',"data":' || to_json(new.data::text)
          || ',"message":' || to_json(new.message)
          || ',"orderId":"' || new.order_id
          || '","previousStatus":' || coalesce(to_json(new.previous_status)::text, 'null')
          || ',"progress":' || new.progress
          || ',"sequence":' || new.sequence
          || ',"stage":' || to_json(new.stage)
          || ',"status":' || to_json(new.status)
          || ',"timestamp":"' || to_char(new.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
          || '","userId":' || to_json(new.user_id) || '}', 'UTF8'));
        return new;
      end $$;

      -- What was stored before is chained as it stands; from here on it can't change unnoticed.
      alter table order_events disable trigger order_events_append_only;
      create trigger order_events_backfill before update on order_events
        for each row execute function chain_order_event();
      do $$
      declare
        event record;
      begin
        for event in select user_id, sequence from order_events order by order_id, sequence loop
          update order_events set hash = null where user_id = event.user_id and sequence = event.sequence;
        end loop;
      end $$;
      drop trigger order_events_backfill on order_events;
      alter table order_events enable trigger order_events_append_only;
      alter table order_events alter column hash set not null;
      create trigger order_events_chain before insert on order_events
        for each row execute function chain_order_event();

      create table audit_checkpoints (
        number bigint primary key check (number >= 0),
        events bigint not null check (events >= 0),
        created_at timestamptz(3) not null,
        hash bytea not null check (length(hash) = 32)
      );
      create table audit_spans (
        user_id text not null,
        last_sequence bigint not null,
        first_sequence bigint not null check (first_sequence between 1 and last_sequence),
        checkpoint bigint not null references audit_checkpoints,
        hash bytea not null check (length(hash) = 32),
        primary key (user_id, last_sequence)
      );
      create index audit_spans_by_checkpoint on audit_spans (checkpoint);
      create trigger audit_checkpoints_append_only before update or delete or truncate on audit_checkpoints
        for each statement execute function refuse_change();
      create trigger audit_spans_append_only before update or delete or truncate on audit_spans
        for each statement execute function refuse_change();

      insert into audit_checkpoints
      select 0, 0, at, sha256('\\x0000000000000000000000000000000000000000000000000000000000000000' || convert_to(
        '{"createdAt":"' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","events":0,"number":0,"spans":[]}', 'UTF8'))
      from (select now()::timestamptz(3) as at) start;

      -- Whoever was granted more than reading and adding, by name or by default privileges, loses it again; the owner needs no grant.
      do $$
      declare
        granted record;
      begin
        for granted in
          select distinct c.oid::regclass as relation,
            case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as role
          from pg_class c cross join aclexplode(c.relacl) a
          where c.oid in ('order_events'::regclass, 'audit_checkpoints'::regclass, 'audit_spans'::regclass)
            and a.grantee <> c.relowner and a.privilege_type not in ('SELECT', 'INSERT')
        loop
          execute format('revoke update, delete, truncate, references, trigger on %s from %s', granted.relation, granted.role);
        end loop;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table audit_spans, audit_checkpoints;
      drop trigger order_events_chain on order_events;
      drop function chain_order_event;
      alter table order_events drop column hash;
    `);
  }
}

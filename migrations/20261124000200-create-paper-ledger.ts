import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger of the paper chain, apart from the engine's own tables: what it holds stands for the blockchain's state. */
export class CreatePaperLedger1795478400200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema paper`);
    // Slots are counted from an anchor, so that the slot time may change between two starts.
    await runner.query(`
      create table paper.chain (
        only_row        boolean primary key default true check (only_row),
        genesis_hash    text    not null,
        seed            bigint  not null,
        wallet_secret   bytea   not null check (octet_length(wallet_secret) = 64),
        version         bigint  not null check (version >= 1),
        slot            bigint  not null check (slot >= 0),
        anchor_slot     bigint  not null check (anchor_slot >= 0),
        anchor_ms       bigint  not null,
        slot_ms         integer not null check (slot_ms > 0),
        is_instant      boolean not null
      )`);
    // An account without lamports is gone; its row stays a while so that other processes notice.
    await runner.query(`
      create table paper.accounts (
        address  text           primary key,
        owner    text           not null,
        lamports numeric(20, 0) not null check (lamports >= 0),
        data     bytea          not null,
        slot     bigint         not null,
        version  bigint         not null
      )`);
    await runner.query(`create index accounts_version on paper.accounts (version)`);
    await runner.query(`create index accounts_gone on paper.accounts (version) where lamports = 0`);
    await runner.query(`
      create table paper.transactions (
        signature text    primary key,
        wire      bytea   not null,
        slot      bigint  not null,
        position  integer not null,
        error     jsonb,
        meta      jsonb   not null,
        accounts  text[]  not null,
        version   bigint  not null
      )`);
    await runner.query(`create index transactions_version on paper.transactions (version)`);
    await runner.query(`create index transactions_accounts on paper.transactions using gin (accounts)`);
    await runner.query(`
      create table paper.pending (
        number    bigint generated always as identity primary key,
        signature text   not null unique,
        wire      bytea  not null,
        slot      bigint not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop schema paper cascade`);
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Address } from '../../kernel/address.js';
import { CurrentNetwork } from '../../platform/network/current-network.js';
import type { TxSignature } from '../../chain/chain-client.js';

export interface Recorded {
  /** False when the transaction was recorded before; the first record stays. */
  readonly isNew: boolean;
  readonly haltsLifted: number;
}

/** How far the wallet's own history is accounted for, and what operators did with the wallet by hand. */
@Injectable()
export class WalletWatchStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly network: CurrentNetwork,
  ) {}

  /** The slot up to which everything was looked at; `head` when the wallet is watched for the first time. */
  async checkedSlot(wallet: Address, head: bigint): Promise<bigint> {
    const rows = await this.dataSource.query<{ checked_slot: string }[]>(
      `with begun as (
         insert into wallet_watches (network_id, wallet, checked_slot) values ($1, $2, $3)
         on conflict do nothing returning checked_slot
       )
       select checked_slot from begun union all
       select checked_slot from wallet_watches where network_id = $1 and wallet = $2`,
      [this.network.id, wallet, head.toString()],
    );
    return BigInt(rows[0]?.checked_slot ?? head);
  }

  async checked(wallet: Address, slot: bigint): Promise<void> {
    await this.dataSource.query(
      `update wallet_watches set checked_slot = greatest(checked_slot, $3), checked_at = clock_timestamp()
       where network_id = $1 and wallet = $2`,
      [this.network.id, wallet, slot.toString()],
    );
  }

  /** Those that are no attempt and that no operator recorded. */
  async unaccounted(signatures: readonly TxSignature[]): Promise<TxSignature[]> {
    const rows = await this.dataSource.query<{ signature: TxSignature }[]>(
      `select signature from unnest($1::text[]) as signature
       where not exists (select from attempts a where a.signature = signature.signature)
         and not exists (select from operator_transfers t where t.signature = signature.signature)`,
      [signatures],
    );
    return rows.map((row) => row.signature);
  }

  /** Accounts for a transaction that somebody made by hand, once and for ever, and lifts the halts that it caused. */
  async record(signature: TxSignature, { by, why }: { readonly by: string; readonly why: string }): Promise<Recorded> {
    const [row] = await this.dataSource.query<Recorded[]>(
      `with recorded as (
         insert into operator_transfers (signature, network_id, recorded_by, why) values ($2, $1, $3, $4)
         on conflict do nothing returning signature
       ), lifted as (
         update trading_halts set lifted_by = $3, lifted_why = $4, lifted_at = clock_timestamp()
         where network_id = $1 and source = 'wallet' and subject = $2 and lifted_at is null returning id
       )
       select exists (select from recorded) as "isNew", (select count(*)::int from lifted) as "haltsLifted"`,
      [this.network.id, signature, by, why],
    );
    return row ?? { isNew: false, haltsLifted: 0 };
  }
}

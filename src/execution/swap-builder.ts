import { Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import type { Address } from '../kernel/address.js';
import { EngineError } from '../kernel/errors.js';
import type { OrderId } from '../kernel/ids.js';
import type { LookupTableAddresses } from '../chain/lookup-table.js';
import { Signer } from '../chain/signer.js';
import { RouteInstructions } from '../routing/route-instructions.js';
import type { AttemptIntent } from './domain/attempt.js';
import type { Decision } from './order-router.js';

/** Everything an attempt's transaction will say, but for its blockhash. */
export interface SwapDraft {
  readonly orderId: OrderId;
  readonly number: number;
  readonly instructions: readonly Instruction[];
  readonly intent: AttemptIntent;
  readonly memo: string;
  readonly threshold: bigint;
  readonly computeUnitLimit: number;
  readonly lookupTables: LookupTableAddresses;
}

/** Puts an attempt's transaction together: its route under its threshold, named by its order and number. */
@Injectable()
export class SwapBuilder {
  constructor(
    private readonly instructions: RouteInstructions,
    private readonly signer: Signer,
  ) {}

  draft(orderId: OrderId, number: number, { route, threshold, lookupTables }: Decision): SwapDraft {
    const memo = `${orderId}/${number}`;
    const wallet = this.signer.address;
    const terms = { threshold, wallet, text: memo, lookupTables };
    const { instructions, computeUnitLimit, tokenAccounts } = this.instructions.of(route, terms);
    return {
      orderId,
      number,
      instructions,
      computeUnitLimit,
      lookupTables,
      memo,
      threshold,
      intent: intentOf(wallet, [...tokenAccounts]),
    };
  }
}

function intentOf(wallet: Address, tokens: readonly (readonly [mint: Address, account: Address])[]): AttemptIntent {
  const [input, ...others] = tokens;
  const output = others.pop();
  if (input === undefined || output === undefined) throw new EngineError('internal', 'the route moves no tokens');
  return {
    wallet,
    inputMint: input[0],
    outputMint: output[0],
    inputAccount: input[1],
    outputAccount: output[1],
    viaAccounts: others.map(([, account]) => account),
  };
}

import { associatedTokenAddress } from '../../derived-address.js';
import { addressToBytes, type Address } from '../../../kernel/address.js';
import { ByteWriter } from '../../../kernel/bytes.js';
import { ASSOCIATED_TOKEN_PROGRAM, SYSTEM_PROGRAM, rentExemptMinimum } from '../../programs.js';
import type { PaperContext, PaperProgram } from '../paper-program.js';
import { metaAt, named, ownedAccount, signerAt } from './program-error.js';
import { tokenAccountSize } from './token/token-extensions.js';
import { readTokenAccount } from './token/token-state.js';

/** Creates the one token account of a wallet for a mint whose address everybody can compute. */
export const associatedTokenProgram: PaperProgram = {
  programId: ASSOCIATED_TOKEN_PROGRAM,
  computeUnits: 9_000,
  execute(context) {
    const tag = context.data[0] ?? 0;
    if (tag > 1) throw named('InvalidInstructionData');
    create(context, tag === 1);
  },
};

function create(context: PaperContext, idempotent: boolean): void {
  const payer = signerAt(context, 0);
  const [account, wallet, mint] = [1, 2, 3].map((index) => metaAt(context, index).address) as [
    Address,
    Address,
    Address,
  ];
  const tokenProgram = metaAt(context, 5).address;
  if (associatedTokenAddress(wallet, mint, tokenProgram) !== account) {
    context.log('Error: Associated address does not match seed derivation');
    throw named('InvalidSeeds');
  }
  const present = context.account(account);
  if (present?.owner === tokenProgram && idempotent) {
    const state = readTokenAccount(present.data);
    if (state.owner !== wallet) throw named('IllegalOwner');
    if (state.mint !== mint) throw named('InvalidAccountData');
    return;
  }
  if (present !== undefined && present.owner !== SYSTEM_PROGRAM) throw named('IllegalOwner');
  const size = tokenAccountSize(tokenProgram, ownedAccount(context, mint, tokenProgram).data);
  allocateFor(context, { payer, account, tokenProgram, size, present: present?.lamports ?? 0n });
  const data = new Uint8Array(33);
  new ByteWriter(data).u8(0, 18).raw(1, addressToBytes(wallet));
  context.invoke({
    programId: tokenProgram,
    accounts: [
      { address: account, isSigner: false, isWritable: true },
      { address: mint, isSigner: false, isWritable: false },
    ],
    data,
  });
}

/** Someone may have sent lamports to the address already, so it is topped up rather than created. */
function allocateFor(
  context: PaperContext,
  input: {
    readonly payer: Address;
    readonly account: Address;
    readonly tokenProgram: Address;
    readonly size: number;
    readonly present: bigint;
  },
): void {
  const { payer, account, tokenProgram, size, present } = input;
  const target = { address: account, isSigner: true, isWritable: true };
  const call = (data: Uint8Array, accounts = [target]) =>
    context.invoke({ programId: SYSTEM_PROGRAM, accounts, data }, [account]);
  const missing = rentExemptMinimum(size) - present;
  if (missing > 0n) {
    const from = { address: payer, isSigner: true, isWritable: true };
    call(new ByteWriter(new Uint8Array(12)).u32(0, 2).u64(4, missing).bytes, [from, target]);
  }
  call(new ByteWriter(new Uint8Array(12)).u32(0, 8).u64(4, BigInt(size)).bytes);
  call(new ByteWriter(new Uint8Array(36)).u32(0, 1).raw(4, addressToBytes(tokenProgram)).bytes);
}

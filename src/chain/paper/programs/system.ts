import { type Address, addressFromBytes } from '../../../kernel/address.js';
import { ByteReader } from '../../../kernel/bytes.js';
import { seededAddress } from '../../derived-address.js';
import { SYSTEM_PROGRAM } from '../../programs.js';
import type { PaperAccount, PaperContext, PaperProgram } from '../paper-program.js';
import { custom, metaAt, named, signerAt } from './program-error.js';

/** Numbers of solana's `SystemError`. */
const ACCOUNT_ALREADY_IN_USE = 0;
const RESULT_WITH_NEGATIVE_LAMPORTS = 1;
const INVALID_ACCOUNT_DATA_LENGTH = 3;
const ADDRESS_WITH_SEED_MISMATCH = 5;
/** `MAX_PERMITTED_DATA_LENGTH` of the system program. */
const MAX_DATA_LENGTH = 10n * 1024n * 1024n;

/** Creates accounts and moves lamports of those that no other program owns. */
export const systemProgram: PaperProgram = {
  programId: SYSTEM_PROGRAM,
  computeUnits: 150,
  execute(context) {
    const reader = new ByteReader(context.data);
    switch (reader.u32(0)) {
      case 0:
        createAccount(context, reader);
        return;
      case 1:
        assign(context, signerAt(context, 0), reader.address(4));
        return;
      case 2:
        transfer(context, reader.u64(4));
        return;
      case 3:
        createAccountWithSeed(context, reader);
        return;
      case 8:
        allocate(context, signerAt(context, 0), reader.u64(4));
        return;
      default:
        throw named('InvalidInstructionData');
    }
  },
};

function createAccount(context: PaperContext, reader: ByteReader): void {
  const created = signerAt(context, 1);
  fund(context, created, reader.u64(4));
  allocate(context, created, reader.u64(12));
  assign(context, created, reader.address(20));
}

function createAccountWithSeed(context: PaperContext, reader: ByteReader): void {
  const created = metaAt(context, 1).address;
  const base = reader.address(4);
  const seedLength = Number(reader.u64(36));
  if (seedLength > 32) throw named('MaxSeedLengthExceeded');
  const seed = Buffer.from(context.data.subarray(44, 44 + seedLength)).toString('utf8');
  const rest = 44 + seedLength;
  const owner = addressFromBytes(context.data, rest + 16);
  if (!context.accounts.some((meta) => meta.address === base && meta.isSigner)) throw named('MissingRequiredSignature');
  if (seededAddress(base, seed, owner) !== created) {
    throw custom(ADDRESS_WITH_SEED_MISMATCH, 'the address does not come from this base, seed and owner');
  }
  fund(context, created, reader.u64(rest));
  allocate(context, created, reader.u64(rest + 8));
  assign(context, created, owner);
}

function fund(context: PaperContext, created: Address, lamports: bigint): void {
  if ((context.account(created)?.lamports ?? 0n) > 0n) {
    context.log(`Create Account: account ${created} already in use`);
    throw custom(ACCOUNT_ALREADY_IN_USE, 'the account exists');
  }
  move(context, signerAt(context, 0), created, lamports);
}

function transfer(context: PaperContext, lamports: bigint): void {
  move(context, signerAt(context, 0), metaAt(context, 1).address, lamports);
}

function move(context: PaperContext, from: Address, to: Address, lamports: bigint): void {
  const source = accountOrEmpty(context, from);
  if (source.data.length > 0) throw named('InvalidArgument');
  if (source.lamports < lamports) {
    context.log(`Transfer: insufficient lamports ${source.lamports}, need ${lamports}`);
    throw custom(RESULT_WITH_NEGATIVE_LAMPORTS, 'not enough lamports');
  }
  context.put({ ...source, lamports: source.lamports - lamports });
  const target = accountOrEmpty(context, to);
  context.put({ ...target, lamports: target.lamports + lamports });
}

function allocate(context: PaperContext, address: Address, space: bigint): void {
  const account = accountOrEmpty(context, address);
  if (account.data.length > 0 || account.owner !== SYSTEM_PROGRAM) {
    throw custom(ACCOUNT_ALREADY_IN_USE, 'the account has data');
  }
  if (space > MAX_DATA_LENGTH) throw custom(INVALID_ACCOUNT_DATA_LENGTH, 'more than 10 MiB');
  context.put({ ...account, data: new Uint8Array(Number(space)) });
}

function assign(context: PaperContext, address: Address, owner: Address): void {
  context.put({ ...accountOrEmpty(context, address), owner });
}

function accountOrEmpty(context: PaperContext, address: Address): PaperAccount {
  return context.account(address) ?? { address, owner: SYSTEM_PROGRAM, lamports: 0n, data: new Uint8Array(0) };
}

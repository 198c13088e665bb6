import { getBase58Encoder } from '@solana/kit';
import type { Account } from '../../account.js';
import { rentExemptMinimum } from '../../programs.js';
import { tokenAmountOf } from '../ledger/transaction-meta.js';
import { accountJson } from './account-json.js';
import { inContext, readAt, type RpcMethods } from './context.js';
import { asOptions, invalid, type JsonValue, type RpcOptions } from './json-rpc.js';

/** Limits of Solana's nodes. */
const MAX_MULTIPLE_ACCOUNTS = 100;
const MAX_FILTERS = 4;

const base58Encoder = getBase58Encoder();

export const accountMethods: RpcMethods = {
  async getAccountInfo(ledger, params) {
    const options = params.options(1);
    const { view, contextSlot } = await readAt(ledger, options);
    return inContext(contextSlot, shown(view.read(params.address(0)), options));
  },

  async getMultipleAccounts(ledger, params) {
    const options = params.options(1);
    const addresses = params.addresses(0, MAX_MULTIPLE_ACCOUNTS);
    const { view, contextSlot } = await readAt(ledger, options);
    return inContext(
      contextSlot,
      addresses.map((address) => shown(view.read(address), options)),
    );
  },

  async getBalance(ledger, params) {
    const { view, contextSlot } = await readAt(ledger, params.options(1));
    return inContext(contextSlot, view.read(params.address(0))?.lamports ?? 0n);
  },

  async getTokenAccountBalance(ledger, params) {
    const { view, contextSlot } = await readAt(ledger, params.options(1));
    const balance = tokenAmountOf(view.read(params.address(0)), view.read);
    if (balance === null) throw invalid('could not find account');
    return inContext(contextSlot, { ...balance });
  },

  async getProgramAccounts(ledger, params) {
    const program = params.address(0);
    const options = params.options(1);
    const matches = accountFilter(options);
    const { view, contextSlot } = await readAt(ledger, options);
    const found: JsonValue[] = [];
    for (const address of view.addresses()) {
      const account = view.read(address);
      if (account?.owner !== program || !matches(account.data)) continue;
      found.push({ pubkey: address, account: accountJson(account, options) });
    }
    return options.flag('withContext') ? inContext(contextSlot, found) : found;
  },

  getMinimumBalanceForRentExemption: (_ledger, params) => rentExemptMinimum(params.number(0)),
};

function shown(account: Account | undefined, options: RpcOptions): JsonValue {
  return account === undefined ? null : accountJson(account, options);
}

function accountFilter(options: RpcOptions): (data: Uint8Array) => boolean {
  const filters = options.list('filters').map(asOptions);
  if (filters.length > MAX_FILTERS) throw invalid(`Too many filters provided; max ${MAX_FILTERS}`);
  const tests = filters.map((filter) => {
    const size = filter?.number('dataSize');
    if (size !== undefined) return (data: Uint8Array) => data.length === size;
    const memcmp = filter?.object('memcmp');
    if (memcmp === undefined) throw invalid('unknown filter');
    const offset = memcmp.number('offset') ?? 0;
    const expected = memcmpBytes(memcmp);
    return (data: Uint8Array) =>
      offset + expected.length <= data.length &&
      Buffer.compare(data.subarray(offset, offset + expected.length), expected) === 0;
  });
  return (data) => tests.every((test) => test(data));
}

function memcmpBytes(memcmp: RpcOptions): Uint8Array {
  const text = memcmp.string('bytes') ?? '';
  if (memcmp.string('encoding') === 'base64') return Buffer.from(text, 'base64');
  try {
    return new Uint8Array(base58Encoder.encode(text));
  } catch {
    throw invalid('memcmp bytes are not base58');
  }
}

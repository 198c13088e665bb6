import { getBase58Decoder, getBase58Encoder } from '@solana/kit';
import { U64_MAX } from '../../../kernel/math.js';
import type { Account } from '../../account.js';
import { rentExemptMinimum } from '../../programs.js';
import { tokenAmountOf } from '../ledger/transaction-meta.js';
import { inContext, readAt, type RpcMethods } from './context.js';
import { asOptions, invalid, type JsonValue, RpcCode, RpcFault, type RpcOptions } from './json-rpc.js';

/** Limits of Solana's nodes. */
const MAX_MULTIPLE_ACCOUNTS = 100;
const MAX_FILTERS = 4;
const MAX_BASE58_BYTES = 128;

const base58Decoder = getBase58Decoder();
const base58Encoder = getBase58Encoder();

export const accountMethods: RpcMethods = {
  async getAccountInfo(ledger, params) {
    const options = params.options(1);
    const { view, contextSlot } = await readAt(ledger, options);
    return inContext(contextSlot, encodeAccount(view.read(params.address(0)), options));
  },

  async getMultipleAccounts(ledger, params) {
    const options = params.options(1);
    const addresses = params.addresses(0, MAX_MULTIPLE_ACCOUNTS);
    const { view, contextSlot } = await readAt(ledger, options);
    return inContext(
      contextSlot,
      addresses.map((address) => encodeAccount(view.read(address), options)),
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
      found.push({ pubkey: address, account: encodeAccount(account, options) });
    }
    return options.flag('withContext') ? inContext(contextSlot, found) : found;
  },

  getMinimumBalanceForRentExemption: (_ledger, params) => rentExemptMinimum(params.number(0)),
};

function encodeAccount(account: Account | undefined, options: RpcOptions): JsonValue {
  if (account === undefined) return null;
  const { lamports, owner, data } = account;
  const slice = options.object('dataSlice');
  const start = slice?.number('offset') ?? 0;
  const shown = slice === undefined ? data : data.subarray(start, start + (slice.number('length') ?? 0));
  return {
    data: encodeData(shown, options.string('encoding')),
    executable: false,
    lamports,
    owner,
    rentEpoch: U64_MAX,
    space: data.length,
  };
}

/** `jsonParsed` falls back to base64, as nodes do for data they cannot parse. */
function encodeData(data: Uint8Array, encoding = 'base58'): JsonValue {
  if (encoding === 'base64' || encoding === 'jsonParsed') return [Buffer.from(data).toString('base64'), 'base64'];
  if (encoding !== 'base58') throw invalid('unknown encoding');
  if (data.length > MAX_BASE58_BYTES) {
    const message = 'Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.';
    throw new RpcFault(RpcCode.InvalidRequest, message);
  }
  return [base58Decoder.decode(data), 'base58'];
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

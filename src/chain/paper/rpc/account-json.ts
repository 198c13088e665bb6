import { getBase58Decoder } from '@solana/kit';
import { U64_MAX } from '../../../kernel/math.js';
import type { Account } from '../../account.js';
import { invalid, type JsonValue, RpcCode, RpcFault, type RpcOptions } from './json-rpc.js';

const MAX_BASE58_BYTES = 128;
const base58 = getBase58Decoder();

/** An account as Solana's nodes show it, in the encoding and the slice asked for. */
export function accountJson({ lamports, owner, data }: Account, options: RpcOptions): JsonValue {
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
  return [base58.decode(data), 'base58'];
}

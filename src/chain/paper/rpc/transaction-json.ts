import { getBase58Decoder, getCompiledTransactionMessageDecoder, getTransactionDecoder } from '@solana/kit';
import type { StoredTransaction } from '../ledger/paper.store.js';
import type { TransactionMeta } from '../ledger/transaction-meta.js';
import { type JsonValue, invalid, RpcCode, RpcFault, type RpcOptions } from './json-rpc.js';

const base58 = getBase58Decoder();
const transactionDecoder = getTransactionDecoder();
const messageDecoder = getCompiledTransactionMessageDecoder();

/** A landed transaction as `getTransaction` shows it. Inner instructions are not recorded. */
export function transactionJson(found: StoredTransaction, blockTime: number, options: RpcOptions): JsonValue {
  const { messageBytes, signatures } = transactionDecoder.decode(found.wire);
  const message = messageDecoder.decode(messageBytes);
  if (message.version === 1) throw new RpcFault(RpcCode.Internal, 'unsupported version');
  if (message.version !== 'legacy' && !options.has('maxSupportedTransactionVersion')) {
    throw new RpcFault(
      RpcCode.UnsupportedTransactionVersion,
      'Transaction version (0) is not supported by the requesting client. ' +
        'Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": 0',
    );
  }
  const encoding = options.string('encoding') ?? 'json';
  const common = {
    slot: Number(found.slot),
    blockTime,
    version: message.version,
    meta: metaJson(found.meta, found.error),
  };
  if (encoding === 'base64') {
    return { ...common, transaction: [Buffer.from(found.wire).toString('base64'), 'base64'] };
  }
  if (encoding !== 'json') throw invalid('unsupported encoding');
  return {
    ...common,
    transaction: {
      signatures: Object.values(signatures).map((signature) => base58.decode(signature ?? new Uint8Array(64))),
      message: {
        accountKeys: message.staticAccounts,
        header: {
          numRequiredSignatures: message.header.numSignerAccounts,
          numReadonlySignedAccounts: message.header.numReadonlySignerAccounts,
          numReadonlyUnsignedAccounts: message.header.numReadonlyNonSignerAccounts,
        },
        recentBlockhash: message.lifetimeToken,
        addressTableLookups: [],
        instructions: message.instructions.map(({ programAddressIndex, accountIndices, data }) => ({
          programIdIndex: programAddressIndex,
          accounts: accountIndices ?? [],
          data: base58.decode(data ?? new Uint8Array(0)),
          stackHeight: 1,
        })),
      },
    },
  };
}

function metaJson(meta: TransactionMeta, error: JsonValue): JsonValue {
  return {
    err: error,
    status: error === null ? { Ok: null } : { Err: error },
    fee: BigInt(meta.fee),
    preBalances: meta.preBalances.map(BigInt),
    postBalances: meta.postBalances.map(BigInt),
    preTokenBalances: meta.preTokenBalances.map((balance) => ({
      ...balance,
      uiTokenAmount: { ...balance.uiTokenAmount },
    })),
    postTokenBalances: meta.postTokenBalances.map((balance) => ({
      ...balance,
      uiTokenAmount: { ...balance.uiTokenAmount },
    })),
    logMessages: meta.logMessages,
    innerInstructions: null,
    rewards: [],
    loadedAddresses: { readonly: [], writable: [] },
    computeUnitsConsumed: meta.computeUnitsConsumed,
  };
}

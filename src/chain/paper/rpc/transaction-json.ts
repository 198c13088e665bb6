import { getBase58Decoder } from '@solana/kit';
import { decodeWire } from '../../message.js';
import type { StoredTransaction } from '../ledger/paper.store.js';
import type { TransactionMeta } from '../ledger/transaction-meta.js';
import { type JsonValue, invalid, RpcCode, RpcFault, type RpcOptions } from './json-rpc.js';

const base58 = getBase58Decoder();

/** A landed transaction as `getTransaction` shows it. Inner instructions are not recorded. */
export function transactionJson(found: StoredTransaction, blockTime: number, options: RpcOptions): JsonValue {
  const { message, signatures } = decodeWire(found.wire);
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
      signatures: signatures.map((signature) => base58.decode(signature)),
      message: {
        accountKeys: message.accounts,
        header: {
          numRequiredSignatures: message.signerCount,
          numReadonlySignedAccounts: message.readonlySignerCount,
          numReadonlyUnsignedAccounts: message.readonlyOtherCount,
        },
        recentBlockhash: message.blockhash,
        addressTableLookups: message.lookups.map(({ table, writableIndexes, readonlyIndexes }) => ({
          accountKey: table,
          writableIndexes,
          readonlyIndexes,
        })),
        instructions: message.instructions.map(({ programIndex, accountIndices, data }) => ({
          programIdIndex: programIndex,
          accounts: accountIndices,
          data: base58.decode(data),
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
    loadedAddresses: {
      writable: meta.loadedAddresses?.writable ?? [],
      readonly: meta.loadedAddresses?.readonly ?? [],
    },
    computeUnitsConsumed: meta.computeUnitsConsumed,
  };
}

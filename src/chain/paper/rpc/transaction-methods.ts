import { getBase58Encoder } from '@solana/kit';
import { commitmentOf, slotOf, slotStartMs } from '../ledger/slot-clock.js';
import type { Outcome } from '../runtime/runtime.js';
import type { TransactionErrorJson } from '../runtime/transaction-error.js';
import {
  decodeTransaction,
  type DecodedTransaction,
  hasValidSignatures,
  MalformedTransaction,
} from '../runtime/wire.js';
import { at, inContext, readAt, type RpcMethods } from './context.js';
import { invalid, type JsonValue, RpcCode, RpcFault, type RpcOptions } from './json-rpc.js';
import { transactionJson } from './transaction-json.js';

/** Limits of Solana's nodes. */
const MAX_STATUSES = 256;
const MAX_SIGNATURES = 1_000;

const base58 = getBase58Encoder();

export const transactionMethods: RpcMethods = {
  async sendTransaction(ledger, params) {
    const options = params.options(1);
    const transaction = readWire(params.string(0), options);
    const preflight = !options.flag('skipPreflight');
    if (options.has('minContextSlot')) await readAt(ledger, options);
    if (!hasValidSignatures(transaction)) {
      throw new RpcFault(RpcCode.SignatureVerificationFailure, 'Transaction signature verification failure');
    }
    const outcome = await ledger.submit(transaction, preflight);
    if (outcome !== null && outcome.error !== null) throw preflightFailure(outcome, outcome.error);
    return transaction.signature;
  },

  async simulateTransaction(ledger, params) {
    const options = params.options(1);
    const transaction = readWire(params.string(0), options);
    const replaces = options.flag('replaceRecentBlockhash');
    const verifies = options.flag('sigVerify');
    if (replaces && verifies) throw invalid('sigVerify may not be used with replaceRecentBlockhash');
    if (verifies && !hasValidSignatures(transaction)) {
      throw new RpcFault(RpcCode.SignatureVerificationFailure, 'Transaction signature verification failure');
    }
    const { view, contextSlot } = await readAt(ledger, options);
    const outcome = ledger.simulate(transaction, view, replaces);
    return inContext(contextSlot, {
      ...simulationJson(outcome),
      ...(replaces && {
        replacementBlockhash: {
          blockhash: ledger.blockhashAt(contextSlot),
          lastValidBlockHeight: Number(contextSlot) + 150,
        },
      }),
    });
  },

  async getSignatureStatuses(ledger, params) {
    const signatures = params.strings(0, MAX_STATUSES);
    const options = params.options(1);
    const { view, found } = await ledger.landed(signatures, options.flag('searchTransactionHistory'));
    const { contextSlot } = at(view, 'processed', options);
    const value = signatures.map((signature) => {
      const landed = found.get(signature);
      if (landed === undefined) return null;
      const confirmationStatus = commitmentOf(landed.slot, view.slot, view.schedule.isInstant);
      return {
        slot: Number(landed.slot),
        confirmations: confirmationStatus === 'finalized' ? null : Number(view.slot - landed.slot),
        err: landed.error as JsonValue,
        status: statusJson(landed.error),
        confirmationStatus,
      };
    });
    return inContext(contextSlot, value);
  },

  async getTransaction(ledger, params) {
    const options = params.options(1);
    const [{ view, commitment }, found] = await Promise.all([
      readAt(ledger, options),
      ledger.transaction(params.string(0)),
    ]);
    if (found === null) return null;
    if (!view.schedule.isInstant && found.slot > slotOf(commitment, view.slot)) return null;
    const blockTime = Number(slotStartMs(view.schedule, found.slot) / 1000n);
    return transactionJson(found, blockTime, options);
  },

  async getSignaturesForAddress(ledger, params) {
    const account = params.address(0);
    const options = params.options(1);
    const { view, commitment } = await readAt(ledger, options);
    const limit = options.number('limit') ?? MAX_SIGNATURES;
    if (limit < 1 || limit > MAX_SIGNATURES) throw invalid(`Invalid limit; max ${MAX_SIGNATURES}`);
    const page = { limit, before: options.string('before') ?? null, until: options.string('until') ?? null };
    const rows = await ledger.signaturesFor(account, page);
    const newest = view.schedule.isInstant ? view.slot : slotOf(commitment, view.slot);
    return rows
      .filter(({ slot }) => slot <= newest)
      .map(({ signature, slot, error }) => ({
        signature,
        slot: Number(slot),
        err: error,
        memo: null,
        blockTime: Number(slotStartMs(view.schedule, slot) / 1000n),
        confirmationStatus: commitmentOf(slot, view.slot, view.schedule.isInstant),
      }));
  },
};

function readWire(text: string, options: RpcOptions): DecodedTransaction {
  try {
    return decodeTransaction(wireBytes(text, options.string('encoding') ?? 'base58'));
  } catch (fault) {
    if (fault instanceof MalformedTransaction) throw invalid(fault.message);
    throw fault;
  }
}

function wireBytes(text: string, encoding: string): Uint8Array {
  if (encoding === 'base64') return Uint8Array.from(Buffer.from(text, 'base64'));
  if (encoding !== 'base58') throw invalid('unsupported encoding');
  try {
    return new Uint8Array(base58.encode(text));
  } catch {
    throw invalid('the transaction is not base58');
  }
}

function preflightFailure(outcome: Outcome, error: TransactionErrorJson): RpcFault {
  const message = `Transaction simulation failed: ${typeof error === 'string' ? error : JSON.stringify(error)}`;
  return new RpcFault(RpcCode.PreflightFailure, message, simulationJson(outcome));
}

function simulationJson(outcome: Outcome): Readonly<Record<string, JsonValue>> {
  return {
    err: outcome.error,
    logs: outcome.logs,
    accounts: null,
    unitsConsumed: outcome.unitsConsumed,
    returnData: null,
    innerInstructions: null,
    loadedAccountsDataSize: 0,
    replacementBlockhash: null,
  };
}

function statusJson(error: TransactionErrorJson | null): JsonValue {
  return error === null ? { Ok: null } : { Err: error as JsonValue };
}

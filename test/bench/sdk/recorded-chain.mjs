import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Connection, PublicKey } = require('@solana/web3.js');

const CLOCK = 'SysvarC1ock11111111111111111111111111111111';
const CLOCK_SIZE = 40;

/** A recorded pool, with the connection from which an SDK loads it. */
export function readRecorded(path) {
  const file = JSON.parse(readFileSync(path, 'utf8'));
  return { ...file, connection: new RecordedConnection(file) };
}

/** Answers from the recorded accounts; whatever else is asked fails instead of reaching a network. */
class RecordedConnection extends Connection {
  #accounts;

  constructor({ accounts, clock }) {
    super('http://127.0.0.1', { fetch: () => Promise.reject(new Error('a recorded chain has accounts only')) });
    this.#accounts = new Map(Object.entries(accounts).map(([key, account]) => [key, accountInfo(account)]));
    this.#accounts.set(CLOCK, accountInfo({ owner: CLOCK, lamports: 1, data: clockBytes(clock) }));
  }

  async getMultipleAccountsInfo(keys) {
    return keys.map((key) => this.#accounts.get(key.toBase58()) ?? null);
  }

  async getAccountInfo(key) {
    return (await this.getMultipleAccountsInfo([key]))[0];
  }

  async getAccountInfoAndContext(key) {
    return { context: { slot: 0 }, value: await this.getAccountInfo(key) };
  }
}

function accountInfo({ owner, lamports, data }) {
  return {
    owner: new PublicKey(owner),
    lamports: Number(lamports),
    data: Buffer.from(data, 'base64'),
    executable: false,
    rentEpoch: 0,
  };
}

function clockBytes({ slot, epoch, unixTimestamp }) {
  const bytes = Buffer.alloc(CLOCK_SIZE);
  bytes.writeBigUInt64LE(BigInt(slot), 0);
  bytes.writeBigUInt64LE(BigInt(epoch), 16);
  bytes.writeBigInt64LE(BigInt(unixTimestamp), 32);
  return bytes;
}

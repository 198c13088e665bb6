import { getBase58Decoder } from '@solana/kit';
import { AttemptStore } from '../../../src/execution/persistence/attempt.store.js';
import { WalletWatchStore } from '../../../src/execution/persistence/wallet-watch.store.js';
import { AttemptDecisions } from '../../../src/execution/operator/attempt-decisions.js';
import { OperatorCommands } from '../../../src/execution/operator/operator-commands.js';
import { type Address, addressToBytes } from '../../../src/kernel/address.js';
import type { OrderId } from '../../../src/kernel/ids.js';
import { OrderRecorder } from '../../../src/orders/order-recorder.js';
import { OrderStore } from '../../../src/orders/persistence/order.store.js';
import { TradingHaltStore } from '../../../src/platform/halts/persistence/trading-halt.store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ExecutionWorld } from './execution-world.js';
import { UNKNOWN_ERROR } from './scripted-market.js';

/** A signature that no other test has: 64 bytes of base58. */
const signatureOf = (wallet: Address) =>
  getBase58Decoder().decode(Buffer.concat([addressToBytes(wallet), addressToBytes(wallet)]));
const DECISION = { by: 'somebody', evidence: 'read on an explorer' };

/** Real: execution, orders, routing, dex, PostgreSQL. Fake: the chain, the venue, the clock, the queue. */
describe('an operator', () => {
  let database: TestDatabase;
  let world: ExecutionWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await ExecutionWorld.open(database);
    await world.worker();
  });
  afterEach(() => world.close());
  afterAll(() => database.drop());

  const commands = () => {
    const worker = world.anyWorker();
    const attempts = worker.get(AttemptStore);
    const halts = worker.get(TradingHaltStore);
    const [orders, recorder] = [worker.get(OrderStore), worker.get(OrderRecorder)];
    const decisions = new AttemptDecisions(world.chain, attempts, orders, recorder, halts);
    return new OperatorCommands(attempts, decisions, worker.get(WalletWatchStore), halts);
  };
  /** An order whose bytes were sent, and of whose fate no node says anything for ten minutes. */
  const unresolved = async (): Promise<{ orderId: OrderId; id: string }> => {
    world.chain.fate = 'hold';
    world.chain.firstBlock = 1_000_000n;
    const orderId = await world.place();
    await world.until(orderId, ({ stage }) => stage === 'submitted');
    world.clock.skip(601_000);
    await world.until(orderId, ({ stage }) => stage === 'unknown', world.timePasses);
    return { orderId, id: `${orderId}/1` };
  };
  const row = async (orderId: OrderId) => (await world.attempts(orderId))[0]!;

  it('finds what needs a decision, and completes it with what the transaction moved', async () => {
    const { orderId, id } = await unresolved();
    world.chain.landHeld();
    expect(await commands().list()).toMatchObject([{ id, state: 'unresolved' }]);
    expect(await commands().resolve(id, 'landed', DECISION)).toMatchObject([{ id, state: 'finalized_ok' }]);
    expect(await world.order(orderId)).toMatchObject({ status: 'completed', filled_quote: '75000000' });
    expect(await row(orderId)).toMatchObject({ decided_by: 'somebody', evidence: 'read on an explorer' });
    expect(await commands().list()).toEqual([]);
    expect(await commands().openHalts()).toEqual([]);
  });

  it('fails an order whose transaction is dead, and nothing is signed for it again', async () => {
    const { orderId, id } = await unresolved();
    world.chain.expireAll();
    expect(await commands().resolve(id, 'dead', DECISION)).toMatchObject([{ id, state: 'expired' }]);
    expect(await world.order(orderId)).toMatchObject({ status: 'failed', error_code: 'transaction-expired' });
    expect(await row(orderId)).toMatchObject({
      decided_by: 'somebody',
      proof: { rule: 'operator', evidence: 'read on an explorer' },
    });
    expect(await world.attempts(orderId)).toHaveLength(1);
    expect(await commands().openHalts()).toEqual([]);
  });

  it('is refused to call dead what can still land, for any node', async () => {
    const [, second] = world.chain.split();
    const { id, orderId } = await unresolved();
    await expect(commands().resolve(id, 'dead', DECISION)).rejects.toThrow('it can still land');
    world.chain.expireAll();
    second.finalizedLag = 10_000n;
    await expect(commands().resolve(id, 'dead', DECISION)).rejects.toThrow('it can still land');
    second.finalizedLag = 2n;
    expect(await commands().resolve(id, 'dead', DECISION)).toMatchObject([{ state: 'expired' }]);
    expect(await world.order(orderId)).toMatchObject({ status: 'failed' });
  });

  it('records an error that landed as what it is', async () => {
    const { orderId, id } = await unresolved();
    world.chain.landingFailure = { instructionIndex: 4, customCode: UNKNOWN_ERROR, name: 'Custom' };
    world.chain.landHeld();
    await expect(commands().resolve(id, 'landed', DECISION)).rejects.toThrow('landed with an error');
    expect(await commands().resolve(id, 'dead', DECISION)).toMatchObject([{ state: 'finalized_error' }]);
    expect(await world.order(orderId)).toMatchObject({ status: 'failed' });
  });

  it('is refused what the ledger contradicts', async () => {
    const { id, orderId } = await unresolved();
    await expect(commands().resolve(id, 'landed', DECISION)).rejects.toThrow('no node shows the transaction');
    world.chain.landHeld();
    await expect(commands().resolve(id, 'dead', DECISION)).rejects.toThrow('knows the transaction as finalized');
    expect(await world.states(orderId)).toEqual(['unresolved']);
    expect(await commands().openHalts()).toMatchObject([{ source: 'outcome', raisedBy: 'engine' }]);
  });

  it('is told that a swap landed of which no node tells what it moved, and its order stays as it is', async () => {
    const { id, orderId } = await unresolved();
    world.chain.landHeld();
    world.chain.hidden.details = true;
    await expect(commands().resolve(id, 'landed', DECISION)).rejects.toThrow(
      'it landed, but no node tells what it moved',
    );
    expect(await world.states(orderId)).toEqual(['unresolved']);
    const order = { status: 'executing', stage: 'unknown', filled_base: null, filled_quote: null };
    expect(await world.order(orderId)).toMatchObject(order);
    world.chain.hidden.details = false;
    expect(await commands().resolve(id, 'landed', DECISION)).toMatchObject([{ state: 'finalized_ok' }]);
  });

  it('is refused to call dead what any node knows', async () => {
    const [first, second] = world.chain.split();
    Object.assign(first.hidden, { statuses: true, details: true, history: true });
    Object.assign(second.hidden, first.hidden);
    const { id } = await unresolved();
    world.chain.landHeld();
    second.hidden.statuses = false;
    await expect(commands().resolve(id, 'dead', DECISION)).rejects.toThrow('knows the transaction as finalized');
    second.failing.add('searchHistory');
    await expect(commands().resolve(id, 'dead', DECISION)).rejects.toMatchObject({ code: 'chain-unavailable' });
    second.failing.clear();
    Object.assign(second.hidden, { statuses: false, details: false, history: false });
    expect(await commands().resolve(id, 'landed', DECISION)).toMatchObject([{ state: 'finalized_ok' }]);
  });

  it('is refused what is not unresolved, twice the same, and what does not exist', async () => {
    const orderId = await world.place();
    await world.ended(orderId);
    await expect(commands().resolve(`${orderId}/1`, 'dead', DECISION)).rejects.toThrow('finalized_ok, not unresolved');
    await expect(commands().show(`${orderId}/2`)).rejects.toThrow('there is no attempt');
    for (const id of [`${orderId}/abc`, `${orderId}/1/1`, `${orderId}/99999`, `${orderId}/`, orderId, 'x/1'])
      await expect(commands().show(id)).rejects.toMatchObject({ code: 'not-found' });
    const transfer = { by: 'somebody', why: 'topped up' };
    const signature = signatureOf(world.wallet.address);
    await commands().recordTransfer(signature, transfer);
    await expect(commands().recordTransfer(signature, transfer)).rejects.toThrow('recorded before');
    await expect(commands().recordTransfer(signature.slice(20), transfer)).rejects.toThrow('no signature');
    await expect(commands().recordTransfer(`transfer-${orderId}`, transfer)).rejects.toThrow('no signature');
    await expect(commands().liftHalt('17', transfer)).rejects.toThrow('no halt 17');
  });

  it('is told how many halts a recorded transfer lifted, also when the halt came after the record', async () => {
    const halts = world.anyWorker().get(TradingHaltStore);
    const [transfer, signature] = [{ by: 'somebody', why: 'topped up' }, signatureOf(world.wallet.address)];
    const answer = { signature, why: 'topped up' };
    expect(await commands().recordTransfer(signature, transfer)).toEqual([
      { ...answer, recordedBy: 'somebody', haltsLifted: 0 },
    ]);
    await halts.raise({ source: 'wallet', subject: signature, reason: 'a look before', raisedBy: 'engine' });
    expect(await commands().recordTransfer(signature, transfer)).toEqual([
      { ...answer, liftedBy: 'somebody', haltsLifted: 1 },
    ]);
    expect(await halts.open()).toEqual([]);
  });

  it('lifts a halt, and is named for it', async () => {
    const halts = world.anyWorker().get(TradingHaltStore);
    await halts.raise({ source: 'rollback', subject: 'a signature', reason: 'a fork', raisedBy: 'engine' });
    const [halt] = (await commands().openHalts()) as [{ id: string }];
    await commands().liftHalt(halt.id, { by: 'somebody', why: 'settled with the owner' });
    expect(await halts.open()).toEqual([]);
  });
});

import { ManualClock } from '../../test/support/manual-clock.js';
import type { Authenticator, Credential } from '../platform/auth/authenticator.js';
import { loadConfig } from '../platform/config/load-config.js';
import type { NewTicket, TicketHolder, TicketStore } from './persistence/ticket.store.js';
import { Tickets } from './tickets.js';

/** Real: the tickets. Fake: their table, the clock, and an authenticator that knows of what was revoked only, as that of signed tokens does. */
class Table {
  private readonly kept = new Map<string, TicketHolder>();

  add({ hash, userId, credential }: NewTicket): Promise<Date> {
    this.kept.set(hash.toString('hex'), { userId, credential });
    return Promise.resolve(new Date(0));
  }

  take(hash: Buffer): Promise<TicketHolder | null> {
    const key = hash.toString('hex');
    const holder = this.kept.get(key) ?? null;
    this.kept.delete(key);
    return Promise.resolve(holder);
  }
}

describe('a ticket', () => {
  const clock = new ManualClock();
  const revoked = new Set<string>();
  const authenticator = { endedAmong: () => Promise.resolve(revoked) } as unknown as Authenticator;
  const tickets = new Tickets(new Table() as unknown as TicketStore, authenticator, loadConfig({}), clock);
  const bought = async (credential: Credential | null) => (await tickets.issue({ userId: 'alice', credential })).text;
  const token = (expiresInMs: number): Credential => ({
    kind: 'jwt',
    id: 'alice',
    expiresAt: new Date(clock.now().getTime() + expiresInMs),
  });

  it.each([
    ['is good before the token that it was bought with expires', 1_000, 999, true],
    ['is no good from the moment at which that expires', 1_000, 1_000, false],
    ['is no good after it', 1_000, 29_000, false],
  ])('%s', async (_what, livesMs, usedAfterMs, isGood) => {
    const credential = token(livesMs);
    const ticket = await bought(credential);
    clock.pass(usedAfterMs);
    expect(await tickets.redeem(ticket)).toEqual(isGood ? { userId: 'alice', credential } : null);
  });

  it('is good once, with a credential that never expires or without any', async () => {
    for (const credential of [null, { ...token(0), expiresAt: null }]) {
      const ticket = await bought(credential);
      expect(await tickets.redeem(ticket)).toEqual({ userId: 'alice', credential });
      expect(await tickets.redeem(ticket)).toBeNull();
    }
  });

  it('is no good when its credential was revoked', async () => {
    const ticket = await bought(token(1_000));
    revoked.add('alice');
    expect(await tickets.redeem(ticket)).toBeNull();
  });
});

import { AuditBook, UNENFORCED } from './audit-book.js';

/** Real: the stores, their trigger and the verifier on PostgreSQL. Every case tampers with one book, in a transaction that is undone. */
describe('an audit trail', () => {
  let book: AuditBook;

  beforeAll(async () => {
    book = await AuditBook.open();
  });
  afterAll(async () => {
    await book.close();
  });

  const bad = async (...statements: string[]) => (await book.after([UNENFORCED, ...statements])).firstBad;
  const event = (userId: string, sequence: number, fault: string, orderId: string | null = null) => ({
    table: 'order_events',
    userId,
    sequence,
    orderId,
    fault,
  });
  const checkpoint = (number: number, fault: string) => ({ table: 'audit_checkpoints', number, fault });
  const third = "user_id = 'ann' and sequence = 3";

  it('that nobody touched verifies', async () => {
    expect(await book.after([])).toEqual({ events: 9, orders: 3, ok: true, firstBad: null });
  });

  describe('names an edited event', () => {
    const edits: Record<string, string> = {
      client_order_id: "'mine'",
      previous_status: 'null',
      status: "'executing'",
      stage: "'building'",
      progress: 'progress + 1',
      attempt: 'attempt + 1',
      message: "message || ' '",
      data: "replace(data::text, ':', ': ')::json",
      created_at: "created_at + interval '1 ms'",
      hash: 'sha256(hash)',
    };

    it.each(Object.entries(edits))('by its %s', async (column, value) => {
      const edit = `update order_events set ${column} = ${value} where ${third}`;
      const unique = 'drop index order_events_one_acceptance';
      expect(await bad(unique, edit)).toEqual(event('ann', 3, 'altered', book.a));
    });

    it('that was given to another order', async () => {
      const edit = `update order_events set order_id = '${book.b}' where ${third}`;
      expect(await bad(edit)).toEqual(event('ann', 3, 'altered', book.b));
    });

    it('that was given to another user, by the place it left', async () => {
      const edit = `update order_events set user_id = 'bob' where ${third}`;
      expect(await bad(edit)).toEqual(event('ann', 3, 'missing'));
    });

    it('that was given another number, by the place it left', async () => {
      const edit = `update order_events set sequence = 30 where ${third}`;
      expect(await bad(edit)).toEqual(event('ann', 3, 'missing'));
    });

    it('whatever column it has', async () => {
      const columns = await book.rows<{ name: string }>(
        "select column_name as name from information_schema.columns where table_name = 'order_events'",
      );
      const tried = [...Object.keys(edits), 'order_id', 'user_id', 'sequence'];
      expect(columns.map(({ name }) => name).sort()).toEqual(tried.sort());
    });

    it('by the events after it when its own hash was made to fit', async () => {
      const refit = `insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message)
        values ('ann', 3, '${book.a}', 'pending', 'routing', 'quoting', 40, 1, 'as if')`;
      const verdict = await book.after([
        UNENFORCED,
        `delete from order_events where ${third}`,
        'set local session_replication_role = origin',
        refit,
      ]);
      expect(verdict.firstBad).toEqual(event('ann', 5, 'altered', book.a));
    });

    it('by its checkpoint when every hash after it was made to fit', async () => {
      const copy = 'create temp table copied on commit drop as select * from order_events';
      const edit = `update copied set message = 'as if' where ${third}`;
      const verdict = await book.after([
        UNENFORCED,
        copy,
        edit,
        'delete from order_events',
        'set local session_replication_role = origin',
        'insert into order_events select * from copied order by user_id, sequence',
      ]);
      expect(verdict).toMatchObject({ events: 9, orders: 3, ok: false });
      expect(verdict.firstBad).toEqual({ ...event('ann', 1, 'rehashed'), lastSequence: 4 });
    });
  });

  describe('names an event that was taken away', () => {
    const without = (where: string) => `delete from order_events where ${where}`;

    it.each([
      ['the first', 1],
      ['one in the middle', 3],
      ['the last of an order', 6],
      ['the last of all', 7],
    ])('%s', async (_which, sequence) => {
      expect(await bad(without(`user_id = 'ann' and sequence = ${sequence}`))).toEqual(
        event('ann', sequence, 'missing'),
      );
    });

    it('though the counter was set back', async () => {
      const back = "update user_sequences set last_sequence = 5 where user_id = 'ann'";
      expect(await bad(without("user_id = 'ann' and sequence > 5"), back)).toEqual(event('ann', 6, 'missing'));
    });

    it('with its order', async () => {
      const order = `delete from orders where id = '${book.b}'`;
      expect(await bad(without(`order_id = '${book.b}'`), order)).toEqual(event('ann', 2, 'missing'));
    });

    it('with its user', async () => {
      const all = ['order_events', 'orders', 'user_sequences'].map(
        (table) => `delete from ${table} where user_id = 'bob'`,
      );
      expect(await bad(...all)).toEqual(event('bob', 1, 'missing'));
    });

    it.each([
      ['the events', 'order_events', event('ann', 1, 'missing')],
      ['the events and the counters', 'order_events, user_sequences', event('ann', 1, 'missing')],
      ['the whole trail', 'order_events, user_sequences, audit_spans, audit_checkpoints', checkpoint(0, 'missing')],
    ])('with a truncation of %s', async (_what, tables, firstBad) => {
      expect(await bad(`truncate ${tables}`)).toEqual(firstBad);
    });
  });

  it('names the first of two events that changed places', async () => {
    const swap = [
      [1, 1000],
      [2, 1],
      [1000, 2],
    ].map(([from, to]) => `update order_events set sequence = ${to} where user_id = 'ann' and sequence = ${from}`);
    expect(await bad(...swap)).toEqual(event('ann', 1, 'altered', book.b));
  });

  it('names an event that the engine did not count', async () => {
    const forged = `insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message)
      values ('ann', 8, '${book.b}', 'executing', 'failed', 'building', 70, 1, 'as if')`;
    expect((await book.after([forged])).firstBad).toEqual(event('ann', 8, 'unexpected', book.b));
  });

  describe('names a checkpoint', () => {
    it.each(['events = events + 1', "created_at = created_at + interval '1 ms'", 'hash = sha256(hash)'])(
      'that was edited (%s)',
      async (edit) => {
        expect(await bad(`update audit_checkpoints set ${edit} where number = 1`)).toEqual(checkpoint(1, 'altered'));
      },
    );

    it('that was renumbered, by the place it left', async () => {
      expect(await bad('update audit_checkpoints set number = 9 where number = 1')).toEqual(checkpoint(1, 'missing'));
    });

    it.each([
      "user_id = 'zed'",
      'first_sequence = first_sequence + 1',
      'last_sequence = last_sequence + 1',
      'hash = sha256(hash)',
    ])('one of whose spans was edited (%s)', async (edit) => {
      const where = "where user_id = 'ann' and checkpoint = 1";
      expect(await bad(`update audit_spans set ${edit} ${where}`)).toEqual(checkpoint(1, 'altered'));
    });

    it('one of whose spans was given to another', async () => {
      const edit = "update audit_spans set checkpoint = 2 where user_id = 'bob'";
      expect(await bad(edit)).toEqual(checkpoint(1, 'altered'));
    });

    it.each([
      [0, 'missing'],
      [1, 'missing'],
      [2, 'missing'],
    ])('%i that was deleted', async (number, fault) => {
      expect(await bad(`delete from audit_checkpoints where number = ${number}`)).toEqual(checkpoint(number, fault));
    });

    it('that was invented', async () => {
      const forged = "insert into audit_checkpoints values (3, 0, now(), sha256('as if'))";
      expect(await bad(forged)).toEqual(checkpoint(3, 'altered'));
    });

    it('that was written down elsewhere and is another one now, or gone', async () => {
      const [last] = await book.rows<{ hash: Buffer }>('select hash from audit_checkpoints where number = 2');
      const known = { number: 2n, hash: last!.hash };
      const forgotten = [
        UNENFORCED,
        'delete from audit_spans where checkpoint = 2',
        'delete from audit_checkpoints where number = 2',
      ];
      expect((await book.after([], known)).ok).toBe(true);
      expect((await book.after(forgotten)).ok).toBe(true);
      expect((await book.after(forgotten, known)).firstBad).toEqual(checkpoint(2, 'missing'));
      expect((await book.after([], { ...known, hash: Buffer.alloc(32) })).firstBad).toEqual(checkpoint(2, 'altered'));
    });
  });
});

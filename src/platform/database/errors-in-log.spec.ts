import { pino } from 'pino';
import { QueryFailedError } from 'typeorm';
import { EngineError } from '../../kernel/errors.js';
import { loggerOptions } from '../log/log-options.js';

const CANARY = 'c4n4ry';

/** As the driver makes it for a row that a constraint refuses. */
function refusedRow(): QueryFailedError {
  const driverError = Object.assign(new Error('duplicate key value violates unique constraint "attempts_pkey"'), {
    code: '23505',
    detail: `Key (signature)=(${CANARY}) already exists.`,
    where: `PL/pgSQL function at ${CANARY}`,
  });
  return new QueryFailedError(`insert into attempts values ('${CANARY}', $1)`, [CANARY], driverError);
}

/** Real: pino with the engine's options, TypeORM's error. Fake: where the lines go. */
describe('an error in the log', () => {
  let line = '';
  const logger = pino(loggerOptions({ environment: 'production', logLevel: 'info' }), {
    write: (written) => (line = written),
  });
  const logged = (error: unknown) => {
    logger.warn({ err: error }, 'it failed');
    return (JSON.parse(line) as { err: Record<string, unknown> }).err;
  };

  it('shows what it is and where it was thrown, and nothing of a statement, its parameters or its row', () => {
    const { stack, ...shown } = logged(refusedRow());
    expect(shown).toEqual({
      type: 'QueryFailedError',
      message: 'duplicate key value violates unique constraint "attempts_pkey"',
      code: '23505',
    });
    expect(stack).toContain('errors-in-log.spec.ts');
    expect(line).not.toContain(CANARY);
  });

  it('shows as little of what caused it, at any depth, and of those that it stands for', () => {
    const cause = new EngineError('unavailable', 'The database is away.', { cause: refusedRow() });
    const shown = logged(new AggregateError([refusedRow()], 'all failed', { cause }));
    const refused = { type: 'QueryFailedError', code: '23505' };
    expect(shown).toMatchObject({
      type: 'AggregateError',
      message: 'all failed',
      cause: { type: 'EngineError', code: 'unavailable', message: 'The database is away.', cause: refused },
      errors: [refused],
    });
    expect(line).not.toContain(CANARY);
  });

  it('is the same when it is all that is logged', () => {
    logger.error(refusedRow());
    expect(JSON.parse(line)).toMatchObject({ err: { type: 'QueryFailedError', code: '23505' } });
    expect(line).not.toContain(CANARY);
  });

  it('may be its own cause', () => {
    const error = new Error('round and round');
    error.cause = new Error('and round', { cause: error });
    expect(logged(error)).toMatchObject({ message: 'round and round', cause: { message: 'and round' } });
  });

  it('may be of no class', () => {
    expect(logged(Object.assign(Object.create(null), { message: 'bare' }))).toEqual({
      type: 'Object',
      message: 'bare',
    });
  });

  it.each(['a word', 7, null, { reason: 'unknown' }])('may be no error at all: %j', (thrown) => {
    expect(logged(thrown)).toEqual(thrown);
  });
});

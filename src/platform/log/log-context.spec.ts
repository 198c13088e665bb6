import { pino } from 'pino';
import { LogContext } from './log-context.js';
import { loggerOptions } from './log-options.js';

/** Real: pino with the engine's options. Fake: where its lines go. */
describe('the fields of log lines', () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(loggerOptions({ environment: 'production', logLevel: 'info' }), {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const logged = () => {
    const { level: _level, time: _time, ...fields } = lines.pop()!;
    return fields;
  };

  it('are those of the line alone, outside of any work', () => {
    logger.info({ orderId: 'a' }, 'first');
    expect(logged()).toEqual({ orderId: 'a', msg: 'first' });
    logger.info({ attempt: 1 }, 'second');
    expect(logged()).toEqual({ attempt: 1, msg: 'second' });
  });

  it('are those of the line and of the work around it, across awaits', async () => {
    const context = new LogContext();
    await context.run({ orderId: 'a' }, async () => {
      await Promise.resolve();
      logger.info({ attempt: 1 }, 'inside');
      expect(logged()).toEqual({ orderId: 'a', attempt: 1, msg: 'inside' });
      context.run({ run: 2 }, () => logger.info('deeper'));
      expect(logged()).toEqual({ orderId: 'a', run: 2, msg: 'deeper' });
      logger.info('inside again');
      expect(logged()).toEqual({ orderId: 'a', msg: 'inside again' });
    });
    logger.info('outside');
    expect(logged()).toEqual({ msg: 'outside' });
  });
});

import { EngineError } from '../../kernel/errors.js';
import type { Config } from '../config/config.js';

/**
 * A frozen server answers nothing and its connections look well. Waiting for a connection (1 s) and then for a query (2.5 s) could take
 * longer than the 3 s in which callers get a 503, so the whole handler is bounded too.
 */
const DEADLINE_MS = 2_500;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever a handler takes
type Handler = (...args: any[]) => Promise<any>;

/**
 * For handlers that ask the database: answers `unavailable` when it takes too long. The work may still be done. Stands below the
 * decorators that leave their mark on the method itself. Not an interceptor: those cost a third of the time that taking an order takes.
 */
export function DatabaseDeadline() {
  return (_target: object, _name: string, descriptor: TypedPropertyDescriptor<Handler>): void => {
    const handle = descriptor.value;
    if (handle === undefined) throw new TypeError('only methods have a deadline');
    const bounded: Handler = function (this: unknown, ...args) {
      return inTime(handle.apply(this, args) as Promise<unknown>);
    };
    // Operations are named after their handlers.
    descriptor.value = Object.defineProperty(bounded, 'name', { value: handle.name });
  };
}

/**
 * What a handler reads of the chain, as bounded: the paper chain is in the database, while nodes may take longer to name the pools of a pair
 * that is new to them.
 */
export function readInTime<R>({ chain }: Pick<Config, 'chain'>, reading: Promise<R>): Promise<R> {
  return chain === 'paper' ? inTime(reading) : reading;
}

function inTime<R>(work: Promise<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new EngineError('unavailable', 'The database did not answer in time.', { retryAfterSeconds: 2 }));
    }, DEADLINE_MS);
    void work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

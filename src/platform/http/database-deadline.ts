import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, throwError, timeout } from 'rxjs';
import { EngineError } from '../../kernel/errors.js';

/**
 * A frozen server answers nothing and its connections look well. Waiting for a connection (1 s) and then for a query (2.5 s) could take
 * longer than the 3 s in which callers get a 503, so the whole handler is bounded too.
 */
const DEADLINE_MS = 2_500;

/** For handlers that ask the database: answers `unavailable` when it takes too long. The work may still be done. */
@Injectable()
export class DatabaseDeadline implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const late = () =>
      throwError(
        () => new EngineError('unavailable', 'The database did not answer in time.', { retryAfterSeconds: 2 }),
      );
    return next.handle().pipe(timeout({ each: DEADLINE_MS, with: late }));
  }
}

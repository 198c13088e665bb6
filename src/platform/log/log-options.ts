import type { IncomingMessage } from 'node:http';
import { destination, type DestinationStream, type LoggerOptions } from 'pino';
import type { Options } from 'pino-http';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.js';
import { REDACTED_PATHS, redactLine } from './redact.js';

export type LogSettings = Pick<Config, 'environment' | 'logLevel'>;

const STDOUT = 1;
/** Asked for every few seconds by machines. */
const QUIET = /^\/(?:health(?:\/|$)|metrics$)/;

/** How every line of the process looks. */
export function loggerOptions({ logLevel }: LogSettings): LoggerOptions {
  return {
    level: logLevel,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED_PATHS, censor: '***' },
    hooks: { streamWrite: redactLine },
  };
}

/**
 * Where every line goes: the standard output, in this process, so that nothing is lost when it ends. Pretty in a terminal, JSON lines
 * everywhere else and always in production.
 */
export function logStream({ environment }: LogSettings, isTerminal = process.stdout.isTTY): DestinationStream {
  const plain = destination({ dest: STDOUT, sync: true });
  if (environment === 'production' || !isTerminal) return plain;
  return pretty({
    destination: STDOUT,
    sync: true,
    colorize: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'context,req,res,responseTime',
    messageFormat: '{if context}{context}: {end}{msg}',
  });
}

/** One line an answered request: who asked for what, and what became of it. Without the query, where a caller may have put a secret. */
export function accessLog(): Options {
  return {
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    autoLogging: { ignore: (request) => QUIET.test(pathOf(request)) },
    customLogLevel: (_request, { statusCode }, error) => (error !== undefined || statusCode >= 500 ? 'warn' : 'info'),
    customSuccessMessage: (request, { statusCode }, ms) =>
      `${request.method ?? ''} ${pathOf(request)} ${statusCode} ${Math.round(ms)} ms`,
    customErrorMessage: (request, { statusCode }) => `${request.method ?? ''} ${pathOf(request)} ${statusCode}`,
    serializers: {
      req: ({ method, raw }: { method: string; raw: IncomingMessage }) => ({ method, path: pathOf(raw) }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  };
}

/** While middleware runs, `url` is what lies below its own path. */
function pathOf({ originalUrl, url = '' }: IncomingMessage & { originalUrl?: string }): string {
  return (originalUrl ?? url).split('?', 1)[0] ?? '';
}

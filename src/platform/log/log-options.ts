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

/** One line an answered request: who asked for what, and what became of it. */
export function accessLog(): Options {
  return {
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    autoLogging: { ignore: ({ url = '' }) => QUIET.test(url.split('?', 1)[0] ?? '') },
    customLogLevel: (_request, { statusCode }, error) => (error !== undefined || statusCode >= 500 ? 'warn' : 'info'),
    customSuccessMessage: ({ method = '', url = '' }, { statusCode }, ms) =>
      `${method} ${url} ${statusCode} ${Math.round(ms)} ms`,
    customErrorMessage: ({ method = '', url = '' }, { statusCode }) => `${method} ${url} ${statusCode}`,
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  };
}

import { destination, type DestinationStream, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.js';
import { fieldsOfContext } from './log-context.js';
import { loggedError } from './logged-error.js';
import { REDACTED_PATHS, redactLine } from './redact.js';

export type LogSettings = Pick<Config, 'environment' | 'logLevel'>;

const STDOUT = 1;

/** How every line of the process looks. */
export function loggerOptions({ logLevel }: LogSettings): LoggerOptions {
  return {
    level: logLevel,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    mixin: fieldsOfContext,
    serializers: { err: loggedError },
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

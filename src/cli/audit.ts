import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { AuditVerifier, type KnownCheckpoint } from '../audit/audit-verifier.js';
import { ConfigError, EXIT_CONFIG } from '../platform/config/config.errors.js';
import { loadConfig } from '../platform/config/load-config.js';
import { onSharedDatabase } from '../platform/database/shared-database.js';

const USAGE = `usage: npm run audit -- verify [--checkpoint NUMBER:HASH]
HASH is the checkpoint's, as the engine logged it: then the trail up to it is the one that the engine wrote.`;
const EXIT_BROKEN = 1;
const EXIT_FAILURE = 2;
const EXIT_USAGE = 64;

interface Command {
  readonly known: KnownCheckpoint | null;
}

/** What the arguments ask for; null when they make no sense. */
function commandOf(args: readonly string[]): Command | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { checkpoint: { type: 'string' } },
  });
  if (positionals.length !== 1 || positionals[0] !== 'verify') return null;
  if (values.checkpoint === undefined) return { known: null };
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(values.checkpoint) ?? [];
  if (number === undefined || hash === undefined) return null;
  return { known: { number: BigInt(number), hash: Buffer.from(hash, 'hex') } };
}

/** `npm run audit`: holds the audit trail against itself; one JSON line on stdout. */
async function main(args: readonly string[]): Promise<number> {
  const command = commandOf(args);
  if (command === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const module = AuditModule.forVerifier(await onSharedDatabase(loadConfig()));
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    const verdict = await app.get(AuditVerifier).verify(command.known);
    console.log(JSON.stringify(verdict));
    return verdict.ok ? 0 : EXIT_BROKEN;
  } finally {
    await app.close();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isUsage = (error as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS') === true;
    console.error(error instanceof Error ? error.message || error.name : String(error));
    if (isUsage) console.error(USAGE);
    process.exit(isUsage ? EXIT_USAGE : error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE);
  },
);

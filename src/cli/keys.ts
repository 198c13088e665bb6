import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hasCode } from '../kernel/errors.js';
import { KeyRegistry } from '../platform/auth/api-keys/key-registry.js';
import { KeysModule } from '../platform/auth/api-keys/keys.module.js';
import type { StoredKey } from '../platform/auth/persistence/api-key.store.js';
import type { Config } from '../platform/config/config.js';
import { ConfigError, EXIT_CONFIG } from '../platform/config/config.errors.js';
import { loadConfig } from '../platform/config/load-config.js';
import { onSharedDatabase } from '../platform/database/shared-database.js';
import { type KeysCommand, parseKeysCommand, USAGE, UsageError } from './keys/arguments.js';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 64;

/** `npm run keys`: makes, lists and revokes API keys; a JSON line each on stdout. */
async function main(args: readonly string[]): Promise<void> {
  const command = parseKeysCommand(args, new Date());
  const app = await open(loadConfig());
  try {
    for (const line of await run(command, app.get(KeyRegistry))) console.log(JSON.stringify(line));
  } finally {
    await app.close();
  }
}

/** An engine that runs on the embedded database shares it. */
async function open(config: Config): Promise<INestApplicationContext> {
  const module = KeysModule.with(await onSharedDatabase(config));
  return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}

async function run(command: KeysCommand, keys: KeyRegistry): Promise<readonly object[]> {
  switch (command.name) {
    case 'create': {
      const { id, key, userId, scopes, expiresAt } = await keys.issue(command.terms);
      return [{ id, key, userId, scopes, expiresAt }];
    }
    case 'list':
      return (await keys.list(command.userId)).map(keyLine);
    case 'revoke':
      return [keyLine(await keys.revoke(command.id))];
  }
}

function keyLine({ networks, ...key }: StoredKey): object {
  return { ...key, ip: networks };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message || error.name : String(error);
  console.error(error instanceof UsageError ? `${message}\n${USAGE}` : message);
  process.exitCode = exitCodeOf(error);
});

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT_USAGE;
  const isUnconfigured = hasCode(error, 'validation-failed');
  return error instanceof ConfigError || isUnconfigured ? EXIT_CONFIG : EXIT_FAILURE;
}

import 'reflect-metadata';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { OperatorCommands } from '../execution/operator/operator-commands.js';
import { ConfigError, EXIT_CONFIG } from '../platform/config/config.errors.js';
import { loadConfig } from '../platform/config/load-config.js';
import { onSharedDatabase } from '../platform/database/shared-database.js';
import { Shutdown } from '../platform/shutdown/shutdown.js';

const USAGE = `usage: npm run attempts -- list
       npm run attempts -- show ID
       npm run attempts -- resolve ID --landed|--dead --evidence TEXT
       npm run attempts -- record-transfer SIGNATURE --why TEXT
       npm run attempts -- halts
       npm run attempts -- lift-halt HALT --why TEXT
ID is ORDER/NUMBER, as in the memo of the transaction.`;
const EXIT_REFUSED = 1;
const EXIT_USAGE = 64;

type Verb = (commands: OperatorCommands) => Promise<readonly object[]>;

/** What the arguments ask for; null when they make no sense. */
function verbOf(args: readonly string[]): Verb | null {
  const { values, positionals } = parse(args);
  const [verb, subject = ''] = positionals;
  const by = userInfo().username;
  const { landed, dead, evidence = '', why = '' } = values;
  if (positionals.length > 2) return null;
  if (verb === 'list' && subject === '') return (commands) => commands.list();
  if (verb === 'halts' && subject === '') return (commands) => commands.openHalts();
  if (subject === '') return null;
  if (verb === 'show') return (commands) => commands.show(subject);
  if (verb === 'resolve' && landed !== dead && evidence.trim() !== '') {
    return (commands) => commands.resolve(subject, landed ? 'landed' : 'dead', { by, evidence });
  }
  if (why.trim() === '') return null;
  if (verb === 'record-transfer') return (commands) => commands.recordTransfer(subject, { by, why });
  if (verb === 'lift-halt') return (commands) => commands.liftHalt(subject, { by, why });
  return null;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      landed: { type: 'boolean', default: false },
      dead: { type: 'boolean', default: false },
      evidence: { type: 'string' },
      why: { type: 'string' },
    },
  });
}

/** `npm run attempts`: what a person decides, one JSON line an answer. */
async function main(args: readonly string[]): Promise<number> {
  const verb = verbOf(args);
  if (verb === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const app = await NestFactory.createApplicationContext(AppModule.forOperator(await onSharedDatabase(loadConfig())), {
    logger: ['error'],
    abortOnError: false,
  });
  try {
    for (const line of await verb(app.get(OperatorCommands))) console.log(JSON.stringify(line));
    return 0;
  } finally {
    await app.get(Shutdown).run();
    await app.close();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isUsage = (error as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS') === true;
    console.error(error instanceof Error ? error.message : String(error));
    if (isUsage) console.error(USAGE);
    process.exit(isUsage ? EXIT_USAGE : error instanceof ConfigError ? EXIT_CONFIG : EXIT_REFUSED);
  },
);

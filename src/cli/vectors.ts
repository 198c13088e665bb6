import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../kernel/errors.js';
import { SUPPORTED_VENUES } from '../dex/venues/supported-venues.js';
import { replayVectors } from '../dex/vectors/replay.js';
import { parseVectorFile, type VectorFile } from '../dex/vectors/vector-file.js';

const EXIT_MISMATCH = 1;
const EXIT_UNREADABLE = 2;

/** Replays recorded swaps of all `*.json` under the given folders; prints one JSON line, details of mismatches on stderr. */
async function main(folders: readonly string[]): Promise<number> {
  if (folders.length === 0)
    throw new EngineError('validation-failed', 'name at least one folder: npm run vectors -- DIR…');
  const offline = {
    programAccounts: () => Promise.reject(new EngineError('chain-unavailable', 'vectors need no chain')),
  };
  const venues = SUPPORTED_VENUES.map((venue) => new venue(offline));
  const totals = { files: 0, cases: 0, mismatches: 0, declined: 0, skipped: 0 };

  for (const path of (await Promise.all(folders.map(jsonFilesUnder))).flat()) {
    const outcome = replayVectors(await readVectors(path), venues);
    totals.files += 1;
    if (outcome.kind === 'skipped') totals.skipped += 1;
    if (outcome.kind === 'declined') totals.declined += 1;
    if (outcome.kind !== 'replayed') continue;
    totals.cases += outcome.cases;
    totals.mismatches += outcome.mismatches.length;
    for (const { index, expected, actual } of outcome.mismatches) {
      console.error(`${path} cases[${index}]: expected ${expected} but got ${actual}`);
    }
  }
  if (totals.files === 0) console.error('no *.json file found');
  console.log(JSON.stringify(totals));
  return totals.mismatches === 0 ? 0 : EXIT_MISMATCH;
}

async function jsonFilesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function readVectors(path: string): Promise<VectorFile> {
  try {
    return parseVectorFile(await readFile(path, 'utf8'));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('validation-failed', `cannot read ${path}: ${reason}`, { cause });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (fault: unknown) => {
    console.error(`vectors: ${fault instanceof Error ? fault.message : String(fault)}`);
    process.exitCode = fault instanceof EngineError ? EXIT_UNREADABLE : 70;
  },
);

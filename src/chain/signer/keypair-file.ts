import { type FileHandle, open } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { ConfigError } from '../../platform/config/config.errors.js';
import { KeypairSigner } from './keypair.signer.js';

const VARIABLE = 'SIGNER_KEYPAIR_PATH';
/** 64 numbers of up to three digits with separators and line breaks take far less. */
const MAX_FILE_BYTES = 4_096;
const READABLE_OR_WRITABLE_BY_GROUP = 0o060;
const READABLE_OR_WRITABLE_BY_ALL = 0o006;

export type FileFacts = Pick<Stats, 'mode' | 'uid' | 'gid' | 'size' | 'isFile'>;

/** Whoever runs this process; on systems without such accounts, nobody is asked. */
export interface ProcessOwner {
  readonly uid: number | undefined;
  readonly groups: readonly number[];
}

/** The account of this process. */
export function processOwner(): ProcessOwner {
  return { uid: process.geteuid?.(), groups: [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])] };
}

/**
 * The signer of a Solana CLI keypair file (a JSON array of 64 bytes). Throws `ConfigError`, which never tells the content, when it
 * can't be read, is somebody else's, may be read by others, or holds no keypair.
 */
export async function openKeypairFile(path: string, owner: ProcessOwner = processOwner()): Promise<KeypairSigner> {
  const bytes = await readOwn(path, owner);
  try {
    return new KeypairSigner(bytes);
  } catch (cause) {
    throw refused(cause instanceof RangeError ? cause.message : 'holds no keypair');
  } finally {
    bytes.fill(0);
  }
}

async function readOwn(path: string, owner: ProcessOwner): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    // Of the very file that is read, whatever the path names a moment later.
    const objection = objectionTo(await file.stat(), owner);
    if (objection !== null) throw refused(objection);
    return parse(await file.readFile());
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw refused(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  } finally {
    await file?.close();
  }
}

/** Why a file is not to be trusted with a key, null when it is. Root may own it: it can read everything anyway. */
export function objectionTo(file: FileFacts, owner: ProcessOwner): string | null {
  const { mode, uid, gid, size } = file;
  if (!file.isFile()) return 'is not a file';
  if (size > MAX_FILE_BYTES) return 'is too large for a keypair';
  if (owner.uid === undefined) return null;
  if (uid !== owner.uid && uid !== 0) return 'belongs to another account than the one that runs the engine';
  if ((mode & READABLE_OR_WRITABLE_BY_ALL) !== 0) return 'may be read or written by everybody (chmod 600 it)';
  if ((mode & READABLE_OR_WRITABLE_BY_GROUP) !== 0 && !owner.groups.includes(gid)) {
    return 'may be read or written by a group that the engine is not in (chmod 600 it)';
  }
  return null;
}

function parse(content: Buffer): Uint8Array {
  try {
    const numbers = JSON.parse(content.toString('utf8')) as unknown;
    if (!Array.isArray(numbers) || numbers.length !== 64 || !numbers.every(isByte)) {
      throw refused('must be a JSON array of 64 bytes');
    }
    const bytes = Uint8Array.from(numbers as number[]);
    numbers.fill(0);
    return bytes;
  } catch (error) {
    // The parser's own message quotes what it read.
    throw error instanceof ConfigError ? error : refused('must be a JSON array of 64 bytes');
  } finally {
    content.fill(0);
  }
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

function refused(rule: string): ConfigError {
  return new ConfigError([{ name: VARIABLE, rule }]);
}

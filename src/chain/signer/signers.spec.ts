import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { randomBytes } from 'node:crypto';
import { TestWallet } from '../../../test/support/paper-sandbox.js';
import { ConfigError } from '../../platform/config/config.errors.js';
import { isSignedBy } from '../ed25519.js';
import { type FileFacts, objectionTo, openKeypairFile, processOwner } from './keypair-file.js';
import { VerifiedSigner } from './verified.signer.js';

/** Real: files, their modes, and keys. The keypair is the first of RFC 8032 §7.1. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const KEYPAIR = Buffer.from(SEED + PUBLIC, 'hex');

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'signer-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string, mode = 0o600): string {
  const path = join(folder, randomBytes(6).toString('hex'));
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

async function refusal(path: string): Promise<string> {
  const error: unknown = await openKeypairFile(path).catch((fault: unknown) => fault);
  if (!(error instanceof ConfigError)) throw new Error('the file was accepted');
  expect(error.faults.map(({ name }) => name)).toEqual(['SIGNER_KEYPAIR_PATH']);
  return error.message;
}

describe('a keypair file', () => {
  it('signs as the wallet that it names', async () => {
    const signer = await openKeypairFile(file(JSON.stringify([...KEYPAIR])));
    expect(signer.address).toBe('FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z');
    const message = randomBytes(100);
    const signature = await signer.sign(message);
    expect(isSignedBy(signer.address, message, signature)).toBe(true);
    expect(isSignedBy(signer.address, randomBytes(100), signature)).toBe(false);
  });

  it('shows its key nowhere', async () => {
    const signer = await openKeypairFile(file(JSON.stringify([...KEYPAIR])));
    const shown = [signer, new VerifiedSigner(signer), new Error('x', { cause: signer })]
      .flatMap((value) => [inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value)])
      .join();
    const seed = Buffer.from(SEED, 'hex');
    for (const form of [SEED, seed.toString('base64'), seed.join(), [...seed].join(', ')])
      expect(shown).not.toContain(form);
  });

  it.each(['604', '602', '644', '666'])('with mode %s is refused', async (mode) => {
    expect(await refusal(file(JSON.stringify([...KEYPAIR]), parseInt(mode, 8)))).toContain('by everybody');
  });

  it('is refused without a word of its content', async () => {
    const swapped = Buffer.concat([KEYPAIR.subarray(32), KEYPAIR.subarray(32)]);
    for (const content of [
      '',
      SEED,
      '[]',
      `[${SEED}]`,
      JSON.stringify([...KEYPAIR.subarray(1)]),
      JSON.stringify([...KEYPAIR, 1]),
      JSON.stringify([...KEYPAIR.subarray(1), 256]),
      JSON.stringify([...KEYPAIR.subarray(1), 1.5]),
      JSON.stringify([...swapped]),
      ' '.repeat(5_000),
    ]) {
      const message = await refusal(file(content));
      expect(message).not.toMatch(/9d61b19d|157, ?97/);
    }
    expect(await refusal(join(folder, 'absent'))).toContain('ENOENT');
    expect(await refusal(folder)).toMatch(/not a file|EISDIR/);
  });
});

describe('who may own a keypair file', () => {
  const engine = { uid: 1000, groups: [1000, 50] };
  const facts = (over: Partial<FileFacts>): FileFacts => ({
    mode: 0o100600,
    uid: 1000,
    gid: 1000,
    size: 200,
    isFile: () => true,
    ...over,
  });

  it.each<[Partial<FileFacts>]>([
    [{}],
    [{ mode: 0o100400 }],
    [{ uid: 0, gid: 50, mode: 0o100640 }],
    [{ mode: 0o100640 }],
  ])('is taken with %j', (over) => {
    expect(objectionTo(facts(over), engine)).toBeNull();
  });

  it.each<[Partial<FileFacts>, string]>([
    [{ uid: 1001 }, 'another account'],
    [{ gid: 7, mode: 0o100640 }, 'a group'],
    [{ gid: 7, mode: 0o100620 }, 'a group'],
    [{ mode: 0o100604 }, 'everybody'],
    [{ size: 4_097 }, 'too large'],
    [{ isFile: () => false }, 'not a file'],
  ])('is refused with %j', (over, why) => {
    expect(objectionTo(facts(over), engine)).toContain(why);
  });

  it('is this very process', () => {
    expect(processOwner().uid).toBe(process.geteuid?.());
  });
});

describe('a verified signer', () => {
  const message = randomBytes(64);
  const wallet = new TestWallet();
  const over = (sign: () => Promise<Uint8Array>) => new VerifiedSigner({ address: wallet.address, sign });

  it('passes on signatures that verify', async () => {
    const signature = wallet.sign(message);
    expect(await over(() => Promise.resolve(signature)).sign(message)).toEqual(signature);
  });

  it.each([
    ['of another wallet', new TestWallet().sign(message)],
    ['over other bytes', wallet.sign(randomBytes(64))],
    ['of another length', wallet.sign(message).subarray(1)],
    ['of zeros', new Uint8Array(64)],
  ])('refuses a signature %s', async (_, signature) => {
    await expect(over(() => Promise.resolve(signature)).sign(message)).rejects.toMatchObject({ code: 'internal' });
  });
});

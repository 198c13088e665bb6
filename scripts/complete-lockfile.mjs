/**
 * Adds inert entries to package-lock.json for the optional packages of other platforms that the registry at hand did not
 * serve. Without them `npm ci` refuses the file ("Missing: … from lock file"). Run it after `npm install` changed the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPUS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
/** What package names say, in npm's own words. */
const SYNONYMS = { windows: 'win32', wasm: 'wasm32', ppc64le: 'ppc64', armhf: 'arm', x86_64: 'x64', aarch64: 'arm64' };

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isFoundFrom(path, name)) continue;
    lock.packages[`node_modules/${name}`] = inertEntry(name, range);
    added.push(name);
  }
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
}
const located = Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined).length;
console.log(added.length === 0 ? 'Nothing was missing.' : `Added ${added.join(', ')}.`);
if (located > 0) {
  console.error(`${located} entries carry a download address: .npmrc should say omit-lockfile-registry-resolved=true.`);
  process.exitCode = 1;
}

/** Whether Node's lookup from `path` upwards finds the package in the lock file. */
function isFoundFrom(path, name) {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`] !== undefined) return true;
    if (from === '') return false;
  }
}

/** npm skips an optional package whose platform is not its own, so nothing is ever fetched for such an entry. */
function inertEntry(name, range) {
  const words = name.split(/[-/._]/).map((word) => SYNONYMS[word] ?? word);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => CPUS.includes(word));
  if (os.length === 0 && cpu.length === 0) throw new Error(`${name}: its name does not say which platform it is for`);
  return {
    version: range.replace(/^[\^~]/, ''),
    optional: true,
    ...(cpu.length > 0 && { cpu }),
    ...(os.length > 0 && { os }),
    ...(words.includes('musl') && { libc: ['musl'] }),
  };
}

import { addressFromBytes } from '../../src/kernel/address.js';
import { recordedPools, type RecordedProgram } from './recorded-pools.js';

/** Type of a field: its width in bytes, and how it reads. */
const READ = {
  u8: { width: 1, value: (bytes: Uint8Array) => bytes[0] },
  u16: { width: 2, value: (bytes: Uint8Array) => Number(unsigned(bytes)) },
  u32: { width: 4, value: (bytes: Uint8Array) => Number(unsigned(bytes)) },
  i32: { width: 4, value: (bytes: Uint8Array) => Number(BigInt.asIntN(32, unsigned(bytes))) },
  u64: { width: 8, value: unsigned },
  i64: { width: 8, value: (bytes: Uint8Array) => BigInt.asIntN(64, unsigned(bytes)) },
  u128: { width: 16, value: unsigned },
  bool: { width: 1, value: () => true },
  key: { width: 32, value: (bytes: Uint8Array) => addressFromBytes(bytes) },
} as const;
/** Where a field stands, written down by hand; parts of its name are joined by dots. */
export type Field = readonly [name: string, offset: number, type: keyof typeof READ];

function unsigned(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Writes bytes that are all different where `field` should stand; only it must read differently, and as they say. */
export function expectField(decode: (data: Uint8Array) => object, data: Uint8Array, field: Field): void {
  const [name, offset, type] = field;
  const { width, value } = READ[type];
  const pattern = Uint8Array.from({ length: width }, (_, i) => 0x81 + i);
  const edited = data.slice();
  edited.set(pattern, offset);
  expect(decode(edited)).toEqual(withField(decode(data), name.split('.'), value(pattern)));
}

function withField(state: object, [name, ...inner]: readonly string[], value: unknown): object {
  const present = (state as Record<string, unknown>)[name!];
  return { ...state, [name!]: inner.length === 0 ? value : withField(present as object, inner, value) };
}

/** A pool account as recorded, the caller's own. */
export function poolBytes(program: RecordedProgram, name: string): Uint8Array {
  const file = recordedPools(program).get(name)!;
  return file.accounts.get(file.pool)!.data.slice();
}

/** Every leaf of a state stands in the table, so that a new field cannot be forgotten there. */
export function expectFields(state: object, fields: readonly Field[]): void {
  const leaves = (value: object, prefix: string): string[] =>
    Object.entries(value).flatMap(([name, inner]) =>
      typeof inner === 'object' && inner !== null ? leaves(inner as object, `${prefix}${name}.`) : [`${prefix}${name}`],
    );
  expect(leaves(state, '').sort()).toEqual(fields.map(([name]) => name).sort());
}

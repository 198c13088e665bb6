import { address, type Address } from '../../../kernel/address.js';
import { ByteWriter } from '../../../kernel/bytes.js';
import type { Account, ChainTime } from '../../account.js';
import { CLOCK_SYSVAR } from '../../chain-client.js';
import { rentExemptMinimum } from '../../programs.js';

const SYSVAR_OWNER = address('Sysvar1111111111111111111111111111111111111');
const RENT_SYSVAR = address('SysvarRent111111111111111111111111111111111');

/** The sysvars that the paper chain serves, made from its time; undefined for every other address. */
export function sysvarAccount(asked: Address, time: ChainTime): Account | undefined {
  if (asked === CLOCK_SYSVAR) return sysvar(asked, clockData(time));
  if (asked === RENT_SYSVAR) return sysvar(asked, rentData());
  return undefined;
}

function sysvar(of: Address, data: Uint8Array): Account {
  return { address: of, owner: SYSVAR_OWNER, lamports: rentExemptMinimum(data.length), data };
}

function clockData({ slot, epoch, unixTimestamp }: ChainTime): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(40)).u64(0, slot).u64(8, unixTimestamp).u64(16, epoch);
  return writer.u64(24, epoch + 1n).u64(32, unixTimestamp).bytes;
}

/** 3,480 lamports per byte-year, exempt after 2.0 years (a float64), half of it burnt. */
function rentData(): Uint8Array {
  const data = new Uint8Array(17);
  new ByteWriter(data).u64(0, 3_480n).u8(16, 50);
  new DataView(data.buffer).setFloat64(8, 2, true);
  return data;
}

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type AddressList, plainAddress } from './address-list.js';

export type ReceivedRequest = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * The client's IP address: that of the connection, or, behind trusted proxies, the last one in `x-forwarded-for` that is not a trusted
 * proxy's. What anybody else writes into that header counts for nothing.
 */
export function clientAddress({ headers, socket }: ReceivedRequest, trustedProxies: AddressList): string {
  let address = plainAddress(socket.remoteAddress ?? '');
  if (!trustedProxies.includes(address)) return address;
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  while (trustedProxies.includes(address)) {
    const before = plainAddress(forwarded.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

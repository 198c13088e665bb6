import { AddressList, isNetwork, networkOf } from './address-list.js';
import { clientAddress } from './client-address.js';

describe('isNetwork', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '10.0.0.1/32', '::1', '2001:db8::/32', '::/0', '::1/128'])(
    'takes %s',
    (text) => {
      expect(isNetwork(text)).toBe(true);
    },
  );

  it.each(['', '10', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', 'localhost', '256.0.0.1'])(
    'refuses %p',
    (text) => {
      expect(isNetwork(text)).toBe(false);
    },
  );
});

describe('AddressList', () => {
  it('has the first and the last address of a network, and not their neighbours', () => {
    const list = new AddressList(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32']);
    for (const inside of ['10.1.0.0', '10.1.255.255', '192.0.2.7', '::ffff:192.0.2.7', '2001:db8::', '2001:db8:ffff::'])
      expect([inside, list.includes(inside)]).toEqual([inside, true]);
    for (const outside of ['10.0.255.255', '10.2.0.0', '192.0.2.6', '192.0.2.8', '2001:db9::', '', 'x'])
      expect([outside, list.includes(outside)]).toEqual([outside, false]);
  });

  it('is empty without networks', () => {
    expect(new AddressList([]).includes('127.0.0.1')).toBe(false);
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('puts %s into %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('clientAddress', () => {
  const from = (remoteAddress: string, forwarded?: string, proxies: string[] = ['10.0.0.0/8']) =>
    clientAddress(
      { socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
      new AddressList(proxies),
    );

  it("is the connection's, whatever the header says, unless a trusted proxy connects", () => {
    expect(from('192.0.2.1', '198.51.100.1')).toBe('192.0.2.1');
    expect(from('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(from('10.0.0.1', '198.51.100.1', [])).toBe('10.0.0.1');
  });

  it('is the last address before the trusted proxies, so that what a client wrote in front of it counts for nothing', () => {
    expect(from('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
    expect(from('10.0.0.1', '127.0.0.1, 198.51.100.1, 10.9.9.9')).toBe('198.51.100.1');
    expect(from('10.0.0.1', '10.0.0.2, 10.0.0.3')).toBe('10.0.0.2');
  });

  it('is the proxy itself when that says nothing, or nonsense', () => {
    expect(from('10.0.0.1')).toBe('10.0.0.1');
    expect(from('10.0.0.1', 'unknown')).toBe('10.0.0.1');
    expect(from('10.0.0.1', '198.51.100.1, ')).toBe('10.0.0.1');
  });
});

import { parseKeysCommand, UsageError } from './arguments.js';

const NOW = new Date('2026-11-24T12:00:00Z');
const parse = (line: string) => parseKeysCommand(line.split(' '), NOW);

describe('the command line of npm run keys', () => {
  it('makes a key for a user, with scopes', () => {
    expect(parse('create --user alice --scopes orders:read,orders:write')).toEqual({
      name: 'create',
      terms: { userId: 'alice', scopes: ['orders:read', 'orders:write'], networks: [], expiresAt: null },
    });
  });

  it('makes one that ends, and that is good only from some networks', () => {
    expect(
      parse('create --user a --scopes=admin --ip 10.0.0.0/8,::1 --expires 2026-11-24T12:00:00.001Z'),
    ).toMatchObject({
      terms: { networks: ['10.0.0.0/8', '::1'], expiresAt: new Date('2026-11-24T12:00:00.001Z') },
    });
  });

  it('lists all keys or those of a user, and revokes one', () => {
    expect(parse('list')).toEqual({ name: 'list', userId: null });
    expect(parse('list --user alice')).toEqual({ name: 'list', userId: 'alice' });
    expect(parse('revoke k3Jd9fQx')).toEqual({ name: 'revoke', id: 'k3Jd9fQx' });
  });

  it.each([
    '',
    'show',
    'create',
    'create --scopes admin',
    'create --user alice',
    'create --user alice --scopes',
    'create --user alice --scopes orders',
    'create --user alice --scopes admin,all',
    'create --user alice --scopes admin --ip',
    'create --user alice --scopes admin --ip=',
    'create --user alice --scopes admin --ip here',
    'create --user alice --scopes admin --expires 2026-11-24T12:00:00Z',
    'create --user alice --scopes admin --expires tomorrow',
    'create --user alice --scopes admin --expires 2027-02-30T25:00:00Z',
    'create --user a/b --scopes admin',
    'create bob --user alice --scopes admin',
    'create --user alice --scopes admin --more 1',
    'list --user a/b',
    'revoke',
    'revoke a b',
  ])('refuses "%s"', (line) => {
    expect(() => parse(line)).toThrow(UsageError);
  });
});

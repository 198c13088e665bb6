import { neededBy } from './readiness.js';

describe('what a process needs to be ready', () => {
  it.each([
    [['api'] as const, ['database']],
    [['api', 'worker'] as const, ['database']],
    [['worker'] as const, ['database', 'queue', 'chain']],
  ])('with the roles %s is %s', (roles, needed) => {
    expect(neededBy(roles)).toEqual(needed);
  });
});

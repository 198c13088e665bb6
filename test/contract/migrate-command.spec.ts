import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createEmptyDatabase } from '../support/database.js';

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Real: the built command, on PostgreSQL. */
describe('npm run migrate', () => {
  const migrate = (settings: Record<string, string>): Promise<Run> => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings };
    return promisify(execFile)(process.execPath, ['dist/cli/migrate.js'], { env }).then(
      (out) => ({ ...out, code: 0 }),
      (error: unknown) => error as Run,
    );
  };

  it('brings a database up to date, and ends with 0', async () => {
    const database = await createEmptyDatabase();
    try {
      const { code, stdout } = await migrate({ DATABASE_URL: database.url });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^migrated: /);
      expect(await migrate({ DATABASE_URL: database.url })).toMatchObject({
        code: 0,
        stdout: 'the database is up to date\n',
      });
    } finally {
      await database.drop();
    }
  });

  it.each<[string, Record<string, string>]>([
    ['DATABASE_URL', { DATABASE_URL: 'mysql://u:hush@h/d' }],
    ['MIGRATION_DATABASE_URL', { MIGRATION_DATABASE_URL: 'postgres://u:hush@h/d' }],
  ])('ends with 78 when %s is refused, and shows no value', async (name, settings) => {
    const { code, stderr } = await migrate(settings);
    expect(code).toBe(78);
    expect(stderr).toContain(`${name}: `);
    expect(stderr).not.toContain('hush');
  });

  it('ends with 1 when there is no database', async () => {
    expect(await migrate({ DATABASE_URL: 'postgres://u@127.0.0.1:1/d' })).toMatchObject({ code: 1 });
  });
});

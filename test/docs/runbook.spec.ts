import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real: the sources and the runbook. */
describe('the runbook', () => {
  it('has a chapter for every alert in the sources, and for no other', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const sources = files.map((name) => readFileSync(join('src', name), 'utf8')).join('\n');
    const alerts = [...sources.matchAll(/(['"])(ALERT .+?)\1[,)\s]/g)].map(([, , alert]) => alert);
    const chapters = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^### `(.+)`$/gm)].map(([, alert]) => alert);
    expect(alerts.length).toBeGreaterThan(0);
    expect([...new Set(chapters)].sort()).toEqual([...new Set(alerts)].sort());
  });
});

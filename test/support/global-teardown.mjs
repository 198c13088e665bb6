/** Runs in the same process as the global setup, which has registered the compiler. */
export default async function tearDown() {
  const { tearDownStores } = await import('./global-stores.ts');
  await tearDownStores();
}

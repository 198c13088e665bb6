/** Jest resolves our `.js` imports to `.ts` files only inside tests, so that the global setup brings its own compiler. */
import '@swc-node/register/esm-register';

export default async function setUp() {
  const { setUpStores } = await import('./global-stores.ts');
  await setUpStores();
}

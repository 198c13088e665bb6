import { isLoopback } from '../http/address-list.js';
import type { ConfigFault } from './config.errors.js';
import { jwtFitFaults, jwtKeyFaults, jwtNameFaults } from './jwt-variables.js';
import type { VariableName, Variables } from './variables.js';

/** A rule over several variables, and which ones it looks at. */
interface JointRule {
  readonly over: readonly VariableName[];
  readonly faults: (variables: Variables) => ConfigFault[];
}

/**
 * What is wrong with valid variables taken together.
 * @param variables those that are valid by themselves: a rule over one that is not has nothing to say
 */
export function jointFaults(variables: Partial<Variables>): ConfigFault[] {
  const spoken = RULES.filter(({ over }) => over.every((name) => name in variables));
  return spoken.flatMap(({ faults }) => faults(variables as Variables));
}

/** Whether an order could move something that is worth money. */
export function tradesForReal({ CHAIN, EXECUTION }: Pick<Variables, 'CHAIN' | 'EXECUTION'>): boolean {
  return CHAIN === 'solana' && EXECUTION !== 'simulate';
}

/** The compiler sees to it that a rule looks at nothing else than it names. */
function rule<N extends VariableName>(
  over: readonly N[],
  check: (variables: Pick<Variables, N>) => ConfigFault[] | ConfigFault | false,
): JointRule {
  return { over, faults: (variables) => [check(variables) || []].flat() };
}

const needed = (name: VariableName, when: string): ConfigFault => ({ name, rule: `is needed when ${when}` });

const RULES: readonly JointRule[] = [
  rule(
    ['CHAIN', 'SOLANA_RPC_URL'],
    (v) => v.CHAIN === 'solana' && v.SOLANA_RPC_URL === undefined && needed('SOLANA_RPC_URL', 'CHAIN is solana'),
  ),
  rule(
    ['CHAIN', 'SIGNER_KEYPAIR_PATH'],
    (v) =>
      v.CHAIN === 'solana' && v.SIGNER_KEYPAIR_PATH === undefined && needed('SIGNER_KEYPAIR_PATH', 'CHAIN is solana'),
  ),
  // On mainnet-beta nothing about trading is taken for granted.
  rule(
    ['CHAIN', 'SOLANA_CLUSTER', 'EXECUTION'],
    (v) =>
      v.CHAIN === 'solana' &&
      v.SOLANA_CLUSTER === 'mainnet-beta' &&
      v.EXECUTION === undefined && { name: 'EXECUTION', rule: 'must be said for mainnet-beta: live or simulate' },
  ),
  rule(
    ['CHAIN', 'SOLANA_CLUSTER', 'EXECUTION', 'MAX_ORDER_QUOTE'],
    (v) =>
      tradesForReal(v) &&
      v.SOLANA_CLUSTER === 'mainnet-beta' &&
      v.MAX_ORDER_QUOTE === undefined &&
      needed('MAX_ORDER_QUOTE', 'EXECUTION is live on mainnet-beta'),
  ),
  rule(
    ['AUTH_MODE', 'ROLES', 'JWT_JWKS_URL', 'JWT_PUBLIC_KEY'],
    (v) => v.AUTH_MODE === 'jwt' && v.ROLES.includes('api') && jwtKeyFaults(v),
  ),
  rule(
    ['AUTH_MODE', 'ROLES', 'JWT_PUBLIC_KEY', 'JWT_ALGORITHMS'],
    (v) => v.AUTH_MODE === 'jwt' && v.ROLES.includes('api') && jwtFitFaults(v),
  ),
  rule(
    ['AUTH_MODE', 'ROLES', 'JWT_ISSUER', 'JWT_AUDIENCE'],
    (v) => v.AUTH_MODE === 'jwt' && v.ROLES.includes('api') && jwtNameFaults(v),
  ),
  rule(
    ['AUTH_MODE', 'ROLES', 'API_KEY_PEPPER'],
    (v) =>
      v.AUTH_MODE === 'api-key' &&
      v.ROLES.includes('api') &&
      v.API_KEY_PEPPER === undefined && {
        name: 'API_KEY_PEPPER',
        rule: 'is needed under AUTH_MODE=api-key, directly or as API_KEY_PEPPER_FILE',
      },
  ),
  rule(['AUTH_MODE', 'HOST', 'NODE_ENV', 'ALLOW_UNAUTHENTICATED', 'CHAIN', 'EXECUTION'], (v) => {
    const exposed = !isLoopback(v.HOST) || v.NODE_ENV === 'production';
    const refused = v.AUTH_MODE === 'none' && exposed && (!v.ALLOW_UNAUTHENTICATED || tradesForReal(v));
    return (
      refused && {
        name: 'AUTH_MODE',
        rule: 'none is refused when HOST is not a loopback address or NODE_ENV is production, unless ALLOW_UNAUTHENTICATED is true and nothing real can be traded',
      }
    );
  }),
  rule(
    ['DATABASE_URL', 'DB_HOST'],
    (v) =>
      v.DATABASE_URL !== undefined &&
      v.DB_HOST !== undefined && { name: 'DB_HOST', rule: 'is given beside DATABASE_URL' },
  ),
  // Another database would be migrated than the one that is used.
  rule(
    ['MIGRATION_DATABASE_URL', 'DATABASE_URL', 'DB_HOST'],
    (v) =>
      v.MIGRATION_DATABASE_URL !== undefined &&
      v.DATABASE_URL === undefined &&
      v.DB_HOST === undefined && {
        name: 'MIGRATION_DATABASE_URL',
        rule: 'needs DATABASE_URL or DB_HOST: the same database, as the role that uses it',
      },
  ),
  rule(
    ['REDIS_URL', 'REDIS_HOST'],
    (v) =>
      v.REDIS_URL !== undefined &&
      v.REDIS_HOST !== undefined && { name: 'REDIS_HOST', rule: 'is given beside REDIS_URL' },
  ),
  rule(
    ['ROLES', 'DATABASE_URL', 'DB_HOST'],
    (v) =>
      v.DATABASE_URL === undefined &&
      v.DB_HOST === undefined &&
      new Set(v.ROLES).size < 2 && {
        name: 'ROLES',
        rule: 'must be api,worker with the embedded database: give DATABASE_URL to split them',
      },
  ),
  rule(
    ['DEFAULT_SLIPPAGE_BPS', 'MAX_SLIPPAGE_BPS'],
    (v) =>
      v.DEFAULT_SLIPPAGE_BPS > v.MAX_SLIPPAGE_BPS && {
        name: 'DEFAULT_SLIPPAGE_BPS',
        rule: 'must not be larger than MAX_SLIPPAGE_BPS',
      },
  ),
];

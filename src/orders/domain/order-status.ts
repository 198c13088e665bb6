export const ORDER_STATUSES = ['pending', 'routing', 'executing', 'completed', 'failed', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const ORDER_STAGES = [
  'queued',
  'quoting',
  'building',
  'simulating',
  'submitted',
  'confirmed',
  'unknown',
  'finalized',
  'simulated',
] as const;
export type OrderStage = (typeof ORDER_STAGES)[number];

/** What can happen to an order. */
export type OrderEventKind =
  | 'routing-started'
  | 'building-started'
  | 'simulation-started'
  | 'submitted'
  | 'confirmed'
  | 'outcome-unknown'
  | 'retry-scheduled'
  | 'completed'
  | 'simulated'
  | 'failed'
  | 'cancelled';

/** Where an event leads: a new status, and the stage that refines it. `stage: null` keeps the stage the order had. */
interface Target {
  readonly status: OrderStatus;
  readonly stage: OrderStage | null;
}

/**
 * The one transition table of an order's life: what is absent is illegal. The database refuses illegal changes of status by
 * a trigger of its own (`check_order_transition`), which a test compares with this table.
 */
export const TRANSITIONS: Readonly<Record<OrderStatus, Partial<Record<OrderEventKind, Target>>>> = {
  pending: {
    'routing-started': { status: 'routing', stage: 'quoting' },
    failed: { status: 'failed', stage: null },
    cancelled: { status: 'cancelled', stage: null },
  },
  routing: {
    'building-started': { status: 'executing', stage: 'building' },
    failed: { status: 'failed', stage: null },
  },
  executing: {
    'simulation-started': { status: 'executing', stage: 'simulating' },
    submitted: { status: 'executing', stage: 'submitted' },
    confirmed: { status: 'executing', stage: 'confirmed' },
    'outcome-unknown': { status: 'executing', stage: 'unknown' },
    'retry-scheduled': { status: 'routing', stage: 'quoting' },
    completed: { status: 'completed', stage: 'finalized' },
    simulated: { status: 'completed', stage: 'simulated' },
    failed: { status: 'failed', stage: null },
  },
  completed: {},
  failed: {},
  cancelled: {},
};

/** The statuses from which an event is legal. */
export function sourcesOf(event: OrderEventKind): readonly OrderStatus[] {
  return ORDER_STATUSES.filter((status) => TRANSITIONS[status][event] !== undefined);
}

export function isFinal(status: OrderStatus): boolean {
  return Object.keys(TRANSITIONS[status]).length === 0;
}

/** Progress shown at a status and stage; `null` for failed and cancelled, which keep what the order had. */
export function progressOf(status: OrderStatus, stage: OrderStage | null): number | null {
  switch (status) {
    case 'pending':
      return 10;
    case 'routing':
      return 40;
    case 'executing':
      return stage === 'confirmed' ? 90 : 70;
    case 'completed':
      return 100;
    case 'failed':
    case 'cancelled':
      return null;
  }
}

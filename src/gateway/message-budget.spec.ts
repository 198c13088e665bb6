import { MESSAGE_BURST, MessageBudget, MESSAGES_PER_SECOND } from './message-budget.js';

describe('MessageBudget', () => {
  it('allows a burst and not one more', () => {
    const budget = new MessageBudget(0);
    const answers = Array.from({ length: MESSAGE_BURST + 1 }, () => budget.spend(0));
    expect(answers.indexOf(false)).toBe(MESSAGE_BURST);
  });

  it('allows the steady rate for ever, and half more of it not', () => {
    const steady = new MessageBudget(0);
    const hasty = new MessageBudget(0);
    const everyMs = 1000 / MESSAGES_PER_SECOND;
    const times = Array.from({ length: 1_000 }, (_, i) => i);
    expect(times.every((i) => steady.spend(i * everyMs))).toBe(true);
    expect(times.every((i) => hasty.spend((i * everyMs) / 1.5))).toBe(false);
  });

  it('earns no more than a burst in silence', () => {
    const budget = new MessageBudget(0);
    const later = 3_600_000;
    const answers = Array.from({ length: MESSAGE_BURST + 1 }, () => budget.spend(later));
    expect(answers.indexOf(false)).toBe(MESSAGE_BURST);
  });
});

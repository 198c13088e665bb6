import type { Subscription } from './event-bus.js';

/** Who in this process listens to what. */
export class Subscriptions {
  private readonly byTopic = new Map<string, Set<Subscription>>();

  /** @returns whether it is the topic's first */
  add(topic: string, subscription: Subscription): boolean {
    const found = this.byTopic.get(topic);
    if (found !== undefined) {
      found.add(subscription);
      return false;
    }
    this.byTopic.set(topic, new Set([subscription]));
    return true;
  }

  /** @returns whether it was the topic's last */
  remove(topic: string, subscription: Subscription): boolean {
    const found = this.byTopic.get(topic);
    if (found?.delete(subscription) !== true || found.size > 0) return false;
    return this.byTopic.delete(topic);
  }

  get topics(): readonly string[] {
    return [...this.byTopic.keys()];
  }

  deliver(topic: string, payload: string): void {
    for (const subscription of [...(this.byTopic.get(topic) ?? [])]) subscription.onMessage(payload);
  }

  announceReconnection(): void {
    for (const subscription of [...this.byTopic.values()].flatMap((each) => [...each])) subscription.onReconnected();
  }
}

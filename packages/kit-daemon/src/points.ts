import { channel } from 'node:diagnostics_channel';

/** By this name `node:diagnostics_channel` has it: whoever subscribes hears of each point as it is reached. */
export const pointChannel = 'fedward.point';
const points = channel(pointChannel);

/** What a subscriber hears. */
export interface PointReached {
  /** Such as `site.trained` or `coordinator.checkpoint-saved`. */
  readonly point: string;
  readonly about: Readonly<Record<string, unknown>>;
}

/** Tells that work has come to a named point. Costs next to nothing where nobody listens; whoever listens is called at once. */
export function reached(point: string, about: PointReached['about'] = {}): void {
  if (points.hasSubscribers) points.publish({ point, about } satisfies PointReached);
}

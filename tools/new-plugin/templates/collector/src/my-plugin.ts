import type { Collector } from '@fedward/core';
import * as z from 'zod';

/** The options of `my-plugin`. */
export const myPluginOptions = z.strictObject({
  size: z.int().min(1).describe('number of answers that are enough for a round, >= 1'),
});

/** Of `myPluginCollector`. */
export type MyPluginOptions = z.output<typeof myPluginOptions>;

/**
 * Ends a round with its first answers. Whoever is still at work then is dropped, and asked again in the next round (backup
 * workers: Chen et al. 2016, Revisiting distributed synchronous SGD, section 3).
 */
export function myPluginCollector({ size }: MyPluginOptions): Collector {
  return {
    name: 'my-plugin',
    // One that waits for updates of earlier rounds requires 'stale-updates' and removes 'fresh-updates'.
    patience: 0,
    enough: ({ arrived }) => arrived >= size,
  };
}

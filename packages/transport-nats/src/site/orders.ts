import { join } from 'node:path';
import { hasCode, parseWith } from '@fedward/core';
import { readJson, replaceFileQuickly } from '@fedward/kit-files';
import * as z from 'zod';

const schema = z.object({ version: z.literal(1), newest: z.record(z.string(), z.int().min(0)) });

/**
 * The order of the newest question of each lane, in a file, so that none that was asked before it is answered after: whoever
 * has a message of the coordinator could else bring it once more. It outlives the process; the disk is not waited for.
 */
export class Orders {
  readonly #newest: Map<string, number>;

  private constructor(
    private readonly path: string,
    newest: Readonly<Record<string, number>>,
  ) {
    this.#newest = new Map(Object.entries(newest));
  }

  /** @throws {FedwardError} FILE_INVALID, CONFIG_INVALID for a file that is none */
  static async open(folder: string): Promise<Orders> {
    const path = join(folder, 'orders.json');
    try {
      const { json } = await readJson(path);
      return new Orders(path, parseWith(schema, json, path).newest);
    } catch (error) {
      if (hasCode(error, 'FILE_NOT_FOUND')) return new Orders(path, {});
      throw error;
    }
  }

  /** @returns undefined for a question that is new, or the newest come again; else the order that it had to have at least */
  stale(lane: string, order: number): number | undefined {
    const newest = this.#newest.get(lane) ?? 0;
    if (order < newest) return newest;
    if (order > newest) {
      this.#newest.set(lane, order);
      this.#write();
    }
    return undefined;
  }

  #write(): void {
    replaceFileQuickly(this.path, JSON.stringify({ version: 1, newest: Object.fromEntries(this.#newest) }));
  }
}

import { hasCode, type FedwardError, type Json } from '@fedward/core';
import { askControl, type ControlHandler } from '@fedward/kit-daemon';
import * as z from 'zod';
import type { CoordinatorConfig } from '../config/read.js';
import type { MembersService } from './service.js';

const program = 'coordinator';
/** Names of what the daemon answers. */
const questions = { changed: 'members.changed', connected: 'members.connected' } as const;

/**
 * Has the daemon look at its members, and the hub with it.
 * @returns false where no daemon runs: it looks when it starts
 * @throws {FedwardError} what stopped the daemon from telling the hub
 */
export async function tellDaemon({ paths }: CoordinatorConfig): Promise<boolean> {
  return (await askDaemon(paths.folder, questions.changed)) !== undefined;
}

/** Which members are connected; null where no daemon runs, or it does not know. */
export async function askConnected({ paths }: CoordinatorConfig): Promise<Readonly<Record<string, boolean>> | null> {
  const answer = await askDaemon(paths.folder, questions.connected);
  const parsed = z.record(z.string(), z.boolean()).safeParse(answer);
  return parsed.success ? parsed.data : null;
}

async function askDaemon(folder: string, question: string): Promise<Json | undefined> {
  try {
    return await askControl(folder, question, null, { program });
  } catch (error) {
    if (hasCode(error, 'CONFIG_INVALID') && (error as FedwardError).subject === folder) return undefined;
    throw error;
  }
}

/**
 * What the daemon answers to the commands of members.
 * @param connected whether a member is connected to the hub
 */
export function memberHandlers(
  members: MembersService,
  connected: (site: string) => Promise<boolean>,
): Record<string, ControlHandler> {
  return {
    [questions.changed]: async () => {
      const { joined, left } = await members.refresh();
      return { joined, left };
    },
    [questions.connected]: async () => {
      const found: Record<string, boolean> = {};
      for (const { id } of members.active()) found[id] = await connected(id);
      return found;
    },
  };
}

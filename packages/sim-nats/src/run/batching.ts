import type { Errand } from './batch.js';

/** What came of a batch should go in one message: a hub takes 1 MiB unless it is told otherwise. */
const roomForResult = 512 * 1024;
const mostClients = 32;

/**
 * Clients that came since the last time, in batches: those of one frame together, as many as one message has room for
 * what comes of them, and a client no more than once; no more than leaves some for each of those who could train.
 * @param atOnce how many clients all workers together train at once
 */
export function batchesOf(waiting: readonly Errand[], atOnce = 1): Errand[][] {
  const share = Math.ceil(waiting.length / Math.max(1, atOnce));
  const open = new Map<Errand['frame'], Errand[]>();
  const all: Errand[][] = [];
  for (const errand of waiting) {
    const { frame } = errand;
    const batch = open.get(frame);
    const most = Math.max(1, Math.min(mostClients, share, Math.floor(roomForResult / frame.sent.byteLength)));
    if (batch && batch.length < most && !batch.some(({ job }) => job.clientId === errand.job.clientId)) {
      batch.push(errand);
      continue;
    }
    const next = [errand];
    all.push(next);
    open.set(frame, next);
  }
  return all;
}

import * as z from 'zod';
import { assertMemberId } from '../subjects.js';

/** An id of a hospital or a federation. */
export const memberId = z.string().superRefine((id, context) => {
  try {
    assertMemberId(id);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

/** A certificate or a request for one. */
export const pem = z.string().min(1).max(20_000);

/** Addresses of a hub. */
export const servers = z
  .array(z.string().regex(/^(wss|tls):\/\/[^\s/@]+:\d{1,5}$/, 'an address is wss://host:port or tls://host:port'))
  .min(1)
  .max(16);

/** A verifier key, not looked at yet. */
export const verifierKey = z.string().min(1).max(500);

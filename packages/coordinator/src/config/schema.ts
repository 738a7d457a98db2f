import { parseWith } from '@fedward/core';
import { assertMemberId } from '@fedward/transport-nats';
import * as z from 'zod';

const mebibyte = 2 ** 20;

/** `host:port`. */
const address = z.string().regex(/^[^\s:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'host:port');
const server = z.string().regex(/^(wss|tls):\/\/[^\s/@]+:\d{1,5}$/, 'wss://host:port or tls://host:port');
const memberId = z.string().superRefine((id, context) => {
  try {
    assertMemberId(id);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const room = z.strictObject({
  /** MiB, of what goes to hospitals. */
  federationMiB: z.int().min(16).default(20_480),
  /** MiB, of each hospital's answers. */
  siteMiB: z.int().min(16).default(4096),
  /** So many hospitals can become members while the hub runs: it reserves room for them. */
  mostSites: z.int().min(1).max(10_000).default(32),
});

const hub = z.strictObject({
  /** Whether the coordinator runs nats-server itself. */
  start: z.boolean().default(true),
  /** nats-server: a path, or a name that is looked for on PATH. */
  binary: z.string().min(1).default('nats-server'),
  /** Of nats-server where others run it; null for the newest. Of one that is started here it is asked. */
  version: z
    .string()
    .regex(/^\d+\.\d+(\.\d+)?$/, 'a version such as 2.12.8, in quotes')
    .nullable()
    .default(null),
  /** NATS in TLS. */
  listen: address,
  /** WebSocket in TLS; null for none. */
  websocket: address.nullable().default(null),
  /** The hub's own monitoring, without any protection; null for none. */
  monitoring: address.nullable().default(null),
  /** Names and addresses of the hub, all of which are in its certificate. */
  hosts: z.array(z.string().min(1).max(253)).min(1).max(16),
  /** Where hospitals reach it, in the order in which they try. */
  servers: z.array(server).min(1).max(16),
  /** Where the coordinator reaches it; null for the port of `listen` on this machine. */
  connect: server.nullable().default(null),
  room: room.prefault({}),
});

/** `coordinator.yaml`. */
const coordinatorSchema = z.strictObject({
  federation: memberId,
  hub,
  store: z.strictObject({ url: z.string().min(1).nullable().default(null) }).prefault({}),
  noise: z.enum(['secret', 'seeded']).default('secret'),
  certificates: z.strictObject({ days: z.int().min(1).max(825).default(90) }).prefault({}),
  telemetry: z
    .strictObject({ prometheus: address.nullable().default(null), otlp: z.url().nullable().default(null) })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['text', 'json']).default('json'),
    })
    .prefault({}),
});

/** What a coordinator is, as its file says. */
export type CoordinatorSettings = z.output<typeof coordinatorSchema>;

/** Bytes of what a file has in MiB. */
export function roomOf({ room }: CoordinatorSettings['hub']): { federation: number; site: number; mostSites: number } {
  return {
    federation: room.federationMiB * mebibyte,
    site: room.siteMiB * mebibyte,
    mostSites: room.mostSites,
  };
}

/** @throws {FedwardError} CONFIG_INVALID naming the key */
export function parseCoordinator(value: unknown, what: string): CoordinatorSettings {
  return parseWith(coordinatorSchema, value, what);
}

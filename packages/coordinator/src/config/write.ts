import { stringify } from 'yaml';

/** What `init` is told; all else begins as the schema has it. */
export interface NewCoordinator {
  readonly federation: string;
  readonly listen: string;
  readonly websocket: string | null;
  readonly hosts: readonly string[];
  readonly servers: readonly string[];
  /** Whether the coordinator runs nats-server itself. */
  readonly start: boolean;
  readonly binary?: string;
}

/** The text of `coordinator.yaml`, with what each key is for. */
export function coordinatorYaml({
  federation,
  listen,
  websocket,
  hosts,
  servers,
  start,
  binary,
}: NewCoordinator): string {
  const value = (of: unknown): string => stringify(of, { lineWidth: 0 }).trim();
  const list = (of: readonly string[]): string => of.map((each) => `    - ${value(each)}`).join('\n');
  return `# A coordinator of fedward. What is a comment here has the value that it shows.
federation: ${value(federation)}

hub:
  # Whether the coordinator runs nats-server itself. With false whoever runs it installs hub/hub.conf of this folder.
  start: ${start}
  # A path, or a name that is looked for on PATH.
  ${binary === undefined ? '# binary: nats-server' : `binary: ${value(binary)}`}
  # Of nats-server where others run it, such as '2.9.10': hub.conf has nothing that it does not know. null: the newest.
  # version: null
  # NATS in TLS, for the coordinator and whoever reaches this port.
  listen: ${value(listen)}
  # WebSocket in TLS, the route of hospitals behind proxies, which let through 443 alone. null: none.
  websocket: ${value(websocket)}
  # The hub's own monitoring, without any protection: on loopback only. null: none.
  # monitoring: null
  # Names and addresses by which it is reached: they are in its certificate.
  hosts:
${list(hosts)}
  # Where hospitals reach it, in the order in which they try. It is in invites and welcomes.
  servers:
${list(servers)}
  # Where the coordinator reaches it. null: at the port of listen on this machine.
  # connect: null
  # Room on the hub's disk, reserved at its start. It can't be changed while the hub runs.
  # room: { federationMiB: 20480, siteMiB: 4096, mostSites: 32 }

# Studies and their checkpoints: a database in this folder, or a PostgreSQL: postgres://user@host/database
# store: { url: null }

# Noise that the coordinator adds: secret, or seeded by the plan, which protects nobody (for simulations alone).
# noise: secret

# How long the certificates of hospitals, hub and coordinator hold. They are renewed before a third of it is left.
# certificates: { days: 90 }

# What others may watch. null: nothing listens, and nothing is sent.
# telemetry: { prometheus: null, otlp: null }

# level: debug, info, warn or error; format: text or json.
# log: { level: info, format: json }
`;
}

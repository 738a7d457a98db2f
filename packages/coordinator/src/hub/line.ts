/** A line of nats-server's log. */
export interface HubLine {
  readonly level: 'info' | 'warn' | 'error' | 'debug';
  readonly text: string;
}

const levels: Readonly<Record<string, HubLine['level']>> = { INF: 'info', WRN: 'warn', ERR: 'error', FTL: 'error' };

/** Without the server's own process id and time: `[17] 2026/01/31 12:00:00.000000 [INF] Server is ready`. */
export function lineOf(line: string): HubLine {
  const match = /^\[\d+\] \S+ \S+ \[([A-Z]{3})\] (.*)$/.exec(line);
  if (!match) return { level: line.startsWith('nats-server:') ? 'error' : 'info', text: line };
  return { level: levels[match[1]!] ?? 'debug', text: match[2]!.trim() };
}

export { Backoff, type BackoffOptions } from './backoff.js';
export { askControl, followControl, type AskOptions } from './control-client.js';
export { serveControl, type ControlHandler, type ControlServer } from './control-server.js';
export { lockFolder, type FolderLock } from './folder-lock.js';
export { endProcess, type KnownProcess } from './left-over.js';
export { logLevels, openLog, type Log, type LogFields, type LogLevel, type LogOptions } from './log.js';
export { safeFields, safeText } from './log-safe.js';
export { pointChannel, reached, type PointReached } from './points.js';
export { seldom, type SeldomOptions, type Tell } from './seldom.js';
export { onSignals, type SignalOptions } from './signals.js';
export { superviseProcess, type ProcessExit, type SupervisedProcess, type SuperviseOptions } from './supervise.js';
export { noTelemetry, telemetry } from './telemetry.js';
export type {
  Counter,
  Gauge,
  Histogram,
  Instrument,
  Readiness,
  Telemetry,
  TelemetryOptions,
} from './telemetry-types.js';
export type { LabelName, Labels } from './telemetry-labels.js';

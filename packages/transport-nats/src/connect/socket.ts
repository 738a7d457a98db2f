import type { Duplex } from 'node:stream';
import type { OpenRoute } from './open.js';

/**
 * A route, still being opened, as the library's WebSocket transport takes it. That transport alone asks for each connection
 * anew; both routes go by it, so that one process can have both. It waits for ever where a socket can't be made: a route that
 * could not be opened is a socket that fails.
 */
export class RouteSocket {
  binaryType = 'arraybuffer';
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { readonly wasClean: boolean; readonly reason: string }) => void) | null = null;
  onerror: ((event: { readonly message: string }) => void) | null = null;
  /** The library polls this before it closes, which on a line that is dead would never end. */
  readonly bufferedAmount = 0;
  private stream: Duplex | undefined;
  private closed = false;

  /** @param failed told of every error, with what the system says of it */
  constructor(
    opening: Promise<OpenRoute>,
    private readonly failed: (error: unknown) => void,
  ) {
    opening.then(
      (route) => this.opened(route),
      (error: unknown) => this.fail(error),
    );
  }

  send(bytes: ArrayBuffer): void {
    this.stream?.write(Buffer.from(bytes));
  }

  close(): void {
    this.closed = true;
    const { stream } = this;
    if (!stream) return void setImmediate(() => this.end(''));
    if (stream.destroyed) return;
    const late = setTimeout(() => stream.destroy(), 1000);
    stream.once('close', () => clearTimeout(late));
    stream.end(() => stream.destroy());
  }

  private opened({ stream, greeting }: OpenRoute): void {
    if (this.closed) return void stream.on('error', () => undefined).destroy();
    this.stream = stream;
    let reason = '';
    stream.on('error', (error: Error) => {
      reason = error.message;
      this.fail(error);
    });
    stream.on('end', () => stream.destroy()); // half a connection is none
    stream.on('close', () => this.end(reason));
    this.onopen?.();
    if (greeting) this.onmessage?.({ data: exactly(greeting) });
    stream.on('data', (bytes: Uint8Array) => this.onmessage?.({ data: exactly(bytes) }));
  }

  private fail(error: unknown): void {
    if (this.closed) return;
    this.failed(error);
    this.onerror?.({ message: error instanceof Error ? error.message : String(error) });
    if (!this.stream) this.end('');
  }

  private end(reason: string): void {
    this.onclose?.({ wasClean: reason === '', reason });
  }
}

function exactly(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const whole = byteOffset === 0 && byteLength === buffer.byteLength;
  return (whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}

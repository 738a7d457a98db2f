import type { OpenRoute } from './open.js';

/**
 * A route as the library's WebSocket transport takes it. That transport alone asks for each connection anew, the same way for
 * both routes, and tells why one failed.
 */
export class RouteSocket {
  binaryType = 'arraybuffer';
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { readonly wasClean: boolean; readonly reason: string }) => void) | null = null;
  onerror: ((event: { readonly message: string }) => void) | null = null;
  /** The library polls this before it closes, which on a line that is dead would never end. */
  readonly bufferedAmount = 0;

  constructor(
    private readonly route: OpenRoute,
    failed: (error: Error) => void,
  ) {
    const { stream, greeting } = route;
    let failure = '';
    stream.on('error', (error: Error) => {
      failure = error.message;
      failed(error);
      this.onerror?.({ message: error.message });
    });
    stream.on('close', () => this.onclose?.({ wasClean: failure === '', reason: failure }));
    // The library sets its listeners in this turn, after it has got the socket.
    setImmediate(() => {
      this.onopen?.();
      if (greeting) this.onmessage?.({ data: exactly(greeting) });
      stream.on('data', (bytes: Uint8Array) => this.onmessage?.({ data: exactly(bytes) }));
    });
  }

  send(bytes: ArrayBuffer): void {
    this.route.stream.write(Buffer.from(bytes));
  }

  close(): void {
    const { stream } = this.route;
    if (stream.destroyed) return;
    const end = setTimeout(() => stream.destroy(), 1000);
    stream.once('close', () => clearTimeout(end));
    stream.end(() => stream.destroy());
  }
}

function exactly(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const whole = byteOffset === 0 && byteLength === buffer.byteLength;
  return (whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}

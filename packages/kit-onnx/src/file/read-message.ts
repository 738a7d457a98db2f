import { FedwardError } from '@fedward/core';
import protobuf from 'protobufjs/light.js';
import { messageFields, type Field, type MessageName } from './fields.js';
import { NumberList } from './number-list.js';

/** A message as it was read: members by the names of onnx.proto, those of lists always there. */
export type RawMessage = Readonly<Record<string, unknown>>;

/** Of what one file may have, so that memory is in proportion to what a network can be. */
const limits = {
  /** Messages, texts, and whole numbers outside of tensors. */
  items: 1_000_000,
  /** Bytes of a text that is no tensor. */
  text: 65_536,
  /** Numbers of tensors that are written one by one: 2^28, the most parameters that a model has. */
  numbers: 2 ** 28,
  /** Of these those of 64 bits, which a file may write in one byte. */
  wide: 2 ** 22,
} as const;

const wireTypes = { int64: 0, int32: 0, float: 5, double: 1 } as const;
const fieldsById = new Map(
  (Object.entries(messageFields) as [MessageName, Record<string, Field>][]).map(([message, fields]) => [
    message,
    new Map(Object.entries(fields).map(([name, [type, id, rule]]) => [id, { name, type, list: rule === 'repeated' }])),
  ]),
);
/** Bytes of any number: they stay where they lie in the file. */
const unbounded = new Set(['raw_data', 'note']);
const inTensors = new Set(['float_data', 'int32_data', 'int64_data', 'double_data']);
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one message and those inside of it, by protobuf's wire format (protobuf.dev/programming-guides/encoding). Every length
 * is looked at before anything is made for it; bytes are views of the file.
 *
 * @param file how messages call the file
 * @throws {FedwardError} FILE_INVALID saying where: cut short, a number that never ends, a member of another wire type than
 *   onnx.proto's, a member twice that stands once, more than `limits`
 */
export function readMessage(bytes: Uint8Array, message: MessageName, file: string): RawMessage {
  return new MessageReader(bytes, file).read(message, bytes.length);
}

class MessageReader {
  readonly #reader: protobuf.Reader;
  readonly #where: string[] = [];
  #items = 0;
  #numbers = 0;
  #wide = 0;

  constructor(
    bytes: Uint8Array,
    private readonly file: string,
  ) {
    // As a plain array of bytes: a Buffer's reader does without the checks at the end.
    this.#reader = new protobuf.Reader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  read(message: MessageName, end: number): RawMessage {
    this.#count();
    const fields = fieldsById.get(message)!;
    const read: Record<string, unknown> = {};
    if (message === 'Unread') {
      this.#reader.pos = end;
      return read;
    }
    for (const { name, list } of fields.values()) if (list && !inTensors.has(name)) read[name] = [];
    while (this.#reader.pos < end) {
      const tag = this.#safely(() => this.#reader.uint32());
      const [id, wire] = [tag >>> 3, tag & 7];
      const field = fields.get(id);
      if (id === 0 || wire === 4 || wire > 5) throw this.#refusal('is damaged: no member begins so');
      if (!field) this.#safely(() => this.#reader.skipType(wire));
      else {
        const many = field.list && !inTensors.has(field.name);
        this.#where.push(many ? `${field.name}[${(read[field.name] as unknown[]).length}]` : field.name);
        this.#member(read, field, wire, end);
        this.#where.pop();
      }
      if (this.#reader.pos > end) throw this.#refusal('is cut short');
    }
    return read;
  }

  #member(
    read: Record<string, unknown>,
    { name, type, list }: { readonly name: string; readonly type: string; readonly list: boolean },
    wire: number,
    end: number,
  ): void {
    if (type in wireTypes) return this.#numbersOf(read, name, type as keyof typeof wireTypes, list, wire, end);
    if (wire !== 2) throw this.#refusal(`is damaged: wire type ${wire} where ${type} was expected`);
    const length = this.#length(end);
    const value = this.#lengthy(type, length, name);
    if (list) (read[name] as unknown[]).push(value);
    else if (name in read && type in messageFields) throw this.#refusal('stands there twice');
    else read[name] = value;
  }

  #lengthy(type: string, length: number, name: string): unknown {
    const { pos } = this.#reader;
    if (type in messageFields) return this.read(type as MessageName, pos + length);
    this.#count();
    if (!unbounded.has(name) && length > limits.text)
      throw this.#refusal(`is a text of ${length} bytes; the most is ${limits.text}`);
    this.#reader.pos += length;
    const bytes = this.#reader.buf.subarray(pos, pos + length);
    if (type === 'bytes') return bytes;
    try {
      return decoder.decode(bytes);
    } catch {
      throw this.#refusal('is no text in UTF-8');
    }
  }

  #numbersOf(
    read: Record<string, unknown>,
    name: string,
    type: keyof typeof wireTypes,
    list: boolean,
    wire: number,
    end: number,
  ): void {
    const packed = list && wire === 2;
    if (!packed && wire !== wireTypes[type])
      throw this.#refusal(`is damaged: wire type ${wire} where ${type} was expected`);
    if (!list) {
      read[name] = this.#number(type);
      return;
    }
    const numbers = inTensors.has(name) ? ((read[name] ??= new NumberList(type)) as NumberList) : undefined;
    const stop = packed ? this.#length(end) + this.#reader.pos : 0;
    const room = { float: 4, double: 8 }[type as string];
    if (packed && room !== undefined && (stop - this.#reader.pos) % room !== 0) throw this.#refusal('is cut short');
    do {
      if (packed && this.#reader.pos >= stop) break;
      const value = this.#number(type);
      if (!numbers) {
        this.#count();
        (read[name] as number[]).push(value);
        continue;
      }
      const wide = type === 'int64';
      if (++this.#numbers > limits.numbers || (wide && ++this.#wide > limits.wide))
        throw this.#refusal(
          `makes more than ${wide ? limits.wide : limits.numbers} numbers that are written one by one`,
        );
      numbers.push(value);
    } while (packed);
    if (packed && this.#reader.pos !== stop) throw this.#refusal('is cut short');
  }

  #number(type: keyof typeof wireTypes): number {
    const value = this.#safely(() => this.#reader[type]()) as number | { toNumber(): number };
    return typeof value === 'number' ? value : value.toNumber();
  }

  #length(end: number): number {
    const length = this.#safely(() => this.#reader.uint32());
    if (this.#reader.pos + length > end) throw this.#refusal('is cut short');
    return length;
  }

  #count(): void {
    if (++this.#items > limits.items) throw this.#refusal(`is past the ${limits.items}th part of the file`);
  }

  #safely<T>(read: () => T): T {
    try {
      const value = read();
      if (this.#reader.pos <= this.#reader.len) return value;
    } catch (cause) {
      throw this.#refusal(
        cause instanceof RangeError ? 'is cut short' : 'is damaged: a number that does not end',
        cause,
      );
    }
    throw this.#refusal('is cut short');
  }

  #refusal(why: string, cause?: unknown): FedwardError {
    const where = this.#where.join('.') || 'the file';
    const message = `${this.file} is no ONNX model: ${where} ${why} (byte ${this.#reader.pos})`;
    return new FedwardError('FILE_INVALID', message, this.file, { cause });
  }
}

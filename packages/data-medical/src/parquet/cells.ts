import type { SchemaElement } from 'hyparquet';

/** One value of a column, as it is stored, to the text of a cell; undefined for what is none of its type. */
export type CellText = (value: unknown) => string | undefined;

/**
 * How the values of a column become text, by their physical and logical type (Parquet's LogicalTypes.md): whole numbers and
 * decimals exactly, floats so that they read back as the same number, booleans as `true` and `false`, days and times as
 * ISO 8601, with a `Z` where they are of UTC.
 *
 * @returns why the type is not read, as the end of a sentence, for any other
 */
export function cellText(element: SchemaElement): CellText | string {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimals(element.scale ?? 0);
  switch (type) {
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? String(value) : undefined);
    case 'INT32':
    case 'INT64':
      return integers(element);
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => (typeof value === 'number' ? String(value) : undefined);
    case 'INT96': // of old programs: nanoseconds, without a zone
      return (value) => (typeof value === 'bigint' ? isoTime(value, 9, false) : undefined);
    case 'BYTE_ARRAY':
      if (converted === 'BSON' || logical?.type === 'GEOMETRY' || logical?.type === 'GEOGRAPHY')
        return `is of the type ${converted ?? logical?.type}, which is not read`;
      return text;
    case 'FIXED_LEN_BYTE_ARRAY':
      if (logical?.type === 'UUID') return uuid;
      return `is bytes of a fixed length, which are not read`;
    default:
      return 'is of no type that is known';
  }
}

function integers({ converted_type: converted, logical_type: logical }: SchemaElement): CellText {
  if (converted === 'DATE' || logical?.type === 'DATE')
    return (value) => (typeof value === 'number' ? isoDay(value) : undefined);
  const unit = logical?.type === 'TIMESTAMP' || logical?.type === 'TIME' ? logical.unit : undefined;
  const digits = digitsOf(unit ?? (converted?.endsWith('_MICROS') ? 'MICROS' : 'MILLIS'));
  if (logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP_')) {
    // Programs that write no logical type mean UTC.
    const utc = logical?.type === 'TIMESTAMP' ? logical.isAdjustedToUTC : true;
    return (value) => whole(value, (integer) => isoTime(integer, digits, utc));
  }
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_'))
    return (value) => whole(value, (integer) => isoTime(integer, digits, false)?.slice('1970-01-01T'.length));
  const unsigned =
    logical?.type === 'INTEGER'
      ? logical.isSigned
        ? 0
        : logical.bitWidth
      : Number(/^UINT_(\d+)$/.exec(converted ?? '')?.[1] ?? 0);
  if (unsigned > 0) return (value) => whole(value, (integer) => String(BigInt.asUintN(unsigned, integer)));
  return (value) => (typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined);
}

function whole(value: unknown, to: (integer: bigint) => string | undefined): string | undefined {
  if (typeof value === 'bigint') return to(value);
  return typeof value === 'number' && Number.isInteger(value) ? to(BigInt(value)) : undefined;
}

function digitsOf(unit: 'MILLIS' | 'MICROS' | 'NANOS'): number {
  return { MILLIS: 3, MICROS: 6, NANOS: 9 }[unit];
}

/** An integer in units of 10^-scale, as integers or as bytes in two's complement, the highest first. */
function decimals(scale: number): CellText | string {
  if (!Number.isInteger(scale) || scale < 0 || scale > 1000) return 'is a decimal number of no scale that is known';
  return (value) => {
    if (value instanceof Uint8Array) return pointed(BigInt.asIntN(8 * value.length, unsignedOf(value)), scale);
    return whole(value, (integer) => pointed(integer, scale));
  };
}

function unsignedOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function pointed(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** @param days since 1970 began; undefined for a year that ISO 8601 does not write with four digits */
function isoDay(days: number): string | undefined {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999
    ? undefined
    : date.toISOString().slice(0, 10);
}

/** @param value since 1970 began, in units of 10^-digits seconds */
function isoTime(value: bigint, digits: number, utc: boolean): string | undefined {
  const unit = 10n ** BigInt(digits);
  const rest = ((value % unit) + unit) % unit;
  const seconds = Number((value - rest) / unit);
  const day = isoDay(Math.floor(seconds / 86_400));
  if (day === undefined) return undefined;
  const time = new Date(seconds * 1000).toISOString().slice(11, 19);
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(digits, '0')}`;
  return `${day}T${time}${fraction}${utc ? 'Z' : ''}`;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function text(value: unknown): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return decoder.decode(value).trim();
  } catch {
    return undefined;
  }
}

function uuid(value: unknown): string | undefined {
  if (!(value instanceof Uint8Array) || value.length !== 16) return undefined;
  return Buffer.from(value)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

import { stripVTControlCharacters } from 'node:util';

/**
 * A line of the log as people read it: when, how grave, what, and each field as `name=value`.
 * @param json as it would be written otherwise
 */
export function textLine(json: string): string {
  const { time, level, message, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  return `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${plain(String(message))}${rest.join('')}\n`;
}

/** As it is where it is a word, else quoted: a value can't begin another field or line. */
function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[\w.:/@+-]+$/.test(value) ? value : plain(JSON.stringify(value));
}

/** What a terminal would obey is shown or left out. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

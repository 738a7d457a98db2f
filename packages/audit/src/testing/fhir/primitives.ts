/**
 * Primitive types of FHIR R4 (hl7.org/fhir/R4/datatypes.html#primitive): how JSON carries them, and the regular expressions
 * that the specification gives.
 */
interface Primitive {
  readonly json: 'string' | 'boolean' | 'number';
  readonly pattern?: RegExp;
}

const year = '([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)';
const month = '(0[1-9]|1[0-2])';
const day = '(0[1-9]|[1-2][0-9]|3[0-1])';
const time = '([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?';
const zone = '(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))';
const whole = (expression: string): RegExp => new RegExp(`^(?:${expression})$`);

const text = (pattern: RegExp): Primitive => ({ json: 'string', pattern });

export const primitives: Readonly<Record<string, Primitive>> = {
  boolean: { json: 'boolean' },
  integer: { json: 'number', pattern: whole('0|-?[1-9][0-9]*') },
  positiveInt: { json: 'number', pattern: whole('[1-9][0-9]*') },
  unsignedInt: { json: 'number', pattern: whole('0|[1-9][0-9]*') },
  decimal: { json: 'number' },
  string: text(whole('[ \\r\\n\\t\\S]+')),
  markdown: text(whole('[ \\r\\n\\t\\S]+')),
  code: text(whole('[^\\s]+(\\s[^\\s]+)*')),
  id: text(whole('[A-Za-z0-9\\-\\.]{1,64}')),
  uri: text(whole('\\S+')),
  url: text(whole('\\S+')),
  canonical: text(whole('\\S+')),
  oid: text(whole('urn:oid:[0-2](\\.(0|[1-9][0-9]*))+')),
  uuid: text(whole('urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')),
  base64Binary: text(whole('(\\s*([0-9a-zA-Z\\+\\/=]){4}\\s*)+')),
  instant: text(whole(`${year}-${month}-${day}T${time}${zone}`)),
  date: text(whole(`${year}(-${month}(-${day})?)?`)),
  dateTime: text(whole(`${year}(-${month}(-${day}(T${time}${zone})?)?)?`)),
  time: text(whole(time)),
  xhtml: text(/^<div[\s>][^]*<\/div>$/),
};

/** Ids of elements are of FHIRPath's type String: any text without spaces. */
export const systemTypes: Readonly<Record<string, string>> = { 'http://hl7.org/fhirpath/System.String': 'string' };

/** Control characters but tab, line feed and carriage return are in no string of FHIR. */
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** @returns the rule that a value breaks as a primitive of this type; undefined where it breaks none */
export function brokenRule(type: string, value: unknown): 'type' | 'regex' | undefined {
  const { json, pattern } = primitives[type]!;
  if (typeof value !== json) return 'type';
  if (typeof value === 'string' && (control.test(value) || !value.isWellFormed())) return 'regex';
  if (pattern && !pattern.test(String(value))) return 'regex';
  return dayThatIsNone(type, value) ? 'regex' : undefined;
}

/** The 31st of June, which the expressions let through. */
function dayThatIsNone(type: string, value: unknown): boolean {
  if (typeof value !== 'string' || !['instant', 'date', 'dateTime'].includes(type) || value.length < 10) return false;
  const [y, m, d] = value.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(y!, m! - 1, d)).getUTCDate() !== d;
}

import type { IdentifierCategory } from './categories.js';
import * as checks from './check-digits.js';
import { holdsDate } from './dates.js';
import { holdsName } from './person-names.js';

/** What is looked for within a cell, whatever else stands in it. One cell is enough. */
export interface TextPattern {
  readonly detector: string;
  readonly category: IdentifierCategory;
  /** In words. */
  readonly pattern: string;
  test(text: string): boolean;
}

/** A universally unique identifier (RFC 9562), wherever it stands. Its letters and digits say nothing else. */
export const uuids = /(?<![\dA-F])[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}(?![\dA-F])/gi;

const compact = (text: string): string => text.replace(/[ .-]/g, '').toUpperCase();

/** True where a part of the text has the form and, without its spaces and hyphens, the check digit. */
const checked =
  (form: RegExp, holds: (number: string) => boolean) =>
  (text: string): boolean =>
    [...text.matchAll(form)].some(([found]) => holds(compact(found)));

const found =
  (form: RegExp) =>
  (text: string): boolean =>
    form.test(text);

/** A word for a number, and a number behind it. */
const told = (words: string, number = '[A-Z]{0,4}[-/ ]?\\d[A-Z\\d/-]{3,}'): ((text: string) => boolean) =>
  found(
    new RegExp(
      `(?<![a-z])(?:${words})(?![a-z])(?:'s)?(?: ?(?:no|nr|num|number|id|code|#|ref)\\b\\.?)?(?: is| was|:|=|#|\\.|,)*\\s*[#(]?${number}`,
      'i',
    ),
  );

/** Each with a small or a capital letter; what stands before it has a capital one. */
const streets = (
  'street st avenue ave road rd lane ln drive dr boulevard blvd court ct place pl square sq terrace way crescent close ' +
  'parkway pkwy highway hwy trail circle alley row walk gardens'
)
  .split(' ')
  .map((word) => `[${word[0]!.toUpperCase()}${word[0]}]${word.slice(1)}`)
  .join('|');

const uuid: TextPattern = {
  detector: 'uuid',
  category: 'R',
  pattern: 'a universally unique identifier',
  test: (text) => text.search(uuids) >= 0,
};

/** In the order of the categories. */
export const textPatterns: readonly TextPattern[] = [
  {
    detector: 'name-in-text',
    category: 'A',
    pattern: 'a title, a word for a person or a frequent given name beside a capitalised word',
    test: holdsName,
  },
  {
    detector: 'street-address',
    category: 'B',
    pattern: 'a house number and a street, or a post box',
    test: found(
      new RegExp(
        `(?<![\\d.,/])\\d{1,5}[A-Za-z]?,? (?:(?:N|S|E|W|North|South|East|West)\\.? )?(?:[\\p{Lu}\\d][\\p{L}\\d'’.-]* ){1,4}(?:${streets})\\b` +
          `|(?<!\\p{L})\\p{Lu}[\\p{L}-]*(?:straße|strasse|str\\.|weg|gasse|allee|platz|straat|laan|gracht|plein|vägen|gatan) \\d{1,4}` +
          `|\\b(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Cc]hemin|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]alle|[Pp]laza|[Aa]venida|[Pp]aseo|[Rr]ua|[Uu]lica|ul\\.) (?:d[eu]s? |de la |del |della )?\\p{Lu}[\\p{L}' -]*,? (?:n[.º°]? ?)?\\d{1,4}` +
          `|(?<![\\d.,/])\\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|chemin|place|allée|impasse) (?:d[eu]s? |de la |de l')?\\p{Lu}` +
          `|\\b[Pp]\\.? ?[Oo]\\.? [Bb]ox \\d+`,
        'u',
      ),
    ),
  },
  {
    detector: 'zip-in-text',
    category: 'B',
    pattern: 'a ZIP code or postal code behind a State, or ZIP+4, or a word for it',
    test: found(
      /(?:\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\.?,? \d{5}(?:-\d{4})?\b|(?<![\d-])\d{5}-\d{4}(?![\d-])|\b(?:zip|postal|post)[- ]?(?:code)?:? ?[A-Z\d]{2,4}[- ]?[A-Z\d]{1,3}\b(?<=\d[A-Z\d]*)|\b(?:PLZ|CAP|CP):? ?\d{4,5}\b|(?<![A-Z\d])[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![A-Z\d])|(?<![A-Z\d])[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d(?![A-Z\d]))/,
    ),
  },
  {
    detector: 'place-in-text',
    category: 'B',
    pattern: 'where somebody lives, comes from or was born',
    test: found(
      /(?:(?:\b(?:lives?|living|resid(?:es|ing|ent)|born|grew up|moved|wohnhaft|wohnt|geboren|habite|née?|vive|nacid[oa])|(?:^|[ (])(?:native|home ?town|city|town|village|county|parish|precinct|district))(?: (?:alone|now|currently|with [a-z]+))*,?(?: is)?:? (?:in|at|near|of|from|to|à|en|te)? ?(?:the )?(?:city|town|village|county|parish|precinct|district)?(?: of)? ?\p{Lu}\p{Ll}{2,}|\p{Lu}\p{Ll}+ (?:County|Parish|Township|Borough)\b|\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?, (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\b)/u,
    ),
  },
  {
    detector: 'coordinates',
    category: 'B',
    pattern: 'a latitude and a longitude',
    test: found(/(?<![\d.])-?\d{1,2}\.\d{3,}°? ?[NS]?[,;/ ] ?-?\d{1,3}\.\d{3,}(?!\d)|\b\d{1,2}° ?\d{1,2}['′]/),
  },
  { detector: 'date', category: 'C', pattern: 'a date with a day or a month', test: holdsDate },
  {
    detector: 'age-in-text',
    category: 'C',
    pattern: 'an age over 89',
    test: found(
      /(?<![\d.])(?:9\d|1[01]\d)[- ]?(?:y\b|yo\b|y\/o|yrs?\b|years?[- ]?(?:old|of age)?\b|jahre|jährig|ans\b|años)|\b(?:aged?|age of|alter)[: ]+(?:9\d|1[01]\d)(?![\d.%])|\bage at [a-z]+[: ]+(?:9\d|1[01]\d)(?![\d.%])|\b(?:ninety|a hundred)[- ](?:one|two|three|four|five|six|seven|eight|nine)?[- ]?years?[- ]old/i,
    ),
  },
  {
    detector: 'fax',
    category: 'E',
    pattern: 'a word for fax and a number',
    test: found(/\b(?:tele)?fax(?:ed)?(?: (?:no|number|nr|to|is|at|it to))*[.: ]*\+?[(\d][\d ()./-]{6,}/i),
  },
  {
    detector: 'phone',
    category: 'D',
    pattern: 'a telephone number as people write it',
    test: (text) =>
      /(?<![\d.-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\d-])/.test(text) ||
      /(?<![\d+])\+[1-9]\d{0,2}[ ./-]?\(?\d(?:[ ()./-]{0,2}\d){6,12}(?!\d)/.test(text) ||
      /\b(?:tel(?:ephone|efon)?|phone|ph|mobile|mob|cell(?: ?phone)?|handy|call(?:ed|s)?(?: (?:back|him|her|them|us|on|at))*|reach(?:ed|able)?(?: (?:at|on|under))*|ring|dial|pager|beeper)(?: (?:no|number|nr|is|at|on|under|in an emergency|:))*[.: ]*\+?[(\d][\d ()./-]{5,}\d/i.test(
        text,
      ) ||
      /(?<![\d./-])0\d{1,4}(?:(?: ?[/-] ?| )(?:\d{3}[ -]?\d{4,5}|\d{4}[ -]?\d{3,4})|(?: ?\/ ?| )\d{6})(?![\d/-]|\.\d)/.test(
        text,
      ) ||
      /(?<![\d./-])0[1-9](?:[ .]\d{2}){4}(?!\d|\.\d)/.test(text),
  },
  {
    detector: 'email',
    category: 'F',
    pattern: 'an electronic mail address',
    test: found(
      /(?<![\p{L}\d._%+-])[\p{L}\d._%+-]{1,64} ?(?:@|\[at\]|\(at\)) ?[\p{L}\d-]+(?:\.[\p{L}\d-]+)*(?:\.| ?\[dot\] ?)\p{L}{2,}/iu,
    ),
  },
  {
    detector: 'ssn',
    category: 'G',
    pattern: 'three, two and four digits as a social security or taxpayer number is written',
    test: (text) =>
      [...text.matchAll(/(?<![\d-])(\d{3})([- ])(\d{2})\2(\d{4})(?![\d-])/g)].some(([, area, , group, serial]) =>
        // From 900 on they are given to taxpayers, and in data that are made up.
        checks.isSsn(`${area! >= '900' ? '123' : area}${group}${serial}`),
      ) ||
      [...text.matchAll(/\b(?:SSN|social security|soc\.? sec\.?)(?: (?:no|number|#))*[.:# ]*(\d{9})\b/gi)].some(
        ([, number]) => checks.isSsn(number!),
      ),
  },
  {
    detector: 'nir',
    category: 'G',
    pattern: 'a French social security number with its key',
    test: checked(/(?<!\d)[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\d)/g, checks.isNir),
  },
  {
    detector: 'medical-record-number',
    category: 'H',
    pattern: 'a word for a medical record or a patient, and a number',
    test: told(
      'mrn|mr ?#|med(?:ical)?\\.? rec(?:ord)?|chart|hosp(?:ital)?\\.?|unit record|pat(?:ient)?(?:en)?[- .]{0,2}(?:id|no|nr|number|nummer|#)|case|visit|encounter|accession|specimen|sample|fall(?:nummer|nr)|akten(?:zeichen|nr)|krankenblatt|dossier|historia cl[ií]nica|hcn?|bsn',
    ),
  },
  {
    detector: 'nhs-number',
    category: 'H',
    pattern: 'ten digits as an NHS number is written, with its check digit',
    test: checked(/(?<![\d-])\d{3} \d{3} \d{4}(?![\d-])|(?<=\bNHS\D{0,12})\d{10}(?!\d)/gi, checks.isNhsNumber),
  },
  {
    detector: 'mbi',
    category: 'I',
    pattern: 'a Medicare beneficiary identifier',
    test: checked(/(?<![A-Z\d])[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2}(?![A-Z\d])/gi, checks.isMbi),
  },
  {
    detector: 'kvnr',
    category: 'I',
    pattern: 'a word for a health insurance, and a German number with its check digit',
    test: checked(/(?<=\b(?:KV|Krankenv|Versich|eGK)[^\d]{0,40})[A-Z]\d{9}(?![A-Z\d])/gi, checks.isKvnr),
  },
  {
    detector: 'health-plan-number',
    category: 'I',
    pattern: 'a word for a health plan, and a number',
    test: told(
      'member|subscriber|policy|beneficiary|group|plan|insur(?:ance|ed|er)|medicare|medicaid|hicn|hpbn|versicher(?:ten|ungs?)?-?(?:nummer|nr)?|krankenkasse|mutuelle|p[oó]liza',
    ),
  },
  {
    detector: 'iban',
    category: 'J',
    pattern: 'an account number (IBAN) with its check digits',
    test: checked(/(?<![A-Z\d])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?![A-Z\d])/gi, checks.isIban),
  },
  {
    detector: 'card',
    category: 'J',
    pattern: 'a payment card with its check digit',
    test: checked(
      /(?<![\d.-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}(?![\d-]|\.\d)|(?<![\d.-])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\d-]|\.\d)/g,
      checks.isCardNumber,
    ),
  },
  {
    detector: 'account',
    category: 'J',
    pattern: 'a word for an account, and a number',
    test: told(
      'acc(?:oun)?t|a\\/c|bank|iban|billing|invoice|guarantor|konto(?:nummer|nr)?|cuenta|compte|card ending(?: in)?|credit card',
    ),
  },
  {
    detector: 'dea',
    category: 'K',
    pattern: 'a DEA registration with its check digit',
    test: checked(/(?<![A-Z\d])[ABFGMPRX][A-Z9]\d{7}(?![A-Z\d])/gi, checks.isDeaNumber),
  },
  {
    detector: 'npi',
    category: 'K',
    pattern: 'a National Provider Identifier with its check digit',
    test: checked(/(?<=\bNPI\D{0,12})[12]\d{9}(?!\d)/gi, checks.isNpi),
  },
  {
    detector: 'license',
    category: 'K',
    pattern: 'a word for a license, a certificate or a passport, and a number',
    test: told(
      "(?:driv(?:er|ing)(?:'?s)? )?licen[cs]e|DL|passport|certificate|cert|registration|führerschein|personalausweis|reisepass|ausweis|permis|pasaporte|npi|dea",
    ),
  },
  {
    detector: 'vin',
    category: 'L',
    pattern: 'a vehicle identification number with its check digit',
    test: checked(/(?<![A-Z\d])[A-HJ-NPR-Z\d]{17}(?![A-Z\d])/gi, checks.isVin),
  },
  {
    detector: 'plate',
    category: 'L',
    pattern: 'a word for a license plate, and a plate',
    test: told(
      '(?:licen[cs]e |number |vehicle )?plate|tag|kennzeichen|matr[ií]cula|plaque|vehicle reg(?:istration)?|car reg(?:istration)?|vin|(?:his|her|their) car',
      '(?:[A-ZÄÖÜ\\d]{1,4}[- ·]?){1,3}\\d[A-Z\\d]*',
    ),
  },
  {
    detector: 'device',
    category: 'M',
    pattern: 'a word for a device or its serial number, and a number',
    test: told(
      'serial|s\\/n|ser\\. ?(?:no|nr)|device|implant|pacemaker|udi|imei|lot|pump|model and serial|seriennummer|gerät(?:e-?nr)?',
      '[#A-Z]{0,6}[-/ ]?\\d[A-Z\\d/-]{3,}',
    ),
  },
  { detector: 'udi', category: 'M', pattern: 'a unique device identification (GS1)', test: found(/\(01\)\d{14}/) },
  {
    detector: 'mac-address',
    category: 'M',
    pattern: 'a MAC address',
    test: found(/(?<![\dA-F:])(?:[\dA-F]{2}[:-]){5}[\dA-F]{2}(?![\dA-F:])/i),
  },
  {
    detector: 'url',
    category: 'N',
    pattern: 'a web address',
    test: found(
      /\b(?:https?|ftp):\/\/\S+|\bwww\.[\p{L}\d-]+\.\p{L}{2,}|(?<![@\p{L}\d.-])[\p{L}\d-]+\.(?:com|org|net|edu|gov|info|io|de|fr|nl|co\.uk|eu)\/[\w~%./?#=&-]+/iu,
    ),
  },
  {
    detector: 'ipv4',
    category: 'O',
    pattern: 'an IP address, version 4, that is no number of an enzyme',
    test: found(/(?<!\bEC ?)(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\d)/),
  },
  {
    detector: 'ipv6',
    category: 'O',
    pattern: 'an IP address, version 6',
    test: found(
      /(?<![\dA-F:])(?:(?:[\dA-F]{1,4}:){7}[\dA-F]{1,4}|(?:[\dA-F]{1,4}:){1,6}(?::[\dA-F]{1,4}){1,6}|fe80::[\dA-F:]+)(?![\dA-F:])/i,
    ),
  },
  {
    detector: 'image-in-cell',
    category: 'Q',
    pattern: 'a picture within a cell, or the file of a face',
    test: found(
      /^data:image\/|(?:face|facial|portrait|photo|headshot|selfie|mugshot)[\w-]*\.(?:jpe?g|png|heic|gif|bmp|tiff?|webp)\b/i,
    ),
  },
  {
    detector: 'biometric-in-cell',
    category: 'P',
    pattern: 'the file or template of a fingerprint, an iris or a voice',
    test: found(
      /\b(?:fingerprint|finger ?print|retina(?:l)? scan|iris ?(?:scan|code|template)|voice ?print|palm ?print|gait signature|minutiae|face ?(?:id|embedding|template))s?\b[\s:#=]*\S*\d/i,
    ),
  },
  uuid,
  {
    detector: 'dni',
    category: 'R',
    pattern: 'a Spanish identity number with its letter',
    test: checked(/(?<![A-Z\d])[\dXYZ]-?\d{7}-?[A-Z](?![A-Z\d])/gi, checks.isDni),
  },
  {
    detector: 'steuer-id',
    category: 'R',
    pattern: 'a word for a tax number, and a German one with its check digit',
    test: checked(/(?<=\b(?:Steuer|tax)\D{0,40})\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\d)/gi, checks.isSteuerId),
  },
  {
    detector: 'study-number',
    category: 'R',
    pattern: 'a word for a person in a study, an employee or a user, and a number',
    test: told(
      'subject|participant|study id|enrol?lment|employee|staff|badge|student|user(?:name)?|handle|national id|citizen|personnummer|trial (?:id|no|number)',
    ),
  },
];

import * as checks from './check-digits.js';
import { holdsDate } from './dates.js';
import { holdsName } from './person-names.js';
import { checked, found, told, type TextPattern } from './text-matching.js';

/** Each with a small or a capital letter; what stands before it has a capital one. */
const streets = (
  'street st avenue ave road rd lane ln drive dr boulevard blvd court ct place pl square sq terrace way crescent close ' +
  'parkway pkwy highway hwy trail circle alley row walk gardens'
)
  .split(' ')
  .map((word) => `[${word[0]!.toUpperCase()}${word[0]}]${word.slice(1)}`)
  .join('|');

/** (A) to (I): who and where somebody is, when something happened, how they are reached, by what number a hospital and an insurer know them. */
export const personPatterns: readonly TextPattern[] = [
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
      /(?:\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\.?,? \d{5}(?:-\d{4})?\b|(?<![\d-])\d{5}-\d{4}(?![\d-])|\b(?:[Zz]ip|ZIP|[Pp]ostal|[Pp]ost)[- ]?(?:[Cc]ode)?:? ?[A-Z\d]{2,4}[- ]?[A-Z\d]{1,3}\b(?<=\d[A-Z\d]*)|\b(?:PLZ|CAP|CP):? ?\d{4,5}\b|(?<![A-Z\d])[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![A-Z\d])|(?<![A-Z\d])[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d(?![A-Z\d]))/,
    ),
  },
  {
    detector: 'place-in-text',
    category: 'B',
    pattern: 'where somebody lives, comes from or was born',
    test: found(
      /(?:(?:\b(?:lives?|living|resid(?:es|ing|ent)|born|grew up|moved|wohnhaft|wohnt|geboren|habite|née?|vive|nacid[oa])|(?:^|[ (])(?:native|home ?town|city|town|village|county|parish|precinct|district))(?: (?:alone|now|currently|here|there|back|with [a-z]+))*,?(?: is)?:? (?:in|at|near|of|from|to|à|en|te)? ?(?:the )?(?:city|town|village|county|parish|precinct|district)?(?: of)? ?\p{Lu}\p{Ll}{2,}|\p{Lu}\p{Ll}+ (?:County|Parish|Township|Borough)\b|\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?, (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\b)/u,
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
    test: found(
      /\b(?:tele)?fax(?:ed)?(?: (?:no|number|nr|to|is|at|it to|(?:results?|report|notes?|labs?|records?|letter) to))*[.: ]*\+?[(\d][\d ()./-]{6,}/i,
    ),
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
      /(?<!\d)\(0\d{1,4}\) ?\d{3,4}[ -]?\d{3,4}(?!\d)/.test(text) ||
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
    detector: 'nino',
    category: 'G',
    pattern: 'two letters, six digits and a letter as a British national insurance number',
    test: found(
      /(?<![A-Z\d])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d{2}){3} ?[A-D](?![A-Z\d])/,
    ),
  },
  {
    detector: 'national-number',
    category: 'G',
    pattern: 'a word for the number by which a state knows somebody, and digits',
    test: found(
      /(?<!\p{L})(?:PESEL|CPR|hetu|personnummer|fødselsnummer|codice fiscale|BSN|SVNR|AHV)(?:[- .]?(?:nr|no|nummer)\b)?[.:# ]*(?:[A-Z]{6})?\d[\d. -]{5,}|\b(?:SSN|social security(?: number)?|soc\.? sec\.?) (?:ending|ends)(?: (?:in|with))? ?\d{4}(?!\d)/iu,
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
];

const months =
  'jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|mar(?:ch|s)?|märz|apr(?:il)?|may|mai|mei|june?|juni|juin|july?|juli|juillet|' +
  'aug(?:ust)?|août|sept?(?:ember)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember)?|décembre|' +
  'enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre';
const year = '(?:1[89]|20)\\d\\d';
const day = '(?:0?[1-9]|[12]\\d|3[01])';
const month = '(?:0?[1-9]|1[0-2])';
const edge = '(?<![\\d./-])';
const end = '(?![\\d/-]|\\.\\d)';

/** Dates with a day, wherever they stand: 2021-03-12, 12/03/2021, 3/12/21, 12.3.2021, 12 March 2021, March 12th, 2021. */
const written = new RegExp(
  [
    `${edge}${year}[-/.]${month}[-/.]${day}(?![\\d/-])`,
    `${edge}${day}[/.-]${month}[/.-](?:${year}|\\d\\d)${end}`,
    `${edge}${month}[/-]${day}[/-](?:${year}|\\d\\d)${end}`,
    `(?<![\\d.])${day}(?:st|nd|rd|th|\\.)?[ -](?:of )?(?:${months})\\.?[ ,-]{1,2}(?:of )?(?:${year}|\\d\\d\\b)`,
    `\\b(?:${months})\\.? ${day}(?:st|nd|rd|th)?,? ${year}`,
    `(?<![\\d.])${day} de (?:${months}|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro) (?:de|del) ${year}`,
    // A month or a day of no year.
    `\\b(?:in|since|until|from|seit|on) (?:${months}) ${year}`,
    `\\b(?:on|since|until|am|admitted|discharged|born|seen|dob)[: ]+(?:the )?${day}(?:st|nd|rd|th|\\.)? (?:of )?(?:${months})\\b`,
    `(?:\\b(?:on|since|until|am|admitted|discharged|born|seen|dob)|\\bf/u)[: ]+(?:${months}) ${day}(?:st|nd|rd|th)?\\b`,
    `\\b(?:on|since|admitted|discharged|seen|dob|born)[: ]+${month}/${day}\\b(?!/| of\\b)`,
  ].join('|'),
  'iu',
);

/** True for text in which a date with a day or a month stands. */
export function holdsDate(text: string): boolean {
  return written.test(text);
}

const compact = new RegExp(`^${year}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?:T?\\d{4,6})?$`);
const monthOfYear = new RegExp(
  `^(?:${year}[-/](?:0[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/.]${year}|(?:${months})\\.?[ -]?${year})$`,
  'iu',
);

/** A cell that is 20210312, 2021-03, 03/2021 or March 2021: by itself it may be something else, as all of a column it is a date. */
export function isCompactDate(cell: string): boolean {
  return compact.test(cell) || monthOfYear.test(cell);
}

/** A number that counts days or seconds: of SAS and Excel by days, of Unix by seconds or milliseconds. */
export function isSerialDate(cell: string): boolean {
  const serial = Number(cell);
  return (serial >= 5000 && serial <= 80_000) || (serial >= 1e8 && serial < 2e9) || (serial >= 1e11 && serial < 2e12);
}

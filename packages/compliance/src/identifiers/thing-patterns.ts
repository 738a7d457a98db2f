import * as checks from './check-digits.js';
import { checked, found, told, uuids, type TextPattern } from './text-matching.js';

const uuid: TextPattern = {
  detector: 'uuid',
  category: 'R',
  pattern: 'a universally unique identifier',
  test: (text) => text.search(uuids) >= 0,
};

/** (J) to (R): accounts, papers, vehicles, devices, addresses in networks, and all other numbers of one person. */
export const thingPatterns: readonly TextPattern[] = [
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
      '(?:licen[cs]e |number |vehicle )?plate|kennzeichen|matr[ií]cula|plaque|vehicle reg(?:istration)?|car reg(?:istration)?|vin|(?:his|her|their) car',
      '(?:[A-ZÄÖÜ\\d]{1,4}[- ·]?){1,3}\\d[A-Z\\d]*',
    ),
  },
  {
    detector: 'device',
    category: 'M',
    pattern: 'a word for a device or its serial number, and a number',
    test: told(
      'serial|s\\/n|ser\\. ?(?:no|nr)|device|implant|pacemaker|udi|imei|lot|pump|model and serial|seriennummer|gerät(?:e-?nr)?',
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
      /\b(?:https?|ftp):\/\/\S+|\bwww\.[\p{L}\d-]+\.\p{L}{2,}|(?<![@\p{L}\d.-])(?:[\p{L}\d-]{1,63}\.){1,5}(?:com|org|net|edu|gov|info|io|de|fr|nl|co\.uk|eu)\/[\w~%./?#=&-]+/iu,
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
      /^data:image\/|^(?:\/9j\/|iVBORw0KGgo)[A-Za-z\d+/]{40}|(?:face|facial|portrait|photo|headshot|selfie|mugshot)[\w-]*\.(?:jpe?g|png|heic|gif|bmp|tiff?|webp)\b/i,
    ),
  },
  {
    detector: 'biometric-in-cell',
    category: 'P',
    pattern: 'the file or template of a fingerprint, an iris or a voice',
    test: found(
      /\b(?:fingerprint|finger ?print|retina(?:l)? scan|iris ?(?:scan|code|template)|voice ?print|palm ?print|gait signature|minutiae|face ?(?:id|embedding|template))s?\b(?: ?(?:id|no|number|hash|code)\b)?[\s:#=]*\S*\d/i,
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

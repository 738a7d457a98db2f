import { frequentFamilyNames, frequentGivenNames } from './frequent-names.js';

const capital = "\\p{Lu}(?:['’]\\p{Lu})?\\p{Ll}[\\p{L}'’]*(?:-\\p{Lu}[\\p{L}'’]+)?";
const particle = '(?:van|von|de|del|della|di|da|dos|le|la|der|den|bin|al|el|O|Mc|Mac)';
const familyName = `(?:${particle} ){0,2}${capital}`;

/** `Dr. Weber`, `Mrs O'Neill`, `Herr von Hagen`: a title and what stands behind it. */
const titled = new RegExp(
  `\\b(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Rev|Herrn?|Hr(?=\\.)|Frau|Mme|Mlle|Monsieur|Madame|Señora?|Sra?|Dhr|Mevr|Dott|Sig(?:\\.?ra)?|Fru|Pani|Nurse)\\.? (?!Alpha|Beta|Gamma|Delta|Chain)(?:\\p{Lu}\\.? ?){0,2}${familyName}`,
  'u',
);

/** What patients and doctors have beside a name. */
const noPerson =
  'Health|Care|Safety|Activation|Global|Reported|Outcomes?|Determined|Education|Questionnaire|Identifier|Visit|Status|Record|History|' +
  'Assessment|Encounter|Satisfaction|Discharge|Transfer|Consent|Position|Information|Data|Registry|Services?|Counsel+ing';

/** `patient name: Amira Haddad`, `daughter Wiebke Claasen`: a word for a person, and two capitalised words or one after a colon. */
const introduced = new RegExp(
  '(?:\\b(?:[Pp]atient|[Pp]t|[Cc]lient|[Mm]other|[Ff]ather|[Ww]ife|[Hh]usband|[Ss]pouse|[Pp]artner|[Dd]aughter|[Ss]on|[Ss]ister|[Bb]rother|' +
    '[Aa]unt|[Uu]ncle|[Nn]eighbou?r|[Gg]uardian|[Cc]arer|[Cc]aregiver|[Nn]ext of kin|[Ee]mployer|[Pp]hysician|[Dd]octor|[Ss]urgeon|[Pp]rovider|' +
    '[Nn]urse|[Cc]ontact|[Ss]igned|[Cc]alled|[Nn]amed|[Aa]ttending|[Ii]nterpreter|GP|PCP|NOK|RN)(?: (?:is|was|by|name|named|called))*[:,]? )' +
    `(?!(?:${noPerson})\\b)\\p{Lu}[\\p{L}.'’-]* (?:\\p{Lu}\\.? )?${familyName}` +
    `|\\b(?:[Nn]ame|[Nn]ame of (?:patient|kin)|[Ss]igned(?: by)?|NOK|[Cc]alls (?:him|her)self)(?: is)?: ?${familyName}`,
  'u',
);

const pairs = new RegExp(`(?<![\\p{L}])(${capital}),? (?:\\p{Lu}\\.? )?(${familyName})`, 'gu');
const capitals = /(?<!\p{L})(\p{Lu}{2,}),? (?:\p{Lu}\.? )?(\p{Lu}{2,})(?!\p{L})/gu;

const bare = (word: string): string => word.toLowerCase().replace(/\d+$/, '');
const isGiven = (word: string): boolean =>
  bare(word)
    .split('-')
    .some((part) => frequentGivenNames.has(part));
const isFamily = (word: string): boolean => frequentFamilyNames.has(bare(word.split(' ').at(-1)!));

/** Words that stand behind a word that is also a given name, without being a family name. */
const noFamily = new Set(
  (
    'disease syndrome sign test scale score criteria fracture operation procedure stage type grade hospital clinic university ' +
    'islands county river street road avenue index stain catheter tube position protocol regimen method virus fever'
  ).split(' '),
);

/** What stands behind a name that is a house's. */
const institution =
  /^(?:['’]s)?(?: \p{Lu}[\p{L}'’]*){0,2} (?:Hospitals?|Clinics?|Medical|Health|Cancer|Cent(?:er|re)|University|Institute|College|Foundation|School)(?!\p{L})/u;

/** True for text in which somebody is named. Whoever has a rare name and no title may be missed. */
export function holdsName(text: string): boolean {
  if (titled.test(text) || introduced.test(text)) return true;
  return [...text.matchAll(pairs), ...text.matchAll(capitals)].some(({ 0: both, 1: first, 2: second, index }) => {
    if (noFamily.has(second!.toLowerCase()) || institution.test(text.slice(index + both.length))) return false;
    return isGiven(first!) || (isGiven(second!) && (isFamily(first!) || both.includes(',')));
  });
}

const nameLike = /^\p{Lu}[\p{L}'’.-]*\d*(?:,? (?:van|von|de|der|del|la|le|\p{Lu}[\p{L}'’.-]*)\d*){0,4}$/u;

/** A cell that could be a name: some capitalised words, and nothing else. Digits behind a word, as Synthea has them, do not count. */
export function isNameLike(cell: string): boolean {
  return cell.length <= 60 && nameLike.test(cell);
}

/** A cell that is a frequent given or family name, or two of both. */
export function isFrequentName(cell: string): boolean {
  const words = cell
    .split(/[ ,]+/)
    .filter((word) => word !== '')
    .map(bare);
  if (words.length === 0 || words.length > 3) return false;
  return words.some((word) => isGiven(word)) || (words.length === 1 && frequentFamilyNames.has(words[0]!));
}

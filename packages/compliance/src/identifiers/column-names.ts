import type { IdentifierCategory } from './categories.js';

/** What the values of a column have to look like before its name is believed: a flag `phone` of 0 and 1 is no telephone number. */
export type Shape = 'words' | 'varied' | 'dates' | 'digits' | 'numbers' | 'any';

/** A kind of column that is known by its name. */
export interface NamedColumn {
  readonly detector: string;
  readonly category: IdentifierCategory;
  readonly pattern: string;
  /** Over the name in lower case, words parted by single spaces. */
  readonly name: RegExp;
  readonly shape: Shape;
}

/** In the order of the categories; of one category the first that fits is told. */
export const namedColumns: readonly NamedColumn[] = [
  {
    detector: 'named-name',
    category: 'A',
    pattern: 'a column named as a name',
    name: /^(?:first|last|maiden|given|middle|surname|forename)$|\b(?:first|last|middle|maiden|given|family|sur|full|fore|nick|birth|legal|preferred|patient|pat|pt|person|client|member|mother|father|parent|spouse|partner|guardian|kin|contact|physician|doctor|dr|provider|surgeon|nurse|clinician|gp|operator|referrer|employer|relative) ?s? ?(?:name|nm|nme)s?\b|\b[flm] ?name\b|\b[flm] ?nm\b|\bsurname|\bforename|\bmaiden|\binitials\b|\b(?:vor|nach|familien|geburts|patienten) ?name\b|\b(?:pre|pré)?nom\b|\bprenom\b|\bprénom\b|\bapellidos?\b|\bnombres?\b|\bcognome\b|\bachternaam\b|\bvoornaam\b|\bnext of kin\b|\b(?:attending|referring|treating|emergency contact)$|\bwho signed\b|\balias\b|(?<!\p{L})(?:nazwisko|imi[eę]|(?:etter|efter|for|för|fornavn|mellem) ?na(?:vn|mn)|navn|(?:suku|etu)nimi|sobrenome|nome|(?:vezeték|kereszt)név|příjmení|jméno|soy ?ad[ıi]?|prezime|(?:achter|voor)?naam|behandelaar|nom du médecin|nom du medecin|hasta(?:nın)? ad[ıi])(?!\p{L})/u,
    shape: 'words',
  },
  {
    detector: 'named-place',
    category: 'B',
    pattern: 'a column named as an address or a place',
    name: /\b(?:street|strasse|straße|strassenname|rue|calle)\b|\baddr(?:ess)?(?: ?(?:line)? ?\d)?\b|\badr\b|\badresse\b|\bdirecci[oó]n\b|\b(?:city|town|village|county|precinct|parish|municipality|borough|neighbou?rhood|suburb|wohnort|ort|stadt|ville|ciudad|gemeinde|landkreis|commune|plaats|woonplaats|domicile|residence|hometown)\b|\bbirth ?place\b|\bplace of (?:birth|death|residence)\b|\bgeburtsort\b|(?<!\p{L})(?:wohn ?sitz|miasto|miejscowo[sś][cć]|ulica|kommune|kommun|bosted|bostadsort|kotikunta|comune|indirizzo|morada|cidade|endereço|città|bydliště|lakcím|adres(?:se|s|a)?|woonadres|bairro|(?:land)?kreis)(?!\p{L})/u,
    shape: 'words',
  },
  {
    detector: 'named-zip',
    category: 'B',
    pattern: 'a column named as a postal code or a census tract',
    name: /\bzip\b|\bzip ?(?:code|cd|plus)?\d?\b|\bpost(?:al)? ?(?:code|cd)\b|\bpost ?code\b|\bplz\b|\bpostleitzahl\b|\bcode postal\b|\bc[oó]digo postal\b|\bcensus (?:tract|block)\b|\btract\b|\bfips\b|\bgeo ?(?:id|code)\b|(?<!\p{L})(?:kod ?pocztowy|post ?(?:nr|nummer)|posti ?numero|c[oó]digo ?postal|cep|psč|irányítószám)(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-coordinates',
    category: 'B',
    pattern: 'a column named as a latitude or a longitude',
    name: /\b(?:lat|lon|lng|long|latitude|longitude|geo ?lat|geo ?lon|coords?|coordinates|gps)\b/,
    shape: 'varied',
  },
  {
    detector: 'named-birth-part',
    category: 'C',
    pattern: 'a column named as the month or the day of a date',
    name: /\b(?:month|day|week) (?:of )?(?:birth|death|admission|discharge|surgery|visit|diagnosis)\b|\b(?:birth|death|admission|discharge) ?(?:month|day)\b/,
    shape: 'numbers',
  },
  {
    detector: 'named-date',
    category: 'C',
    pattern: 'a column named as a date, with dates or numbers that count days',
    name: /\b(?:dob|dod|doa|birth ?(?:date|day|dt)|death ?(?:date|dt)|date of|geburts ?(?:datum|tag)|geb ?dat|nacimiento|naissance)\b|\bdates?\b|\bdatum\b|\bdttm\b|\bdt\b|\bdate ?time\b|\btimestamp\b|\bfecha\b|\b(?:admitted|discharged|admission|discharge) (?:on|at|dt)\b|(?<!\p{L})(?:(?:fødsels|födelse) ?dat(?:o|um)|data ?(?:urodzenia|zgonu|nascimento|nascita|di nascita|de nascimento)|syntymä ?aika|doğum ?tarihi|(?:aufnahme|entlassungs|sterbe|operations) ?(?:tag|datum))(?!\p{L})/u,
    shape: 'dates',
  },
  {
    detector: 'named-fax',
    category: 'E',
    pattern: 'a column named as a fax number',
    name: /\b(?:tele)?fax\b|(?<!\p{L})tele ?faks(?!\p{L})|(?<!\p{L})faks(?!\p{L})/u,
    shape: 'digits',
  },
  {
    detector: 'named-phone',
    category: 'D',
    pattern: 'a column named as a telephone number',
    name: /\b(?:tele)?phones?\b|\btel(?:efon|efono)?\b|\bmobile\b|\bmob\b|\bcell ?(?:no|nr|phone|number)\b|\bhandy\b|\b(?:home|work|day ?time|contact|emergency|callback) (?:no|nr|number|tel)\b|\bpager\b|(?<!\p{L})(?:telefoon|gsm|telefone|telefono|teléfono|telefon ?nr|puhelin|mobil(?:nummer|e)?|móvil|celular|(?:nr|numer) tel(?:efonu)?)(?!\p{L})/u,
    shape: 'digits',
  },
  {
    detector: 'named-email',
    category: 'F',
    pattern: 'a column named as an electronic mail address',
    name: /\be ?mails?\b|\bmail ?(?:address|addr)?$|\bcorreo\b|\bcourriel\b/,
    shape: 'words',
  },
  {
    detector: 'named-ssn',
    category: 'G',
    pattern: 'a column named as a social security number',
    name: /\bssn\b|\bsoc(?:ial)? ?sec(?:urity)?\b|\bsoc ?sec ?(?:no|nr|num|number)?\b|\bsin ?(?:no|number)\b|\bbsn\b|\bnir\b|\binsee\b|\bnino\b|\bnational insurance\b|\bsozialversicherung|\brvnr\b|(?<!\p{L})(?:pesel|cpr(?: ?(?:nr|nummer))?|codice ?fiscale|hetu|henkilötunnus|fødselsnummer|person ?nummer|rodné číslo|cpf|amka|taj)(?!\p{L})/u,
    shape: 'digits',
  },
  {
    detector: 'named-mrn',
    category: 'H',
    pattern: 'a column named as a medical record number',
    name: /\bmrn\w?\b|\bmr ?no\b|\bmed(?:ical)? ?rec(?:ord)?\b|\bchart ?(?:no|nr|num|number|id)\b|\bhosp(?:ital)? ?(?:no|nr|number|num)\b|\bunit (?:no|number)\b|\bnhs\b|\bchi ?(?:no|number)\b|\bpat(?:ient)? ?(?:no|nr|nbr|num|number)\b|\bfall ?(?:nummer|nr)\b|\bpatienten ?(?:nummer|nr)\b|(?<!gene |genbank |protein |sequence |nucleotide )\bacc(?:ession)? ?(?:no|nr|num|number)\b|\bdossier\b|\bnhc\b|(?<!\p{L})(?:akten ?(?:zeichen|nr|nummer)|(?:nr|numer) historii|ipp|journal ?(?:nr|nummer)|cartella clinica)(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-health-plan',
    category: 'I',
    pattern: 'a column named as a number in a health plan',
    name: /\b(?:member|subscriber|policy|beneficiary|insurance|insured|insurer|plan|medicare|medicaid|payer|payor|group) ?(?:id|no|nr|num|number|ident(?:ifier)?)\b|\bhicn?o?\b|\bmbi\b|\bhpbn\b|\bkvnr\b|\begk\b|\bversicher(?:ten|ungs) ?(?:nummer|nr)\b|(?<!\p{L})(?:vers(?:ich)?(?:erten|erungs)? ?(?:nr|nummer)|polis ?(?:nr|nummer))(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-account',
    category: 'J',
    pattern: 'a column named as an account',
    name: /\bacc(?:oun)?t\b ?(?:no|nr|num|number|id)?\b|\baccount\b|\biban\b|\bcredit ?card\b|\bcard ?(?:no|nr|num|number)\b|\bkonto ?(?:nummer|nr)?\b|\bbilling ?(?:id|no|number)\b|\binvoice\b|\bguarantor\b|(?<!\p{L})(?:rechnungs? ?(?:nr|nummer)|faktura(?: ?nr)?|facture)(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-license',
    category: 'K',
    pattern: 'a column named as a license, a certificate or a passport',
    name: /\blicen[cs]e\b|\blic ?(?:no|nr|num|number)\b|\bdriv(?:er|ing)s?\b|\bdl ?(?:no|number)\b|\bpassport|\bcert(?:ificate)? ?(?:no|nr|num|number|id)\b|\bnpi\b|\bdea ?(?:no|number)?\b|\bausweis|\bführerschein|\breisepass|(?<!\p{L})(?:rij ?bewijs|kørekort|körkort|prawo jazdy|patente|permis de conduire)(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-vehicle',
    category: 'L',
    pattern: 'a column named as a vehicle or its plate',
    name: /\bvin\b|\bvehicle ?(?:id|no|nr|num|number|reg)?\b|\b(?:licen[cs]e|number|reg(?:istration)?) ?plate\b|\bplate ?(?:no|nr|number)\b|\bkennzeichen\b|\bcar reg|^plate$|(?<!\p{L})(?:nr rejestracyjny|matr[ií]cula|targa|immatriculation|nummerplade)(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-device',
    category: 'M',
    pattern: 'a column named as a device or a serial number',
    name: /\bserial\b|\bdevice ?(?:id|no|nr|num|number|ident\w*|serial|sn)\b|\bimplant ?(?:id|no|nr|num|number|serial)\b|\budi\b|\bimei\b|\bmac ?addr(?:ess)?\b|\bs ?n$|\bseriennummer\b|\blot ?(?:no|nr|num|number)\b|(?<!\p{L})serie ?(?:nr|nummer)(?!\p{L})|\bs ?n\b$/u,
    shape: 'varied',
  },
  {
    detector: 'named-url',
    category: 'N',
    pattern: 'a column named as a web address',
    name: /\burls?\b|\bweb ?(?:site|page|address)\b|\bhome ?page\b|\bhyper ?link\b|\bprofile link\b/,
    shape: 'words',
  },
  {
    detector: 'named-ip',
    category: 'O',
    pattern: 'a column named as an IP address',
    name: /\bip ?(?:addr(?:ess)?|v4|v6|no)\b|\bip$|^ip\b|\bremote (?:host|addr)\b/,
    shape: 'varied',
  },
  {
    detector: 'named-biometric',
    category: 'P',
    pattern: 'a column named as a biometric identifier',
    name: /\bfinger ?prints?\b|\bretina(?:l)? ?scan\b|\biris ?(?:scan|code|template|hash)\b|\bvoice ?prints?\b|\bpalm ?prints?\b|\bbiometrics?\b|\bface ?(?:id|embedding|template|hash|vector)\b|\bgait ?(?:template|signature)\b|\bdna ?(?:profile|fingerprint)\b|(?<!\p{L})(?:finger ?abdru[cü]c?k|odcisk palca|empreintes? digitales?|huella(?:s)? (?:dactilar(?:es)?|digital)|irys ?skan|voice ?print(?: ?\p{L}+)?)(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-photo',
    category: 'Q',
    pattern: 'a column named as a photograph of a person',
    name: /\bphotos?(?:graphs?)?\b|\bportraits?\b|\bhead ?shots?\b|\bselfies?\b|\bmug ?shots?\b|\b(?:face|facial) ?(?:image|picture|photo|scan)s?\b|\bprofile ?(?:image|picture)\b|\bavatar\b|\bfull ?face\b|(?<!\p{L})(?:foto(?:grafi[ea])?s?|zdj[eę]cie|bild der person|passbild|valokuva|lichtbild)(?!\p{L})/u,
    shape: 'varied',
  },
  {
    detector: 'named-person-key',
    category: 'R',
    pattern: 'a column named as the number of a patient, a person or a subject',
    name: /^(?:id|pid|subject|participant|seqn|usubjid|subjid|respondent|caseid|recordid|proband|studienid)$|\b(?:patient|pat|pt|person|subject|subj|participant|respondent|proband|case|record|encounter|visit(?: occurrence)?|stay|admission|episode|sample|specimen|instance|study|client|user|staff|employee|national|citizen|enrol?lment|patientunitstay|patienthealthsystemstay|uniquep|health ?system ?stay|unit ?stay) ?(?:s )?(?:uid|guid|uuid|id|key|nbr|no|nr|num|number|ident|identifier|code|hash|token|pseudonym|handle)s?\b|\b(?:patientid|personid|subjectid|encounterid|patientunitstayid|patienthealthsystemstayid|uniquepid|caseno|patno|ptno)\b|\bpseudonym\b|\btoken\b|\bguid\b|\buuid\b|\busername\b|\buser ?name\b|\bdni\b|\bnif\b|\bsteuer ?id\b|\btax ?(?:id|no|number)\b|\bcurp\b|\bpersonnummer\b|(?<!\p{L})(?:(?:spender|proband(?:en)?|teilnehmer|studien) ?(?:nr|nummer))(?!\p{L})|\btwitter\b|\binstagram\b/u,
    shape: 'varied',
  },
];

/** `patientLastName2`, `PT_LAST-NM` and `pt.last.nm` as words in lower case. */
export function wordsOf(name: string): string {
  return name
    .normalize('NFC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .replace(/[^\p{L}\d]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** A column that holds an age. */
export function isAge(words: string): boolean {
  return (
    /(?<!\p{L})(?:age|alter|edad|leeftijd|eta|età|âge|alder|ålder|wiek|ikä|idade|yaş|věk)(?!\p{L})/u.test(words) &&
    !/\b(?:group|band|bin|gestational|bone|onset)\b/.test(words)
  );
}

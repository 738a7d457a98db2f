/** Where personal data may go to without a further safeguard, by the law as of `version`. Replaceable. */
export interface CountryList {
  readonly version: string;
  readonly source: string;
  /** ISO 3166-1, two letters. */
  readonly countries: readonly string[];
}

/** The European Economic Area: one room for transfers. */
export const economicArea: CountryList = {
  version: '2020-02-01',
  source: 'Agreement on the European Economic Area; Regulation (EU) 2016/679 by EEA Joint Committee Decision 154/2018',
  countries: [
    ...['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU'],
    ...['LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK', 'IS', 'LI', 'NO'],
  ],
};

/** Countries with a decision under Article 45 that holds for all recipients. Of Canada and the United States it holds for some alone. */
export const adequateCountries: CountryList = {
  version: '2025-06',
  source: 'European Commission, Adequacy decisions (Regulation (EU) 2016/679, Article 45)',
  countries: ['AD', 'AR', 'CH', 'FO', 'GB', 'GG', 'IL', 'IM', 'JE', 'JP', 'KR', 'NZ', 'UY'],
};

/** Where a decision holds for certified or commercial recipients. */
export const partlyAdequate: readonly string[] = ['CA', 'US'];

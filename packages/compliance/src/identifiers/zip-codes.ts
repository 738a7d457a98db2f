/**
 * Three-digit ZIP codes whose areas have 20,000 inhabitants or fewer, which Safe Harbor has changed to 000
 * (45 CFR 164.514(b)(2)(i)(B)(2)). From census to census there are others: whoever has a newer list puts it in this one's place.
 */
export interface RestrictedZipCodes {
  readonly version: string;
  readonly source: string;
  readonly prefixes: readonly string[];
}

/** As the Department of Health and Human Services tells them. */
export const restrictedZipCodes2000: RestrictedZipCodes = {
  version: 'census 2000',
  source:
    'HHS, Guidance Regarding Methods for De-identification of Protected Health Information, 26 November 2012, section 3.2',
  prefixes: [
    ...['036', '059', '063', '102', '203', '556', '692', '790', '821'],
    ...['823', '830', '831', '878', '879', '884', '890', '893'],
  ],
};

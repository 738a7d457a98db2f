/**
 * Grams that are one mole, so that a mass can be told as an amount. From the formula and the abridged standard atomic weights of
 * IUPAC (2021: C 12.011, H 1.008, N 14.007, O 15.999, S 32.06, P 30.974, I 126.904). Textbooks round: creatinine by 113.1
 * gives 88.42 umol/L for 1 mg/dL, by its formula it is 88.40.
 */
export const analytes = {
  glucose: 180.156, // C6H12O6
  cholesterol: 386.664, // C27H46O; HDL and LDL are told as their cholesterol
  triglycerides: 885.453, // C57H104O6, as triolein
  creatinine: 113.12, // C4H7N3O
  urea: 60.056, // CH4N2O
  /** Blood urea nitrogen: the mass of its two atoms of nitrogen, the amount of urea. */
  'urea-nitrogen': 28.014,
  'uric-acid': 168.112, // C5H4N4O3
  bilirubin: 584.673, // C33H36N4O6
  lactate: 90.078, // C3H6O3
  /** The monomer, as the amount is told in the Netherlands and in Denmark (16.1145 kDa; IFCC/IUPAC). */
  hemoglobin: 16114.5,
  iron: 55.845,
  calcium: 40.078,
  magnesium: 24.305,
  phosphorus: 30.974,
  sodium: 22.99,
  potassium: 39.098,
  chloride: 35.45,
  lithium: 6.94,
  ammonia: 17.031, // NH3
  thyroxine: 776.872, // C15H11I4NO4
  cortisol: 362.466, // C21H30O5
  testosterone: 288.431, // C19H28O2
  'vitamin-d': 400.647, // 25-hydroxyvitamin D3, C27H44O2
  'vitamin-b12': 1355.388, // cyanocobalamin, C63H88CoN14O14P
  folate: 441.404, // C19H19N7O6
} as const;

/** Charges of an ion: 1 mmol has so many milliequivalents. */
export const charges: Readonly<Record<string, number>> = {
  sodium: 1,
  potassium: 1,
  chloride: 1,
  lithium: 1,
  calcium: 2,
  magnesium: 2,
};

/** What a mapping may name. The last one is converted by an equation of its own (see `converter`). */
export const analyteNames = [...Object.keys(analytes), 'hba1c'];

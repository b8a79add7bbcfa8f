/**
 * The keys by which GS1 tells goods, loads and places apart, and how EPCIS 2.0 writes them: as GS1 Digital Link URIs
 * (CBV 2.0, section 8). Only this form holds the check digit.
 */

/** The prefix GS1 keeps for demonstrations: no real company's numbers begin with it. */
const PREFIX = '952';

/** The last digit of every GS1 key: the others weighed 3, 1, 3, … from the right, up to the next ten (GS1 General Specifications, 7.9). */
export function checkDigit(digits: string): string {
  if (!/^\d+$/.test(digits)) throw new RangeError('A check digit is of digits.');
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return String((10 - (sum % 10)) % 10);
}

/** Whether a key's last digit is right. */
export const isKey = (key: string): boolean => /^\d{2,}$/.test(key) && checkDigit(key.slice(0, -1)) === key.slice(-1);

const key = (lead: string, number: number, length: number): string => {
  const digits = `${lead}${String(number).padStart(length - lead.length - 1, '0')}`;
  if (digits.length !== length - 1) throw new RangeError('The number has too many digits.');
  return digits + checkDigit(digits);
};

/** The 13 digits of a place or party. */
export const gln = (number: number): string => key(PREFIX, number, 13);

/** The 14 digits of what a carton holds; the leading 1 says that it is a carton and no single piece. */
export const gtin = (number: number): string => key(`1${PREFIX}`, number, 14);

/** The 18 digits of one pallet. */
export const sscc = (number: number): string => key(`3${PREFIX}`, number, 18);

const LINK = 'https://id.gs1.org';

/** One pallet. */
export const palletUri = (sscc: string): string => `${LINK}/00/${sscc}`;

/** The cartons of one lot. */
export const lotUri = (gtin: string, lot: string): string => `${LINK}/01/${gtin}/10/${encodeURIComponent(lot)}`;

/** A place. */
export const placeUri = (gln: string): string => `${LINK}/414/${gln}`;

/** A company. */
export const partyUri = (gln: string): string => `${LINK}/417/${gln}`;

/** A document, such as a waybill, by the number that the company with this key gave it (CBV 2.0, 8.5). */
export const documentUri = (gln: string, number: string): string =>
  `urn:epcglobal:cbv:bt:${gln}:${encodeURIComponent(number)}`;

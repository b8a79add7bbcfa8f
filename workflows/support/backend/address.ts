/** Why an address can't be delivered to, or `ok`. */
export const ADDRESS_VERDICTS = ['ok', 'no_house_number', 'po_box', 'unknown_zip', 'not_served'] as const;
export type AddressVerdict = (typeof ADDRESS_VERDICTS)[number];

/** The first three digits of the ZIP codes of each state we ship to, as ranges; from the Postal Service's own list. */
const PREFIXES: readonly (readonly [from: number, to: number, state: string])[] = [
  [5, 5, 'New York'],
  [10, 27, 'Massachusetts'],
  [28, 29, 'Rhode Island'],
  [30, 38, 'New Hampshire'],
  [39, 49, 'Maine'],
  [50, 54, 'Vermont'],
  [55, 55, 'Massachusetts'],
  [56, 59, 'Vermont'],
  [60, 62, 'Connecticut'],
  [63, 63, 'New York'],
  [64, 69, 'Connecticut'],
  [70, 89, 'New Jersey'],
  [100, 149, 'New York'],
  [150, 196, 'Pennsylvania'],
  [197, 199, 'Delaware'],
  [200, 200, 'Washington, D.C.'],
  [201, 201, 'Virginia'],
  [202, 205, 'Washington, D.C.'],
  [206, 212, 'Maryland'],
  [214, 219, 'Maryland'],
  [220, 246, 'Virginia'],
  [247, 268, 'West Virginia'],
  [270, 289, 'North Carolina'],
  [290, 299, 'South Carolina'],
  [300, 319, 'Georgia'],
  [320, 339, 'Florida'],
  [341, 342, 'Florida'],
  [344, 344, 'Florida'],
  [346, 347, 'Florida'],
  [349, 349, 'Florida'],
  [350, 352, 'Alabama'],
  [354, 369, 'Alabama'],
  [370, 385, 'Tennessee'],
  [386, 397, 'Mississippi'],
  [398, 399, 'Georgia'],
  [400, 427, 'Kentucky'],
  [430, 459, 'Ohio'],
  [460, 479, 'Indiana'],
  [480, 499, 'Michigan'],
  [500, 528, 'Iowa'],
  [530, 549, 'Wisconsin'],
  [550, 567, 'Minnesota'],
  [569, 569, 'Washington, D.C.'],
  [570, 577, 'South Dakota'],
  [580, 588, 'North Dakota'],
  [590, 599, 'Montana'],
  [600, 629, 'Illinois'],
  [630, 658, 'Missouri'],
  [660, 679, 'Kansas'],
  [680, 693, 'Nebraska'],
  [700, 714, 'Louisiana'],
  [716, 729, 'Arkansas'],
  [730, 731, 'Oklahoma'],
  [733, 733, 'Texas'],
  [734, 749, 'Oklahoma'],
  [750, 799, 'Texas'],
  [800, 816, 'Colorado'],
  [820, 831, 'Wyoming'],
  [832, 838, 'Idaho'],
  [840, 847, 'Utah'],
  [850, 865, 'Arizona'],
  [870, 884, 'New Mexico'],
  [885, 885, 'Texas'],
  [889, 898, 'Nevada'],
  [900, 908, 'California'],
  [910, 928, 'California'],
  [930, 961, 'California'],
  [967, 968, 'Hawaii'],
  [970, 979, 'Oregon'],
  [980, 986, 'Washington'],
  [988, 994, 'Washington'],
  [995, 999, 'Alaska'],
];

/** Territories and military post, where our carrier does not go: Puerto Rico and the Virgin Islands, AE, AA, AP, Guam. */
const NOT_SERVED: readonly (readonly [from: number, to: number])[] = [
  [6, 9],
  [90, 98],
  [340, 340],
  [962, 966],
  [969, 969],
];

/** In digits, or as a caller says it: twelve Elm Street. */
const HOUSE_NUMBER =
  /\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)\b/i;

/** Whether a parcel can go to a street and a five-digit ZIP code, and in which state it lies. */
export function judgeAddress(street: string, zip: string): { verdict: AddressVerdict; state?: string } {
  const prefix = Number(zip.slice(0, 3));
  if (NOT_SERVED.some(([from, to]) => from <= prefix && prefix <= to)) return { verdict: 'not_served' };
  const state = PREFIXES.find(([from, to]) => from <= prefix && prefix <= to)?.[2];
  if (state === undefined) return { verdict: 'unknown_zip' };
  if (/\bp\W{0,2}o\W{0,2}box\b|\bpost office box\b/i.test(street)) return { verdict: 'po_box', state };
  return HOUSE_NUMBER.test(street) ? { verdict: 'ok', state } : { verdict: 'no_house_number', state };
}

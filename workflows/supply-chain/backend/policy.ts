/** What Acme's warehouse lets a caller do without a person; see README.md. */
export const POLICY = {
  /** Wrong ZIP codes and PRO numbers for one shipment within an hour. */
  guessesAnHour: 5,
  /** Days without a word from the carrier after which it is asked to call back. */
  quietDays: 2,
  /** Hours the carrier has to call back. */
  callBackHours: 4,
  /** Days after delivery in which damage that nobody noted at the door may be claimed. */
  claimDays: 5,
  /** Cents up to which a claim is opened without a person. */
  claimLimit: 2_500_00,
  /** When the docks open a bay, by the hour, each day; two bays. */
  hours: [7, 9, 11, 13, 15],
  docks: [1, 2],
  /** How many days ahead docks are booked. */
  daysAhead: 14,
} as const;

/** Why goods are late, as carriers report it. */
export const REASONS = [
  'weather',
  'breakdown',
  'traffic',
  'customs',
  'receiver_closed',
  'delivery_refused',
  'missing_papers',
] as const;
export type Reason = (typeof REASONS)[number];

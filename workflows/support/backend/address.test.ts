import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeAddress } from './address.ts';

describe('an address', () => {
  it.each([
    ['12 Elm Street', '97201', 'ok', 'Oregon'],
    ['12 Elm Street', '02139', 'ok', 'Massachusetts'],
    ['12 Elm Street', '00501', 'ok', 'New York'],
    ['12 Elm Street', '06390', 'ok', 'New York'],
    ['12 Elm Street', '20001', 'ok', 'Washington, D.C.'],
    ['12 Elm Street', '88510', 'ok', 'Texas'],
    ['12 Elm Street', '96813', 'ok', 'Hawaii'],
    ['12 Elm Street', '99950', 'ok', 'Alaska'],
    ['One Boxwood Lane, house 3', '97201', 'ok', 'Oregon'],
    ['twelve Elm Street', '97201', 'ok', 'Oregon'],
    ['seventeen hundred Elm Street', '97201', 'ok', 'Oregon'],
    ['Stone Street', '97201', 'no_house_number', 'Oregon'],
    ['Elm Street', '97201', 'no_house_number', 'Oregon'],
    ['PO Box 12', '97201', 'po_box', 'Oregon'],
    ['p. o. box 12', '97201', 'po_box', 'Oregon'],
    ['Post Office Box 12', '97201', 'po_box', 'Oregon'],
    ['12 Calle Luna', '00901', 'not_served', undefined],
    ['PSC 3 Box 100', '09012', 'not_served', undefined],
    ['12 Chalan Pago', '96910', 'not_served', undefined],
    ['12 Elm Street', '00000', 'unknown_zip', undefined],
    ['12 Elm Street', '21300', 'unknown_zip', undefined],
  ])('%s, %s: %s', (street, zip, verdict, state) => {
    expect(judgeAddress(street, zip)).toEqual(state === undefined ? { verdict } : { verdict, state });
  });

  it('that can be delivered to lies in a state, whatever is written', () => {
    const zip = fc.integer({ min: 0, max: 99_999 }).map((n) => String(n).padStart(5, '0'));
    fc.assert(
      fc.property(fc.string(), zip, (street, code) => {
        const { verdict, state } = judgeAddress(street, code);
        expect(state !== undefined).toBe(verdict !== 'unknown_zip' && verdict !== 'not_served');
      }),
    );
  });
});

import { expect, it } from '@jest/globals';
import { type Address, readAddress, writeAddress } from './address.ts';

const there = (address: Address) => readAddress(new URL(writeAddress(address), 'http://localhost').search);

it.each<Address>([
  { filter: {} },
  { selected: { workflow: 'support', session: 'a/b&c=d é' }, filter: {} },
  { selected: { workflow: 'support', session: 's' }, at: 12, path: true, filter: { workflow: 'x', state: 'ended' } },
  { filter: { find: 'by email' } },
])('an address is read as it was written: %j', (address) => expect(there(address)).toEqual(address));

it('what makes no sense in an address is left out', () => {
  expect(readAddress('?workflow=support&at=-1&state=lost')).toEqual({ filter: {} });
});

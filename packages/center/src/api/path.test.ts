import { expect, it } from '@jest/globals';
import { pathReader } from './path.ts';

const read = pathReader('/contacts/{InstanceId}/{ContactId}');

it.each([
  ['/contacts/a/b', { InstanceId: 'a', ContactId: 'b' }],
  ['/contacts/a/b/', { InstanceId: 'a', ContactId: 'b' }],
  ['/contacts/arn%3Aaws%2Fa/b', { InstanceId: 'arn:aws/a', ContactId: 'b' }],
  ['/contacts/a', undefined],
  ['/contacts/a/b/c', undefined],
  ['/more/contacts/a/b', undefined],
  ['/contacts/%/b', undefined],
])('reads %s', (asked, found) => {
  expect(read(asked)).toEqual(found);
});

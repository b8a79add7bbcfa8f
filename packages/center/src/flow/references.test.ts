import { describe, expect, it } from '@jest/globals';
import { resolved } from './references.ts';

const scope = {
  Attributes: { name: 'Ana', trick: '$.Attributes.name', 'two-parts': 'x' },
  External: { count: 3, nested: { deep: ['a', 'b'] }, nothing: null },
  Lex: { SessionAttributes: { parley_rest: 'end', 'with.dot': 'yes' } },
  Channel: 'CHAT',
  StoredCustomerInput: '42',
};

describe('references', () => {
  it.each<[unknown, unknown]>([
    ['$.Attributes.name', 'Ana'],
    ["$.Lex.SessionAttributes.['parley_rest']", 'end'],
    ["$.Lex.SessionAttributes['with.dot']", 'yes'],
    ['$.External.nested.deep[1]', 'b'],
    ['$.External.count', 3],
    ['$.External.missing', undefined],
    ['$.Attributes.constructor', undefined],
    ['$.Attributes.two-parts', 'x'],
    ['$.Channel', 'CHAT'],
    ['Hello $.Attributes.name. You are $.External.count, $.External.missing!', 'Hello Ana. You are 3, !'],
    // What is put in is not looked through again; what is no reference stays.
    ['$.Attributes.trick', '$.Attributes.name'],
    ['It is $.50 or $.Nothing.here', 'It is $.50 or $.Nothing.here'],
    [
      { a: ['$.StoredCustomerInput', 7], b: true },
      { a: ['42', 7], b: true },
    ],
  ])('%j is %j', (given, wanted) => {
    expect(resolved(given, scope)).toEqual(wanted);
  });
});

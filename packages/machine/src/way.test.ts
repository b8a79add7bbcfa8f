import { expect, it } from '@jest/globals';
import { programOf } from './testing/line.ts';
import { behindLastDoor, collectWays } from './way.ts';

it('behind the last door are the steps that who gives no answer comes through', () => {
  const program = programOf(`
workflow: shop
otherwise: sorry
steps:
  need:
    ask: What can I do for you?
    choices:
      buy: { when: wants to buy, to: bought }
  bought:
    end: Bought.
  sorry:
    say: I am sorry.
    then: callback
  callback:
    ask: Shall we call you back?
    choices:
      yes: { when: agrees, to: promised }
    otherwise: person
  promised:
    end: We will.
  person:
    transfer: { queue: people }
`);
  expect([...behindLastDoor(program, collectWays(program))]).toEqual(['sorry', 'callback', 'person']);
});

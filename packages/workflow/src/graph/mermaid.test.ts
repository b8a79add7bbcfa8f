import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { resolve } from '../resolve.ts';
import { mermaid } from './mermaid.ts';

const drawn = (text: string, part = '') =>
  mermaid(resolve({ file: 'w.yaml', text, parts: { identity: { file: 'p.yaml', text: part } } }, undefined).draft);

/** The lines that say what is drawn, without the colours. */
const lines = (text: string, part?: string) =>
  drawn(text, part)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('classDef'));

describe('mermaid', () => {
  it('draws steps by kind, ways with their words, doors dotted, and once what holds at every question', () => {
    const text = `
workflow: x
title: Orders
otherwise: person
models: { guardrail: { id: abc, version: 1, to: end } }
interrupts:
  human: { when: asks for a person, to: person }
  again: { when: wants it again, say: Once more. }
steps:
  need:
    ask: What is it?
    choices:
      track: { when: a, to: find }
      stop: { when: b, to: end }
    otherwise: end
  find:
    call: orders.get
    then:
      - { if: $exists($order), to: tell }
      - { to: need }
    failed: { codes: { not_found: need }, to: person }
  tell: { say: Here it is., then: end }
  person: { transfer: { queue: tier2 } }
  end: { end: Goodbye. }
variables:
  order: { from: orders.get }
`;
    expect(lines(text)).toEqual([
      '---',
      'title: "Orders"',
      '---',
      'flowchart TD',
      'start_((" ")) --> s_need',
      's_need(["<b>need</b><br/>What is it?"]):::is_ask',
      's_find[["<b>find</b><br/>orders.get"]]:::is_call',
      's_tell("<b>tell</b><br/>Here it is."):::is_say',
      's_person[\\"<b>person</b><br/>tier2"/]:::is_transfer',
      's_end((("<b>end</b><br/>Goodbye."))):::is_end',
      's_need -->|"track"| s_find',
      's_need -->|"stop"| s_end',
      's_need -.->|"otherwise"| s_end',
      's_find -->|"$exists($order)"| s_tell',
      's_find -->|"else"| s_need',
      's_find -.->|"not_found"| s_need',
      's_tell --> s_end',
      'subgraph everywhere_["at every question"]',
      'e_0["<b>human</b><br/>asks for a person"]:::is_everywhere',
      'e_1["<b>again</b><br/>wants it again (then back to the question)"]:::is_everywhere',
      'e_2["<b>guardrail</b><br/>when the guardrail steps in"]:::is_everywhere',
      'e_3["<b>otherwise</b><br/>where a step has no door of its own"]:::is_everywhere',
      'end',
      'e_0 --> s_person',
      'e_2 -.-> s_end',
      'e_3 -.-> s_person',
    ]);
  });

  it('draws a part as a subgraph, with the names of its own file', () => {
    const text = 'workflow: x\nsteps:\n  who: { use: identity, outcomes: { known: bye } }\n  bye: { end: Bye. }\n';
    const part = `part: identity
variables:
  code: { type: string, ask: The code? }
steps:
  enter: { form: [code], then: [{ if: $code = "1", to: yes_known }, { to: enter }] }
  yes_known: { end: { outcome: known } }
`;
    expect(lines(text, part)).toEqual([
      '---',
      'title: "x"',
      '---',
      'flowchart TD',
      'start_((" ")) --> s_who',
      's_who["<b>who</b><br/>identity"]:::is_use',
      's_bye((("<b>bye</b><br/>Bye."))):::is_end',
      'subgraph g_0["identity"]',
      'p_1_who_enter[/"<b>enter</b><br/>$code"/]:::is_form',
      'p_2_who_yes_known((("<b>yes_known</b><br/>known"))):::is_end',
      'end',
      's_who --> p_1_who_enter',
      'p_1_who_enter -->|"$code = #34;1#34;"| p_2_who_yes_known',
      'p_1_who_enter -->|"else"| p_1_who_enter',
      'p_2_who_yes_known -->|"known"| s_bye',
    ]);
  });

  it('writes what Mermaid reads something into as entity codes', () => {
    const hostile = 'A "quote" [b] {c} (d) <script> #35; `md` a|b; x & y -->z %%{init}%% \\ 🙂';
    const [, , , , , node] = lines(stringify({ workflow: 'x', steps: { a: { say: hostile, then: 'a' } } }));
    expect(node).toBe(
      's_a("<b>a</b><br/>A #34;quote#34; #91;b#93; #123;c#125; (d) #60;script#62; #35;35#59; #96;md#96; a#124;b#59; x #38; y #45;#45;#62;z…"):::is_say',
    );
  });

  it('keeps whatever a text holds within its quotes', () => {
    const node = /^s_\w+\("<b>\w+<\/b>(?:<br\/>[^"`<>[\]{}|\\;#\n]*(?:#\d+;[^"`<>[\]{}|\\;#\n]*)*)?"\):::is_say$/u;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (said) => {
        const text = stringify({
          workflow: 'x',
          title: said,
          steps: { a: { say: said.replaceAll('{{', '{'), then: 'a' } },
        });
        const [, title, , , , line] = lines(text);
        expect(title?.startsWith('title: "')).toBe(true);
        expect(line).toMatch(node);
      }),
      { numRuns: 200 },
    );
  });
});

import type { Expression } from '../expression/expression.ts';
import type { Problem } from '../problem.ts';
import { type Draft, expressionsIn, type Text, type Variable } from '../program.ts';
import type { Sensitivity, ToolSignatures } from '../tool-signature.ts';
import { valuesReadBy } from './condition.ts';
import type { Piece } from './pieces.ts';
import { type LocalNames, problemAt } from './report.ts';
import { signatureOf } from './way.ts';

const KINDS: { readonly [kind in Sensitivity]: string } = {
  pii: 'personal data',
  phi: 'health data',
  pci: 'card data',
};

/** Where sensitive values would get out: said, put into a brief, a tool or a decision, or copied without a word. */
export function checkSensitive(
  draft: Draft,
  pieces: readonly Piece[],
  tools: ToolSignatures | undefined,
  names: LocalNames,
): readonly Problem[] {
  const problems: Problem[] = [];
  const sensitiveIn = (expression: Expression): readonly (Variable & { sensitive: Sensitivity })[] =>
    [...new Set(valuesReadBy(expression.ast))].flatMap((name) => {
      const variable = draft.variables.get(name);
      return variable?.sensitive === undefined ? [] : [{ ...variable, sensitive: variable.sensitive }];
    });
  const inText = ({ template }: Text) =>
    template.parts.flatMap((part) => (typeof part === 'string' ? [] : sensitiveIn(part.expression)));
  /** Sensitive variables that a fact holds, and what is known of the contact that may tell who it is. */
  const inFact = (text: Text): readonly string[] => [
    ...inText(text).map(({ name, sensitive }) => `\`${names.variable(name)}\` is ${KINDS[sensitive]}`),
    ...text.template.parts.flatMap((part) =>
      typeof part !== 'string' && contactIn(part.expression) ? ['`contact` may tell who is calling'] : [],
    ),
  ];

  for (const { name, at, sensitive, readback } of draft.variables.values()) {
    if (sensitive !== 'pci' || !readback) continue;
    problems.push(
      problemAt(
        at,
        'sensitive/readback',
        'error',
        `\`${names.variable(name)}\` is card data, which is never read back.`,
        'Take `readback` out.',
      ),
    );
  }
  for (const piece of pieces) {
    switch (piece.what) {
      case 'said':
        for (const variable of inText(piece.text)) {
          if (variable.readback) continue;
          const name = names.variable(variable.name);
          problems.push(
            problemAt(
              piece.text.at,
              'sensitive/spoken',
              'error',
              `\`${name}\` is ${KINDS[variable.sensitive]} and would be said aloud.`,
              variable.sensitive === 'pci'
                ? 'Leave it out.'
                : `Leave it out, or allow \`${name}\` to be read back: readback: true.`,
            ),
          );
        }
        break;
      case 'brief':
        for (const variable of inText(piece.text)) {
          problems.push(
            problemAt(
              piece.text.at,
              'sensitive/brief',
              'error',
              `\`${names.variable(variable.name)}\` is ${KINDS[variable.sensitive]} and would be in the brief.`,
              'Leave it out: the person can ask for it.',
            ),
          );
        }
        break;
      case 'fact':
        for (const name of new Set(inFact(piece.text))) {
          problems.push(
            problemAt(
              piece.text.at,
              'sensitive/composed',
              'error',
              `${name} and would be handed to the model that words the reply.`,
              'Leave it out: what is sensitive is said in the written text only.',
            ),
          );
        }
        break;
      case 'given': {
        const variable = draft.variables.get(piece.variable);
        if (variable?.sensitive === undefined) break;
        problems.push(
          problemAt(
            piece.at,
            'sensitive/model',
            'error',
            `\`${names.variable(variable.name)}\` is ${KINDS[variable.sensitive]} and would be told to the model that decides.`,
            'Take it out of `given`; decide by it with conditions.',
          ),
        );
        break;
      }
      case 'argument': {
        const signature = signatureOf(tools, piece.tool);
        if (!signature) break;
        for (const variable of expressionsIn(piece.data).flatMap(({ expression }) => sensitiveIn(expression))) {
          if (signature.cleared.includes(variable.sensitive)) continue;
          problems.push(
            problemAt(
              piece.data.at,
              'sensitive/tool',
              'error',
              `\`${names.variable(variable.name)}\` is ${KINDS[variable.sensitive]}, and \`${piece.tool}\` is not cleared for it.`,
              `Leave it out, or clear the tool for it: cleared: ['${variable.sensitive}'].`,
            ),
          );
        }
        break;
      }
      case 'set': {
        const { variable: name, value } = piece.assignment;
        const target = draft.variables.get(name);
        if (!target) break;
        for (const source of expressionsIn(value).flatMap(({ expression }) => sensitiveIn(expression))) {
          // Health and card data are personal as well.
          const covered =
            target.sensitive === source.sensitive || (source.sensitive === 'pii' && target.sensitive !== undefined);
          if (covered) continue;
          problems.push(
            problemAt(
              value.at,
              'sensitive/copied',
              'error',
              `\`${names.variable(name)}\` is made of \`${names.variable(source.name)}\`, which is ${KINDS[source.sensitive]}, but is not declared so.`,
              `Declare \`${names.variable(name)}\` with sensitive: ${source.sensitive}.`,
            ),
          );
        }
        break;
      }
      default:
        break;
    }
  }
  return problems;
}

/** What of `$contact` tells nobody who is calling. */
const OPEN_CONTACT = /\$contact\s*\.\s*(channel|date|time)\b/g;

/** Whether an expression reads more of the contact than that. */
function contactIn({ source, variables }: Expression): boolean {
  const all = variables.filter(({ name }) => name === 'contact').length;
  return all > [...source.matchAll(OPEN_CONTACT)].length;
}

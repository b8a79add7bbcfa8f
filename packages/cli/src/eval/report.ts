import { type Share, table, usd, whole } from '../figures.ts';
import type { Figures } from './compare.ts';

/** How many confusions are told of each model. */
const MOST = 10;

/** The models side by side, as lines. */
export function described(models: readonly Figures[]): readonly string[] {
  const row = (name: string, cell: (figures: Figures) => string) => [name, ...models.map(cell)];
  const failures = [...new Set(models.flatMap(({ failed }) => Object.keys(failed)))].sort();
  const rows = [
    row('', ({ model }) => model),
    ...(models.some(({ strategy }) => strategy !== 'auto') ? [row('strategy', ({ strategy }) => strategy)] : []),
    row('decisions', ({ asked, of }) => (asked === of ? whole(asked) : `${whole(asked)} of ${whole(of)}`)),
    row('same choice', ({ choices }) => percent(choices)),
    row('  95 % interval', ({ choices }) => interval(choices)),
    row('same values', ({ values }) => percent(values)),
    row('  95 % interval', ({ values }) => interval(values)),
    row('late', ({ late }) => whole(late)),
    ...failures.map((code) => row(`failed: ${code}`, ({ failed }) => whole(failed[code] ?? 0))),
    row('latency p50', ({ latency }) => (latency ? `${whole(latency.p50)} ms` : '–')),
    row('latency p95', ({ latency }) => (latency ? `${whole(latency.p95)} ms` : '–')),
    row('tokens in', ({ tokens }) => whole(tokens.input)),
    row('tokens out', ({ tokens }) => whole(tokens.output)),
    row('cache read', ({ tokens }) => whole(tokens.cacheRead)),
    row('cache write', ({ tokens }) => whole(tokens.cacheWrite)),
    row('cost', ({ cost, tokens }) =>
      money(cost, spends(tokens) && cost.perThousand !== undefined ? cost.usd : undefined),
    ),
    row('cost of 1,000', ({ cost, tokens }) => money(cost, spends(tokens) ? cost.perThousand : undefined)),
  ];
  const steps = [
    ...new Map(
      models.flatMap(({ steps }) => steps.map((one) => [JSON.stringify([one.workflow, one.step]), one] as const)),
    ),
  ]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { workflow, step }]) => [
      workflow,
      step,
      ...models.map(({ steps }) => {
        const found = steps.find((one) => one.workflow === workflow && one.step === step);
        return found ? `${found.choices.count} of ${found.choices.of}` : '–';
      }),
    ]);
  const many = new Set(steps.map(([workflow]) => workflow)).size > 1;
  const byStep = [['', '', ...models.map(({ model }) => model)], ...steps].map(([workflow = '', ...rest]) =>
    many ? [workflow, ...rest] : rest,
  );
  return [
    ...table(rows, 1),
    ...(models.some(({ cost }) => cost.unknown > 0)
      ? ['? No price is known of this model, or not of all that it did: docs/models.md says how to add one.']
      : []),
    '',
    'Same choice, by step:',
    ...table(byStep, many ? 2 : 1),
    ...models.flatMap((figures) => [
      '',
      headOf(figures),
      ...table(
        figures.confusions
          .slice(0, MOST)
          .map(({ recorded, answered, step, count, example }) => [
            `  ${whole(count)} ×`,
            `${recorded} → ${answered}`,
            `at ${step},`,
            `as in ${example}`,
          ]),
        4,
      ),
      ...(figures.confusions.length > MOST ? [`  and ${figures.confusions.length - MOST} kinds more`] : []),
    ]),
  ];
}

const percent = ({ count, of }: Share) => (of === 0 ? '–' : `${((count / of) * 100).toFixed(1)} %`);

const interval = ({ of, low, high }: Share) =>
  of === 0 ? '–' : `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;

/** Who asks no model has nothing to pay. */
const spends = (tokens: Figures['tokens']) => Object.values(tokens).some((count) => count > 0);

function money({ unknown }: Figures['cost'], amount: number | undefined): string {
  if (amount === undefined) return unknown > 0 ? '?' : '–';
  return unknown > 0 ? `${usd(amount)} ?` : usd(amount);
}

/** What is said before the list of what a model picked instead. */
function headOf({ model, asked, failed, confusions }: Figures): string {
  if (confusions.length > 0) return `${model} picked something else (recorded → answered):`;
  const none = asked === Object.values(failed).reduce((sum, count) => sum + count, 0);
  return none ? `${model} gave no answer.` : `${model} picked nothing else than what was recorded.`;
}

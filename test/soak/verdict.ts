import type { Sample } from './soak.ts';

/** What is asked of a soak. Growth is that of the straight line through the samples after the warm-up, as a share of their mean. */
export interface Verdict {
  readonly of: string;
  readonly value: string;
  readonly limit: string;
  readonly holds: boolean;
}

/** The share of the samples that counts as warm-up: the caches fill, the code is compiled. */
const WARM_UP = 1 / 4;
/** The growth of the heap and of the memory as a whole from the warm-up to the end that passes for noise. */
const GROWTH = 0.1;
/** SQLite begins to write its log anew at 1,000 pages; a commit of many may take it further. */
const LOG = 8 * 1024 * 1024;
/** How far the bytes that a turn adds to the file may differ between the two halves after the warm-up. */
const DRIFT = 0.05;

/** Judges the samples of a soak: heap and memory flat after the warm-up, the log bounded, a turn as large as ever. */
export function verdicts(samples: readonly Sample[]): readonly Verdict[] {
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP));
  const first = warm[0];
  if (first === undefined || warm.length < 3) throw new RangeError('There are too few samples to judge.');
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const grows = (of: string, values: readonly number[], limit: number): Verdict => {
    const share = growth(values);
    return { of, value: percent(share), limit: `at most ${percent(limit)}`, holds: share <= limit };
  };
  const log = Math.max(...samples.map(({ log }) => log));
  const handles = warm.map(({ handles }) => handles);
  const half = Math.floor(warm.length / 2);
  const drift = Math.abs(bytesATurn(warm.slice(half)) / bytesATurn(warm.slice(0, half + 1)) - 1);
  return [
    grows(
      'growth of the heap',
      warm.map(({ heap }) => heap),
      GROWTH,
    ),
    grows(
      'growth of the memory of the process',
      warm.map(({ rss }) => rss),
      GROWTH,
    ),
    {
      of: 'the largest write-ahead log',
      value: `${(log / 2 ** 20).toFixed(1)} MiB`,
      limit: `at most ${LOG / 2 ** 20} MiB`,
      holds: log <= LOG,
    },
    {
      of: 'change of the bytes a turn',
      value: percent(drift),
      limit: `at most ${percent(DRIFT)}`,
      holds: drift <= DRIFT,
    },
    {
      of: 'open handles at the end',
      value: String(handles.at(-1)),
      limit: `as after the warm-up, ${first.handles}`,
      holds: handles.at(-1) === first.handles,
    },
  ];
}

/** What a turn added to the file between the first sample and the last. */
function bytesATurn(samples: readonly Sample[]): number {
  const turns = samples.slice(1).reduce((sum, { turns }) => sum + turns, 0);
  return ((samples.at(-1)?.database ?? 0) - (samples[0]?.database ?? 0)) / turns;
}

/** By what share of their mean the values rise from the first to the last, along the line of least squares. */
export function growth(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  }
  return ((above / below) * (values.length - 1)) / mean;
}

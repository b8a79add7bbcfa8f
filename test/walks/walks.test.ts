import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { KINDS } from './speech.ts';
import { lineOf, TRADES, walksOf } from './trades.ts';
import type { Walk } from './walk.ts';

jest.setTimeout(180_000);

/** Each goal once; npm run walks has more. */
const SEED = 4;

const told = ({ goal, seed, script }: Walk) => `${goal.name}, seed ${seed}\n${script.join('\n')}`;

describe.each(TRADES)('callers of $workflow', (trade) => {
  describe.each(KINDS)('%s', (kind) => {
    let walks: readonly Walk[];
    beforeAll(async () => {
      walks = await walksOf(await lineOf(trade), kind, SEED, Math.max(10, trade.goals.length));
    });
    const walksThat = (is: (walk: Walk) => boolean) => walks.filter(is).map(told);

    it('always come to an end', () => {
      expect(walks.length).toBeGreaterThanOrEqual(10);
      expect(walksThat(({ verdict }) => verdict === 'stuck')).toEqual([]);
    });

    it('have nothing written that they did not want, and nothing twice', () => {
      expect(walksThat(({ unwanted }) => unwanted.length > 0)).toEqual([]);
    });

    it('are not asked again for what they gave and was taken in', () => {
      expect(walksThat(({ repeats }) => repeats.some(({ how }) => how === 'again'))).toEqual([]);
    });

    it('who want a person get one, and the others mostly what they came for', () => {
      expect(walksThat(({ goal, verdict }) => goal.by === 'person' && verdict !== 'handed off')).toEqual([]);
      const contained = walks.filter(({ verdict }) => verdict === 'contained').length;
      expect(contained / walks.filter(({ goal }) => goal.by === 'line').length).toBeGreaterThanOrEqual(0.8);
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { guardrailResidencyProblem, RESIDENCIES, type Residency, residencyProblem } from './residency.ts';

const ACCOUNT = '123456789012';
const NOVA = 'amazon.nova-2-lite-v1:0';

/** A region of each geography, by the geographies that it lies in. */
const REGIONS: readonly (readonly [string, readonly Residency[]])[] = [
  ['us-east-1', ['us']],
  ['us-west-2', ['us']],
  ['us-gov-west-1', ['us-gov']],
  ['eu-west-1', ['eu']],
  ['eu-central-1', ['eu']],
  ['eusc-de-east-1', ['eu']],
  ['eu-west-2', []],
  ['eu-central-2', []],
  ['ap-northeast-1', ['apac', 'jp']],
  ['ap-northeast-3', ['apac', 'jp']],
  ['ap-northeast-2', ['apac']],
  ['ap-southeast-1', ['apac']],
  ['ap-southeast-2', ['apac', 'au']],
  ['ap-southeast-4', ['apac', 'au']],
  ['ap-south-1', ['apac', 'in']],
  ['ca-central-1', ['ca']],
  ['sa-east-1', []],
  ['me-central-1', []],
  ['cn-north-1', []],
  ['mars-east-1', []],
  ['', []],
];

/** The geographies that each one lies in. */
const WITHIN: { readonly [geography in Residency]: readonly Residency[] } = {
  us: ['us'],
  eu: ['eu'],
  apac: ['apac'],
  jp: ['jp', 'apac'],
  au: ['au', 'apac'],
  in: ['in', 'apac'],
  ca: ['ca'],
  'us-gov': ['us-gov'],
  global: [],
};

const bound = RESIDENCIES.filter((one) => one !== 'global');
const residency = fc.constantFrom(...bound);
const model = fc.constantFrom(
  NOVA,
  'anthropic.claude-haiku-4-5-20251001-v1:0',
  'openai.gpt-5.6-sol',
  'deepseek.v3.1',
  'zai.glm-4.7',
  'ai21.jamba-1-5-mini-v1:0',
);

describe('where data may go', () => {
  it('is anywhere, where nothing is said of it, or `global` is', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (id, region) => {
        expect(residencyProblem(undefined, id, region)).toBeUndefined();
        expect(residencyProblem('global', id, region)).toBeUndefined();
        expect(guardrailResidencyProblem('global', id, region)).toBeUndefined();
      }),
    );
  });

  it('is never where a profile leads that is not within the geography, by its id or its ARN', () => {
    fc.assert(
      fc.property(residency, fc.constantFrom(...RESIDENCIES), model, (stays, geography, id) => {
        const profile = `${geography}.${id}`;
        const arn = `arn:aws:bedrock:us-east-1:${ACCOUNT}:inference-profile/${profile}`;
        const allowed = WITHIN[geography].includes(stays);
        expect(residencyProblem(stays, profile) === undefined).toBe(allowed);
        expect(residencyProblem(stays, arn) === undefined).toBe(allowed);
      }),
    );
  });

  it('is, for a model of its own id, the region that is called', () => {
    fc.assert(
      fc.property(residency, fc.constantFrom(...REGIONS), model, (stays, [region, geographies], id) => {
        expect(residencyProblem(stays, id)).toBeUndefined();
        expect(residencyProblem(stays, id, region) === undefined).toBe(geographies.includes(stays));
        expect(guardrailResidencyProblem(stays, 'ymj6rhd0f2ow', region) === undefined).toBe(
          geographies.includes(stays),
        );
      }),
    );
  });

  it('is the region of the ARN, and the one that is called besides', () => {
    const resource = fc.constantFrom('foundation-model', 'provisioned-model', 'custom-model', 'imported-model');
    const regions = fc.constantFrom(...REGIONS);
    fc.assert(
      fc.property(residency, regions, regions, resource, (stays, [home, its], [called, here], kind) => {
        const arn = `arn:aws:bedrock:${home}:${kind === 'foundation-model' ? '' : ACCOUNT}:${kind}/x`;
        expect(residencyProblem(stays, arn) === undefined).toBe(its.includes(stays));
        expect(residencyProblem(stays, arn, called) === undefined).toBe(its.includes(stays) && here.includes(stays));
        const guardrail = `arn:aws:bedrock:${home}:${ACCOUNT}:guardrail/ymj6rhd0f2ow`;
        expect(guardrailResidencyProblem(stays, guardrail) === undefined).toBe(its.includes(stays));
      }),
    );
  });

  it.each([
    `arn:aws:bedrock:us-east-1:${ACCOUNT}:application-inference-profile/a1b2c3d4e5f6`,
    `arn:aws:bedrock:us-east-1:${ACCOUNT}:default-prompt-router/anthropic.claude:1`,
    `arn:aws:bedrock:us-east-1:${ACCOUNT}:inference-profile/sa.${NOVA}`,
    'a1b2c3d4e5f6',
    `sa.${NOVA}`,
    `latam.${NOVA}`,
    `emea.anthropic.claude-haiku-4-5`,
    `US.${NOVA}`,
    ` us.${NOVA}`,
    `us.`,
    '',
    'constructor',
  ])('is not known of %s, which is refused', (id) => {
    for (const stays of bound) expect(residencyProblem(stays, id)).toBeDefined();
  });

  it('is told in words, with what to do', () => {
    expect(residencyProblem('us', `global.${NOVA}`)).toEqual({
      message: `\`global.${NOVA}\` may be answered anywhere in the world, and data has to stay in us.`,
      fix: `\`us.${NOVA}\` is the profile for it, where Bedrock has one.`,
    });
    expect(residencyProblem('us', NOVA, 'eu-west-1')).toEqual({
      message: 'Bedrock is called in eu-west-1, and data has to stay in us.',
      fix: 'Call it in a region of us: set AWS_REGION.',
    });
  });
});

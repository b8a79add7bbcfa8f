import { describe, expect, it } from '@jest/globals';
import { compileWorkflow, type Program } from '@parley/workflow';
import { guardrailArns, modelAccess } from './models.ts';

const here = { partition: 'aws', region: 'us-east-1', account: '123456789012' };

function naming(models: string): Program {
  const text = `workflow: w\nmodels: ${models}\notherwise: bye\nsteps:\n  bye:\n    end: Goodbye.\n`;
  return compileWorkflow({ file: 'w.yaml', text, parts: {} });
}

describe('the models that a workflow names', () => {
  it('are, for a profile of a geography, the profile and the model in each of its regions', () => {
    expect(modelAccess([naming('{ decide: us.amazon.nova-2-lite-v1:0 }')], here)).toEqual([
      {
        asked: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0',
        behind: [
          'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0',
          'arn:aws:bedrock:us-east-2::foundation-model/amazon.nova-2-lite-v1:0',
          'arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-2-lite-v1:0',
        ],
      },
    ]);
  });

  it('are, for a profile of the world, the model here and the model in no region', () => {
    expect(modelAccess([naming('{ decide: global.openai.gpt-6-sol }')], here)).toEqual([
      {
        asked: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.openai.gpt-6-sol',
        behind: ['arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-6-sol'],
        anywhere: 'arn:aws:bedrock:::foundation-model/openai.gpt-6-sol',
      },
    ]);
  });

  it('are, for its own id, the model here alone; and each is there once, fallbacks too', () => {
    const twice = naming(
      '{ decide: openai.gpt-oss-20b-1:0, fallback: [amazon.nova-lite-v1:0, openai.gpt-oss-20b-1:0] }',
    );
    expect(modelAccess([twice, twice], here)).toEqual([
      { asked: 'arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-20b-1:0', behind: [] },
      { asked: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', behind: [] },
    ]);
  });

  it.each([
    ['can not be answered in the region', '{ decide: amazon.nova-lite-v1:0, residency: eu }'],
    ['is asked elsewhere than by Converse', '{ decide: openai.gpt-5.5 }'],
    [
      'leads to what can not be told',
      "{ decide: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6' }",
    ],
  ])('are refused where one %s', (_, models) => {
    expect(() => modelAccess([naming(models)], here)).toThrow(expect.objectContaining({ code: 'infra/model' }));
  });
});

describe('the guardrails that a workflow names', () => {
  it('are the ARN, also where only the id is given', () => {
    const guarded = naming('{ decide: openai.gpt-oss-20b-1:0, guardrail: { id: ymj6rhd0f2ow, version: 3 } }');
    expect(guardrailArns([guarded, naming('{}')], here)).toEqual([
      'arn:aws:bedrock:us-east-1:123456789012:guardrail/ymj6rhd0f2ow',
    ]);
  });
});

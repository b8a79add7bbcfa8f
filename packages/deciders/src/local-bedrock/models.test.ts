import { describe, expect, it } from '@jest/globals';
import { modelOf } from './models.ts';

describe('the rules for a model', () => {
  it.each([
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'anthropic.claude-haiku-4-5', true],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', 'anthropic.claude-haiku-4-5', false],
    ['us-gov.anthropic.claude-opus-5-5', 'anthropic.claude-opus-5-5', true],
    ['global.anthropic.claude-opus-5', 'anthropic.claude-opus-5', true],
    ['apac.anthropic.claude-3-haiku-20240307-v1:0', 'anthropic.claude-', true],
    ['us.amazon.nova-2-lite-v1:0', 'amazon.nova-2', true],
    ['amazon.nova-lite-v1:0', 'amazon.nova', false],
    ['openai.gpt-oss-20b-1:0', 'openai.gpt-oss', false],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'amazon.nova', false],
    ['arn:aws-us-gov:bedrock:us-gov-west-1:1:inference-profile/us-gov.meta.llama4-x', 'meta.llama4', true],
    ['arn:aws:bedrock:us-east-1:1:provisioned-model/abc', '', true],
  ])('%s: those of %j', (id, model, profile) => {
    expect(modelOf(id)).toMatchObject({ rules: { model }, profile });
  });

  it.each(['acme.wise-1', 'us.acme.wise-1', 'claude-opus-5', 'xx.amazon.nova-lite', ''])('%j is no model', (id) => {
    expect(modelOf(id)).toBeUndefined();
  });

  it('one’s own come first, however short', () => {
    const own = { model: 'amazon.', apis: ['converse'], toolChoice: ['auto'] } as const;
    expect(modelOf('us.amazon.nova-lite-v1:0', [own])?.rules).toBe(own);
    expect(modelOf('us.meta.llama3', [own])?.rules.model).toBe('meta.llama');
  });
});

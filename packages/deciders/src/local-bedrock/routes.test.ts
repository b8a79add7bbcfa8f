import { expect, it } from '@jest/globals';
import { type Route, routeOf } from './routes.ts';

const ARN = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';

it.each<readonly [string, Route]>([
  ['/model/us.amazon.nova-lite-v1%3A0/converse', { operation: 'Converse', model: 'us.amazon.nova-lite-v1:0' }],
  ['/model/us.amazon.nova-lite-v1:0/converse', { operation: 'Converse', model: 'us.amazon.nova-lite-v1:0' }],
  [`/model/${encodeURIComponent(ARN)}/converse-stream`, { operation: 'ConverseStream', model: ARN }],
  [`/model/${ARN}/converse-stream?x=1`, { operation: 'ConverseStream', model: ARN }],
  ['/guardrail/gr-1/version/DRAFT/apply', { operation: 'ApplyGuardrail', guardrail: 'gr-1', version: 'DRAFT' }],
  ['/openai/v1/chat/completions', { operation: 'ChatCompletions' }],
  ['/openai/v1/responses', { operation: 'Responses' }],
])('%s is an operation', (path, route) => {
  expect(routeOf('POST', path)).toEqual(route);
  expect(routeOf('GET', path)).toBeUndefined();
});

it.each([
  '/',
  '/model//converse',
  '/model/x/invoke',
  '/model/%/converse',
  '/guardrail/x/version/apply',
  '/openai/v1/chat',
  '/openai/v1/responses/resp_1',
])('%s is none', (path) => {
  expect(routeOf('POST', path)).toBeUndefined();
});

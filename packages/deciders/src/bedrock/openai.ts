import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Tokens } from './call.ts';
import { EndpointError, ModelFailure } from './failure.ts';

/** Tokens that an answer may have where the row says nothing. */
export const MAX_TOKENS = 1_000;

/** The endpoint's guardrails can't be told from the models' own words: a workflow that names one is not put to it. */
export const unguarded = () =>
  new ModelFailure(
    'decider/refused',
    "The workflow's guardrail can't be had where the model is asked: the endpoint does not tell that it stepped in.",
    { then: 'next' },
  );

/** The endpoint counts what it read from its cache among the input; it does not tell what it wrote. */
export function tokensIn(prompt = 0, cached?: number | null, output = 0): Tokens {
  const cacheRead = cached ?? 0;
  return { input: Math.max(0, prompt - cacheRead), output, cacheRead, cacheWrite: 0 };
}

/**
 * Posts to an operation of Bedrock's OpenAI-compatible endpoint, with the region, the address and the credentials of the
 * client: a Bedrock key (AWS_BEARER_TOKEN_BEDROCK) goes as it is, anything else signs the request (SigV4).
 *
 * @throws EndpointError where the answer is an error; what `fetch` throws.
 */
export async function postOpenAi(
  client: BedrockRuntimeClient,
  operation: 'chat/completions' | 'responses',
  request: object,
  signal: AbortSignal,
): Promise<Response> {
  const body = JSON.stringify(request);
  const url = await urlOf(client, operation);
  const response = await fetch(url, { method: 'POST', headers: await headersFor(client, url, body), body, signal });
  if (!response.ok) throw new EndpointError(response.status, (await response.text()).slice(0, 2_000));
  return response;
}

/** The client's own address where it has one, else the one of the endpoint for models that don't speak Converse. */
async function urlOf({ config }: BedrockRuntimeClient, operation: string): Promise<URL> {
  const path = `/openai/v1/${operation}`;
  const given = await config.endpoint?.();
  if (!given) return new URL(`https://bedrock-mantle.${await config.region()}.api.aws${path}`);
  const port = given.port === undefined ? '' : `:${given.port}`;
  return new URL(`${given.protocol}//${given.hostname}${port}${given.path.replace(/\/$/, '')}${path}`);
}

async function headersFor(
  { config }: BedrockRuntimeClient,
  url: URL,
  body: string,
): Promise<{ readonly [name: string]: string }> {
  const headers = { 'content-type': 'application/json', host: url.host };
  const token = process.env['AWS_BEARER_TOKEN_BEDROCK'];
  if (token) return { ...headers, authorization: `Bearer ${token}` };
  const [{ SignatureV4 }, { HttpRequest }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@smithy/core/protocols'),
  ]);
  const signer = new SignatureV4({
    credentials: config.credentials,
    region: config.region,
    // The name that each of the two endpoints is signed for (openai-node, bedrock.md).
    service: url.hostname.startsWith('bedrock-mantle') ? 'bedrock-mantle' : 'bedrock',
    sha256: config.sha256,
  });
  const signed = await signer.sign(
    new HttpRequest({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      headers,
      body,
    }),
  );
  return signed.headers;
}

import type {
  ApplyGuardrailCommandOutput,
  BedrockRuntimeClient,
  GuardrailAssessment,
} from '@aws-sdk/client-bedrock-runtime';
import type { Guard, Inspection } from '@parley/engine';
import { type Guardrail, guardrailResidencyProblem, type Json, ParleyError } from '@parley/workflow';

export interface BedrockGuardOptions {
  readonly client: BedrockRuntimeClient;
}

/**
 * Characters of one request. A text unit has up to 1,000, and 25 of them is the least that an account may send at once,
 * as the guide "Use the ApplyGuardrail API with long-context inputs" cuts it too; the quota may be higher.
 */
const MOST = 25_000;
/** How much of a piece stands in the next one again, so that what stands where it was cut is seen whole. */
const OVERLAP = 200;

/** How often what the SDK does not try again is (408, 424): a check has no side effect. */
const AGAIN = 2;

/**
 * A guard that has Bedrock's ApplyGuardrail look at what tools are given (as INPUT) and return (as OUTPUT), with the
 * guardrail that the workflow names.
 *
 * An intervention that only masks personal data is no block: masked arguments would look up nobody, and a masked result
 * is not what the tool returned. The data goes on as it is, and what was found is on record; who may see it is for the
 * workflow to say (`sensitive`). To have it blocked, let the guardrail block it.
 *
 * Throws ParleyError `guardrail/throttled`, `/unavailable`, `/quota`, `/refused`, `/access`, `/unknown`, `/residency`,
 * `/called-off`, `/failed`: what could not be looked at counts as blocked.
 *
 * @example
 * const guard = bedrockGuard({ client: await bedrockClient() });
 */
export function bedrockGuard({ client }: BedrockGuardOptions): Guard {
  return {
    async check({ models, what, data, signal }) {
      const { guardrail, residency } = models;
      if (guardrail === undefined) return { passed: true };
      const { id, version } = guardrail;
      const problem = guardrailResidencyProblem(residency, id, await client.config.region());
      if (problem) throw new ParleyError('guardrail/residency', problem.message, { fix: problem.fix });
      const begun = Date.now();
      const pieces = piecesOf(wordsOf(data));
      const answers = await Promise.all(pieces.map((text) => apply(client, guardrail, what, text, signal)));
      const findings = answers.map(findingsOf);
      const by = {
        guard: 'bedrock',
        guardrail: id,
        version,
        latency: Date.now() - begun,
        requests: pieces.length,
        ...told('policies', findings, 'blocked'),
        ...told('masked', findings, 'masked'),
      };
      return { passed: answers.every((answer, index) => passes(answer, findings[index] ?? [])), by };
    },
  };
}

async function apply(
  client: BedrockRuntimeClient,
  { id, version }: Guardrail,
  what: Inspection['what'],
  text: string,
  signal: AbortSignal,
): Promise<ApplyGuardrailCommandOutput> {
  const { ApplyGuardrailCommand } = await import('@aws-sdk/client-bedrock-runtime');
  const command = new ApplyGuardrailCommand({
    guardrailIdentifier: id,
    guardrailVersion: version,
    source: what === 'input' ? 'INPUT' : 'OUTPUT',
    content: [{ text: { text } }],
  });
  for (let attempt = 0; ; attempt++) {
    try {
      return await client.send(command, { abortSignal: signal });
    } catch (error) {
      const status = statusOf(error);
      if (attempt < AGAIN && (status === 408 || status === 424) && !signal.aborted) continue;
      throw failureOf(error, status, signal);
    }
  }
}

// ---- what is looked at

/** The words of data, a value a line, each with the name it goes by. Yes, no and nothing have none. */
function wordsOf(data: Json): string {
  const lines: string[] = [];
  const walk = (value: Json, name: string) => {
    if (Array.isArray(value)) for (const item of value) walk(item, name);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, key);
    else if (typeof value === 'string' ? value.trim() !== '' : typeof value === 'number')
      lines.push(name === '' ? String(value) : `${name}: ${value}`);
  };
  walk(data, '');
  return lines.join('\n');
}

/** A text in pieces that one request takes, each beginning with the end of the one before. None where it is empty. */
function piecesOf(text: string): readonly string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let from = 0; from < characters.length; from += MOST - OVERLAP) {
    pieces.push(characters.slice(from, from + MOST).join(''));
    if (from + MOST >= characters.length) break;
  }
  return pieces;
}

// ---- what was found

interface Finding {
  /** Which policy, and what of it: names of the guardrail's, never what was found in the text. */
  readonly policy: string;
  /** Anything but what is masked, or only noted, blocks. */
  readonly how: 'masked' | 'noted' | 'blocked';
}

function findingsOf({ assessments = [] }: ApplyGuardrailCommandOutput): readonly Finding[] {
  return assessments.flatMap(ofAssessment);
}

function ofAssessment(assessment: GuardrailAssessment): readonly Finding[] {
  const { topicPolicy, contentPolicy, wordPolicy, sensitiveInformationPolicy, contextualGroundingPolicy } = assessment;
  const found = (kind: string, name: string | undefined, action: string | undefined): Finding => ({
    policy: name === undefined ? kind : `${kind}/${name}`,
    how: action === 'ANONYMIZED' ? 'masked' : action === 'NONE' ? 'noted' : 'blocked',
  });
  return [
    ...(topicPolicy?.topics ?? []).map(({ name, action }) => found('topic', name, action)),
    ...(contentPolicy?.filters ?? []).map(({ type, action }) => found('content', type, action)),
    ...(wordPolicy?.customWords ?? []).map(({ action }) => found('word', undefined, action)),
    ...(wordPolicy?.managedWordLists ?? []).map(({ type, action }) => found('word', type, action)),
    ...(sensitiveInformationPolicy?.piiEntities ?? []).map(({ type, action }) => found('pii', type, action)),
    ...(sensitiveInformationPolicy?.regexes ?? []).map(({ name, action }) => found('regex', name, action)),
    ...(contextualGroundingPolicy?.filters ?? []).map(({ type, action }) => found('grounding', type, action)),
  ];
}

/** Whether it may be used: nothing was found, or only such as is masked. An intervention that names no cause is a block. */
function passes({ action }: ApplyGuardrailCommandOutput, findings: readonly Finding[]): boolean {
  if (action === 'NONE') return true;
  return findings.some(({ how }) => how === 'masked') && findings.every(({ how }) => how !== 'blocked');
}

function told(name: string, findings: readonly (readonly Finding[])[], how: Finding['how']): { [name: string]: Json } {
  const policies = new Set(findings.flat().flatMap((one) => (one.how === how ? [one.policy] : [])));
  return policies.size === 0 ? {} : { [name]: [...policies] };
}

// ---- what goes wrong

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** The service's own words may quote what it was sent: only what kind of failure it was is told. */
function failureOf(error: unknown, status: number | undefined, signal: AbortSignal): ParleyError {
  const name = error instanceof Error ? error.name : '';
  const fail = (code: string, message: string, fix?: string) =>
    new ParleyError(`guardrail/${code}`, message, fix === undefined ? {} : { fix });
  if (signal.aborted) return fail('called-off', 'The answer is not wanted any more.');
  if (name === 'ThrottlingException' || status === 429)
    return fail('throttled', 'The guardrail is asked too often.', 'Raise the quota of ApplyGuardrail.');
  if (name === 'ServiceQuotaExceededException') return fail('quota', 'The quota of the guardrail is used up.');
  if (name === 'ResourceNotFoundException' || status === 404)
    return fail('unknown', 'There is no such guardrail, or version of it, in this region.');
  if (status === 403 || name === 'CredentialsProviderError')
    return fail('access', 'The guardrail may not be asked from here.', 'Allow bedrock:ApplyGuardrail.');
  if (status === 400) return fail('refused', 'The guardrail refused the request.');
  if (status !== undefined && status >= 500) return fail('unavailable', `The guardrail is not to be had (${status}).`);
  return fail('failed', `The guardrail could not be asked (${name || typeof error}).`);
}

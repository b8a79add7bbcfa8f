import { z } from 'zod';
import type { Failure, Misbehaviour } from './answer.ts';

const request = z.looseObject({
  source: z.enum(['INPUT', 'OUTPUT']),
  content: z.array(z.looseObject({ text: z.looseObject({ text: z.string() }).optional() })).min(1),
});

/** The body of an ApplyGuardrail request, as far as this server looks at it. */
export const guardrailRequest = request;

/** What a guardrail is asked to look at: by ApplyGuardrail, or by a Converse that names one. */
export interface GuardrailAsked {
  readonly guardrail: string;
  readonly version: string;
  readonly source: 'INPUT' | 'OUTPUT';
  readonly texts: readonly string[];
  /** Fires when the client goes away. */
  readonly signal: AbortSignal;
}

export type Verdict =
  | { readonly type: 'passed' }
  | {
      readonly type: 'intervened';
      /** What is said in place of it. */
      readonly text: string;
      /** The policy that was met, and its name there, such as a topic's. */
      readonly policy: 'topic' | 'content' | 'word' | 'sensitive';
      readonly name: string;
    };

/** A guardrail of a script. */
export type Guardrail = (
  asked: GuardrailAsked,
) =>
  | Verdict
  | Failure
  | Extract<Misbehaviour, { type: 'bytes' | 'reset' }>
  | Promise<Verdict | Failure | Extract<Misbehaviour, { type: 'bytes' | 'reset' }>>;

/** What was found, as `assessments` have it. */
export function assessmentOf(verdict: Verdict): object {
  if (verdict.type === 'passed') return {};
  const { policy, name } = verdict;
  switch (policy) {
    case 'topic':
      return { topicPolicy: { topics: [{ name, type: 'DENY', action: 'BLOCKED', detected: true }] } };
    case 'content':
      return { contentPolicy: { filters: [{ type: name, confidence: 'HIGH', action: 'BLOCKED', detected: true }] } };
    case 'word':
      return {
        wordPolicy: {
          customWords: [{ match: name, action: 'BLOCKED', detected: true }],
          managedWordLists: [],
        },
      };
    case 'sensitive':
      return {
        sensitiveInformationPolicy: {
          piiEntities: [{ type: name, match: name, action: 'BLOCKED', detected: true }],
          regexes: [],
        },
      };
  }
}

/** A verdict as the body of an ApplyGuardrail answer. A text unit is up to 1,000 characters. */
export function guardrailBody(verdict: Verdict, texts: readonly string[]): object {
  const units = Math.max(1, Math.ceil(texts.join('').length / 1000));
  const intervened = verdict.type === 'intervened';
  return {
    action: intervened ? 'GUARDRAIL_INTERVENED' : 'NONE',
    actionReason: intervened ? 'Guardrail blocked.' : 'No action.',
    outputs: intervened ? [{ text: verdict.text }] : [],
    assessments: [assessmentOf(verdict)],
    usage: {
      topicPolicyUnits: units,
      contentPolicyUnits: units,
      wordPolicyUnits: units,
      sensitiveInformationPolicyUnits: units,
      sensitiveInformationPolicyFreeUnits: 0,
      contextualGroundingPolicyUnits: 0,
    },
  };
}

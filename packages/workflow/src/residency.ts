/** The geographies that data may have to stay in: those of Bedrock's inference profiles, and `global`, which is anywhere. */
export const RESIDENCIES = ['us', 'eu', 'apac', 'jp', 'au', 'ca', 'in', 'us-gov', 'global'] as const;

export type Residency = (typeof RESIDENCIES)[number];

/** What is wrong with where data would go, in an operator's words, and what to do about it. */
export interface ResidencyProblem {
  readonly message: string;
  readonly fix: string;
}

/** How far a model's id lets data go. */
type Reach =
  | { readonly to: 'geography'; readonly geography: Residency; readonly model: string }
  | { readonly to: 'region'; readonly region: string }
  /** The region that is called. */
  | { readonly to: 'here' }
  /** What it stands for can't be seen from its name. */
  | { readonly to: 'unknown'; readonly model: string };

/** A profile's id: a geography, then the model's own id. */
const PROFILE = new RegExp(`^(${RESIDENCIES.join('|')})\\.(.+)$`);

/** An ARN's region and what it names. */
const ARN = /^arn:aws(?:-[a-z-]+)?:[a-z0-9-]+:([a-z0-9-]*):\d*:([a-z-]+)\/(.+)$/;

/** What stays in the region of its ARN. Application profiles and routers may lead anywhere. */
const REGIONAL: ReadonlySet<string> = new Set([
  'foundation-model',
  'provisioned-model',
  'custom-model',
  'custom-model-deployment',
  'imported-model',
  'guardrail',
]);

/** Who makes models: what stands before one of these in an id is a profile's geography, be it one that is not known here. */
const MAKERS: ReadonlySet<string> = new Set(
  'ai21 amazon anthropic cohere deepseek google luma meta minimax mistral moonshot moonshotai nvidia openai qwen stability twelvelabs writer zai'.split(
    ' ',
  ),
);

/**
 * Geographies within each. `apac` is what Bedrock's profiles of that name reach, Japan, Australia and India among it.
 * GovCloud is no part of `us`, nor the other way round.
 */
const WITHIN: { readonly [residency in Residency]?: readonly Residency[] } = { apac: ['jp', 'au', 'in'] };

/** Regions called `eu-` that lie outside of the EU, and that its profiles don't reach: London and Zurich. */
const NOT_EU: ReadonlySet<string> = new Set(['eu-west-2', 'eu-central-2']);

const COUNTRIES: { readonly [region: string]: Residency } = {
  'ap-northeast-1': 'jp',
  'ap-northeast-3': 'jp',
  'ap-southeast-2': 'au',
  'ap-southeast-4': 'au',
  'ap-south-1': 'in',
  'ap-south-2': 'in',
};

/**
 * Why data may not go where this model answers, undefined where it may (or may go anywhere: no residency, or `global`).
 * `model` is a model's or a profile's id or ARN. `region` is the one that Bedrock is called in, where that is known: data
 * passes through it, and a model's own id is answered there. What can't be told from an id is refused.
 */
export function residencyProblem(
  residency: Residency | undefined,
  model: string,
  region?: string,
): ResidencyProblem | undefined {
  if (residency === undefined || residency === 'global') return undefined;
  const reach = reachOf(model);
  const stays = `data has to stay in ${residency}`;
  switch (reach.to) {
    case 'geography':
      if (contains(residency, reach.geography)) break;
      return {
        message:
          reach.geography === 'global'
            ? `\`${model}\` may be answered anywhere in the world, and ${stays}.`
            : `\`${model}\` is answered in ${reach.geography}, and ${stays}.`,
        fix: `\`${residency}.${reach.model}\` is the profile for it, where Bedrock has one.`,
      };
    case 'region':
      if (isIn(reach.region, residency)) break;
      return {
        message: `\`${model}\` is answered in ${reach.region || 'an unknown region'}, and ${stays}.`,
        fix: `Name one in ${residency}.`,
      };
    case 'unknown':
      return {
        message: `Where \`${model}\` is answered can't be told from its name, and ${stays}.`,
        fix: `Name the model it stands for, or its profile for ${residency}, as in ${residency}.amazon.nova-lite-v1:0.`,
      };
    case 'here':
      break;
  }
  return regionProblem(residency, region);
}

/** The same of a guardrail, by its id or ARN. Where its own cross-region profile leads is Bedrock's to say. */
export function guardrailResidencyProblem(
  residency: Residency | undefined,
  guardrail: string,
  region?: string,
): ResidencyProblem | undefined {
  return guardrail.startsWith('arn:')
    ? residencyProblem(residency, guardrail, region)
    : regionProblem(residency, region);
}

function regionProblem(residency: Residency | undefined, region: string | undefined): ResidencyProblem | undefined {
  if (region === undefined || residency === undefined || isIn(region, residency)) return undefined;
  return {
    message: `Bedrock is called in ${region}, and data has to stay in ${residency}.`,
    fix: `Call it in a region of ${residency}: set AWS_REGION.`,
  };
}

function contains(residency: Residency, geography: Residency): boolean {
  return residency === 'global' || residency === geography || WITHIN[residency]?.includes(geography) === true;
}

/** Whether a region lies in a geography. One that is not known lies in none but `global`. */
function isIn(region: string, residency: Residency): boolean {
  if (residency === 'global') return true;
  const country = Object.hasOwn(COUNTRIES, region) ? COUNTRIES[region] : undefined;
  const geography = country ?? geographyOf(region);
  return geography !== undefined && contains(residency, geography);
}

function geographyOf(region: string): Residency | undefined {
  if (/^us-gov-(?:east|west)-\d+$/.test(region)) return 'us-gov';
  if (/^us-(?:east|west)-\d+$/.test(region)) return 'us';
  // The sovereign cloud (eusc) is in the EU.
  if (/^(?:eu|eusc-[a-z]+)-[a-z]+-\d+$/.test(region)) return NOT_EU.has(region) ? undefined : 'eu';
  if (/^ap-[a-z]+-\d+$/.test(region)) return 'apac';
  if (/^ca-[a-z]+-\d+$/.test(region)) return 'ca';
  return undefined;
}

function reachOf(id: string): Reach {
  const arn = ARN.exec(id);
  if (arn) {
    const [, region = '', resource = '', name = ''] = arn;
    if (REGIONAL.has(resource)) return { to: 'region', region };
    const profile = resource === 'inference-profile' ? profileOf(name) : undefined;
    return profile ?? { to: 'unknown', model: id };
  }
  const profile = profileOf(id);
  if (profile) return profile;
  const [maker = '', next] = id.split('.');
  // A model's own id begins with who makes it. Two letters are a country's, or a geography's that is not known here.
  const own = next !== undefined && /^[a-z][a-z0-9]{2,}$/.test(maker) && !MAKERS.has(next);
  return own ? { to: 'here' } : { to: 'unknown', model: id };
}

/** A model's own id, out of the id of a profile: `us.amazon.nova-lite-v1:0` is `amazon.nova-lite-v1:0`. Any other id stays as it is. */
export function withoutProfile(id: string): string {
  return PROFILE.exec(id)?.[2] ?? id;
}

function profileOf(id: string): Reach | undefined {
  const found = PROFILE.exec(id);
  const geography = RESIDENCIES.find((one) => one === found?.[1]);
  return geography && { to: 'geography', geography, model: found?.[2] ?? '' };
}

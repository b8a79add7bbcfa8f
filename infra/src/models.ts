import { findModel } from '@parley/deciders';
import {
  guardrailResidencyProblem,
  ParleyError,
  type Program,
  residencyProblem,
  withoutProfile,
} from '@parley/workflow';

/**
 * Where the profiles of a geography lead, of all models together (the guide, "Supported Regions and models for inference profiles";
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html). The region that is called is added to them.
 */
const REGIONS: { readonly [geography: string]: readonly string[] } = {
  us: ['us-east-1', 'us-east-2', 'us-west-2'],
  'us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  ca: ['ca-central-1', 'ca-west-1'],
  eu: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  apac: [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-south-2',
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-southeast-4',
  ],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  au: ['ap-southeast-2', 'ap-southeast-4'],
  in: ['ap-south-1', 'ap-south-2'],
};

/** Where the deployment is. The account may be a token of CloudFormation's. */
export interface Here {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** What one model, or one inference profile with the models behind it, is in IAM. */
export interface ModelAccess {
  /** The model or profile that is asked. */
  readonly asked: string;
  /** The models that a profile leads to: they may be asked by way of it only. */
  readonly behind: readonly string[];
  /** What stands for no region in a request that goes anywhere. */
  readonly anywhere?: string;
}

/**
 * The models that workflows name, as IAM knows them. Throws ParleyError `infra/model` where one can't be answered from here, or where what an
 * id leads to can't be told from it.
 */
export function modelAccess(programs: readonly Program[], here: Here): readonly ModelAccess[] {
  const named = new Map<string, ModelAccess>();
  for (const { name, models } of programs) {
    for (const model of [...(models.decide === undefined ? [] : [models.decide]), ...models.fallback]) {
      const problem = residencyProblem(models.residency, model, here.region);
      if (problem) throw new ParleyError('infra/model', `${name}: ${problem.message}`, { fix: problem.fix });
      named.set(model, accessTo(model, here));
    }
  }
  return [...named.values()];
}

/** The guardrails that workflows name, as ARNs. Throws ParleyError `infra/model` where one may not be asked from here. */
export function guardrailArns(programs: readonly Program[], { partition, region, account }: Here): readonly string[] {
  const arns = new Set<string>();
  for (const { name, models } of programs) {
    if (!models.guardrail) continue;
    const { id } = models.guardrail;
    const problem = guardrailResidencyProblem(models.residency, id, region);
    if (problem) throw new ParleyError('infra/model', `${name}: ${problem.message}`, { fix: problem.fix });
    arns.add(id.startsWith('arn:') ? id : `arn:${partition}:bedrock:${region}:${account}:guardrail/${id}`);
  }
  return [...arns];
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html, and the page on global ones. */
function accessTo(model: string, { partition, region, account }: Here): ModelAccess {
  if (model.startsWith('arn:')) {
    if (/:(foundation|provisioned|custom|imported)-model(-deployment)?\//.test(model))
      return { asked: model, behind: [] };
    // What an application profile or a router leads to is not in its name.
    throw new ParleyError('infra/model', `What ${model} leads to can't be told from its name.`, {
      fix: 'Name the model, or its system-defined profile, by its id.',
    });
  }
  if (findModel(model).api !== 'converse') {
    throw new ParleyError(
      'infra/model',
      `${model} is asked at bedrock-mantle, which the deployment gives no access to.`,
      {
        fix: 'Name a model that speaks Converse.',
      },
    );
  }
  const bare = withoutProfile(model);
  const modelIn = (where: string) => `arn:${partition}:bedrock:${where}::foundation-model/${bare}`;
  if (bare === model) return { asked: modelIn(region), behind: [] };
  const asked = `arn:${partition}:bedrock:${region}:${account}:inference-profile/${model}`;
  const geography = model.slice(0, -bare.length - 1);
  if (geography === 'global') return { asked, behind: [modelIn(region)], anywhere: modelIn('') };
  const regions = REGIONS[geography];
  if (!regions) {
    throw new ParleyError('infra/model', `Where the profiles of ${geography} lead is not known: ${model}.`, {
      fix: 'Add its regions to infra/src/models.ts.',
    });
  }
  return { asked, behind: [...new Set([region, ...regions])].map(modelIn) };
}

import type { Stack } from 'aws-cdk-lib';
import { z } from 'zod';
import type { Environment } from '../environment.ts';
import { ParleyStack } from '../stack.ts';
import { appOf } from '../synthesize.ts';
import { root } from './bundles.ts';

const resource = z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) });
export type Resource = z.output<typeof resource>;

/** A stack's template, with the references in it resolved to names that can be read: an ARN of a made-up account, or the resource's own name. */
export interface Synthesized {
  readonly stack: Stack;
  readonly all: ReadonlyMap<string, Resource>;
  /** The properties of all resources of a type, such as `AWS::SQS::Queue`. */
  of(type: string): readonly Resource['Properties'][];
  /** The properties of the one resource of this type whose property is so. */
  one(type: string, property: string, value: string): Resource['Properties'];
}

export async function synthesized(environment: Environment, bundles: string): Promise<Synthesized> {
  const app = await appOf([environment], { root, bundles });
  const stack = app.node.children.find((child) => child instanceof ParleyStack);
  if (!stack) throw new Error('There is no stack.');
  // What CDK itself finds wrong with a template is looked for once, where both environments are synthesized.
  const assembly = app.synth({ skipValidation: true });
  const raw = z
    .object({ Resources: z.record(z.string(), resource) })
    .parse(assembly.getStackByName(stack.stackName).template);
  const all = new Map(
    Object.entries(raw.Resources).map(([id, one]) => [id, resource.parse(resolved(one, raw.Resources))]),
  );
  const of = (type: string) =>
    [...all.values()].filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  return {
    stack,
    all,
    of,
    one(type, property, value) {
      const [found, ...others] = of(type).filter((one) => one[property] === value);
      if (!found || others.length > 0) throw new Error(`There is not one ${type} with ${property} ${value}.`);
      return found;
    },
  };
}

const join = z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
const sub = z.strictObject({ 'Fn::Sub': z.string() });
const subOf = z.strictObject({ 'Fn::Sub': z.tuple([z.string(), z.record(z.string(), z.unknown())]) });
const ref = z.strictObject({ Ref: z.string() });
const attribute = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });

export const ACCOUNT = '123456789012';

/** By what a resource can be told from others. */
const NAMES = ['FunctionName', 'TableName', 'QueueName', 'AlarmName', 'LogGroupName'];

/** A template's value without its functions. What can't be known before it is made is `ID` or `ID.ATTRIBUTE`. */
function resolved(value: unknown, all: Readonly<Record<string, Resource>>): unknown {
  const inner = (one: unknown) => resolved(one, all);
  const named = (id: string) =>
    NAMES.map((name) => all[id]?.Properties[name]).find((one) => typeof one === 'string') ?? id;
  const joined = join.safeParse(value);
  if (joined.success) {
    const [by, parts] = joined.data['Fn::Join'];
    return parts.map((part) => String(inner(part))).join(by);
  }
  const subbed = sub.safeParse(value);
  if (subbed.success) return subbed.data['Fn::Sub'].replaceAll(/\$\{AWS::AccountId\}/g, ACCOUNT);
  const subbedOf = subOf.safeParse(value);
  if (subbedOf.success) {
    const [text, values] = subbedOf.data['Fn::Sub'];
    return text.replaceAll(/\$\{([^}]*)\}/g, (whole, name: string) =>
      name in values ? String(inner(values[name])) : whole,
    );
  }
  const referred = ref.safeParse(value);
  if (referred.success) return referred.data.Ref === 'AWS::AccountId' ? ACCOUNT : named(referred.data.Ref);
  const got = attribute.safeParse(value);
  if (got.success) return `${String(named(got.data['Fn::GetAtt'][0]))}.${got.data['Fn::GetAtt'][1]}`;
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]));
}

const many = z.union([z.string(), z.array(z.string())]).transform((one) => [one].flat());
const statement = z.object({
  Sid: z.string(),
  Action: many,
  Resource: many,
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
export type Statement = z.output<typeof statement>;

const role = z.object({
  Description: z.string(),
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) })),
});

/** What each role may do, by its description. Policies that are not the role's own are an error. */
export function rolesOf({ of }: Synthesized): ReadonlyMap<string, readonly Statement[]> {
  if (of('AWS::IAM::Policy').length > 0) throw new Error('A role has a policy beside its own.');
  return new Map(
    of('AWS::IAM::Role').map((properties) => {
      const { Description, Policies } = role.parse(properties);
      return [Description, Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)];
    }),
  );
}

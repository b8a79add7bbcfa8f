import { createHash } from 'node:crypto';
import type { Choice, Program } from '@parley/workflow';
import { chatResources } from './chat-resources.ts';
import type { FlowOptions, GeneratedFlow } from './generate.ts';
import { associated, mayCall } from './resources.ts';

/** Lex's own bounds. */
const MAX_UTTERANCES = 1_500;
const MAX_UTTERANCE = 500;
const MAX_INTENTS = 1_000;
/** All sample utterances of one language together. */
const MAX_CHARACTERS = 200_000;
const SESSION_SECONDS = 3_600;

/** An intent of a Lex V2 bot, as CloudFormation has it. */
export interface Intent {
  readonly Name: string;
  readonly ParentIntentSignature?: 'AMAZON.FallbackIntent';
  readonly SampleUtterances?: readonly { readonly Utterance: string }[];
  readonly FulfillmentCodeHook: { readonly Enabled: true; readonly IsActive: true };
}

/**
 * The CloudFormation template of a workflow's contact flow: the Lex V2 bot with its alias, what lets Lex and Connect call
 * the functions, the topic of chats where a bot of our own leads them, and the flow. Queues and the instance are its parameters. A bot changes only by a new version, and a
 * version is made where the name of its resource is new: it holds a hash of the bot.
 */
export function connectTemplate(
  program: Program,
  { flow, parameters }: GeneratedFlow,
  { language = 'en-US', voice = 'Joanna' }: FlowOptions = {},
): object {
  const LocaleId = language.replace('-', '_');
  const name = { 'Fn::Sub': `\${Prefix}-${program.name}` };
  const locale = {
    LocaleId,
    NluConfidenceThreshold: 0.4,
    VoiceSettings: { VoiceId: voice, Engine: 'neural' },
    Intents: intentsOf(program),
  };
  const version = `BotVersion${createHash('sha256').update(JSON.stringify(locale)).digest('hex').slice(0, 8)}`;
  const bot = parameters.has('ChatArn');
  const own = [...parameters].filter(([parameter]) => parameter !== 'BotAliasArn');
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `${program.title}: the contact flow and the Lex bot of the workflow ${program.name}, written by parley flow.`,
    Parameters: {
      Prefix: { Type: 'String', Default: 'parley', Description: 'What names begin with.' },
      InstanceArn: { Type: 'String', Description: 'The ARN of the Connect instance.' },
      LexHookArn: { Type: 'String', Description: 'The ARN of the function that Lex calls.' },
      ...(bot
        ? {
            ChatNotifiedArn: {
              Type: 'String',
              Description: 'The ARN of the function that is told what is said in chats.',
            },
          }
        : {}),
      ...Object.fromEntries(
        own.map(([parameter, { about }]) => [parameter, { Type: 'String', Description: `The ARN of ${about}.` }]),
      ),
    },
    Resources: {
      BotRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Description: `What the Lex bot of ${program.name} may do`,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'lexv2.amazonaws.com' },
                Action: 'sts:AssumeRole',
                Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'Speak',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [{ Sid: 'Speak', Effect: 'Allow', Action: 'polly:SynthesizeSpeech', Resource: '*' }],
              },
            },
          ],
        },
      },
      Bot: {
        Type: 'AWS::Lex::Bot',
        Properties: {
          Name: name,
          RoleArn: get('BotRole', 'Arn'),
          DataPrivacy: { ChildDirected: false },
          IdleSessionTTLInSeconds: SESSION_SECONDS,
          AutoBuildBotLocales: true,
          BotLocales: [locale],
        },
      },
      [version]: {
        Type: 'AWS::Lex::BotVersion',
        // The one before may still be spoken to while the alias is moved on.
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BotId: { Ref: 'Bot' },
          BotVersionLocaleSpecification: [{ LocaleId, BotVersionLocaleDetails: { SourceBotVersion: 'DRAFT' } }],
        },
      },
      BotAlias: {
        Type: 'AWS::Lex::BotAlias',
        Properties: {
          BotAliasName: 'live',
          BotId: { Ref: 'Bot' },
          BotVersion: get(version, 'BotVersion'),
          BotAliasLocaleSettings: [
            {
              LocaleId,
              BotAliasLocaleSetting: {
                Enabled: true,
                CodeHookSpecification: {
                  LambdaCodeHook: { CodeHookInterfaceVersion: '1.0', LambdaArn: { Ref: 'LexHookArn' } },
                },
              },
            },
          ],
        },
      },
      LexMayCall: mayCall('LexHookArn', 'lexv2.amazonaws.com', get('BotAlias', 'Arn')),
      ConnectMayCall: mayCall('FrontDoorArn', 'connect.amazonaws.com', { Ref: 'InstanceArn' }),
      FunctionOfInstance: associated('LAMBDA_FUNCTION', { Ref: 'FrontDoorArn' }),
      BotOfInstance: associated('LEX_BOT', get('BotAlias', 'Arn')),
      ...(bot ? chatResources(program.name) : {}),
      Flow: {
        Type: 'AWS::Connect::ContactFlow',
        DependsOn: ['FunctionOfInstance', 'BotOfInstance', ...(bot ? ['ChatOfInstance'] : [])],
        Properties: {
          InstanceArn: { Ref: 'InstanceArn' },
          Name: name,
          Description: program.title,
          Type: 'CONTACT_FLOW',
          State: 'ACTIVE',
          Content: { 'Fn::Sub': [JSON.stringify(flow), { BotAliasArn: get('BotAlias', 'Arn') }] },
        },
      },
    },
    Outputs: {
      FlowArn: { Value: get('Flow', 'ContactFlowArn') },
      BotAliasArn: { Value: get('BotAlias', 'Arn') },
      ...(bot ? { ChatTopicArn: { Value: { Ref: 'ChatTopic' } } } : {}),
    },
  };
}

const get = (resource: string, attribute: string) => ({ 'Fn::GetAtt': [resource, attribute] });

const HOOK = { Enabled: true, IsActive: true } as const;
const FALLBACK: Intent = {
  Name: 'FallbackIntent',
  ParentIntentSignature: 'AMAZON.FallbackIntent',
  FulfillmentCodeHook: HOOK,
};

/**
 * The intents: one for each name of a choice that has examples, so that Lex hears their words better, and the fallback. All
 * of them lead to the hook: which choice it is, the workflow's decider says. No utterance stands twice: Lex refuses that.
 */
export function intentsOf({ steps, interrupts }: Pick<Program, 'steps' | 'interrupts'>): readonly Intent[] {
  const choices = [...steps.values()].flatMap((step): readonly Choice[] => ('choices' in step ? step.choices : []));
  const utterances = new Map<string, string[]>();
  const taken = new Set<string>();
  let characters = 0;
  for (const { name, examples } of [...choices, ...interrupts]) {
    const own = utterances.get(intentName(name)) ?? [];
    for (const utterance of examples.map(sayable)) {
      const key = utterance.toLowerCase();
      const room = own.length < MAX_UTTERANCES && characters + utterance.length <= MAX_CHARACTERS;
      if (utterance === '' || taken.has(key) || !room) continue;
      taken.add(key);
      characters += utterance.length;
      own.push(utterance);
    }
    if (own.length > 0 && utterances.size < MAX_INTENTS - 2) utterances.set(intentName(name), own);
  }
  // A bot needs an intent that is not the fallback.
  if (utterances.size === 0) utterances.set('Hello', ['hello']);
  const intents = [...utterances].map(
    ([Name, own]): Intent => ({
      Name,
      SampleUtterances: own.map((Utterance) => ({ Utterance })),
      FulfillmentCodeHook: HOOK,
    }),
  );
  return [...intents, FALLBACK];
}

/** Lex's names are letters and digits, with single `_` or `-` between. */
const intentName = (name: string) =>
  name
    .replace(/[^0-9A-Za-z]+/g, '_')
    .replace(/_+$/, '')
    .slice(0, 90);

/** What Lex takes as an utterance: words, with apostrophes, hyphens and full stops in them. */
const sayable = (example: string) =>
  example
    .replace(/[^\p{L}\p{M}\p{N}'’.\- ]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, MAX_UTTERANCE);

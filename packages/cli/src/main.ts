import { STRATEGIES } from '@parley/deciders';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { bedrockLocal } from './bedrock-local.ts';
import { center } from './center.ts';
import { check } from './check.ts';
import { compile } from './compile.ts';
import { compileCost } from './compile-cost.ts';
import { cost } from './cost.ts';
import { decide } from './decide.ts';
import { deployWorkflow, rollbackWorkflow } from './deploy.ts';
import { dev } from './dev.ts';
import { diff } from './diff.ts';
import { evaluate } from './eval.ts';
import { flow } from './flow.ts';
import { forget } from './forget.ts';
import { graph } from './graph.ts';
import { importAnalysis } from './import.ts';
import { key } from './key.ts';
import { record } from './record.ts';
import { replay } from './replay.ts';
import { sessions } from './sessions.ts';
import { CENTER, SESSIONS } from './store.ts';
import { sweep } from './sweep.ts';
import { talk } from './talk.ts';
import { DIMENSIONS, type Dimension } from './tally.ts';
import { describeError, harmless } from './terminal.ts';

/** Runs the command and gives its exit code: 0 for well, 1 for what was looked for and found (problems, divergences), 2 for what can't be done. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  const done = async (result: Promise<number>) => {
    code = await result;
  };
  const store = new Option('--store <file>', 'where sessions are kept: a file, or dynamodb:TABLE').default(SESSIONS);
  const kms = new Option('--key <id>', 'with dynamodb: the key of KMS, in place of PARLEY_KEY');
  const decider = new Option('--decider <name>', 'who decides').choices(['offline', 'bedrock']).default('offline');
  const model = new Option('--model <id...>', 'with bedrock: the models, in place of those the workflow names');
  const region = new Option('--region <region>', 'with bedrock: the AWS region, in place of AWS_REGION');
  const endpoint = new Option('--endpoint <url>', 'with bedrock: another address than that of AWS');
  const models = new Option('--models <file>', 'with bedrock: rows for the table of models (workflows/models.json)');
  const shape = () =>
    new Option(
      '--shape <shape>',
      'on Step Functions: one Standard execution a contact, or one Express execution a turn',
    )
      .choices(['per-contact', 'per-turn'])
      .default('per-contact');
  const json = new Option('--json', 'print JSON, for a program to read');

  const program = new Command('parley')
    .description('Runs contact-center conversations that are written as files.')
    .showHelpAfterError('(parley --help says more)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText(
      'after',
      `
NAME is the name of a folder in workflows/, or the path of a workflow file or its folder.

Begin with:
  parley center                  call, chat, watch and answer in a browser
  parley talk support            have a conversation in this terminal
  parley talk supply-chain       another: shipments, docks and claims
  parley check                   see what is wrong with the workflows here
  parley replay workflows/support/recordings
                                 see whether recorded calls still go as they did`,
    );

  program
    .command('talk')
    .argument('<name>', 'the workflow')
    .description("Open a conversation in the terminal; in a pipe, take the caller's lines from standard input")
    .addOption(store)
    .option('--session <id>', 'go on with this session, or give a new one its name')
    .option('--voice', 'as on the phone: codes and amounts are put the way they are read aloud')
    .option('--fresh', 'start with the back end as it was first delivered')
    .option('--quiet', 'only what the two say')
    .addOption(decider)
    .addOption(model)
    .addOption(region)
    .addOption(endpoint)
    .addOption(models)
    .action((name, options) => done(talk(name, options)));

  program
    .command('center')
    .argument('[names...]', 'the workflows; all of workflows/ if left out')
    .description(
      'Open a contact center on this machine, with pages for callers, watchers and agents, and the APIs of Amazon Connect',
    )
    .option('--port <port>', 'where to listen; 0: any that is free', port, 7357)
    .addOption(
      new Option('--host <host>', 'who runs sessions: this process, or a local Step Functions')
        .choices(['embedded', 'stepfunctions'])
        .default('embedded'),
    )
    .addOption(shape())
    .option('--data <folder>', 'where sessions and back ends are kept', CENTER)
    .option('--fresh', 'start with the back ends as they were first delivered')
    .option('--demo', 'callers call by themselves')
    .addOption(
      new Option('--chat <who>', 'who leads chats: a bot of our own, which can push and offer answers to pick, or Lex')
        .choices(['bot', 'lex'])
        .default('bot'),
    )
    .option('--no-open', 'open no browser')
    .addOption(decider)
    .addOption(model)
    .addOption(region)
    .addOption(endpoint)
    .addOption(models)
    .action((names, options) => done(center(names, options)));

  program
    .command('check')
    .argument('[names...]', 'the workflows; all of workflows/ if left out')
    .description(
      'Find what is wrong with workflows, and say where it is and what to do; exit code 1 if there are errors',
    )
    .addOption(json)
    .action((names, options) => done(check(names, options)));

  program
    .command('diff')
    .argument('<before>', 'a workflow file')
    .argument('<after>', 'another')
    .description('Say what changed from one workflow to another, as an operator would; exit code 1 if anything did')
    .addOption(json)
    .action((before, after, options) => done(diff(before, after, options)));

  program
    .command('graph')
    .argument('<name>', 'the workflow')
    .description('Draw a workflow')
    .addOption(
      new Option('-f, --format <format>', "xstate: the machine as JSON, for Stately's editor")
        .choices(['mermaid', 'svg', 'xstate'])
        .default('mermaid'),
    )
    .option('-o, --output <file>', 'write it there')
    .action((name, options) => done(graph(name, options)));

  program
    .command('compile')
    .argument('<name>', 'the workflow')
    .description('Write a workflow as a state machine for AWS Step Functions (Amazon States Language)')
    .addOption(shape())
    .option('-o, --out <file>', 'write it there')
    .option('--cost', 'instead, say what a call costs on AWS in both shapes, by how recorded calls went')
    .option('--recordings <paths...>', 'with --cost: recordings, or folders of them; those of the workflow if left out')
    .option('--region <region>', 'with --cost: the AWS region', 'us-east-1')
    .option('--prices <file>', 'with --cost: another table of prices')
    .addOption(new Option('--json', 'with --cost: print JSON, for a program to read'))
    .action((name, options) => done(options.cost ? compileCost(name, options) : compile(name, options)));

  const prefix = () =>
    new Option('--prefix <prefix>', 'what the names of the deployment begin with').makeOptionMandatory();
  const sfnRegion = new Option('--region <region>', 'the AWS region, in place of AWS_REGION');
  const sfnEndpoint = new Option('--endpoint <url>', 'another address of Step Functions than that of AWS');
  program
    .command('dev')
    .argument('<name>', 'the workflow')
    .description(
      'Have conversations on a local Step Functions, and see the states they go through; a changed file is deployed for the next. Production is AWS',
    )
    .addOption(shape())
    .option('--voice', 'as on the phone: codes and amounts are put the way they are read aloud')
    .option('--fresh', 'start with the back end as it was first delivered')
    .option('--quiet', 'only what the two say')
    .addOption(decider)
    .addOption(model)
    .addOption(region)
    .addOption(endpoint)
    .addOption(models)
    .action((name, options) => done(dev(name, options)));

  program
    .command('deploy')
    .argument('<name>', 'the workflow')
    .description(
      'Put a workflow live on AWS: new sessions start on it, those that have begun keep their version; exit code 1 if it has errors',
    )
    .addOption(prefix())
    .addOption(shape())
    .option('--canary <percent>', 'only for so many of the new sessions, such as 10%', percent)
    .option('--role <arn>', 'the role of the state machine; the one it has if left out')
    .addOption(sfnRegion)
    .addOption(sfnEndpoint)
    .addOption(json)
    .action((name, options) => done(deployWorkflow(name, options)));

  program
    .command('rollback')
    .argument('<workflow>', 'the workflow, by the name in its file')
    .description('Take back what `parley deploy` did last: a canary, else all since the version before')
    .addOption(prefix())
    .addOption(sfnRegion)
    .addOption(sfnEndpoint)
    .addOption(json)
    .action((workflow, options) => done(rollbackWorkflow(workflow, options)));

  program
    .command('flow')
    .argument('<names...>', 'the workflow; with --check: exported contact flows')
    .description(
      "Write a workflow's contact flow for Amazon Connect, and its Lex bot; or check any exported flow, with exit code 1 if there are errors",
    )
    .option('--check', 'read exported flows, whoever wrote them, and tell what is wrong or risky')
    .option('--tests', "write the workflow's recordings as test cases of Connect, which nothing here can run")
    .option('-o, --out <folder>', 'write the flow and a CloudFormation template with the bot there')
    .option('--greeting <text>', 'what is said before the workflow begins')
    .addOption(
      new Option('--record <what>', 'what Connect records: the part with a person of ours, or all')
        .choices(['nothing', 'agent', 'all'])
        .default('nothing'),
    )
    .addOption(
      new Option('--chat <who>', 'who leads chats: Lex, as it leads calls, or a bot that takes part in them')
        .choices(['lex', 'bot'])
        .default('lex'),
    )
    .option('--language <code>', 'the language', 'en-US')
    .option('--voice <name>', 'the Amazon Polly voice, one with a neural engine', 'Joanna')
    .addOption(json)
    .action((names, options) => done(flow(names, options)));

  program
    .command('replay')
    .argument('<paths...>', 'recordings, or folders of them')
    .description('Put recordings through their workflow and name the first divergence; exit code 1 if there is one')
    .option('--against <file>', 'through this workflow instead, such as one that was edited')
    .addOption(json)
    .action((paths, options) => done(replay(paths, options)));

  program
    .command('sessions')
    .argument('[session]', 'show this one')
    .description('List the sessions in the store, or show one; sensitive values are hidden')
    .addOption(store)
    .addOption(kms)
    .option('--workflow <name>', 'only those of this workflow')
    .option('--limit <count>', 'how many to list', count, 20)
    .addOption(json)
    .action((session, options) => done(sessions(session, options)));

  program
    .command('record')
    .argument('<session>', 'a session of the store')
    .description('Make a recording of a session, ready to commit: sensitive values are replaced by pseudonyms')
    .addOption(store)
    .addOption(kms)
    .option('-o, --output <file>', 'write it there instead of to standard output')
    .action((session, options) => done(record(session, options)));

  program
    .command('import')
    .argument('<files...>', 'the Contact Lens analysis files of one contact, of voice or chat')
    .description(
      'Make a recording of a conversation that Contact Lens has analysed; what tells who somebody is, is replaced',
    )
    .option('--start <instant>', 'when a call began, where the name of its file does not tell')
    .option('-o, --output <file>', 'write it there instead of to standard output')
    .action((files, options) => done(importAnalysis(files, options)));

  program
    .command('decide')
    .argument('<recording>', 'a recording or an imported conversation')
    .argument('<name>', 'the workflow')
    .description("Put the caller's words through a workflow anew, and print what comes of it")
    .option('-o, --output <file>', 'write what comes of it as a recording')
    .addOption(decider)
    .addOption(model)
    .addOption(region)
    .addOption(endpoint)
    .addOption(models)
    .action((recording, name, options) => done(decide(recording, name, options)));

  program
    .command('bedrock-local')
    .description('Stand in for Bedrock on this machine: what speaks to Bedrock can be tried without an account')
    .option('--port <port>', 'where to listen; 0: any that is free', port, 8787)
    .option('--recording <file>', 'answer as in this recording; left out: with the offline decider')
    .option('--verbose', "print each request's protocol and id too")
    .action((options) => done(bedrockLocal(options)));

  program
    .command('cost')
    .argument('[recordings...]', 'recordings, or folders of them, in place of the store')
    .description('Add up what decisions took and cost; of a model without a price it is said that it is not in the sum')
    .addOption(store)
    .addOption(kms)
    .option('--since <date>', 'only decisions from this day (UTC) or instant on', instant)
    .option('--until <date>', 'only decisions before this day (UTC) or instant', instant)
    .option('--workflow <name>', 'only those of this workflow')
    .option('--by <list>', `what to add up by, out of ${DIMENSIONS.join(', ')}`, dimensions, [
      'workflow',
      'step',
      'model',
    ])
    .option('--models <file>', 'rows for the table of models, with prices (workflows/models.json)')
    .addOption(json)
    .action((recordings, options) => done(cost(recordings, options)));

  program
    .command('eval')
    .argument('<recordings...>', 'recordings, or folders of them')
    .description(
      'Put recorded decisions to models again, and compare: agreement, by step, what was picked instead, latency, cost. Run again, it goes on where it stopped',
    )
    .requiredOption('--model <id>', 'a model, or `offline`; once for each', several)
    .option('--max-cost <usd>', 'stop before more than this could be spent, what earlier runs spent included', dollars)
    .option('-o, --output <file>', 'where answers are kept', '.parley/eval.jsonl')
    .option('--fresh', 'ask everything anew')
    .option('--concurrency <count>', 'how many are asked at once', count, 4)
    .addOption(
      new Option('--strategy <name>', 'how models are made to answer, in place of the table').choices(STRATEGIES),
    )
    .addOption(region)
    .addOption(endpoint)
    .addOption(models)
    .addOption(json)
    .action((recordings, options) => done(evaluate(recordings, options)));

  program
    .command('forget')
    .argument('<customer>', "an e-mail address, a phone number, a customer's id, or a session")
    .description(
      'Remove all there is of a customer, and say what it was: sessions, recordings, what the back ends hold; exit code 1 if something is left',
    )
    .addOption(store)
    .addOption(kms)
    .option('--dry-run', 'only say what there is')
    .option('--yes', 'do not ask')
    .addOption(json)
    .action((customer, options) => done(forget(customer, options)));

  program
    .command('sweep')
    .description('Remove the sessions whose time is up (limits.keep and limits.record), for when no engine runs')
    .addOption(store)
    .addOption(kms)
    .addOption(json)
    .action((options) => done(sweep(options)));

  program
    .command('key')
    .description('List the keys the store is encrypted with, by name')
    .addOption(store)
    .option('--new', 'add a key: it writes from now on, those before go on reading')
    .action((options) => done(key(options)));

  // Whoever reads may have had enough, as `head` has.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 2);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${harmless(describeError(error))}\n`);
    return 2;
  }
}

function count(given: string): number {
  const number = Number(given);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Write a whole number, such as 20.');
}

function port(given: string): number {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new InvalidArgumentError('Write a port, such as 8787.');
}

function instant(given: string): number {
  const at = /^\d{4}-\d\d-\d\d(T.*)?$/.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('Write a day, such as 2026-11-25, or an instant, such as 2026-11-25T14:00Z.');
}

function dimensions(given: string): readonly Dimension[] {
  const names = given.split(',').map((name) => name.trim());
  const found = names.flatMap((name) => DIMENSIONS.filter((one) => one === name));
  if (found.length === names.length) return [...new Set(found)];
  throw new InvalidArgumentError(`Write some of ${DIMENSIONS.join(', ')}, with commas between them.`);
}

function percent(given: string): number {
  const number = Number(given.replace(/%$/, ''));
  if (/^\d+%?$/.test(given) && number >= 1 && number <= 99) return number;
  throw new InvalidArgumentError('Write a share from 1% to 99%, such as 10%.');
}

function several(given: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), given];
}

function dollars(given: string): number {
  const amount = Number(given);
  if (given.trim() !== '' && Number.isFinite(amount) && amount >= 0) return amount;
  throw new InvalidArgumentError('Write an amount in US dollars, such as 2.50.');
}

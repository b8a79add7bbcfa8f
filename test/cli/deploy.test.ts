import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LocalStepFunctions, sfnClient, sfnReleases, startLocalStepFunctions } from '@parley/stepfunctions';
import { type LocalDynamo, startLocalDynamo } from '../../packages/stores/src/testing/local-dynamo.ts';
import { folderWith, PATIENCE, put, remove, TEA } from './command.ts';
import { parleyHere } from './in-process.ts';

jest.setTimeout(PATIENCE);

const ROLE = ['--role', 'arn:aws:iam::123456789012:role/states'];

let folder = '';
let prefix = '';
let dynamo: LocalDynamo;
let local: LocalStepFunctions;
const env = { ...process.env };
beforeAll(async () => {
  dynamo = await startLocalDynamo();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  local = await startLocalStepFunctions({ log: () => undefined });
});
afterAll(async () => {
  process.env = env;
  await local.close();
  await dynamo.close();
});
beforeEach(async () => {
  prefix = await dynamo.table();
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
  return () => remove(folder);
});

const deploy = (...more: readonly string[]) =>
  parleyHere(['deploy', 'tea', '--prefix', prefix, '--endpoint', local.url, ...more], folder);
const rollback = () => parleyHere(['rollback', 'tea', '--prefix', prefix, '--endpoint', local.url], folder);
const edit = (from: string, to: string) => put(folder, 'workflows/tea/workflow.yaml', TEA.replace(from, to));

describe('deploy', () => {
  it('puts a workflow live, and says what was, what is, and what changed', async () => {
    const first = await deploy(...ROLE);
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/tea: published as version 1 /);
    expect(first.out).toMatch(/tea: was live {2}nothing\ntea: is live {3}[0-9a-f]{12} \(version 1\) 100%\n$/);
    const [version = ''] = /[0-9a-f]{12}/.exec(first.out) ?? [];

    const again = await deploy();
    expect(again.out).toBe(`tea: ${version} (version 1) 100% is live already.\n`);

    edit('Welcome.', 'Good day.');
    const canary = await deploy('--canary', '10%');
    expect(canary.out).toContain(`tea: was live  ${version} (version 1) 100%\n`);
    expect(canary.out).toMatch(
      new RegExp(`tea: is live {3}${version} \\(version 1\\) 90%, [0-9a-f]{12} \\(version 2\\) 10%\n`),
    );
    expect(canary.out).toContain('Sessions that have begun go on with the version they are on.');
    expect(canary.out).toMatch(new RegExp(`What changed since ${version}:\n.*welcome.*Good day\\.`, 's'));

    const back = await rollback();
    expect(back.out).toContain(`tea: is live   ${version} (version 1) 100%\n`);
    expect(await rollback()).toMatchObject({
      code: 2,
      out: '',
      err: 'deploy/nothing\n    There is no version of tea to go back to.\n    Deploy the file as it was.\n',
    });
  });

  it('leaves what the functions need: new sessions find their release, and its files are in the table', async () => {
    const { out } = await deploy(...ROLE, '--json');
    const { after, stateMachine }: { after: { version: string }[]; stateMachine: string } = JSON.parse(out);
    const clock = { now: () => 0, after: () => () => undefined };
    const client = sfnClient({ endpoint: local.url });
    const releases = sfnReleases({ client, stateMachines: stateMachine.replace(/tea$/, ''), clock });
    const release = await releases.of('tea', 's1');
    client.destroy();
    expect(release).toMatchObject({ version: after[0]?.version, stateMachine: `${stateMachine}:1` });
    const store = await dynamo.open({ table: prefix });
    const kept: { text: string } = JSON.parse((await store.workflow(release.version))?.source ?? '');
    expect(kept.text).toBe(TEA);
    await store.close();
  });

  it('is stopped by errors of the workflow, as they are told by check', async () => {
    edit('to: no_coffee', 'to: nowhere');
    const { code, out } = await deploy(...ROLE);
    expect(code).toBe(1);
    expect(out).toMatch(/workflow\.yaml:\d+:\d+ .*nowhere.*has errors, and is not deployed/s);
    expect(await rollback()).toMatchObject({ code: 2, err: expect.stringContaining('Nothing of tea is live') });
  });

  it('says what keeps it from it', async () => {
    expect(await deploy()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('deploy/role') });
    const elsewhere = ['deploy', 'tea', '--prefix', prefix, '--endpoint', 'http://127.0.0.1:9', ...ROLE];
    expect(await parleyHere(elsewhere, folder)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^deploy\/unreachable\n {4}Step Functions can't be reached \(ECONNREFUSED\)/),
    });
    const noTable = ['deploy', 'tea', '--prefix', 'nosuch', '--endpoint', local.url, ...ROLE];
    expect(await parleyHere(noTable, folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('store/missing'),
    });
  });
});

import { cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { signaturesOf, type Tools } from '@parley/engine';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import { build, type Plugin } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** The functions of a deployment, each a bundle of its own: by the package that has its entry. */
const FUNCTIONS = {
  stepfunctions: ['ask', 'decide', 'call', 'finish', 'turn', 'tick'],
  connect: ['lex', 'block', 'joined', 'notified', 'pushed', 'ended'],
};

/**
 * The database of the example back ends. The Node of AWS Lambda has it built in, so nothing native is in a bundle; an older
 * Node takes the package, where one is installed above the bundle.
 */
const SQLITE =
  "export const { DatabaseSync } = process.getBuiltinModule('node:sqlite') ?? require('@photostructure/sqlite');";

const ZOD = "import { z } from 'zod'";

/** npm run bundle [-- FOLDER]: the functions into FOLDER/functions/NAME/index.mjs, the workflows into FOLDER/workflows. `dist` if left out. */
const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
const workflows = await workflowsIn(path.join(root, 'workflows'));
const signatures = Object.fromEntries(
  await Promise.all(workflows.map(async (one) => [one.name, await signaturesIn(one)])),
);
// The functions take it that this was done.
for (const { name, folder } of workflows) {
  compileWorkflow(await loadWorkflow(path.join(folder, 'workflow.yaml')), signatures[name]);
}
await rm(path.join(out, 'functions'), { recursive: true, force: true });
await Promise.all(Object.entries(FUNCTIONS).flatMap(([from, names]) => names.map((name) => bundle(from, name))));
await layer();

interface Workflow {
  /** As its file says: what state machines and sessions call it. */
  readonly name: string;
  readonly folder: string;
  /** The path of its `tools.ts`, where there is one. */
  readonly tools: string | undefined;
}

async function workflowsIn(folder: string): Promise<readonly Workflow[]> {
  const found: Workflow[] = [];
  for (const entry of (await readdir(folder)).sort()) {
    const text = await readFile(path.join(folder, entry, 'workflow.yaml'), 'utf8').catch(() => undefined);
    const name = /^workflow: *(\S+)/m.exec(text ?? '')?.[1];
    if (name === undefined) continue;
    const tools = path.join(folder, entry, 'tools.ts');
    found.push({ name, folder: path.join(folder, entry), tools: (await isThere(tools)) ? tools : undefined });
  }
  return found;
}

async function signaturesIn({ tools: file }: Workflow) {
  if (file === undefined) return {};
  const { default: make }: { default: (place: object) => Tools } = await import(pathToFileURL(file).href);
  return signaturesOf(make({}));
}

/** One file, with all that it needs: the AWS SDK as it was tried, not as Lambda happens to have it. */
async function bundle(from: string, name: string): Promise<void> {
  await build({
    entryPoints: [path.join(root, 'packages', from, 'src/lambda', `${name}.ts`)],
    outfile: path.join(out, 'functions', name, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // Written as modules, packages can be taken in by the parts that are used.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [generated()],
    logLevel: 'warning',
  });
}

/** The modules that are made here: of the workflows' tools, and in the place of a native one. */
function generated(): Plugin {
  return {
    name: 'parley',
    setup(build) {
      build.onResolve({ filter: /^parley:|^@photostructure\/sqlite$/ }, ({ path, kind }) =>
        kind === 'require-call' ? { path, external: true } : { path, namespace: 'parley' },
      );
      build.onLoad({ filter: /sqlite$/, namespace: 'parley' }, () => ({ contents: SQLITE }));
      // zod's own object of all that it has can't be taken in by parts, and holds its messages in fifty languages.
      build.onLoad({ filter: /\.[jt]s$/, namespace: 'file' }, async ({ path: file }) => {
        const text = await readFile(file, 'utf8');
        if (file.includes('node_modules') || !text.includes(ZOD)) return undefined;
        return { contents: text.replace(ZOD, "import * as z from 'zod'"), loader: file.endsWith('.ts') ? 'ts' : 'js' };
      });
      build.onLoad({ filter: /signatures$/, namespace: 'parley' }, () => ({
        contents: JSON.stringify(signatures),
        loader: 'json',
      }));
      build.onLoad({ filter: /tools$/, namespace: 'parley' }, () => {
        const files = workflows.flatMap(({ name, tools }) => (tools === undefined ? [] : [{ name, tools }]));
        const imports = files.map(({ tools }, index) => `import tools${index} from ${JSON.stringify(tools)};`);
        const entries = files.map(({ name }, index) => `${JSON.stringify(name)}: tools${index}`);
        return { contents: `${imports.join('\n')}\nexport default { ${entries.join(', ')} };`, resolveDir: root };
      });
    },
  };
}

/** The workflows' files as the functions read them: no recordings and no code. */
async function layer(): Promise<void> {
  const to = path.join(out, 'workflows');
  await rm(to, { recursive: true, force: true });
  for (const { name, folder } of workflows) {
    await mkdir(path.join(to, name), { recursive: true });
    await cp(path.join(folder, 'workflow.yaml'), path.join(to, name, 'workflow.yaml'));
  }
  await mkdir(path.join(to, 'parts'), { recursive: true });
  const parts = path.join(root, 'workflows/parts');
  for (const file of (await readdir(parts)).filter((file) => file.endsWith('.yaml'))) {
    await cp(path.join(parts, file), path.join(to, 'parts', file));
  }
  const models = path.join(root, 'workflows/models.json');
  if (await isThere(models)) await cp(models, path.join(to, 'models.json'));
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

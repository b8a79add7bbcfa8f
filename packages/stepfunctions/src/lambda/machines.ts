import path from 'node:path';
import { type Guard, Machines, type Store } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import {
  loadWorkflow,
  ParleyError,
  recompileWorkflow,
  type ToolSignature,
  type ToolSignatures,
} from '@parley/workflow';
import type { World } from '../functions/world.ts';

/**
 * The machines of the workflows in a folder, `NAME/workflow.yaml`, each made when it is first asked for: making one takes a good part
 * of a cold start, and a function that goes on with a session needs only that session's.
 */
export function machinesIn(
  folder: string,
  signatures: { readonly [workflow: string]: ToolSignatures },
  store: Store,
  guard: Guard | 'none',
): World['machines'] {
  const begun = new Map<string, Promise<Machines>>();
  const others = new Map<string, Machines>();
  const given = new Map(Object.entries(signatures));
  const signaturesOf = (workflow: string): ToolSignatures => given.get(workflow) ?? {};

  /** Makes the machine of the file as it is now. */
  async function make(workflow: string): Promise<Machines> {
    const source = await loadWorkflow(
      path.join(folder, workflow, 'workflow.yaml'),
      path.join(workflow, 'workflow.yaml'),
    );
    const tools = signaturesOf(workflow);
    // Checked when it was bundled: checking takes as long as all the rest, and a caller waits.
    const machine = createMachine(recompileWorkflow(source, tools), tools);
    return new Machines([machine], described(tools), store, guard);
  }

  function starting(workflow: string): Promise<Machines> {
    const known = begun.get(workflow);
    if (known) return known;
    const made = make(workflow);
    begun.set(workflow, made);
    made.catch(() => begun.delete(workflow));
    return made;
  }

  function other(workflow: string): Machines {
    const known = others.get(workflow) ?? new Machines([], described(signaturesOf(workflow)), store, guard);
    others.set(workflow, known);
    return known;
  }

  return {
    async start(workflow, version): Promise<Machine> {
      if (!NAME.test(workflow)) throw unknown(workflow);
      const machines = await starting(workflow).catch((error: unknown) => {
        if (!(error instanceof ParleyError) || error.code !== 'workflow/unreadable') throw error;
        // It may have been deployed since the layer was made: then its files are in the store.
        if (version === undefined) throw unknown(workflow);
        return other(workflow);
      });
      return machines.start(workflow, version);
    },
    async of(stored): Promise<Machine> {
      // What a session begins on is known here already where it began here; else it is in the store.
      const known = begun.get(stored.workflow);
      return (known ? await known : other(stored.workflow)).of(stored);
    },
  };
}

/** Tools as far as a machine needs them. */
const described = (of: ToolSignatures = {}): { readonly [name: string]: { readonly signature: ToolSignature } } =>
  Object.fromEntries(Object.entries(of).map(([name, signature]) => [name, { signature }]));

/** A workflow's name is a folder's here: nothing that leads elsewhere. */
const NAME = /^[A-Za-z][\w-]*$/;

function unknown(workflow: string): ParleyError {
  const named = NAME.test(workflow) ? ` ${workflow}` : ' of this name';
  return new ParleyError('engine/unknown-workflow', `There is no workflow${named} here.`, {
    fix: 'Put its file into the layer, as `npm run bundle` does, or name another in session.started.',
  });
}

import { createMachine, type Machine } from '@parley/machine';
import {
  compileWorkflow,
  ParleyError,
  recompileWorkflow,
  type ToolSignatures,
  WorkflowError,
  type WorkflowSource,
} from '@parley/workflow';
import type { Guard } from './guard.ts';
import { keepWorkflow, keptWorkflow } from './kept-workflow.ts';
import type { Store, StoredSession } from './store.ts';
import { signaturesOf, type Tool } from './tool.ts';

/** The machines of a host: of the workflows sessions can start on, and of the versions those under way have started on. */
export class Machines {
  readonly #store: Pick<Store, 'workflow' | 'keepWorkflow'>;
  readonly #guard: Guard | 'none' | undefined;
  readonly #signatures: ToolSignatures;
  readonly #current = new Map<string, Machine>();
  readonly #versions = new Map<string, Promise<Machine>>();
  /** The versions that are known to be kept in the store. */
  readonly #kept = new Set<string>();

  /**
   * `workflows`: their files, or the machines that were made of them with these tools. Throws WorkflowError where one has errors, and ParleyError `engine/no-guard` where one names a guardrail and
   * `guard` is left out.
   */
  constructor(
    workflows: readonly (WorkflowSource | Machine)[],
    tools: { readonly [name: string]: Pick<Tool, 'signature'> },
    store: Pick<Store, 'workflow' | 'keepWorkflow'>,
    guard: Guard | 'none' | undefined = undefined,
  ) {
    this.#store = store;
    this.#guard = guard;
    this.#signatures = signaturesOf(tools);
    for (const one of workflows) {
      const machine = 'program' in one ? one : createMachine(compileWorkflow(one, this.#signatures), this.#signatures);
      this.#checkGuard(machine);
      this.#current.set(machine.program.name, machine);
      this.#versions.set(machine.program.version, Promise.resolve(machine));
    }
  }

  /** The machine of a workflow, as new sessions use it. Throws ParleyError `engine/unknown-workflow`. */
  named(workflow: string): Machine {
    const machine = this.#current.get(workflow);
    if (machine) return machine;
    throw new ParleyError('engine/unknown-workflow', `There is no workflow ${workflow} here.`, {
      fix: `There ${this.#current.size === 1 ? 'is' : 'are'} ${[...this.#current.keys()].join(', ')}.`,
    });
  }

  /**
   * The machine a new session starts on: of the version that is named, else the current one. Its files are in the store when
   * this resolves. Throws ParleyError `engine/unknown-workflow`, `engine/version-lost` or `engine/no-guard`.
   */
  async start(workflow: string, version = this.named(workflow).program.version): Promise<Machine> {
    const machine = await this.of({ workflow, version });
    this.#checkGuard(machine);
    if (!this.#kept.has(version)) {
      await keepWorkflow(this.#store, machine.program);
      this.#kept.add(version);
    }
    return machine;
  }

  /** The machine of the version a session started on: from the store where the file has changed since. */
  async of({ workflow, version }: Pick<StoredSession, 'workflow' | 'version'>): Promise<Machine> {
    const known = this.#versions.get(version);
    if (known) return known;
    const made = keptWorkflow(this.#store, { workflow, version }).then((source) =>
      createMachine(this.#compileOld(source), this.#signatures),
    );
    this.#versions.set(version, made);
    made.catch(() => this.#versions.delete(version));
    return made;
  }

  #checkGuard({ program: { name, models } }: Machine): void {
    if (models.guardrail === undefined || this.#guard !== undefined) return;
    throw new ParleyError('engine/no-guard', `The workflow ${name} names a guardrail.`, {
      place: models.guardrail.at,
      fix: "Give the engine a guard that looks at what tools are given and return, or `guard: 'none'`.",
    });
  }

  /** It was right when the session began. Tools may have changed since, which their doors are for. */
  #compileOld(source: WorkflowSource) {
    try {
      return recompileWorkflow(source, this.#signatures);
    } catch (error) {
      if (error instanceof WorkflowError) return recompileWorkflow(source);
      throw error;
    }
  }
}

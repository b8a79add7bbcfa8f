import { defineTool, type Tool, type ToolContext, type ToolDefinition } from '@parley/engine';
import { z } from 'zod';
import type { Desk } from './desk.ts';
import { type Troubles, troubled } from './trouble.ts';

/** A tool as a back end defines it: what it does, it does at a desk. `Refusal`: the codes it may throw a ToolError with. */
export interface DeskTool<Input extends z.ZodType, Output, Refusal extends string = string>
  extends Omit<ToolDefinition<Input, z.ZodType<Output, Output>>, 'effect' | 'errors' | 'run'> {
  readonly errors?: readonly Refusal[];
  run(desk: Desk, input: z.output<Input>): Output;
}

/** What makes the tools of a back end. */
export interface ToolMakers<Refusal extends string = string> {
  reads<Input extends z.ZodType, Output>(definition: DeskTool<Input, Output, Refusal>): Tool;
  /** Every write acts once for its idempotency key, however often it is tried. `name`: the tool's. */
  writes<Input extends z.ZodType, Output>(name: string, definition: DeskTool<Input, Output, Refusal>): Tool;
}

/** What makes the tools of the back end behind `deskOf`; the ids of `troubles` make them misbehave on purpose. */
export function toolMakers<Refusal extends string = string>(
  deskOf: (context: ToolContext) => Desk,
  troubles: Troubles,
): ToolMakers<Refusal> {
  return {
    reads: (definition) =>
      defineTool({
        ...definition,
        effect: 'reads',
        run: (input, context) =>
          troubled(troubles, input, 'reads', context, () => definition.run(deskOf(context), input)),
      }),
    writes: (name, definition) =>
      defineTool({
        ...definition,
        effect: 'writes',
        run: (input, context) =>
          troubled(troubles, input, 'writes', context, () => {
            const desk = deskOf(context);
            return desk.db.once(
              context.idempotencyKey,
              { name, input },
              definition.output,
              () => definition.run(desk, input),
              (answer) => personIn(input) ?? personIn(answer),
            );
          }),
      }),
  };
}

/** What the id of a person is called in the tools' inputs and outputs. */
const WithPerson = z.object({ personId: z.string(), customerId: z.string(), patientId: z.string() }).partial();

function personIn(data: unknown): string | undefined {
  const { personId, customerId, patientId } = WithPerson.safeParse(data).data ?? {};
  return personId ?? customerId ?? patientId;
}

import { z } from 'zod';
import { ask } from './ask.ts';
import { finish, goOn } from './go-on.ts';
import type { Told } from './hosted.ts';
import type { World } from './world.ts';

const at = { session: z.string(), hop: z.int() };
const askEvent = z.object({ ...at, token: z.string() });
const decideEvent = z.object({ ...at, late: z.boolean().exactOptional() });
const callEvent = z.object({ ...at, index: z.int().exactOptional() });
const finishEvent = z.object({ ...at, error: z.string() });

/** The functions that a compiled state machine calls, each a Lambda handler: it takes what the machine's tasks give it. */
export function handlersOf(world: World) {
  return {
    ask: async (event: unknown): Promise<Record<string, never>> => {
      await ask(world, askEvent.parse(event));
      return {};
    },
    decide: async (event: unknown): Promise<Told | Record<string, never>> => goOn(world, decideEvent.parse(event)),
    call: async (event: unknown): Promise<Told | Record<string, never>> => goOn(world, callEvent.parse(event)),
    finish: async (event: unknown): Promise<Told> => finish(world, finishEvent.parse(event)),
  };
}

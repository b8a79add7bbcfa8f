import { createEngine, type Reply, recordSession, type TurnRequest } from '@parley/engine';
import { readRecording, scrub, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { compileWorkflow } from '@parley/workflow';
import { type DeciderChoice, makeDecider, makeGuard } from './decider.ts';
import { readText, writeOut } from './files.ts';
import { openProject, signaturesOf } from './project.ts';
import { noSession } from './store.ts';
import { print, styled } from './terminal.ts';

/** Puts what a caller said in a recording through a workflow anew, and prints the conversation that comes of it. */
export async function decide(
  file: string,
  name: string,
  options: DeciderChoice & { readonly output?: string },
): Promise<number> {
  const decider = await makeDecider(options);
  const guard = await makeGuard(options);

  const read = readRecording(await readText(file), file);
  // What is printed and kept has pseudonyms, whatever the file has.
  const recording = read.redacted ? read : scrub(read).recording;
  const project = await openProject(name);
  const program = compileWorkflow(project.source, signaturesOf(project.tools));
  const store = memoryStore();
  const tools = project.tools ?? {};
  const engine = createEngine({ workflows: [project.source], store, decider, tools, guard });
  const { session, channel } = recording;
  const show = ({ say }: Reply) => {
    for (const text of say) print(`${styled('bold', program.name)} › ${text}`);
  };
  const started = { type: 'session.started', workflow: program.name, contact: { id: session, channel } } as const;
  let reply = await engine.turn({ session, id: 'start', event: started });
  show(reply);
  let count = 0;
  const send = async (event: TurnRequest['event']) => {
    reply = await engine.turn({ session, id: `e${++count}`, event });
    show(reply);
  };
  for (const event of recording.events) {
    // What took longer than a turn may is fetched before the caller goes on.
    while (reply.rest === 'work') await send({ type: 'caller.silent' });
    if (reply.rest === 'end' || reply.rest === 'transfer') break;
    switch (event.type) {
      case 'caller.said':
        print(styled('cyan', `caller › ${event.text}`));
        await send({ type: event.type, text: event.text });
        break;
      case 'caller.pressed':
        print(styled('cyan', `caller › (presses ${event.keys})`));
        await send({ type: event.type, keys: event.keys });
        break;
      case 'caller.silent':
        print(styled('cyan', 'caller › (says nothing)'));
        await send({ type: event.type });
        break;
      case 'caller.left':
        print(styled('cyan', 'caller › (hangs up)'));
        await send({ type: event.type });
        break;
      default:
        break;
    }
  }
  while (reply.rest === 'work') await send({ type: 'caller.silent' });
  print(styled('dim', endOf(reply)));
  if (options.output !== undefined) {
    const found = await store.load(session);
    if (!found) throw noSession(session);
    const { recording: redacted } = await recordSession(store, found, engine.machine(found.workflow));
    await writeOut(writeRecording(redacted), options.output);
  }
  await engine.close();
  await store.close();
  return 0;
}

function endOf(reply: Reply): string {
  if (reply.rest === 'end') return `ended: ${reply.end.outcome}`;
  return reply.rest === 'transfer' ? `transferred to ${reply.transfer.queue}` : `rests at ${reply.step}`;
}

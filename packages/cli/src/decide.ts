import { offlineDecider } from '@parley/deciders';
import { createEngine, type Reply } from '@parley/engine';
import { readRecording, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { compileWorkflow } from '@parley/workflow';
import { readText, writeOut } from './files.ts';
import { openProject, signaturesOf } from './project.ts';
import { recordingFrom } from './record.ts';
import { print, styled } from './terminal.ts';

/** Puts what a caller said in a recording through a workflow anew, and prints the conversation that comes of it. */
export async function decide(file: string, name: string, options: { readonly output?: string }): Promise<number> {
  const recording = readRecording(await readText(file), file);
  const project = await openProject(name);
  const program = compileWorkflow(project.source, signaturesOf(project.tools));
  const store = memoryStore();
  const tools = project.tools ?? {};
  const engine = createEngine({ workflows: [project.source], store, decider: offlineDecider(), tools });
  const { session, channel } = recording;
  const show = ({ say }: Reply) => {
    for (const text of say) print(`${styled('bold', program.name)} › ${text}`);
  };
  const started = { type: 'session.started', workflow: program.name, contact: { id: session, channel } } as const;
  let reply = await engine.turn({ session, id: 'start', event: started });
  show(reply);
  for (const [index, event] of recording.events.entries()) {
    if (reply.rest === 'end' || reply.rest === 'transfer') break;
    if (event.type !== 'caller.said') continue;
    print(styled('cyan', `caller › ${event.text}`));
    reply = await engine.turn({ session, id: String(index), event: { type: 'caller.said', text: event.text } });
    show(reply);
  }
  print(styled('dim', reply.rest === 'end' ? `ended: ${reply.end.outcome}` : `rests at ${reply.step}`));
  if (options.output !== undefined) {
    await writeOut(writeRecording(await recordingFrom(store, session)), options.output);
  }
  await engine.close();
  await store.close();
  return 0;
}

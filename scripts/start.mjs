// npm start [-- NAME] [OPTIONS]: a conversation with a workflow, in this terminal.
const given = process.argv.slice(2);
process.argv = [
  process.execPath,
  'parley',
  'talk',
  ...(given[0]?.startsWith('-') === false ? given : ['support', ...given]),
];
await import('../packages/cli/bin/parley.js');

export { importContactLens } from './contact-lens.ts';
export {
  type Divergence,
  type DivergenceGroup,
  describeDivergence,
  groupByDivergence,
  type Happening,
  type Kind,
  summarize,
} from './divergence.ts';
export { recordable, sessionEventOf } from './recordable.ts';
export { isInput, type RecordedEvent, type RecordedInput, type RecordedOutput } from './recorded.ts';
export {
  type JournalRow,
  type Recording,
  readRecording,
  recordedOf,
  recordingOf,
  writeRecording,
} from './recording.ts';
export { findPersonal, type Personal } from './redaction/personal.ts';
export { type Redaction, type RedactOptions, redact, scrub } from './redaction/redact.ts';
export {
  formsOf,
  isComposedAt,
  isMap,
  SensitiveParts,
  tellingWords,
  valuesIn,
  vocabularyOf,
} from './redaction/sensitive.ts';
export {
  decisionsOf,
  notRun,
  type RecordedDecision,
  type ReplayResult,
  replay,
  replayAgainst,
} from './replay.ts';

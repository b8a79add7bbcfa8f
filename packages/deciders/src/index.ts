export { offlineDecider } from './offline/offline.ts';
export { recordedDecider } from './recorded.ts';

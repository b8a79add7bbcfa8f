export { offlineDecider } from './offline/offline.ts';

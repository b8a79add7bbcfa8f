export { offlineDecider } from '@parley/deciders';

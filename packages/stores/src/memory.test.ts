import { storeConformance } from './conformance.ts';
import { memoryStore } from './memory.ts';

storeConformance('the memory store', { open: async () => memoryStore() });

export * from './error.ts';
export * from './schema.ts';
export * from './tool-signature.ts';
export * from './type.ts';

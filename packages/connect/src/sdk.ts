let loaded: Promise<typeof import('./sdk-commands.ts')> | undefined;

/** What is used of the SDK's clients: loaded once, when the first chat or contact needs it, since it takes half a second. */
export const sdk = (): Promise<typeof import('./sdk-commands.ts')> => {
  loaded ??= import('./sdk-commands.ts');
  return loaded;
};

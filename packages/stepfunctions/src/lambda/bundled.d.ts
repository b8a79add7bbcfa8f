/** What the bundler makes of the `tools.ts` of each workflow, by the workflows' names: see scripts/bundle.ts. */
declare module 'parley:tools' {
  const makers: {
    readonly [workflow: string]: (place: { readonly folder?: string }) => import('@parley/engine').Tools;
  };
  export default makers;
}

declare module 'parley:signatures' {
  const signatures: { readonly [workflow: string]: import('@parley/workflow').ToolSignatures };
  export default signatures;
}

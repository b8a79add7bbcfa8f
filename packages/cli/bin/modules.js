// TypeScript here is written as modules, whatever the package.json above it says or doesn't: run as CommonJS,
// a tool would get a second copy of the packages it imports, whose errors the engine does not know as its own.
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const written =
    found.format === 'commonjs' && /^file:.*\.ts(\?|$)/.test(found.url) && !found.url.includes('/node_modules/');
  return written ? { ...found, format: 'module' } : found;
}

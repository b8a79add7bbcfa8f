/** What is in a path that was asked for, by the names that a template such as `/contacts/{InstanceId}/{ContactId}` has for it; undefined for another path. */
export type PathReader = (asked: string) => { readonly [name: string]: string } | undefined;

/** Reads paths by a template. What is not rightly encoded is no such path. */
export function pathReader(template: string): PathReader {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}/?$`);
  return (asked) => {
    const found = pattern.exec(asked);
    if (!found) return undefined;
    try {
      return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
    } catch {
      return undefined;
    }
  };
}

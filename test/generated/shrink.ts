import { parse, stringify } from 'yaml';
import type { Specimen } from './examine.ts';
import { placesOf, type Tree } from './generate.ts';

/** The smallest file for which something is still wrong, found by leaving out of it whatever can be left out. */
export function shrink(specimen: Specimen, isWrong: (specimen: Specimen) => boolean): Specimen {
  let smallest = specimen;
  for (let smaller: Specimen | undefined = smallest; smaller; ) {
    smallest = smaller;
    smaller = without(smallest).find(isWrong);
  }
  return smallest;
}

/** The specimen without one of its parts, keys or items, the largest first. */
function without(specimen: Specimen): readonly Specimen[] {
  const { source } = specimen;
  const parts = Object.keys(source.parts).map((name) => {
    const { [name]: _, ...rest } = source.parts;
    return { ...specimen, source: { ...source, parts: rest } };
  });
  let tree: Tree;
  try {
    tree = parse(source.text, { logLevel: 'error' });
  } catch {
    return parts;
  }
  const count = placesOf(tree).length;
  const smaller = Array.from({ length: count }, (_, index) => {
    const copy = structuredClone(tree);
    const place = placesOf(copy)[index];
    if (!place) return specimen;
    const { holder, key } = place;
    const size = JSON.stringify(Reflect.get(holder, key)).length;
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return {
      size,
      specimen: { ...specimen, source: { ...source, text: stringify(copy, { aliasDuplicateObjects: false }) } },
    };
  });
  const bySize = smaller
    .flatMap((one) => ('size' in one ? [one] : []))
    .sort((a, b) => b.size - a.size)
    .map(({ specimen }) => specimen);
  return [...parts, ...bySize];
}

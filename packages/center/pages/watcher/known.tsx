import type { knownAt } from './path.ts';
import { lined } from './words.ts';

/** The variables that are known, as they may be shown. */
export function Known({ known, fresh, lost }: ReturnType<typeof knownAt> & { readonly lost: boolean }) {
  if (lost)
    return (
      <p className="empty">
        What was known here can't be told: the workflow's tools are not those that the session ran with.
      </p>
    );
  if (known.size === 0) return <p className="empty">Nothing is known yet.</p>;
  return (
    <table className="known">
      <thead>
        <tr>
          <th scope="col">Variable</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {[...known].map(([name, value]) => (
          <tr key={name} className={fresh.has(name) ? 'fresh' : undefined}>
            <th scope="row">
              {name.replaceAll('__', '/')}
              {fresh.has(name) && <span className="mark">changed</span>}
            </th>
            <td>
              <pre>{lined(value).join('\n')}</pre>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

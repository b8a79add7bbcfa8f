import type { Brief } from './brief.ts';

/** The brief, part by part. */
export function BriefParts({
  brief,
  description,
}: {
  readonly brief: Brief | undefined;
  readonly description: string | undefined;
}) {
  if (!brief)
    return (
      <>
        <h3>Brief</h3>
        <p>{description ?? 'There is none: the transcript is all there is.'}</p>
      </>
    );
  const { summary, identity, done, from, known, failure } = brief;
  return (
    <>
      <h3>Brief</h3>
      {summary !== undefined && <p className="summary">{summary}</p>}
      {description !== undefined && <p>{description}</p>}
      {failure !== undefined && <p className="failure">It was handed over because something failed ({failure}).</p>}
      <dl>
        {identity && (
          <div>
            <dt>Who is calling</dt>
            <dd className={`identity ${identity.level === 'none' ? 'unsure' : 'sure'}`}>{identity.words}</dd>
          </div>
        )}
        {from !== undefined && (
          <div>
            <dt>Open, at the step</dt>
            <dd>{from}</dd>
          </div>
        )}
        <div>
          <dt>Done</dt>
          <dd>
            {done.length === 0 ? (
              'Nothing'
            ) : (
              <ul>
                {done.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            )}
          </dd>
        </div>
        {known.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

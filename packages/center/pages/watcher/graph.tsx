import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  Handle,
  type Node,
  type NodeProps,
  Panel,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef } from 'react';
import type { DrawingMessage } from '../../src/desk/sessions-messages.ts';
import { type Walked, wayKey } from './path.ts';

export interface GraphProps {
  readonly drawing: DrawingMessage;
  readonly path: Walked;
  /** The step whose events are listed. */
  readonly selected: string | undefined;
  readonly select: (step: string | undefined) => void;
  readonly onlyPath: boolean;
  readonly showPath: (only: boolean) => void;
}

type Drawn = DrawingMessage['steps'][number];
type Way = DrawingMessage['ways'][number];
type StepNode = Node<
  {
    step: Drawn;
    visits: number;
    order: number | undefined;
    current: boolean;
    /** The drawing goes from above. */
    down: boolean;
    selected: boolean;
    select: GraphProps['select'];
  },
  'step'
>;
type GroupNode = Node<{ part: string }, 'part'>;
type StartNode = Node<Record<string, never>, 'start'>;
type WayEdge = Edge<{ way: Way; times: number }, 'way'>;
type JumpEdge = Edge<{ times: number }, 'jump'>;

/** The workflow, with the path that was taken strong and the rest quiet. The list under "Path" tells the same in words. */
export function Graph(props: GraphProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ drawing, path, selected, select, onlyPath, showPath }: GraphProps) {
  const place = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const kept = useRef(new Map<string, StepNode>());
  const nodes = useMemo(() => {
    const steps = drawing.steps.map((step): StepNode => {
      const data = {
        step,
        visits: path.visits.get(step.id) ?? 0,
        order: path.order.get(step.id),
        current: path.current === step.id,
        down: drawing.down,
        selected: selected === step.id,
        select,
      };
      const before = kept.current.get(step.id);
      // One that looks as before stays the same object, so that it is not drawn anew.
      if (before && sameData(before.data, data)) return before;
      const node: StepNode = { ...placed(step.id, step.box), type: 'step', data, zIndex: 2 };
      kept.current.set(step.id, node);
      return node;
    });
    return steps;
  }, [drawing, path, selected, select]);
  const around = useMemo(
    (): readonly (GroupNode | StartNode)[] => [
      ...drawing.groups.map(
        ({ id, part, box }): GroupNode => ({ ...placed(`part ${id}`, box), type: 'part', data: { part } }),
      ),
      ...(drawing.start ? [{ ...placed(drawing.start.id, drawing.start.box), type: 'start' as const, data: {} }] : []),
    ],
    [drawing],
  );
  const edges = useMemo(() => edgesOf(drawing, path), [drawing, path]);

  const { current } = path;
  const at = useMemo(() => drawing.steps.find(({ id }) => id === current)?.box, [drawing, current]);
  const shown = useRef<DrawingMessage>(undefined);
  const lookAt = useCallback(
    (box: { x: number; y: number }, zoom: number) =>
      void flow.setCenter(box.x, box.y, { zoom, duration: shown.current === drawing && !isStill() ? 250 : 0 }),
    [flow, drawing],
  );
  // It follows the session.
  useEffect(() => {
    const [width, height] = [place.current?.clientWidth ?? 0, place.current?.clientHeight ?? 0];
    const { x, y, zoom } = flow.getViewport();
    if (shown.current !== drawing) {
      if (at) lookAt(at, width < 600 ? 0.7 : 0.85);
      else void flow.fitView({ duration: 0, maxZoom: 1 });
      shown.current = drawing;
    } else if (at) {
      const [left, top] = [at.x * zoom + x, at.y * zoom + y];
      const [halfWidth, halfHeight] = [(at.width / 2) * zoom, (at.height / 2) * zoom];
      const inSight =
        left > halfWidth && left + halfWidth < width && top > halfHeight && top + halfHeight < height - 60;
      if (!inSight) lookAt(at, zoom);
    }
  }, [drawing, at, flow, lookAt]);

  const pan = (event: KeyboardEvent) => {
    const by = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const [across, down] = Object.entries(by).find(([key]) => key === event.key)?.[1] ?? [];
    if (!event.shiftKey || across === undefined || down === undefined) return;
    event.preventDefault();
    const { x, y, zoom } = flow.getViewport();
    void flow.setViewport({ x: x + across * 100, y: y + down * 100, zoom });
  };

  return (
    <section
      className="graph"
      ref={place}
      aria-label="The workflow, and the path the session took. The tab Path has it as a list. Shift and the arrows move the drawing."
      onKeyDown={pan}
    >
      <ReactFlow
        nodes={[...around, ...nodes]}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        minZoom={0.05}
        maxZoom={2}
        onlyRenderVisibleElements
        onPaneClick={() => select(undefined)}
      >
        <Panel position="bottom-left" className="graph-tools">
          <button type="button" onClick={() => void flow.zoomIn()} aria-label="Zoom in">
            <span aria-hidden="true">+</span>
          </button>
          <button type="button" onClick={() => void flow.zoomOut()} aria-label="Zoom out">
            <span aria-hidden="true">−</span>
          </button>
          <button type="button" onClick={() => void flow.fitView({ maxZoom: 1, padding: ROOM })}>
            Fit
          </button>
          <button type="button" disabled={!at} onClick={() => at && lookAt(at, Math.max(0.85, flow.getZoom()))}>
            Current step
          </button>
          <label className="switch">
            <input type="checkbox" checked={onlyPath} onChange={({ target: { checked } }) => showPath(checked)} />
            Only the path
          </label>
        </Panel>
      </ReactFlow>
    </section>
  );
}

/** Around all of it: the buttons below hide none. */
const ROOM = { top: '24px', x: '24px', bottom: '76px' } as const;

const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const placed = (id: string, { x, y, width, height }: Drawn['box']) => ({
  id,
  position: { x: x - width / 2, y: y - height / 2 },
  width,
  height,
  style: { width, height },
  zIndex: 0,
});

function sameData(a: StepNode['data'], b: StepNode['data']): boolean {
  return (
    a.step === b.step &&
    a.visits === b.visits &&
    a.order === b.order &&
    a.current === b.current &&
    a.selected === b.selected &&
    a.select === b.select
  );
}

/** The ways of the drawing, and a line for each move that none of them shows. */
function edgesOf({ ways, steps, start }: DrawingMessage, { ways: gone, moves }: Walked): (WayEdge | JumpEdge)[] {
  const drawn = new Set<string>();
  const edges: (WayEdge | JumpEdge)[] = ways.map((way, index) => {
    const { from, to, kind } = way;
    const key = from === start?.id ? wayKey('(start)', to) : wayKey(from, to);
    const both = ways.filter((other) => other.from === from && other.to === to).length > 1;
    const taken = moves.filter(
      (move) => move.from === from && move.to === to && (!both || move.failed === (kind === 'door')),
    );
    const times = from === start?.id ? (gone.get(key) ?? 0) : taken.length;
    drawn.add(key);
    return {
      id: `way ${index}`,
      source: from,
      target: to,
      type: 'way',
      data: { way, times },
      zIndex: times > 0 ? 1 : 0,
    };
  });
  const known = new Set(steps.map(({ id }) => id));
  for (const [key, times] of gone) {
    if (drawn.has(key)) continue;
    const [from, to]: unknown[] = JSON.parse(key);
    if (typeof from !== 'string' || typeof to !== 'string' || from === to || !known.has(from) || !known.has(to))
      continue;
    edges.push({ id: `jump ${key}`, source: from, target: to, type: 'jump', data: { times }, zIndex: 1 });
  }
  return edges;
}

const Step = memo(({ data: { step, visits, order, current, selected, select, down } }: NodeProps<StepNode>) => {
  const className = `step step-${step.family}${visits > 0 ? ' visited' : ''}${current ? ' current' : ''}${selected ? ' selected' : ''}`;
  const lines = (
    <>
      <span className="step-name">{step.name.join('\n')}</span>
      {step.text.length > 0 && <span className="step-text">{step.text.join('\n')}</span>}
      {step.written.length > 0 && <span className="step-gap" />}
      {step.written.map(({ kind, line }) => (
        <span key={`${kind} ${line}`} className={`step-way ${kind}`}>
          {line}
        </span>
      ))}
    </>
  );
  return (
    <>
      <Handle type="target" position={down ? Position.Top : Position.Left} isConnectable={false} />
      {visits > 0 ? (
        <button
          type="button"
          className={className}
          title={step.whole}
          onClick={() => select(selected ? undefined : step.id)}
          aria-pressed={selected}
          data-step={step.id}
        >
          {lines}
          <span className="hidden-text">
            {`, ${step.id}, ${step.kind}, ${order === undefined ? '' : `step ${order} of the path, `}visited ${times(visits)}${current ? ', it is here' : ''}`}
          </span>
          <span className="order" aria-hidden="true">
            {order}
            {visits > 1 && ` ×${visits}`}
          </span>
          {current && (
            <span className="here" aria-hidden="true">
              here
            </span>
          )}
        </button>
      ) : (
        <div className={className} title={step.whole}>
          {lines}
          {current && <span className="here">here</span>}
        </div>
      )}
      <Handle type="source" position={down ? Position.Bottom : Position.Right} isConnectable={false} />
    </>
  );
});

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

const Group = memo(({ data: { part } }: NodeProps<GroupNode>) => (
  <div className="part-name">
    <span>{part}</span>
  </div>
));

const Start = memo(() => (
  <>
    <div className="start-dot" />
    <Handle type="source" position={Position.Right} isConnectable={false} />
  </>
));

const WayLine = memo(({ id, data }: EdgeProps<WayEdge>) => {
  if (!data) return null;
  const { way, times: count } = data;
  const className = `way ${way.kind}${count > 0 ? ' taken' : ''}`;
  return (
    <>
      <BaseEdge id={id} path={curve(way.points)} className={className} interactionWidth={0} />
      <Tip points={way.points} className={className} />
      {way.words && (
        <EdgeLabelRenderer>
          <div
            className={`way-words${count > 0 ? ' taken' : ''}`}
            style={{
              transform: `translate(-50%, -50%) translate(${way.words.box.x}px, ${way.words.box.y}px)`,
              width: way.words.box.width,
            }}
          >
            {way.words.lines.join(' ')}
            {count > 1 && <strong> ×{count}</strong>}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

const JumpLine = memo(({ id, data, ...ends }: EdgeProps<JumpEdge>) => {
  const [path, x, y] = getBezierPath(ends);
  return (
    <>
      <BaseEdge id={id} path={path} className="way jump taken" interactionWidth={0} />
      {data && data.times > 1 && (
        <EdgeLabelRenderer>
          <div className="way-words taken" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            <strong>×{data.times}</strong>
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

/** The tip of an arrow, where its line ends. */
function Tip({ points, className }: { readonly points: Way['points']; readonly className: string }) {
  const [end, before] = [points.at(-1), points.at(-2)];
  if (!end || !before) return null;
  const angle = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
  return (
    <path
      className={`${className} tip`}
      d="M-8 -4.5 0 0 -8 4.5z"
      transform={`translate(${end.x} ${end.y}) rotate(${angle})`}
    />
  );
}

/** A line through points, its corners rounded. */
function curve(points: Way['points']): string {
  const [first, ...rest] = points;
  if (!first) return '';
  return rest.reduce((path, point, index) => {
    const next = rest[index + 1];
    return next
      ? `${path}Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`
      : `${path}L${point.x} ${point.y}`;
  }, `M${first.x} ${first.y}`);
}

const NODES = { step: Step, part: Group, start: Start };
const EDGES = { way: WayLine, jump: JumpLine };

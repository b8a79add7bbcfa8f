/**
 * Runs `work` and tells what of the real world was used meanwhile: its clock, its timers, its chance. In a simulation
 * nothing may, or the same seed would not give the same run.
 */
export async function watchRealWorld<T>(work: () => Promise<T>): Promise<{ result: T; used: readonly string[] }> {
  const used = new Set<string>();
  const { Date: RealDate, setTimeout, setInterval, setImmediate } = globalThis;
  const { random } = Math;
  const performanceNow = performance.now;
  const WatchedDate = new Proxy(RealDate, {
    construct: (target, given) => {
      // JSONata's parser notes the time for its `$now`, which no expression of a workflow may use.
      if (given.length === 0 && !new Error().stack?.includes('jsonata')) used.add('new Date()');
      return Reflect.construct(target, given);
    },
    get: (target, key, self) => {
      if (key === 'now') used.add('Date.now');
      return Reflect.get(target, key, self);
    },
  });
  const watched = {
    setTimeout: new Proxy(setTimeout, { apply: (target, self, given) => note('setTimeout', target, self, given) }),
    setInterval: new Proxy(setInterval, { apply: (target, self, given) => note('setInterval', target, self, given) }),
    setImmediate: new Proxy(setImmediate, {
      apply: (target, self, given) => note('setImmediate', target, self, given),
    }),
  };
  function note(name: string, target: (...given: never[]) => unknown, self: unknown, given: unknown[]): unknown {
    used.add(name);
    return Reflect.apply(target, self, given);
  }
  Object.assign(globalThis, { Date: WatchedDate, ...watched });
  Math.random = () => {
    used.add('Math.random');
    return random();
  };
  performance.now = () => {
    used.add('performance.now');
    return performanceNow.call(performance);
  };
  try {
    return { result: await work(), used: [...used] };
  } finally {
    Object.assign(globalThis, { Date: RealDate, setTimeout, setInterval, setImmediate });
    Math.random = random;
    performance.now = performanceNow;
  }
}

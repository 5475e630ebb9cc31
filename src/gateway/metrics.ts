import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** Prometheus metrics of one process. Labels are of low cardinality: no ids, no names of people. */
export interface Metrics {
  readonly registry: Registry;
  /** One HTTP answer; `route` is the pattern, never the path. */
  answered(route: string, status: number, seconds: number): void;
  socketsOpen(count: number): void;
  /** Asked at every scrape. */
  watchBanks(state: () => { readonly connectable: number; readonly faults: number; readonly refused: boolean }): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "hub_http_requests_total",
    help: "HTTP answers",
    labelNames: ["route", "status"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "hub_http_request_seconds",
    help: "Time to answer",
    labelNames: ["route"],
    buckets: [0.005, 0.025, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  const sockets = new Gauge({ name: "hub_sockets_open", help: "Open WebSocket connections", registers: [registry] });
  return {
    registry,
    answered(route, status, elapsed) {
      requests.inc({ route, status: `${String(Math.floor(status / 100))}xx` });
      seconds.observe({ route }, elapsed);
    },
    socketsOpen: (count) => sockets.set(count),
    watchBanks(state) {
      const gauge = (name: string, help: string, value: () => number): void =>
        void new Gauge({
          name,
          help,
          registers: [registry],
          collect() {
            this.set(value());
          },
        });
      gauge("hub_banks_connectable", "Banks of the directory that a consent can be opened at", () => state().connectable);
      gauge("hub_banks_faults", "Faults of BANKS_FILE for which entries were left out", () => state().faults);
      gauge("hub_banks_file_refused", "1 while the newest BANKS_FILE is refused and an older one in use", () => (state().refused ? 1 : 0));
    },
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { FedwardError } from '@fedward/core';
import { serveFigures, type FiguresServer } from './telemetry-endpoint.js';
import { safeLabels } from './telemetry-labels.js';
import type { Instrument, Telemetry, TelemetryOptions } from './telemetry-types.js';

const prefix = 'fedward_';
/** Upper bounds in seconds: from a message to a training of an hour. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** Figures that are asked for, instead of sent. */
class FiguresOnDemand extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Telemetry that is on: see `telemetry`. Nothing of it is global, so that several can be in one process. */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { service, version, prometheus, otlp, ready = () => ({ ready: true }), closeSeconds = 5 } = options;
  const resource = resourceFromAttributes({
    'service.name': service,
    ...(version !== undefined && { 'service.version': version }),
  });
  const onDemand = prometheus === undefined ? undefined : new FiguresOnDemand();
  const sent = otlp && senders(otlp);
  const readers = [...(onDemand ? [onDemand] : []), ...(sent ? [sent.metrics] : [])];
  const meters = new MeterProvider({ resource, readers });
  const spans = sent && new BasicTracerProvider({ resource, spanProcessors: [sent.spans] });
  const server = onDemand && (await listening(prometheus!, onDemand, ready));
  const meter = meters.getMeter('fedward');
  const named = ({ name, help }: Instrument) => [prefix + name, { description: help }] as const;
  return {
    counter(instrument) {
      const counter = meter.createCounter(...named(instrument));
      return (by = 1, labels) => counter.add(by, safeLabels(labels));
    },
    gauge(instrument) {
      const gauge = meter.createGauge(...named(instrument));
      return (value, labels) => gauge.record(value, safeLabels(labels));
    },
    histogram(instrument, buckets = seconds) {
      const [name, about] = named(instrument);
      const advice = { explicitBucketBoundaries: [...buckets] };
      const histogram = meter.createHistogram(name, { ...about, advice });
      return (value, labels) => histogram.record(value, safeLabels(labels));
    },
    span: spans ? tracing(spans) : (_name, _attributes, work) => work(),
    ...(server && { address: server.address }),
    async close() {
      await server?.close();
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise((resolve) => (timer = setTimeout(resolve, closeSeconds * 1000)));
      await Promise.race([Promise.allSettled([meters.shutdown(), spans?.shutdown()]), limit]);
      clearTimeout(timer);
    },
  };
}

function senders({ url, headers = {}, everySeconds = 30 }: NonNullable<TelemetryOptions['otlp']>) {
  const base = parsed(url);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new FedwardError('CONFIG_INVALID', `otlp.url is an http or https URL, not ${url}`, 'otlp.url');
  const to = (path: string) => ({ url: `${base.href.replace(/\/$/, '')}${path}`, headers: { ...headers } });
  return {
    metrics: new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(to('/v1/metrics')),
      exportIntervalMillis: everySeconds * 1000,
      exportTimeoutMillis: Math.min(10, everySeconds) * 1000,
    }),
    spans: new BatchSpanProcessor(new OTLPTraceExporter(to('/v1/traces'))),
  };
}

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function listening(
  address: string,
  figures: MetricReader,
  ready: NonNullable<TelemetryOptions['ready']>,
): Promise<FiguresServer> {
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  return serveFigures(address, ready, async () => serializer.serialize((await figures.collect()).resourceMetrics));
}

/** Spans within spans, by the order of calls, without a context manager of the whole process. */
function tracing(provider: BasicTracerProvider): Telemetry['span'] {
  const current = new AsyncLocalStorage<Context>();
  const tracer = provider.getTracer('fedward');
  return async (name, attributes, work) => {
    const above = current.getStore() ?? ROOT_CONTEXT;
    const span = tracer.startSpan(name, { attributes: safeLabels(attributes) }, above);
    try {
      return await current.run(trace.setSpan(above, span), work);
    } catch (error) {
      // The code and not the message, which may quote what was worked on.
      const { code = 'ERROR' } = (error ?? {}) as { readonly code?: string };
      span.setStatus({ code: SpanStatusCode.ERROR, message: safeLabels({ code })['code']! });
      throw error;
    } finally {
      span.end();
    }
  };
}

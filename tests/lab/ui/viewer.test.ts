import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { showTraces, tracePage, type TracePages } from "../../../cli/lab/viewer";
import type { Cluster } from "../../../lab/cluster";
import { endViewer } from "../../../lab/cluster/viewer";
import { ensureBrowser } from "../../../lab/images/browser";
import { JaegerClient, type Span, type Trace } from "../../../shared/jaeger/client";
import { FULL } from "../support/fullRun";
import { eventually, labWithProgram, program } from "../support/sharedLab";

const ROOT = dirname(dirname(dirname(__dirname)));

/** Where pictures go: those of the README with SCREENSHOTS=1. */
const PICTURES = process.env["SCREENSHOTS"] === "1" ? join(ROOT, "docs/images") : join(ROOT, "tests/.artifacts");

const FAULTS = { "demo.scenario": "faults", "demo.traceContext": "client", "demo.intervalSeconds": "1" };
const SLOW_MICROS = 1_900_000;

if (FULL)
    describe("the trace viewer", () => {
        let lab: Cluster;
        let browser: Browser;
        let page: Page;
        let pages: TracePages;
        let slow: Trace;
        let failing: Trace;
        before(async () => {
            lab = await labWithProgram();
            assert.equal((await program(lab, "up", FAULTS)).failed, undefined);
            slow = await found(lab, ({ spans }) => callsOrders(spans, isSlow) && spans.length === 4);
            failing = await found(lab, ({ spans }) => callsOrders(spans, isRefused) && spans.length === 3);
            pages = await showTraces(lab, () => undefined, [slow.traceId, failing.traceId]);
            const { executablePath, env } = await ensureBrowser(() => undefined);
            browser = await chromium.launch({
                ...{ executablePath, env: { ...process.env, ...env } },
                args: ["--no-sandbox"],
            });
            page = await browser.newPage({ viewport: { width: 1200, height: 520 } });
            mkdirSync(PICTURES, { recursive: true });
        });
        after(async () => {
            await browser.close();
            await endViewer(lab.identity);
            assert.equal((await program(lab, "up")).failed, undefined);
        });

        it("shows where the time of a slow request goes: before it reaches the third service", async () => {
            await page.goto(tracePage(pages, slow.traceId));
            const row = page.getByText("frontend.demo: orders.demo.svc.cluster.local:80/*").last();
            await row.click();
            const text = await page.locator("body").innerText();
            assert.match(text, /Services\s+3\s+Total Spans\s+4/);
            const [, seconds] = /frontend\.demo: orders\.demo\S+\s+([\d.]+)s/.exec(text) ?? [];
            // The sidecar's clock has ticks, so the delay of two seconds may look shorter.
            assert.ok(Number(seconds) * 1e6 > SLOW_MICROS, text);
            assert.match(text, /orders\.demo: orders\.demo\S+\s+[\d.]+(μs|ms)/);
            await page.screenshot({ path: join(PICTURES, "slow-trace.png") });
        });

        it("marks the request that fails, and has the reason as Envoy's response flag", async () => {
            await page.goto(tracePage(pages, failing.traceId));
            await page.getByText("frontend.demo: orders.demo.svc.cluster.local:80/*").last().click();
            await page.getByText("response_flags").first().scrollIntoViewIfNeeded();
            const text = await page.locator("body").innerText();
            assert.match(text, /http\.status_code\s+503/);
            assert.match(text, /response_flags\s+FI/);
            await page.screenshot({ path: join(PICTURES, "failing-trace.png") });
        });

        it("finds both among all traces", async () => {
            for (const [query, wanted] of [
                ["minDuration=1s", slow],
                ["annotationQuery=error", failing],
            ] as const) {
                await page.goto(`${pages.url}?serviceName=frontend.demo&${query}&lookback=1h&limit=100`);
                await page.getByText("RUN QUERY").click();
                await page.locator(`a[href*="${wanted.traceId}"]`).first().waitFor();
            }
        });
    });

/** Waits for a trace of the frontend that is so. */
async function found(lab: Cluster, isWanted: (trace: Trace) => boolean): Promise<Trace> {
    const jaeger = new JaegerClient(lab.jaegerUrl);
    let seen: Trace | undefined;
    await eventually(120, async () => {
        seen = (await jaeger.tracesOf("frontend.demo", 200)).find(isWanted);
        return seen !== undefined || "no such trace";
    });
    assert.ok(seen);
    return seen;
}

function callsOrders(spans: Span[], isSo: (span: Span) => boolean): boolean {
    const calls = spans.filter(
        ({ service, operation }) => service === "frontend.demo" && operation.startsWith("orders."),
    );
    return calls.length === 1 && calls.every(isSo);
}

function isSlow({ durationMicros, tags }: Span): boolean {
    return durationMicros > SLOW_MICROS && tags["http.status_code"] === "200";
}

function isRefused({ durationMicros, tags }: Span): boolean {
    return durationMicros < SLOW_MICROS && tags["response_flags"] === "FI";
}

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { findHolder } from "../../../lab/cluster/holder";
import { listProcesses, namespaceOf } from "../../../lab/cluster/processes";
import type { Outcome } from "./checkout";
import { Checkout, listenersOf, machineState, skipWithoutLab, traces } from "./checkout";

const curlImage = "docker.io/curlimages/curl:8.16.0";
const echoImage = "docker.io/hashicorp/http-echo:1.0.0";

describe("a lab from nothing and back", function () {
    this.timeout(120_000);
    let checkout: Checkout;
    let untouched: Record<string, string>;

    before(skipWithoutLab);
    before(() => {
        checkout = new Checkout();
        untouched = machineState();
    });
    after(() => {
        checkout.remove();
    });

    it("comes up and names the kubeconfig and the next command", () => {
        const { code, stdout, stderr } = checkout.lab("up");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /node and DNS Ready: \d+\.\d s/);
        assert.ok(stdout.includes(`Kubeconfig: ${join(checkout.identity.stateDir, "kubeconfig")}\n`), stdout);
        assert.match(stdout, /Next: npm run lab -- exec/);
    });

    it("runs a pod to its end", () => {
        const script = ["--command", "--", "sh", "-c", "echo done"];
        const { code, stderr } = checkout.kubectl("run", "smoke", `--image=${curlImage}`, "--restart=Never", ...script);
        assert.equal(code, 0, stderr);
        const wait = checkout.kubectl("wait", "pod/smoke", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=30s");
        assert.equal(wait.code, 0, wait.stderr);
        assert.equal(checkout.kubectl("logs", "smoke").stdout, "done\n");
    });

    it("leads pods and commands to a Service by name and by address, and nowhere else", () => {
        checkout.kubectl("run", "echo", `--image=${echoImage}`, "--port=5678", "--expose", "--", "-text=hello");
        checkout.kubectl("run", "client", `--image=${curlImage}`, "--command", "--", "sleep", "600");
        const ready = checkout.kubectl("wait", "pod/echo", "pod/client", "--for=condition=Ready", "--timeout=30s");
        assert.equal(ready.code, 0, ready.stderr);
        const curl = ["curl", "--silent", "--show-error", "--max-time", "5"];
        const fromPod = (url: string): Outcome => checkout.kubectl("exec", "client", "--", ...curl, url);
        assert.equal(fromPod("http://echo:5678").stdout, "hello\n");
        assert.equal(fromPod("http://echo.default.svc.cluster.local:5678").stdout, "hello\n");
        const address = checkout.kubectl("get", "service", "echo", "--output=jsonpath={.spec.clusterIP}").stdout;
        assert.equal(checkout.lab("exec", "--", ...curl, `http://${address}:5678`).stdout, "hello\n");
        assert.match(fromPod("http://example.com").stderr, /Could not resolve host/);
        assert.match(fromPod("http://192.0.2.1").stderr, /Couldn't connect|unreachable/);
    });

    it("passes on exactly what a command writes, reads and returns", () => {
        const { code, stdout, stderr } = checkout.lab("exec", "--", "sh", "-c", "printf 'a\\nb'; printf c >&2; exit 7");
        assert.deepEqual({ code, stdout, stderr }, { code: 7, stdout: "a\nb", stderr: "c" });
        assert.equal(checkout.lab("exec", "--", "sh", "-c", "kill -TERM $$").code, 143);
        const unknown = checkout.lab("exec", "--", "kubectx", "get");
        assert.equal(unknown.code, 127);
        assert.match(unknown.stderr, /^error: expected a program on the lab's PATH, .* got "kubectx"\.\n$/);
    });

    it("is reached from the host by the printed kubeconfig, which only its owner may read", () => {
        const kubeconfig = join(checkout.identity.stateDir, "kubeconfig");
        assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
        const context = checkout.host("kubectl", ["--kubeconfig", kubeconfig, "config", "current-context"]);
        assert.equal(context.stdout, `${checkout.identity.name}\n`);
        const nodes = checkout.host("kubectl", ["--kubeconfig", kubeconfig, "get", "nodes", "--output=name"]);
        assert.equal(nodes.stdout, `node/${checkout.identity.name}\n`);
    });

    it("listens on the host's loopback and on no other address", () => {
        const forwards = listProcesses().filter(
            ({ argv }) => argv[1] === "forward" && argv[3] === checkout.identity.name,
        );
        assert.equal(forwards.length, 1);
        const addresses = forwards.flatMap(({ pid }) => listenersOf(pid));
        assert.equal(addresses.length, 2);
        assert.ok(
            addresses.every((address) => address.startsWith("127.0.0.1:")),
            addresses.join(" "),
        );
    });

    it("stays as it is when brought up a second time", () => {
        const holder = findHolder(checkout.identity.name)?.process.pid;
        const { code, stdout } = checkout.lab("up");
        assert.equal(code, 0);
        assert.match(stdout, /The lab is already up/);
        assert.equal(findHolder(checkout.identity.name)?.process.pid, holder);
    });

    it("says that it is up, and which pods run", () => {
        const { code, stdout } = checkout.lab("status");
        assert.equal(code, 0);
        assert.match(stdout, /^The lab is up\.\n/);
        assert.match(stdout, /default\/echo: ready/);
        assert.match(stdout, /Memory: \d+ MiB/);
    });

    it("leaves nothing behind when it is taken down", () => {
        const holder = findHolder(checkout.identity.name);
        assert.ok(holder);
        const namespaces = (["net", "mnt", "pid"] as const).map((kind) => namespaceOf(holder.process.pid, kind));
        const { code, stdout, stderr } = checkout.lab("down");
        assert.equal(code, 0, stderr);
        assert.ok(stdout.includes(`removed ${checkout.identity.stateDir}`), stdout);
        assert.deepEqual(traces(checkout.identity), []);
        assert.deepEqual(machineState(), untouched);
        const left = listProcesses().filter(({ pid }) =>
            (["net", "mnt", "pid"] as const).some((kind) => namespaces.includes(namespaceOf(pid, kind))),
        );
        assert.deepEqual(left, []);
        assert.ok(!readFileSync("/proc/self/mountinfo", "utf8").includes(checkout.identity.name));
    });

    it("says so when there is nothing to take down", () => {
        const { code, stdout } = checkout.lab("down");
        assert.equal(code, 0);
        assert.match(stdout, /This checkout has no lab/);
        assert.match(checkout.lab("status").stdout, /^The lab is down\.\n$/);
        assert.match(checkout.lab("exec", "--", "true").stderr, /the lab is not up; start it with/);
    });
});
